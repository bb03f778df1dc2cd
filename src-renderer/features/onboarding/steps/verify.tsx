import { IconAlertTriangle, IconCircle, IconCircleCheckFilled, IconCircleXFilled } from '@tabler/icons-react'
import type { Check } from '../../../../src-shared/protocol/onboarding.ts'
import { useConsoleChecks } from '../data.tsx'
import type { StepDefinition, StepFormProps } from '../step.ts'
import { stepKeys, STEPS } from '../words.ts'
import classes from './verify.module.css'
import fields from './fields.module.css'

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

function VerifyForm({ context: { id, view, clients } }: StepFormProps<object>) {
  const here = view !== null && clients.has(view.tenantId)
  const { run, busy, problem } = useConsoleChecks(id, view, here)
  if (!view) return null
  const ended = view.steps.verify.state === 'done' || view.steps.verify.state === 'failed'
  const { checks = [] } = view.steps.verify
  const before = stepKeys.slice(0, stepKeys.indexOf('verify'))
  const open = before.filter((key) => view.steps[key].state !== 'done' && view.steps[key].state !== 'skipped')
  return (
    <>
      {open.length > 0 && (
        <p className={fields.hint} role="status">
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
      {problem && <p className={fields.warning}>{problem.message}</p>}
      {here && ended && (
        <button type="button" className={fields.back} disabled={busy} onClick={run}>
          {busy ? 'This computer looks at keys, secrets and the audit trail…' : 'Have this computer look again'}
        </button>
      )}
    </>
  )
}
