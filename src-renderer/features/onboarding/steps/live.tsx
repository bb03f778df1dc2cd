import { Textarea } from '@mantine/core'
import type { LiveAnswer } from '../../../../src-shared/onboarding/answers.ts'
import type { StepDefinition, StepFormProps } from '../step.ts'
import { stepKeys, STEPS } from '../words.ts'
import classes from './live.module.css'

interface Draft {
  note: string
}

/** The sign-off. */
export const liveStep: StepDefinition<Draft> = {
  action: 'Go live',
  begin: (_context, answer) => ({ note: (answer as LiveAnswer | undefined)?.note ?? '' }),
  missing({ note: _note }, { view }) {
    const open = stepKeys.slice(0, -1).filter((key) => key !== 'connect' && view?.steps[key].state === 'waiting')
    if (open.length === 0) return null
    return `Answer or skip these first: ${open.map((key) => STEPS[key].title).join(', ')}.`
  },
  answer: ({ note }) => (note.trim() ? { note: note.trim() } : {}),
  Form: LiveForm,
}

function LiveForm({ draft, context: { view }, change }: StepFormProps<Draft>) {
  const told = stepKeys.slice(0, -1).flatMap((key) => {
    const step = view?.steps[key]
    if (!step) return []
    if (step.state === 'skipped') return [{ key, text: `Skipped by ${step.skipped?.by}: ${step.skipped?.reason}` }]
    return step.notes.length > 0 ? [{ key, text: step.notes.join('\n') }] : []
  })
  return (
    <>
      <dl className={classes.summary}>
        {told.map(({ key, text }) => (
          <div key={key}>
            <dt>{STEPS[key].title}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <Textarea
        data-first
        label="Sign-off"
        description="What is signed off, and by whom at the client"
        rows={3}
        maxLength={1000}
        value={draft.note}
        onChange={(event) => change({ note: event.currentTarget.value })}
      />
    </>
  )
}
