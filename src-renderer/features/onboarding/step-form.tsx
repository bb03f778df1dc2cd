import { Button } from '@mantine/core'
import { useEffect, useLayoutEffect, useRef, useState, type FormEvent, type KeyboardEvent } from 'react'
import type { Identity, StepKey } from '../../../src-shared/onboarding/answers.ts'
import type { OnboardingView } from '../../../src-shared/protocol/onboarding.ts'
import { keysText } from '../../app/commands/key-names.ts'
import { useArrived, useCommands } from '../../app/commands/use-commands.tsx'
import { useConsole } from '../../app/console/context.tsx'
import { PageButton } from '../../ui/page.tsx'
import type { useActs } from './data.tsx'
import { definitions } from './definitions.ts'
import { useKeptDraft } from './kept-draft.ts'
import classes from './step-form.module.css'
import wizard from './wizard.module.css'
import { ReasonDialog } from './reason-dialog.tsx'
import { draftOver, type StepContext } from './step.ts'
import { STATES, STEPS } from './words.ts'

export const ANSWER_KEYS = 'Mod+Enter'
export const REST_KEYS = 'Mod+Shift+Enter'

interface StepFormProps {
  step: StepKey
  context: StepContext
  /** What was typed before and not sent. */
  kept: string | undefined
  acts: ReturnType<typeof useActs>
  /** Where keys that were typed ahead wait for this form. */
  place: string
  /** The step was answered or skipped: on to the next. @param now how everything stands then */
  onDone(now: OnboardingView): void
}

