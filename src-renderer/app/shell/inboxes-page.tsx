import { IconChecks } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import type { ClientSummary } from '../../../src-shared/domain/views.ts'
import { InboxCursor } from '../../features/inbox/cursor.tsx'
import { InboxList } from '../../features/inbox/inbox-list.tsx'
import { TenantScope } from '../../tenant/context.tsx'
import { DeskGate } from '../../tenant/desk.tsx'
import { Page, PageButton } from '../../ui/page.tsx'
import { EmptyNotice } from '../../ui/problem-notice.tsx'
import { ProblemNotice } from '../../ui/problem-notice.tsx'
import { Tile } from '../../ui/tile.tsx'
import { useStore } from '../../ui/store.ts'
import { useUndo } from '../commands/undo.tsx'
import { useArrived } from '../commands/use-commands.tsx'
import { useConsole } from '../console/context.tsx'
import { useTenants } from '../tenants-context.tsx'
import { ordered } from './client-order.ts'
import { places, useGo } from './go.ts'
import classes from './inboxes.module.css'

/** Clients whose edits are laid out at once; each holds a compartment awake. */
const MAX_LAID_OUT = 5

/** The undecided edits of all clients: each client's list stands in a scope of its own. */
export function InboxesPage() {
  const clients = useStore(useConsole().clients)
  const undo = useUndo()
  useArrived(clients ? places.inboxes : null)
  useEffect(() => () => undo.clear(), [undo])
  // A client stays while one looks, also once its last edit is decided.
  const seen = useRef(new Set<string>())
  if (!clients) return null
  const waiting = ordered(clients).filter(({ id, sync }) => {
    if (sync.failed > 0) seen.current.add(id)
    return seen.current.has(id)
  })
  return (
    <Page
      title="Undecided edits of all clients"
      lead={waiting.length > 0 ? 'Each field is one key: 1 keeps yours, 2 takes theirs, 3 writes another.' : null}
    >
      {waiting.length === 0 && (
        <EmptyNotice
          icon={<IconChecks size={30} stroke={1.4} />}
          title="Nothing to decide"
          text="Every edit of every client was saved."
        />
      )}
      <InboxCursor>
        {waiting.map((summary, index) => (
          <Section key={summary.id} summary={summary} laidOut={index < MAX_LAID_OUT} />
        ))}
      </InboxCursor>
    </Page>
  )
}

function Section({ summary, laidOut }: { summary: ClientSummary; laidOut: boolean }) {
  const go = useGo()
  const { id, name, initials, colour, logo, sync } = summary
  return (
    <section className={classes.section} aria-label={name}>
      <header className={classes.head}>
        <Tile initials={initials} colour={colour} logo={logo} size={26} />
        <h3>{name}</h3>
        {!laidOut && <span className={classes.count}>{sync.failed} undecided</span>}
        <PageButton onClick={() => go(places.inbox(id))}>
          {laidOut ? 'Open the client' : 'Decide'}
          <span className={classes.hidden}> {name}</span>
        </PageButton>
      </header>
      {laidOut && <LaidOut summary={summary} />}
    </section>
  )
}

function LaidOut({ summary }: { summary: ClientSummary }) {
  const tenants = useTenants()
  return (
    <TenantScope tenant={tenants.get(summary.id)} summary={summary}>
      <DeskGate failed={({ message }) => <ProblemNotice title={`${summary.name} cannot be shown`} text={message} />}>
        <InboxList tenantId={summary.id} among />
      </DeskGate>
    </TenantScope>
  )
}
