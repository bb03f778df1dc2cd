import { isOpenCategory, type Configuration } from '../domain/configuration.ts'
import { begunHistory } from '../domain/history.ts'
import { Hours } from '../sla/hours.ts'
import { ServiceDesk, type ClockedTicket } from '../sla/service-desk.ts'
import type { BusinessCalendar } from '../sla/schema.ts'
import { DAY, MINUTE, zoneOf } from '../sla/zone.ts'

/** What a client was promised, told by one ticket. Times are ms since 1970. */
export interface Proof {
  raisedAt: number
  dueAt: number
  /** "A P1 raised on Friday 16:55 is due Monday 09:25." */
  sentence: string
}

/** Weeks that are looked at for one without holidays. */
const WEEKS = 10

/**
 * Proves service levels by one sentence: when the most urgent ticket is due that is raised five minutes before the desk
 * closes for the longest pause of a usual week.
 * @param now ms since 1970; the week after it is taken
 * @returns null where nothing is promised for the most urgent tickets
 */
export function proofOf(configuration: Configuration, now: number): Proof | null {
  const priority = configuration.priorities.toSorted((a, b) => a.rank - b.rank)[0]
  const status = configuration.statuses.find(({ category }) => isOpenCategory(category))
  const desk = new ServiceDesk(configuration)
  if (!priority || !status) return null
  const raised = (at: number): ClockedTicket => {
    const createdAt = new Date(at).toISOString()
    const tracked = { status: status.key, assigneeId: null, createdAt }
    return { ...tracked, priority: priority.key, type: null, updatedAt: createdAt, history: begunHistory(tracked) }
  }
  const target = configuration.sla?.targets.find(
    ({ priorities, types }) => !types && (!priorities || priorities.includes(priority.key)),
  )
  const calendar = configuration.sla?.calendars.find(({ key }) => key === target?.calendar)
  if (!calendar) return null
  const raisedAt = lateOnLastDay(calendar, now)
  const dueAt = desk.dueOf(raised(raisedAt))?.dueAt ?? null
  if (dueAt === null) return null
  const [from, to] = [raisedAt, dueAt].map((at) => saidOf(at, calendar.timeZone, dueAt - raisedAt > 6 * DAY))
  return { raisedAt, dueAt, sentence: `${article(priority.label)} ${priority.label} raised on ${from} is due ${to}.` }
}

/** Five minutes before closing on the day before the longest pause; Friday 16:55 where the desk never closes. */
function lateOnLastDay(calendar: BusinessCalendar, now: number): number {
  const zone = zoneOf(calendar.timeZone)
  const weekly = new Hours(calendar.hours)
  const holidays = new Set(calendar.holidays.map(({ date }) => Date.parse(date) / DAY))
  const today = Math.floor(zone.wallAt(now) / DAY)
  // The Monday that comes, and so on.
  const monday = today + ((((4 - today) % 7) + 7) % 7) || today + 7
  const closed = (day: number) => weekly.on(day).length === 0
  const pause = (day: number) => [1, 2, 3, 4, 5, 6].findIndex((ahead) => !closed(day + ahead))
  const days = [0, 1, 2, 3, 4, 5, 6].filter((offset) => !closed(monday + offset))
  const last = days.reduce(
    (best, offset) => (pause(monday + offset) > pause(monday + best) ? offset : best),
    days[4] ?? days[0] ?? 4,
  )
  const weeks = Array.from({ length: WEEKS }, (_, i) => monday + i * 7)
  const usual = weeks.find((start) =>
    Array.from({ length: 14 }, (_, i) => start + i).every((day) => !holidays.has(day)),
  )
  const day = (usual ?? monday) + last
  const end = weekly.on(day).at(-1)?.[1] ?? 0
  const minute = end > 5 && end < 1440 ? end - 5 : 16 * 60 + 55
  return zone.firstAt(day * DAY + minute * MINUTE)
}

function saidOf(at: number, timeZone: string, withDate: boolean): string {
  const part = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { timeZone, ...options }).format(at)
  const time = part({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  return `${part({ weekday: 'long' })}${withDate ? `, ${part({ day: 'numeric', month: 'long' })},` : ''} ${time}`
}

function article(word: string): string {
  return /^[aeio]/i.test(word) ? 'An' : 'A'
}
