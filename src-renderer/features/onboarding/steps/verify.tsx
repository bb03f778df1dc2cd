import { IconAlertTriangle, IconCircle, IconCircleCheckFilled, IconCircleXFilled } from '@tabler/icons-react'
import type { Check } from '../../../../src-shared/protocol/onboarding.ts'
import type { StepDefinition, StepFormProps } from '../step.ts'
import { stepKeys, STEPS } from '../words.ts'
import classes from '../onboarding.module.css'

/** Nothing is asked: it runs by itself. */
export const verifyStep: StepDefinition<object> = {
  action: 'Verify',
  begin: () => ({}),
  missing: () => null,
  answer: () => ({}),
  Form: VerifyForm,
}

const GLYPHS: Record<Check['state'], typeof IconCircle> = {
  waiting: IconCircle,
  passed: IconCircleCheckFilled,
  warning: IconAlertTriangle,
  failed: IconCircleXFilled,
}
const SAID: Record<Check['state'], string> = {
  ...{ waiting: 'Not looked at yet', passed: 'Passed', warning: 'To look at', failed: 'Failed' },
}

function VerifyForm({ context: { view } }: StepFormProps<object>) {
  if (!view) return null
  const { checks = [] } = view.steps.verify
  const before = stepKeys.slice(0, stepKeys.indexOf('verify'))
  const open = before.filter((key) => view.steps[key].state !== 'done' && view.steps[key].state !== 'skipped')
  return (
    <>
      {open.length > 0 && (
        <p className={classes.hint} role="status">
          It begins when these are done or skipped: {open.map((key) => STEPS[key].title).join(', ')}.
        </p>
      )}
      <ul className={classes.checks} aria-label="Checks">
        {checks.map(({ key, label, state, detail }) => {
          const Glyph = GLYPHS[state]
          return (
            <li key={key} data-state={state}>
              <Glyph size={18} stroke={1.8} aria-label={SAID[state]} />
              <b>{label}</b>
              <span>{detail}</span>
            </li>
          )
        })}
      </ul>
    </>
  )
}
