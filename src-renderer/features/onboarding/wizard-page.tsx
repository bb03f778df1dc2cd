import { IconBan, IconDownload } from '@tabler/icons-react'
import { useParams } from '@tanstack/react-router'
import { useLayoutEffect, useRef, useState } from 'react'
import { initialsOf } from '../../../src-shared/domain/tenant.ts'
import type { Identity, StepKey } from '../../../src-shared/onboarding/answers.ts'
import type { OnboardingView } from '../../../src-shared/protocol/onboarding.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { useArrived, useCommands, useDispatcher } from '../../app/commands/use-commands.tsx'
import { useClients, useConsole } from '../../app/console/context.tsx'
import { places, useGo } from '../../app/shell/go.ts'
import { blobOf, save } from '../../tenant/downloads.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { PageButton } from '../../ui/page.tsx'
import { ProblemNotice } from '../../ui/problem-notice.tsx'
import { useStore } from '../../ui/store.ts'
import { Tile } from '../../ui/tile.tsx'
import { dateTime } from '../../ui/time.ts'
import { OnboardingData, useActs, useChoices, useOnboarding, useOnboardings, useSettingsOf } from './data.tsx'
import { Ended } from './ended.tsx'
import classes from './wizard.module.css'
import forms from './step-form.module.css'
import { begunHere } from './new-client.ts'
import { ReasonDialog } from './reason-dialog.tsx'
import { draftOver } from './step.ts'
import { StepForm } from './step-form.tsx'
import { StepList } from './step-list.tsx'
import { isBeginning, progressText, stepAfter, stepKeys, STEPS, stepToShow } from './words.ts'

/** Bringing one client in, step by step. Whatever is closed meanwhile, it goes on where it was. */
export function WizardPage() {
  const { onboardingId } = useParams({ strict: false })
  if (!onboardingId) return null
  return (
    <OnboardingData>
      <Wizard key={onboardingId} id={onboardingId} />
    </OnboardingData>
  )
}

/** Steps whose forms show the client's settings, and so begin when those are there. */
const SHOW_SETTINGS: readonly StepKey[] = ['hours', 'service', 'inheritance']

