import { IconDoorExit } from '@tabler/icons-react'
import { useCallback, useState } from 'react'
import type { OffboardingView } from '../../../src-shared/protocol/offboarding.ts'
import { useArrived, useCommands } from '../../app/commands/use-commands.tsx'
import { useClients, useIsAdministrator } from '../../app/console/context.tsx'
import { ordered } from '../../app/shell/client-order.ts'
import { places, useGo } from '../../app/shell/go.ts'
import { Page, PageButton } from '../../ui/page.tsx'
import { Marked, Picker } from '../../ui/picker.tsx'
import { EmptyNotice } from '../../ui/problem-notice.tsx'
import rows from '../../ui/rows.module.css'
import { focusFirstRow, moveRowFocus } from '../../ui/rows.ts'
import { Section } from '../../ui/section.tsx'
import { Tile } from '../../ui/tile.tsx'
import { dateTime } from '../../ui/time.ts'
import { searchClients, type ClientHit } from '../switcher/client-search.ts'
import { OffboardingData, useOffboardings } from './data.tsx'
import classes from './offboarding.module.css'
import { stateText } from './words.ts'

/** The clients that are on their way out, and those that are gone. */
export function OffboardingsPage() {
  return (
    <OffboardingData>
      <Offboardings />
    </OffboardingData>
  )
}

function Offboardings() {
  const { list, problem } = useOffboardings()
  const go = useGo()
  const [choosing, setChoosing] = useState(false)
  const may = useIsAdministrator()
  useArrived(list ? places.offboardings : null)
  useCommands([
    { id: 'back', title: 'Back', group: 'Go to', keys: ['Escape'], run: () => go(places.clients) },
    { id: 'offboarding-first', title: 'First offboarding', group: 'Clients', keys: ['j'], run: focusFirstRow },
    ...(may
      ? [
          {
            ...{ id: 'offboarding-choose', title: 'Choose a client to take out', group: 'Clients' as const },
            ...{ keys: ['n'], run: () => setChoosing(true) },
          },
        ]
      : []),
  ])
  if (!list) return <main aria-busy aria-label="Offboarding" />
  const over = (one: OffboardingView): boolean => one.state === 'gone' || one.state === 'cancelled'
  const [open, ended] = [list.filter((one) => !over(one)), list.filter(over)]
  const show = ({ tenantId }: OffboardingView): void => go(places.offboarding(tenantId))
  return (
    <Page
      title="Offboarding"
      lead={
        may
          ? 'A client goes out in a fixed order: closed, exported, kept for as long as its settings want, deleted, and that proven.'
          : 'Administrators of your organisation take clients out. You can look at how far they are.'
      }
      actions={
        may && (
          <PageButton shortcut="n" onClick={() => setChoosing(true)}>
            Take a client out…
          </PageButton>
        )
      }
    >
      {problem && (
        <p className={rows.offline} role="status" data-testid="offboarding-offline">
          {problem.message} {list.length > 0 && 'This is how it stood when it last did.'}
        </p>
      )}
      {!problem && list.length === 0 && (
        <EmptyNotice
          icon={<IconDoorExit size={30} stroke={1.4} />}
          title="No client is on its way out"
          text={may ? 'Press n to choose one. Nothing happens before you typed its name.' : 'And none was taken out.'}
        />
      )}
      <div onKeyDown={moveRowFocus}>
        {open.length > 0 && <Rows title="Under way" list={open} onOpen={show} />}
        {ended.length > 0 && <Rows title="Ended" list={ended} onOpen={show} />}
      </div>
      {choosing && <ChooseClient onClose={() => setChoosing(false)} />}
    </Page>
  )
}

interface RowsProps {
  title: string
  list: OffboardingView[]
  onOpen(one: OffboardingView): void
}

function Rows({ title, list, onOpen }: RowsProps) {
  return (
    <Section title={title}>
      <ul className={rows.rows}>
        {list.map((one) => (
          <li key={one.id}>
            <button onClick={() => onOpen(one)}>
              <b>{one.name}</b>
              <span>{stateText(one)}</span>
              <span>
                {one.startedBy}, {dateTime(one.endedAt ?? one.startedAt)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Section>
  )
}

function ChooseClient({ onClose }: { onClose(): void }) {
  const clients = useClients()
  const go = useGo()
  const search = useCallback((text: string) => searchClients(ordered(clients), text), [clients])
  return (
    <Picker<ClientHit>
      label="Take a client out"
      placeholder="Name, domain or alias of a client"
      search={search}
      keyOf={(hit) => hit.client.id}
      render={({ client, name }) => (
        <>
          <Tile initials={client.initials} colour={client.colour} logo={client.logo} size={26} />
          <span className={classes.found}>
            <Marked text={client.name} indexes={name} />
          </span>
        </>
      )}
      empty="No client goes by that name, domain or alias."
      onPick={({ client }) => go(places.offboarding(client.id))}
      onClose={onClose}
    />
  )
}
