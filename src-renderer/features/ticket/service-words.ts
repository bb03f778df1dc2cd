import type { TargetClock } from '../../../src-shared/sla/service-desk.ts'
import { durationText } from '../../ui/duration.ts'
import { dateTime } from '../../ui/time.ts'

/** How a target stands, in business time: `2 h 10 min left`, `Paused, 3 h left`, `40 min late`, `Met`. */
export function serviceText({ state, minutes, used }: Pick<TargetClock, 'state' | 'minutes' | 'used'>): string {
  const left = Math.round(minutes - used)
  if (state === 'met') return 'Met'
  if (state === 'missed') return `Missed by ${durationText(Math.max(1, -left))}`
  const rest = left < 0 ? `${durationText(-left)} late` : `${durationText(left)} left`
  return state === 'paused' ? `Paused, ${rest}` : rest
}

/**
 * Why it stands so.
 * @param status the ticket's, in the client's words
 */
export function serviceTitle(clock: TargetClock, status: string): string {
  const { state, dueAt, endedAt, minutes, used, calendar } = clock
  const agreed = `Agreed: ${durationText(minutes)} of ${calendar}; used: ${durationText(Math.round(used))}.`
  if (endedAt !== null) return `${agreed} Over since ${dateTime(new Date(endedAt).toISOString())}.`
  if (state === 'paused') return `${agreed} The clock stands while the ticket is in ${status}.`
  if (dueAt === null) return `${agreed} These hours never come.`
  return `${agreed} Due ${dateTime(new Date(dueAt).toISOString())}.`
}
