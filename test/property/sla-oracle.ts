import type { Holiday, OnCallRotation, Span, WeeklyHours } from '../../src-shared/sla/schema.ts'

export const MINUTE = 60_000

/**
 * The slow, obvious way to know business time: look at the wall clock minute by minute, as a person with a calendar and
 * a world clock would. It shares nothing with the engine but the form of the data.
 */

const formats = new Map<string, Intl.DateTimeFormat>()

/** `2026-03-29 02:59` at an instant in a zone. */
export function wallClock(timeZone: string, at: number): { date: string; time: string } {
  let format = formats.get(timeZone)
  if (!format) {
    const style = { dateStyle: 'short', timeStyle: 'short', timeZone } as const
    formats.set(timeZone, (format = new Intl.DateTimeFormat('sv-SE', style)))
  }
  const [date = '', time = ''] = format.format(at).split(' ')
  return { date, time }
}

export interface Shop {
  timeZone: string
  hours: '24x7' | WeeklyHours
  holidays: Holiday[]
}

const names = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const

export function isOpen({ timeZone, hours, holidays }: Shop, at: number): boolean {
  const { date, time } = wallClock(timeZone, at)
  const begunOn = (day: string): Span[] => {
    const holiday = holidays.findLast((one) => one.date === day)
    if (holiday) return holiday.hours ?? []
    if (hours === '24x7') return [{ from: '00:00', to: '24:00' }]
    return hours[names[new Date(day).getUTCDay()] ?? 'monday'] ?? []
  }
  if (begunOn(date).some(({ from, to }) => from <= time && (to <= from || time < to))) return true
  // A holiday ends what the evening before began.
  if (holidays.some((one) => one.date === date)) return false
  return begunOn(dayBefore(date)).some(({ from, to }) => to <= from && time < to)
}

function dayBefore(date: string): string {
  return new Date(Date.parse(date) - 24 * 60 * MINUTE).toISOString().slice(0, 10)
}

/** Business minutes from one whole minute to another. */
export function minutesBetween(shop: Shop, from: number, to: number): number {
  let count = 0
  for (let at = from; at < to; at += MINUTE) if (isOpen(shop, at)) count++
  return count
}

/** The first whole minute by which so many business minutes have passed; null where that is not before `limit`. */
export function minuteAfter(shop: Shop, from: number, minutes: number, limit: number): number | null {
  let left = minutes
  for (let at = from; at <= limit; at += MINUTE) {
    if (left === 0) return at
    if (isOpen(shop, at)) left--
  }
  return null
}

/**
 * Who is on call in each minute of `[from, to)`. Walks from the first day of every layer on, and hands over when the
 * clock on the wall first shows the time on the day, or a later one.
 */
export function onCallByMinute(
  { timeZone, layers, overrides }: OnCallRotation,
  from: number,
  to: number,
): (string | null)[] {
  const people: (string | null)[] = []
  const begin = Math.min(from, ...layers.map((layer) => Date.parse(layer.from) - 2880 * MINUTE))
  const turns = layers.map((layer) => ({ layer, turn: -1, over: false }))
  for (let at = begin; at < to; at += MINUTE) {
    const { date, time } = wallClock(timeZone, at)
    const now = `${date} ${time}`
    let person: string | null = null
    for (const state of turns) {
      const { from: first, handover, days, technicians, until, hours } = state.layer
      const handoverOf = (turn: number): string =>
        `${new Date(Date.parse(first) + turn * days * 1440 * MINUTE).toISOString().slice(0, 10)} ${handover}`
      while (now >= handoverOf(state.turn + 1)) state.turn++
      if (until !== undefined && now >= `${until} ${handover}`) state.over = true
      if (state.turn < 0 || state.over) continue
      if (hours && at >= from && !isOpen({ timeZone, hours, holidays: [] }, at)) continue
      person = technicians[state.turn % technicians.length] ?? null
    }
    if (at < from) continue
    const override = overrides.findLast((one) => Date.parse(one.from) <= at && at < Date.parse(one.to))
    people.push(override ? override.technicianId : person)
  }
  return people
}
