import { IconAlertTriangleFilled, IconCircleCheckFilled } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { WeekHere } from '../../../src-main/console/onboarding-router.ts'
import { useKeyOf } from '../../app/commands/key-of.ts'
import { useCommands } from '../../app/commands/use-commands.tsx'
import { useConsole } from '../../app/console/context.tsx'
import { places, useGo } from '../../app/shell/go.ts'
import { counted } from '../../ui/counted.ts'
import { moveRowFocus } from '../../ui/rows.ts'
import { Section } from '../../ui/section.tsx'
import { KnownOnboardings } from './data.tsx'
import classes from './first-week.module.css'

/** Milliseconds between two looks: tickets come without an onboarding moving on. */
const LOOK = 60_000
const KEY = 'g 7'

/** The clients in their first seven days, with what happened there and what somebody should look at. */
export function FirstWeeks({ onOpen }: { onOpen(id: string): void }) {
  const weeks = useWeeks()
  if (weeks.length === 0) return null
  return (
    <Section title="First week">
      <Weeks weeks={weeks} onOpen={onOpen} />
    </Section>
  )
}

/** The same above the clients, reached by one key. */
export function WatchedClients() {
  return (
    <KnownOnboardings>
      <Watched />
    </KnownOnboardings>
  )
}

function Watched() {
  const go = useGo()
  const keyOf = useKeyOf()
  const weeks = useWeeks()
  const first = (): void => document.querySelector<HTMLElement>(`.${classes.weeks} button`)?.focus()
  useCommands(
    weeks.length === 0
      ? []
      : [{ id: 'first-weeks', title: 'Clients in their first week', group: 'Clients', keys: [KEY], run: first }],
  )
  if (weeks.length === 0) return null
  return (
    <section className={classes.watched} aria-label="Clients in their first week">
      <h2>
        First week <kbd aria-hidden>{keyOf('first-weeks', KEY)}</kbd>
      </h2>
      <div onKeyDown={moveRowFocus}>
        <Weeks weeks={weeks} onOpen={(id) => go(places.onboarding(id))} />
      </div>
    </section>
  )
}

function useWeeks(): WeekHere[] {
  const { client } = useConsole()
  const { data } = useQuery({
    queryKey: ['weeks'],
    queryFn: () => client.onboarding.weeks.query(),
    refetchInterval: LOOK,
  })
  return data ?? []
}

function Weeks({ weeks, onOpen }: { weeks: readonly WeekHere[]; onOpen(id: string): void }) {
  return (
    <ul className={classes.weeks} aria-label="First week">
      {weeks.map((one) => (
        <li key={one.id}>
          <button onClick={() => onOpen(one.id)}>
            <b>{one.name}</b>
            <span>Day {one.week.day} of 7</span>
            <Figures week={one.week} />
            <Look week={one.week} />
          </button>
        </li>
      ))}
    </ul>
  )
}

/** The numbers that matter; those that somebody should look at stand out. */
function Figures({ week: { tickets, breaches, checks, unverified } }: Pick<WeekHere, 'week'>) {
  const figures = [
    { value: tickets.opened, label: tickets.opened === 1 ? 'ticket' : 'tickets' },
    { value: tickets.open, label: 'open' },
    { value: tickets.unanswered, label: 'unanswered', tone: 'amber' },
    { value: breaches.count, label: 'missed', tone: 'red' },
  ]
  return (
    <span className={classes.figures}>
      {figures.map(({ value, label, tone }) => (
        <span key={label} data-tone={value > 0 ? tone : undefined}>
          <b>{value.toLocaleString('en')}</b> {label}{' '}
        </span>
      ))}
      {checks > 0 && (
        <span data-tone={unverified.length > 0 ? 'amber' : undefined}>
          <b>
            {checks - unverified.length}/{checks}
          </b>{' '}
          checks
        </span>
      )}
    </span>
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

/** What somebody should look at, worst first. */
function looksOf({ breaches, tickets, escalations, failedEdits, importLeftovers, unverified }: WeekHere['week']) {
  const missed = breaches.first.slice(0, 3).map(({ ticket }) => `#${ticket}`)
  const rows = importLeftovers.reduce((sum, one) => sum + one.rows, 0)
  const edits = failedEdits.rejected + failedEdits.conflicts
  return [
    ...(breaches.count > 0 ? [`${counted(breaches.count, 'missed target')} (${[...new Set(missed)].join(', ')})`] : []),
    ...(tickets.unanswered > 0 ? [`${counted(tickets.unanswered, 'ticket')} without a reply`] : []),
    ...(escalations > 0 ? [counted(escalations, 'escalation')] : []),
    ...(edits > 0 ? [`${counted(edits, 'edit')} not taken`] : []),
    ...(importLeftovers.length > 0 ? [`${counted(rows, 'row')} left of imports`] : []),
    ...(unverified.length > 0 ? [`${counted(unverified.length, 'check')} that did not pass`] : []),
  ]
}
