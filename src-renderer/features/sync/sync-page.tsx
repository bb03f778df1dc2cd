import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import type { SyncReport } from '../../../src-shared/domain/views.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { useArrived, useCommands } from '../../app/commands/use-commands.tsx'
import { useConsole } from '../../app/console/context.tsx'
import { places, useGo } from '../../app/shell/go.ts'
import { useIdentity, useTenant } from '../../tenant/context.tsx'
import { keys, reportQuery } from '../../tenant/queries.ts'
import { counted } from '../../ui/counted.ts'
import { Page, PageButton } from '../../ui/page.tsx'
import { Line, Section } from '../../ui/section.tsx'
import { ProblemNotice } from '../../ui/problem-notice.tsx'
import { useSecond } from '../../ui/time.ts'
import { Outbox } from './outbox.tsx'
import { headline } from './report-words.ts'
import { SyncFacts } from './sync-facts.tsx'
import classes from './sync.module.css'

/** How one client's data and the cloud's stand to each other, and everything that can be done about it. */
export function SyncPage() {
  const { tenantId } = useParams({ strict: false })
  const tenant = useTenant()
  const { name } = useIdentity()
  const { data: report, error, isFetchedAfterMount } = useQuery({ ...reportQuery(tenant), refetchInterval: 5000 })
  // A report of an earlier visit is shown at once, but no key acts on it.
  useArrived(tenantId && isFetchedAfterMount ? places.sync(tenantId) : null)
  const title = `Sync of ${name}`
  if (!report) {
    if (!error) return <main aria-busy aria-label={title} />
    return <ProblemNotice title="The sync cannot be shown" text={problemFrom(error).message} />
  }
  return <Report report={report} title={title} />
}

function Report({ report, title }: { report: SyncReport; title: string }) {
  const { client, queries, memory } = useTenant()
  const { client: consoleClient } = useConsole()
  const { tenantId } = useParams({ strict: false })
  const go = useGo()
  const [asking, setAsking] = useState<'resync' | 'rotate' | null>(null)
  const [said, setSaid] = useState<{ text: string; bad: boolean } | null>(null)
  const now = useSecond()
  const { state, paused } = report

  const act = async (run: () => Promise<unknown>, done: string): Promise<void> => {
    try {
      await run()
      setSaid({ text: done, bad: false })
    } catch (thrown) {
      setSaid({ text: problemFrom(thrown).message, bad: true })
    }
    await queries.invalidateQueries({ queryKey: keys.report })
  }
  const syncNow = (): void => void act(() => client.sync.now.mutate(), 'Asked the cloud.')
  const pause = (): void => {
    // What was chosen last, not what the compartment said last: the next press may come before its answer.
    const next = !(queries.getQueryData<SyncReport>(keys.report)?.paused ?? paused)
    void queries.cancelQueries({ queryKey: keys.report })
    queries.setQueryData<SyncReport>(keys.report, (old) => old && { ...old, paused: next })
    void act(
      () => client.sync.pause.mutate({ paused: next }),
      next ? 'Sync is paused. Edits are kept here until it goes on.' : 'Sync goes on.',
    )
  }
  const copy = (): void =>
    void act(
      async () => navigator.clipboard.writeText(await client.sync.diagnostics.query()),
      'Diagnostics are on the clipboard. They hold no data of the client.',
    )
  const resync = (): void => {
    setAsking(null)
    void act(() => client.sync.resync.mutate(), 'Loading everything again.')
  }
  const rotate = (): void => {
    setAsking(null)
    if (!tenantId) return
    void act(() => consoleClient.keys.rotate.mutate({ tenantId }), 'The files of this client have a new key.')
  }
  const back = (): void => {
    if (!tenantId) return
    const openTicket = memory.openTicket.get()
    go(openTicket ? places.ticket(tenantId, openTicket) : places.client(tenantId))
  }
  useCommands([
    { id: 'sync-now', title: 'Sync this client now', group: 'Clients', keys: ['s'], run: syncNow },
    { id: 'sync-pause', title: paused ? 'Let sync go on' : 'Pause sync', group: 'Clients', keys: ['p'], run: pause },
    { id: 'sync-copy', title: 'Copy diagnostics', group: 'Clients', keys: ['c'], run: copy },
    { id: 'sync-again', title: 'Load everything again', group: 'Clients', keys: [], run: () => setAsking('resync') },
    { id: 'back', title: 'Back to the tickets', group: 'Go to', keys: ['Escape', 'u'], run: back },
  ])
  return (
    <Page
      title={title}
      lead={headline(report)}
      actions={
        <div className={classes.actions}>
          <PageButton shortcut="s" disabled={paused || state.phase === 'stopped'} onClick={syncNow}>
            Sync now
          </PageButton>
          <PageButton shortcut="p" onClick={pause}>
            {paused ? 'Go on' : 'Pause'}
          </PageButton>
        </div>
      }
    >
      {state.problem && (
        <p className={classes.problem} role="status">
          {state.problem.message}
          {state.problem.code === 'feed-would-empty' && (
            <PageButton onClick={() => void act(() => client.sync.allowDeletes.mutate(), 'Allowed this once.')}>
              Allow the removal
            </PageButton>
          )}
        </p>
      )}
      <p className={classes.said} data-bad={said?.bad || undefined} role="status">
        {said?.text}
      </p>
      <SyncFacts report={report} now={now} />
      {state.failed > 0 && tenantId && (
        <p className={classes.undecided}>
          <span>{counted(state.failed, 'edit')} could not be saved and need your decision.</span>
          <PageButton shortcut="g i" onClick={() => go(places.inbox(tenantId))}>
            Decide
          </PageButton>
        </p>
      )}
      <Outbox entries={report.outbox} />
      <Section title="When something is wrong">
        <Line title="Copy diagnostics" text="What support needs to know, without data of the client.">
          <PageButton shortcut="c" onClick={copy}>
            Copy
          </PageButton>
        </Line>
        <Line
          title="Load everything again"
          text="Every ticket of this client is downloaded anew. Edits that wait here stay, and go out as usual."
        >
          {asking === 'resync' ? (
            <Sure yes="Yes, load again" onYes={resync} onNo={() => setAsking(null)} />
          ) : (
            <PageButton onClick={() => setAsking('resync')}>Load again</PageButton>
          )}
        </Line>
        <Line
          title="Give its files a new key"
          text="After the old one may have been seen. Takes a moment; edits that wait, and credentials, stay. Save a new recovery file afterwards."
        >
          {asking === 'rotate' ? (
            <Sure yes="Yes, change the key" onYes={rotate} onNo={() => setAsking(null)} />
          ) : (
            <PageButton onClick={() => setAsking('rotate')}>New key</PageButton>
          )}
        </Line>
      </Section>
    </Page>
  )
}

/** The second press of something that takes a while. */
function Sure({ yes, onYes, onNo }: { yes: string; onYes(): void; onNo(): void }) {
  return (
    <span className={classes.actions}>
      <PageButton onClick={onNo}>Cancel</PageButton>
      <PageButton onClick={onYes}>{yes}</PageButton>
    </span>
  )
}
