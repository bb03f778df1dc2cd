import { IconCircle, IconCircleCheckFilled, IconCircleDot, IconLoader2 } from '@tabler/icons-react'
import { useParams } from '@tanstack/react-router'
import { useLayoutEffect, useState, type ReactNode } from 'react'
import type { OffboardingView } from '../../../src-shared/protocol/offboarding.ts'
import { useArrived, useCommands } from '../../app/commands/use-commands.tsx'
import { useClients, useConsole, useIsAdministrator } from '../../app/console/context.tsx'
import { places, useGo } from '../../app/shell/go.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { counted } from '../../ui/counted.ts'
import { useForm } from '../../ui/form.tsx'
import { Page, PageButton } from '../../ui/page.tsx'
import { ProblemNotice } from '../../ui/problem-notice.tsx'
import rows from '../../ui/rows.module.css'
import { useStore } from '../../ui/store.ts'
import { dateText, dateTime } from '../../ui/time.ts'
import { BeginForm } from './begin-form.tsx'
import { OffboardingData, useOffboardings, useTold } from './data.tsx'
import { DeleteForm } from './delete-form.tsx'
import { ExportStep } from './export-step.tsx'
import classes from './offboarding.module.css'
import { Proof } from './proof.tsx'
import { savedHere } from './take.ts'

/** One client on its way out, step by step; before it begins, what will happen. */
export function OffboardingPage() {
  const { leavingId } = useParams({ strict: false })
  if (!leavingId) return null
  return (
    <OffboardingData>
      <Offboarding key={leavingId} tenantId={leavingId} />
    </OffboardingData>
  )
}

