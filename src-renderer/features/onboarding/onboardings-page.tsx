import { IconBuilding } from '@tabler/icons-react'
import type { OnboardingsList } from '../../../src-main/console/onboarding-router.ts'
import { useArrived, useCommands } from '../../app/commands/use-commands.tsx'
import { useConsole } from '../../app/console/context.tsx'
import { places, useGo } from '../../app/shell/go.ts'
import { Page, PageButton } from '../../ui/page.tsx'
import { EmptyNotice } from '../../ui/problem-notice.tsx'
import classes from '../../ui/rows.module.css'
import { focusFirstRow, moveRowFocus } from '../../ui/rows.ts'
import { Section } from '../../ui/section.tsx'
import { useStore } from '../../ui/store.ts'
import { dateTime } from '../../ui/time.ts'
import { OnboardingData, useOnboardings } from './data.tsx'
import { FirstWeeks } from './first-week.tsx'
import { useNewClient } from './new-client.ts'
import { progressText } from './words.ts'

/** The clients that are being brought in, and those that were. */
export function OnboardingsPage() {
  return (
    <OnboardingData>
      <Onboardings />
    </OnboardingData>
  )
}

function Onboardings() {
  const list = useOnboardings()
  const status = useStore(useConsole().session)
  const go = useGo()
  const newClient = useNewClient()
  useArrived(list ? places.onboardings : null)
  useCommands([
    { id: 'back', title: 'Back', group: 'Go to', keys: ['Escape'], run: () => go(places.clients) },
    { id: 'onboarding-new', title: 'New client', group: 'Clients', keys: ['n'], run: () => newClient() },
    { id: 'onboarding-first', title: 'First onboarding', group: 'Clients', keys: ['j'], run: focusFirstRow },
  ])
  if (!list) return <main aria-busy aria-label="Onboarding" />
  const { onboardings, drafts, problem } = list
  const open = onboardings?.filter(({ state }) => state === 'open' || state === 'cancelling') ?? []
  const ended = onboardings?.filter(({ state }) => state === 'live' || state === 'cancelled') ?? []
  const empty = onboardings !== null && open.length + ended.length + drafts.length === 0
  const mayNot = status?.state === 'open' && status.role === 'technician'
  return (
    <Page
      title="Onboarding"
      lead={
        mayNot
          ? 'Administrators of your organisation bring clients in. You can look at how far they are.'
          : 'A client comes in by its name, its country and a template; the rest is inherited, and can be changed at any time.'
      }
      actions={
        <PageButton primary shortcut="n" onClick={() => newClient()}>
          New client
        </PageButton>
      }
    >
      {problem && (
        <p className={classes.offline} role="status" data-testid="onboarding-offline">
          {problem.message} {onboardings === null ? '' : 'This is how it stood when it last did.'}
        </p>
      )}
      {empty && (
        <EmptyNotice
          icon={<IconBuilding size={30} stroke={1.4} />}
          title="Nobody is being brought in"
          text="Press n to begin with a new client. You can stop at any step and go on later, here or at another computer."
        />
      )}
      <div onKeyDown={moveRowFocus}>
        {drafts.length > 0 && <Drafts drafts={drafts} onOpen={(id) => go(places.onboarding(id))} />}
        {open.length > 0 && <Rows title="Under way" rows={open} onOpen={(id) => go(places.onboarding(id))} />}
        <FirstWeeks onOpen={(id) => go(places.onboarding(id))} />
        {ended.length > 0 && <Rows title="Ended" rows={ended} onOpen={(id) => go(places.onboarding(id))} />}
      </div>
    </Page>
  )
}

function Drafts({ drafts, onOpen }: { drafts: OnboardingsList['drafts']; onOpen(id: string): void }) {
  return (
    <Section title="Typed here, not sent">
      <ul className={classes.rows}>
        {drafts.map(({ id, name, at }) => (
          <li key={id}>
            <button onClick={() => onOpen(id)}>
              <b>{name || 'A new client'}</b>
              <span>Only on this computer</span>
              <span>{dateTime(at)}</span>
            </button>
          </li>
        ))}
      </ul>
    </Section>
  )
}

interface RowsProps {
  title: string
  rows: NonNullable<OnboardingsList['onboardings']>
  onOpen(id: string): void
}

function Rows({ title, rows, onOpen }: RowsProps) {
  return (
    <Section title={title}>
      <ul className={classes.rows}>
        {rows.map((row) => (
          <li key={row.id}>
            <button onClick={() => onOpen(row.id)} data-state={row.state}>
              <b>{row.name}</b>
              <span>
                {row.state === 'open' && <progress max={row.of} value={row.done} aria-label="Steps done" />}
                {progressText(row)}
              </span>
              <span>
                {row.changedBy}, {dateTime(row.endedAt ?? row.changedAt)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Section>
  )
}
