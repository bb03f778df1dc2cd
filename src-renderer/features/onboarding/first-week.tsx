import { IconAlertTriangleFilled, IconCircleCheckFilled } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { WeekHere } from '../../../src-main/console/onboarding-router.ts'
import { useConsole } from '../../app/console/context.tsx'
import { Section } from '../../ui/section.tsx'
import classes from './first-week.module.css'

/** Milliseconds between two looks: tickets come without an onboarding moving on. */
const LOOK = 60_000

/** The clients in their first seven days, with what happened there and what somebody should look at. */
export function FirstWeeks({ onOpen }: { onOpen(id: string): void }) {
  const { client } = useConsole()
  const { data } = useQuery({
    queryKey: ['weeks'],
    queryFn: () => client.onboarding.weeks.query(),
    refetchInterval: LOOK,
  })
  if (!data || data.length === 0) return null
  return (
    <Section title="First week">
      <ul className={classes.weeks} aria-label="First week">
        {data.map((one) => (
          <li key={one.id}>
            <button onClick={() => onOpen(one.id)}>
              <b>{one.name}</b>
              <span>Day {one.week.day} of 7</span>
              <span>{numbersOf(one)}</span>
              <Look week={one.week} />
            </button>
          </li>
        ))}
      </ul>
    </Section>
  )
}

function Look({ week }: Pick<WeekHere, 'week'>) {
  const looks = looksOf(week)
  return (
    <span className={classes.look} data-tone={looks.length > 0 ? 'look' : 'good'}>
      {looks.length > 0 ? (
        <IconAlertTriangleFilled size={14} aria-hidden />
      ) : (
        <IconCircleCheckFilled size={14} aria-hidden />
      )}
      {looks.length > 0 ? `Look at ${looks.join('; ')}.` : 'Nothing needs a look.'}
    </span>
  )
}

function numbersOf({ week: { tickets, escalations } }: WeekHere): string {
  const some = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`
  return `${some(tickets.opened, 'ticket')}, ${tickets.open} open, ${some(escalations, 'escalation')}`
}

/** What somebody should look at, worst first. */
function looksOf({ breaches, failedEdits, importLeftovers, unverified }: WeekHere['week']): string[] {
  const missed = breaches.first.slice(0, 3).map(({ ticket }) => `#${ticket}`)
  const rows = importLeftovers.reduce((sum, one) => sum + one.rows, 0)
  const edits = failedEdits.rejected + failedEdits.conflicts
  return [
    ...(breaches.count > 0
      ? [`${breaches.count} missed target${breaches.count === 1 ? '' : 's'} (${[...new Set(missed)].join(', ')})`]
      : []),
    ...(edits > 0 ? [`${edits} edit${edits === 1 ? ' that was' : 's that were'} not taken`] : []),
    ...(importLeftovers.length > 0 ? [`${rows} row${rows === 1 ? '' : 's'} left of imports`] : []),
    ...(unverified.length > 0
      ? [`${unverified.length} check${unverified.length === 1 ? '' : 's'} that did not pass`]
      : []),
  ]
}