function Offboarding({ tenantId }: { tenantId: string }) {
  const { client, session } = useConsole()
  const status = useStore(session)
  const summary = useClients().get(tenantId)
  const go = useGo()
  const { list, problem } = useOffboardings()
  const told = useTold()
  const cancelling = useForm()
  const [asking, setAsking] = useState(false)
  const newest = list?.find((one) => one.tenantId === tenantId)
  const before = newest?.state === 'cancelled' ? newest : null
  const view = before && summary ? null : (newest ?? null)
  const may = useIsAdministrator()
  const online = status?.state === 'open' && status.online && problem === null
  const cancellable = view !== null && ['exporting', 'exported', 'retained'].includes(view.state) && may
  const known = list !== undefined
  const saved = useStore(savedHere).has(view?.manifestSha256 ?? '')
  useArrived(list ? places.offboarding(tenantId) : null)
  // After the page took it: what comes next is at hand, and nothing else is.
  useLayoutEffect(
    () => document.querySelector<HTMLElement>('[data-step="now"] :is(textarea, input, button)')?.focus(),
    [known, view?.state, saved],
  )
  useCommands([
    { id: 'back', title: 'Back to all offboardings', group: 'Go to', keys: ['Escape'], run: leave },
    ...(cancellable && online
      ? [
          {
            ...{ id: 'offboarding-cancel', title: `Keep ${view.name}: stop taking it out`, keys: ['c'] },
            ...{ group: 'Clients' as const, run: () => setAsking(true) },
          },
        ]
      : []),
  ])
  function leave(): void {
    go(places.offboardings)
  }
  if (!list || status?.state !== 'open') return <main aria-busy aria-label="Offboarding" />
  const name = view?.name ?? summary?.name
  if (!name)
    return (
      <ProblemNotice
        title="This client cannot be shown"
        text={problem?.message ?? 'It is not in your list, and nobody takes it out.'}
      />
    )
  return (
    <Page
      title={view?.state === 'gone' ? `${name} is gone` : `Take ${name} out`}
      lead={view ? `${view.startedBy} began it on ${dateTime(view.startedAt)}: ${view.reason}` : LEAD}
      actions={
        cancellable && (
          <PageButton shortcut="c" disabled={!online} onClick={() => setAsking(true)}>
            Keep this client…
          </PageButton>
        )
      }
    >
      {problem && (
        <p className={rows.offline} role="status" data-testid="offboarding-offline">
          {problem.message} Nothing is begun, saved or deleted meanwhile.
        </p>
      )}
      {cancelling.problem && (
        <p className={classes.bad} role="alert">
          {cancelling.problem.message}
        </p>
      )}
      {view?.problem && (
        <p className={classes.bad} role="alert">
          {view.problem.message}
        </p>
      )}
      {before && summary && (
        <p className={classes.note}>
          It was on its way out before, and stayed: {before.startedBy}, {dateTime(before.startedAt)}.
        </p>
      )}
      {!may && !view && (
        <p className={classes.note}>Administrators of your organisation take clients out. Ask one of them.</p>
      )}
      <ol className={classes.steps}>
        <Step
          title="Close and export"
          state={view === null ? 'now' : view.state === 'exporting' ? 'busy' : 'done'}
          text={view === null ? null : closedText(view)}
        >
          {view === null && may && summary && <BeginForm summary={summary} online={online} onBegun={told} />}
        </Step>
        <Step title="Save the export" state={saveState(view, saved)} text={saveText(view)}>
          {view && (view.state === 'exported' || view.state === 'retained') && may && (
            <ExportStep view={view} online={online} onListed={told} />
          )}
        </Step>
        <Step title="Delete" state={deleteState(view, saved)} text={deleteText(view)}>
          {view?.state === 'exported' && may && <DeleteForm view={view} online={online} onConfirmed={told} />}
        </Step>
        <Step
          title="Proof"
          state={view?.state === 'gone' ? 'done' : 'later'}
          text={view?.state === 'gone' ? null : 'What is left of it, table by table, signed by the cloud.'}
        >
          {view?.proof && <Proof proof={view.proof} />}
        </Step>
      </ol>
      {asking && cancellable && (
        <Confirm
          title={`Keep ${view.name}`}
          text="It is opened again to whoever worked for it, as it was. What was exported stays where you saved it."
          action="Keep it"
          onConfirm={() => {
            setAsking(false)
            void cancelling
              .run(async () => told(await client.offboarding.cancel.mutate({ id: view.id })))
              .then((done) => !done && told())
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </Page>
  )
}

const LEAD =
  'Closed, exported, kept for as long as its settings want, deleted, and that proven. Until it is being deleted, it can be kept.'

type StepState = 'done' | 'now' | 'busy' | 'later'
const MARKS = { done: IconCircleCheckFilled, now: IconCircleDot, busy: IconLoader2, later: IconCircle }
const STATE_WORDS = { done: 'done', now: 'next', busy: 'under way', later: 'later' }

interface StepProps {
  title: string
  state: StepState
  text: string | null
  children?: ReactNode
}

function Step({ title, state, text, children }: StepProps) {
  const Mark = MARKS[state]
  return (
    <li data-step={state} aria-current={state === 'now' || state === 'busy' ? 'step' : undefined}>
      <Mark size={20} stroke={1.7} aria-label={STATE_WORDS[state]} />
      <div>
        <h3>{title}</h3>
        {text && <p role="status">{text}</p>}
        {children}
      </div>
    </li>
  )
}

function saveState(view: OffboardingView | null, saved: boolean): StepState {
  if (view === null || view.state === 'exporting' || view.state === 'cancelled') return 'later'
  return view.state === 'exported' && !saved ? 'now' : 'done'
}

function saveText(view: OffboardingView | null): string | null {
  if (view?.proof) return `${counted(view.proof.export.files, 'file')} were in it.`
  return view === null || view.state === 'exporting' ? 'One archive, each of its files checked.' : null
}

function deleteState(view: OffboardingView | null, saved: boolean): StepState {
  if (view?.state === 'gone') return 'done'
  if (view?.state === 'deleting') return 'busy'
  return view?.state === 'retained' || (view?.state === 'exported' && saved) ? 'now' : 'later'
}

function closedText(view: OffboardingView): string {
  if (view.state === 'exporting') return 'It is closed. Its files are being listed, each with its SHA-256.'
  if (view.state === 'cancelled') return 'It was kept, and is open to whoever worked for it.'
  return view.files.length > 0
    ? `It is closed to everybody, and ${counted(view.files.length, 'file')} are listed.`
    : 'It was closed to everybody, and exported.'
}

function deleteText(view: OffboardingView | null): string | null {
  if (view?.state === 'retained' && view.retainedUntil)
    return `${view.confirmedBy} let it be deleted. Its settings want its tickets kept until ${dateText(view.retainedUntil)}: it stays closed, and is deleted then by itself.`
  if (view?.state === 'deleting') return 'Everything of it is being deleted.'
  if (view?.state === 'gone')
    return `${view.confirmedBy} let it be deleted${view.endedAt ? `; it was, on ${dateTime(view.endedAt)}` : ''}.`
  return view?.state === 'exported'
    ? null
    : 'By its name once more, once the export is saved; as soon as its retention allows it.'
}
