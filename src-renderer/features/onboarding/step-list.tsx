import {
  IconAlertCircleFilled,
  IconCircle,
  IconCircleCheckFilled,
  IconClockHour4,
  IconLoader2,
  IconPlayerSkipForward,
} from '@tabler/icons-react'
import type { StepKey } from '../../../src-shared/onboarding/answers.ts'
import type { OnboardingView, StepState } from '../../../src-shared/protocol/onboarding.ts'
import classes from './step-list.module.css'
import { STATES, stepKeys, STEPS } from './words.ts'

const GLYPHS: Record<StepState['state'], typeof IconCircle> = {
  ...{ waiting: IconCircle, queued: IconClockHour4, running: IconLoader2, done: IconCircleCheckFilled },
  ...{ failed: IconAlertCircleFilled, skipped: IconPlayerSkipForward },
}

interface StepListProps {
  /** Null before the first step was sent. */
  view: OnboardingView | null
  shown: StepKey
  onShow(step: StepKey): void
}

/** The steps with how each stands and what came of it. */
export function StepList({ view, shown, onShow }: StepListProps) {
  return (
    <ol className={classes.steps} aria-label="Steps">
      {stepKeys.map((key, index) => {
        const state = view?.steps[key].state ?? 'waiting'
        const Glyph = GLYPHS[state]
        return (
          <li key={key}>
            <button
              type="button"
              data-state={state}
              aria-current={key === shown ? 'step' : undefined}
              aria-keyshortcuts={String(index + 1)}
              disabled={view === null && key !== 'identity'}
              onClick={() => onShow(key)}
            >
              <Glyph size={18} stroke={1.8} aria-hidden />
              <b>{STEPS[key].title}</b>
              <kbd aria-hidden>{index + 1}</kbd>
              <span data-testid={`state-${key}`}>{stateText(key, view?.steps[key])}</span>
            </button>
          </li>
        )
      })}
    </ol>
  )
}

/** What came of a step or how it stands; what is in it where nobody has answered it. */
function stateText(key: StepKey, step: StepState | undefined): string {
  if (!step || step.state === 'waiting') return STEPS[key].hint
  if (step.state === 'done') return step.notes[0] ?? STATES.done
  if (step.state === 'failed') return step.problem?.message ?? STATES.failed
  if (step.state === 'skipped') return `Skipped: ${step.skipped?.reason ?? ''}`
  if (step.state === 'running' && step.checks) {
    const looked = step.checks.filter(({ state }) => state !== 'waiting').length
    return `${looked} of ${step.checks.length} checks`
  }
  return STATES[step.state]
}