/** One step: what is asked, how it stands, and what can be done about it. */
export function StepForm({ step, context, kept, acts, place, onDone }: StepFormProps) {
  const { client } = useConsole()
  const { id, view } = context
  const { action, begin, missing, answer, Form } = definitions[step]
  const state = view?.steps[step]
  const form = useRef<HTMLFormElement>(null)
  const [skipping, setSkipping] = useState(false)
  // What is missing is said once somebody wants to go on, not before they have typed.
  const [asked, setAsked] = useState(false)
  const { draft, touched, safe, change, keep, answered } = useKeptDraft({ id, step, kept: kept !== undefined }, () =>
    draftOver(begin(context, step === 'connect' ? view?.connections : view?.answers[step]), kept),
  )
  const lacking = missing(draft, context)
  const isDone = state?.state === 'done'
  const isOn = state?.state === 'queued' || state?.state === 'running'

  const send = async (): Promise<OnboardingView | null> => {
    setAsked(true)
    if (lacking !== null) return null
    // Where it cannot be sent, it is at least kept.
    keep()
    const given = answer(draft, context)
    const sent = await acts.act(() =>
      view === null
        ? client.onboarding.start.mutate({ id, answers: { identity: given as Identity } })
        : client.onboarding.answer.mutate({ id, step, revision: view.revision, answer: given }),
    )
    if (sent) answered()
    return sent
  }
  const submit = async (): Promise<void> => {
    // Nothing new to say: on to what comes next.
    const now = view && (isDone || isOn) && !touched && step !== 'live' ? view : await send()
    if (now) onDone(now)
  }
  const rest = async (): Promise<void> => {
    // What was typed here counts.
    const now = touched ? await send() : view
    const done = now && (await acts.act(() => client.onboarding.rest.mutate({ id, revision: now.revision })))
    if (done) onDone(done)
  }
  const retry = (): void => {
    if (view) void acts.act(() => client.onboarding.retry.mutate({ id, step, revision: view.revision }))
  }
  const mayRest = view !== null && step !== 'identity' && step !== 'start' && step !== 'verify' && step !== 'live'
  const maySkip = view !== null && step !== 'identity' && step !== 'live' && !isDone && state?.state !== 'skipped'

  useArrived(place)
  useLayoutEffect(() => {
    const first = form.current?.querySelector<HTMLElement>('[data-first]')
    const field = first?.matches('input, textarea, select, button')
      ? first
      : first?.querySelector<HTMLElement>('input, textarea')
    const button = form.current?.querySelector<HTMLElement>('button[type=submit]')
    ;(field ?? button)?.focus({ preventScroll: true })
  }, [])
  // The checks need no answer: looking at them is enough.
  const runs = step === 'verify' && state?.state === 'waiting'
  useEffect(() => {
    if (runs && view)
      void acts.act(() => client.onboarding.answer.mutate({ id, step, revision: view.revision, answer: {} }))
    // Once: a refusal is told, and the button asks again.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [runs])

  useCommands([
    {
      ...{ id: 'onboarding-answer', title: `${STEPS[step].title}: ${action}`, group: 'Clients' as const },
      ...{ keys: [ANSWER_KEYS], run: () => void submit() },
    },
    ...(mayRest
      ? [
          {
            ...{ id: 'onboarding-rest', title: 'Use what is inherited for the rest', group: 'Clients' as const },
            ...{ keys: [REST_KEYS], run: () => void rest() },
          },
        ]
      : []),
    ...(maySkip
      ? [
          {
            ...{ id: 'onboarding-skip', title: `Skip ${STEPS[step].title}`, group: 'Clients' as const },
            ...{ keys: ['s'], run: () => setSkipping(true) },
          },
        ]
      : []),
    ...(state?.state === 'failed'
      ? [
          {
            ...{ id: 'onboarding-retry', title: `Try ${STEPS[step].title} again`, group: 'Clients' as const },
            ...{ keys: ['r'], run: retry },
          },
        ]
      : []),
  ])
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault()
    void submit()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.defaultPrevented) return
    if (!(event.target instanceof HTMLElement) || !event.target.matches('input, textarea, select')) return
    // Out of the field, so that single keys act on the page.
    event.stopPropagation()
    form.current?.closest<HTMLElement>('main')?.focus({ preventScroll: true })
  }
  const said = acts.problem?.message ?? (asked ? lacking : null)
  return (
    <>
      <form
        ref={form}
        className={classes.form}
        aria-label={STEPS[step].title}
        onSubmit={onSubmit}
        onKeyDown={onKeyDown}
      >
        <header>
          <h3>{STEPS[step].title}</h3>
          <p>{STEPS[step].lead}</p>
        </header>
        {state && (state.state === 'failed' || state.state === 'skipped') && (
          <p className={classes.stood} data-state={state.state} role="status">
            {state.state === 'failed'
              ? state.problem?.message
              : `Skipped by ${state.skipped?.by ?? ''}: ${state.skipped?.reason ?? ''}. An answer takes it up again.`}
          </p>
        )}
        {isDone && step !== 'verify' && state.notes.length > 0 && (
          <p className={classes.stood} data-state="done" role="status">
            {state.notes.join(' ')}
          </p>
        )}
        <div className={classes.fields}>
          <Form draft={draft} context={context} change={change} />
        </div>
        <footer>
          <div className={wizard.buttons}>
            <Button
              type="submit"
              size="sm"
              loading={acts.busy}
              aria-keyshortcuts="Control+Enter"
              rightSection={<kbd aria-hidden>{keysText(ANSWER_KEYS)}</kbd>}
            >
              {buttonText(action, { done: isDone || isOn, touched, live: step === 'live' })}
            </Button>
            {state?.state === 'failed' && (
              <PageButton shortcut="r" onClick={retry}>
                Try again
              </PageButton>
            )}
            {mayRest && (
              <PageButton shortcut={keysText(REST_KEYS)} disabled={acts.busy} onClick={() => void rest()}>
                Use what is inherited for the rest
              </PageButton>
            )}
            {maySkip && (
              <PageButton shortcut="s" onClick={() => setSkipping(true)}>
                Skip…
              </PageButton>
            )}
          </div>
          <p role={said ? 'alert' : 'status'} data-bad={said !== null || undefined}>
            {said ??
              (isOn
                ? `${STATES[state.state]}. You can go on meanwhile.`
                : touched
                  ? safe
                    ? 'Kept here as a draft.'
                    : 'Keeping it as a draft…'
                  : '')}
          </p>
        </footer>
      </form>
      {skipping && view && (
        <ReasonDialog
          title={`Skip ${STEPS[step].title}`}
          text={`Nothing of this step is done for ${view.name}. What is inherited holds. It can be answered until it is live.`}
          action="Skip it"
          onClose={() => setSkipping(false)}
          onReason={(reason) => {
            setSkipping(false)
            void acts
              .act(() => client.onboarding.skip.mutate({ id, step, revision: view.revision, reason }))
              .then((skipped) => skipped && onDone(skipped))
          }}
        />
      )}
    </>
  )
}

function buttonText(
  action: string,
  { done, touched, live }: { done: boolean; touched: boolean; live: boolean },
): string {
  if (!done || live) return action
  return touched ? 'Answer anew' : 'Go on'
}