function Wizard({ id }: { id: string }) {
  const { client, session } = useConsole()
  const status = useStore(session)
  const clients = useClients()
  const go = useGo()
  const dispatcher = useDispatcher()
  const page = useRef<HTMLElement>(null)
  const here = useOnboarding(id)
  const list = useOnboardings()
  const { choices, problem: choicesProblem } = useChoices()
  const acts = useActs(id)
  const [chosen, setChosen] = useState<StepKey | null>(null)
  const [stopping, setStopping] = useState(false)
  const [said, setSaid] = useState('')
  const view = here?.view ?? null
  const identified = view?.steps.identity.state === 'done'
  const settings = useSettingsOf(id, identified)
  const step = chosen ?? (view ? stepToShow(view) : 'identity')
  const placeOf = (of: StepKey): string => `${places.onboarding(id)} ${of}`
  const open = view === null || view.state === 'open'
  const settled = view === null || (!isBeginning(view) && (!identified || settings !== undefined))
  const ready = (choices !== null || choicesProblem !== null) && (settled || !SHOW_SETTINGS.includes(step))
  // A form that stands stays, whatever moves on below it: somebody is typing.
  const [standing, setStanding] = useState<StepKey | null>(null)
  useLayoutEffect(() => {
    if (ready) setStanding(step)
  }, [ready, step])
  const stands = ready || standing === step
  useArrived(here ? places.onboarding(id) : null)
  useLayoutEffect(() => {
    if (here && document.activeElement === document.body) page.current?.focus({ preventScroll: true })
  }, [here, open])

  const show = (next: StepKey): void => {
    acts.forgetProblem()
    // What is typed ahead is meant for the form that comes.
    if (next !== step) dispatcher.hold(placeOf(next))
    setChosen(next)
  }
  const move = (by: number): void => {
    const next = stepKeys[stepKeys.indexOf(step) + by]
    if (next && view) show(next)
  }
  const exportFile = (): void =>
    void client.onboarding.file.query({ id }).then(
      ({ name, text }) => {
        save(new Blob([text], { type: 'application/yaml' }), name)
        setSaid(`${name} was saved. “npm run onboard -- --file=${name}” gives these answers again.`)
      },
      (error: unknown) => setSaid(problemFrom(error).message),
    )
  const savePage = (): void =>
    void client.onboarding.page.query({ id }).then(
      ({ name, data }) => {
        save(blobOf(data, 'application/pdf'), name)
        setSaid(`${name} was saved: one page for the client, of what was agreed.`)
      },
      (error: unknown) => setSaid(problemFrom(error).message),
    )
  const discard = (): void => void client.onboarding.forget.mutate({ id }).finally(() => go(places.onboardings))
  useCommands([
    {
      ...{ id: 'back', title: 'Back to all onboardings', group: 'Go to', keys: ['Escape', 'u'] },
      run: () => go(places.onboardings),
    },
    ...(open
      ? [act('cancel', view ? 'Cancel this onboarding' : 'Discard what was typed', [], () => setStopping(true))]
      : []),
    ...(view
      ? [
          act('next', 'Next step', ['Mod+ArrowDown', 'j'], () => move(1)),
          act('previous', 'Previous step', ['Mod+ArrowUp', 'k'], () => move(-1)),
          act('export', 'Export the answers as a file', ['x'], exportFile),
          ...stepKeys.map((key, index) =>
            act(key, `Step ${index + 1}: ${STEPS[key].title}`, [String(index + 1)], () => show(key)),
          ),
        ]
      : []),
  ])
  if (!here || status?.state !== 'open') return <main className={classes.wizard} aria-busy aria-label="Onboarding" />
  const problem = here.problem ?? choicesProblem
  if (!view && here.problem && Object.keys(here.drafts).length === 0 && !begunHere.has(id))
    return <ProblemNotice title="This onboarding cannot be shown" text={here.problem.message} />
  const others = (list?.onboardings ?? []).filter((one) => one.id !== id && one.state === 'open')
  return (
    <main
      ref={page}
      className={classes.wizard}
      tabIndex={-1}
      aria-label={view ? `Onboarding of ${view.name}` : 'New client'}
    >
      <Top view={view} typed={here.drafts.identity}>
        {view && (
          <PageButton shortcut="x" onClick={exportFile}>
            <IconDownload size={14} /> Export answers
          </PageButton>
        )}
        {open && (
          <PageButton onClick={() => setStopping(true)}>
            <IconBan size={14} /> {view ? 'Cancel…' : 'Discard…'}
          </PageButton>
        )}
      </Top>
      {problem && (
        <p className={classes.offline} role="status" data-testid="onboarding-offline">
          {problem.message} What you type here is kept.
        </p>
      )}
      {said && (
        <p className={classes.said} role="status">
          {said}
        </p>
      )}
      <div className={classes.body}>
        <StepList view={view} shown={open ? step : 'live'} onShow={show} />
        {view && !open && (
          <Ended view={view} visible={clients.has(view.tenantId)} onExport={exportFile} onPage={savePage} />
        )}
        {open && !stands && <div className={forms.form} aria-busy />}
        {open && stands && (
          <StepForm
            key={step}
            step={step}
            context={{ id, view, me: status.technician, choices, settings: settings ?? null, clients, others }}
            kept={here.drafts[step]}
            acts={acts}
            place={placeOf(step)}
            onDone={(now) => show(stepAfter(now, step))}
          />
        )}
      </div>
      {stopping && view && (
        <ReasonDialog
          title={`Cancel the onboarding of ${view.name}`}
          text="Everything that was made of the client is taken back: its settings, its people, its tickets. The record of the onboarding stays, with your reason."
          action="Cancel it, take everything back"
          danger
          onClose={() => setStopping(false)}
          onReason={(reason) => {
            setStopping(false)
            void acts.act(() => client.onboarding.cancel.mutate({ id, revision: view.revision, reason }))
          }}
        />
      )}
      {stopping && !view && (
        <Confirm
          title="Discard what was typed"
          text="No client was made of it yet. What you typed here is forgotten."
          action="Discard"
          onConfirm={discard}
          onClose={() => setStopping(false)}
        />
      )}
    </main>
  )
}

/** Which client it is about, how far it is, and who is at it. */
function Top({
  view,
  typed,
  children,
}: {
  view: OnboardingView | null
  typed: string | undefined
  children: React.ReactNode
}) {
  const given = view?.answers.identity ?? draftOver({}, typed)
  const { name = '', colour, logo } = given as Partial<Identity>
  const shown = view?.name ?? name.trim()
  return (
    <header className={classes.top}>
      <Tile initials={shown ? initialsOf(shown) : '+'} colour={colour ?? '#5c6877'} logo={logo} size={34} />
      <div>
        <h2>{shown || 'New client'}</h2>
        <p role="status">
          {view
            ? `${progressText(view)}. Begun by ${view.startedBy} on ${dateTime(view.startedAt)}, last acted on by ${view.changedBy} on ${dateTime(view.changedAt)}.`
            : 'Nothing is made before you bring it in.'}
        </p>
      </div>
      <div className={classes.buttons}>{children}</div>
    </header>
  )
}

function act(id: string, title: string, keys: string[], run: () => void) {
  return { id: `onboarding-${id}`, title, group: 'Clients' as const, keys, run }
}
