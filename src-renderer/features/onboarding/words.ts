import type { StepKey } from '../../../src-shared/onboarding/answers.ts'
import type { OnboardingSummary, OnboardingView, StepState } from '../../../src-shared/protocol/onboarding.ts'

/** The steps in their order: what each is called, what is in it, and what it is for. */
export const STEPS: Record<StepKey, { title: string; hint: string; lead: string }> = {
  identity: {
    title: 'Identity',
    hint: 'Name, country, domains',
    lead: 'Who the client is. Its name and its country are enough.',
  },
  start: {
    title: 'Start from',
    hint: 'A template, or another client',
    lead: 'What its settings begin with. All of it can be changed later.',
  },
  hours: {
    title: 'Hours',
    hint: 'Desk, holidays, on call',
    lead: 'When its desk works, which days it does not, and who is on call.',
  },
  service: { title: 'Service', hint: 'Targets, naming', lead: 'How fast, and how things are named there.' },
  inheritance: {
    title: 'Inheritance',
    hint: 'Where each setting comes from',
    lead: 'Where each setting comes from. What is inherited follows its origin.',
  },
  people: {
    title: 'People',
    hint: 'Who sees, acts, reveals',
    lead: 'Who may see this client, act for it and reveal its secrets. Nobody else sees it.',
  },
  connect: {
    title: 'Connect',
    hint: 'Credentials, tried out',
    lead: 'What you need to get into its systems. Secrets stay in the vault on this computer.',
  },
  verify: {
    title: 'Verify',
    hint: 'Runs by itself',
    lead: 'The client is tried out, for real. The tests leave nothing behind.',
  },
  live: { title: 'Go live', hint: 'The sign-off', lead: 'After it, everybody you named works for this client.' },
}
export const stepKeys = Object.keys(STEPS) as StepKey[]

export const STATES: Record<StepState['state'], string> = {
  waiting: 'Waiting for an answer',
  queued: 'Waits its turn',
  running: 'Running',
  done: 'Done',
  failed: 'Failed',
  skipped: 'Skipped',
}

/** How far an onboarding is, in a line. */
export function progressText({ state, done, of }: OnboardingSummary): string {
  if (state === 'live') return 'Live'
  if (state === 'cancelled') return 'Cancelled, nothing was left behind'
  if (state === 'cancelling') return 'Being cancelled'
  return `${done} of ${of} steps`
}

/** The step that a person should look at: the first that waits for them, else what goes on by itself, else the last. */
export function stepToShow({ next, steps }: OnboardingView): StepKey {
  // Nothing waits for connections, so the cloud does not ask for them.
  if (steps.connect.state === 'waiting' && (next === null || next === 'verify' || next === 'live')) return 'connect'
  return next ?? stepKeys.find((key) => steps[key].state === 'queued' || steps[key].state === 'running') ?? 'live'
}

/** What a person should look at after a step: the next that waits for them behind it, or else before it. */
export function stepAfter(view: OnboardingView, step: StepKey): StepKey {
  const waits = (key: StepKey) => view.steps[key].state === 'waiting' || view.steps[key].state === 'failed'
  const next = stepKeys.slice(stepKeys.indexOf(step) + 1).find(waits) ?? stepToShow(view)
  const { state } = view.steps.verify
  // The checks are worth a look while they run.
  return next === 'live' && step !== 'verify' && (state === 'queued' || state === 'running') ? 'verify' : next
}

/** Whether what the client begins with is on its way: until then its settings are not what they will be. */
export function isBeginning({ steps }: OnboardingView): boolean {
  return [steps.identity, steps.start].some(({ state }) => state === 'queued' || state === 'running')
}
