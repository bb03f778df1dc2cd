import type { OpenMinutes } from '../sla/hours.ts'
import { DAY, HOUR, MINUTE, type Zone } from '../sla/zone.ts'

/** Where and when a time is said. */
export interface Moment {
  /** ms since 1970 */
  now: number
  /** Whose wall clock is meant. */
  zone: Zone
  /** When work begins on a day (days since 1970-01-01), in minutes from its midnight: what a day without a time means. */
  opens(day: number): number
  /** Hours of work on a day; none on one that is no working day. */
  hours(day: number): OpenMinutes
}

/** ms since 1970, or one sentence why there is none. */
export type When = { at: number } | { problem: string }

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
/** Times of day by name, in minutes from midnight. */
const NAMED: Readonly<Record<string, number>> = {
  morning: 540,
  noon: 720,
  afternoon: 780,
  evening: 1080,
  tonight: 1200,
}
const NUMBERS: Readonly<Record<string, number>> = {
  ...{ a: 1, an: 1, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10 },
}
const FURTHEST = 5 * 366 * DAY
const UNREAD = 'That is no time. Try “tomorrow 9”, “in 2 working days”, “next monday” or “28 nov 14:30”.'

/** A day that was said, and whether another week may be meant where its time is over. */
interface Said {
  day: number
  /** Days to go on by where that is past; 0 where exactly this day was meant. */
  again: number
  /** Whether days of work were counted: then the time of day stays, as far as there is work. */
  works?: true
}

/**
 * Reads a time in natural words, by the wall clock of a zone: `in 2 hours`, `tomorrow 9`, `next monday`,
 * `friday 14:30`, `28 nov`, `2026-12-01 08:00`. A time that summer time leaves out is the end of the gap.
 */
export function readWhen(text: string, moment: Moment): When {
  const words = text.trim().toLowerCase().replaceAll(/\s+/g, ' ').replace(/\.$/, '')
  const at = readSpan(words, moment) ?? readDay(words, moment)
  if (at === null || Number.isNaN(at)) return { problem: UNREAD }
  if (at <= moment.now) return { problem: 'That is over already. Choose a time to come.' }
  if (at - moment.now > FURTHEST) return { problem: 'That is more than five years from now. Choose an earlier time.' }
  return { at }
}

const COUNT = `\\d{1,4}(?:\\.\\d)?|(?:${Object.keys(NUMBERS).join('|')})(?= )`
const PART = `(${COUNT}) ?(minute|month|min|hour|hr|week|day|m|h|d|w)s?(?: and|,)? ?`
const SPAN = new RegExp(`^(?:${PART})+$`)

/** Whether a text is a time in words at all, whenever it is said. */
export function isWhen(text: string, moment: Moment): boolean {
  const when = readWhen(text, moment)
  return 'at' in when || when.problem !== UNREAD
}

/** `in 2 hours`, `1h 30m`, `half an hour`, `in three days`. */
function readSpan(text: string, { now, zone }: Moment): number | null {
  const rest = text.replace(/^in /, '')
  if (/^half an hour$/.test(rest)) return now + 30 * MINUTE
  if (!SPAN.test(rest)) return null
  let [ms, days, months] = [0, 0, 0]
  for (const [, number = '', unit = ''] of rest.matchAll(new RegExp(PART, 'g'))) {
    const count = NUMBERS[number] ?? Number(number)
    if (unit === 'month') months += count
    else if (unit.startsWith('w')) days += 7 * count
    else if (unit.startsWith('d')) days += count
    else ms += count * (unit.startsWith('h') ? HOUR : MINUTE)
  }
  const wall = zone.wallAt(now)
  if (months > 0) days += monthsOn(wall, months)
  // A day has 23 hours where the clocks go forward, and the time of day stays.
  return (days === 0 ? now : zone.firstAt(wall + days * DAY)) + ms
}

function monthsOn(wall: number, months: number): number {
  const then = new Date(wall)
  const date = then.getUTCDate()
  then.setUTCDate(1)
  then.setUTCMonth(then.getUTCMonth() + months)
  const last = new Date(Date.UTC(then.getUTCFullYear(), then.getUTCMonth() + 1, 0)).getUTCDate()
  then.setUTCDate(Math.min(date, last))
  return Math.round((then.getTime() - wall) / DAY)
}

/** A day, a time of day, or both, in either order. */
function readDay(text: string, moment: Moment): number | null {
  const { now, zone, opens } = moment
  const today = Math.floor(zone.wallAt(now) / DAY)
  const instant = (day: number, minutes: number): number => zone.firstAt(day * DAY + minutes * MINUTE)
  const bare = timeOf(text)
  if (bare !== null) {
    const at = instant(today, bare)
    return at > now ? at : instant(today + 1, bare)
  }
  const { day: dayText, minutes } = parted(text)
  const said = workingDayOf(dayText, today, moment) ?? dayOf(dayText, today)
  if (!said) return null
  const wall = zone.wallAt(now) / MINUTE - today * (DAY / MINUTE)
  const of = (day: number): number =>
    instant(day, minutes ?? (said.works ? within(moment.hours(day), wall) : opens(day)))
  const first = of(said.day)
  return first <= now && said.again > 0 ? of(said.day + said.again) : first
}

/** Parts a time of day from the day beside it; the day's own name may say the time. */
function parted(text: string): { day: string; minutes: number | null } {
  const words = text.split(' ')
  for (let i = 1; i < words.length; i++) {
    const [before, after] = [words.slice(0, i).join(' '), words.slice(i).join(' ')]
    const end = timeOf(after)
    if (end !== null && looksLikeDay(before)) return { day: before, minutes: end }
    const start = timeOf(before)
    if (start !== null && looksLikeDay(after)) return { day: after, minutes: start }
  }
  return { day: text, minutes: null }
}

// `28 nov`: the number is the day's and no time.
function looksLikeDay(text: string): boolean {
  return WORKING_DAYS.test(text) || dayOf(text, 0) !== null
}

const WORKING_DAYS = new RegExp(
  `^(?:in )?(\\d{1,3}|${Object.keys(NUMBERS).join('|')}|next) (?:working|business|work) ?days?(?: from now)?$`,
)

/** `in 2 working days`, `next business day`: days on which there is work, from tomorrow on. */
function workingDayOf(text: string, today: number, { hours }: Moment): Said | null {
  const [, number] = WORKING_DAYS.exec(text) ?? []
  if (number === undefined) return null
  let left = number === 'next' ? 1 : (NUMBERS[number] ?? Number(number))
  let day = today
  // A client that never works is found out.
  for (const end = today + 6 * 366; left > 0; left -= hours(day).length > 0 ? 1 : 0) if (++day > end) return null
  return { day, again: 0, ...(number !== 'next' && { works: true }) }
}

/** A time of day, or the nearest at which there is work. */
function within(spans: OpenMinutes, minutes: number): number {
  const [first] = spans
  if (!first) return minutes
  const before = spans.findLast(([from]) => from <= minutes)
  return before ? Math.min(minutes, before[1]) : first[0]
}

/** Minutes from midnight; null where it is no time of day. */
function timeOf(given: string): number | null {
  const text = given.replace(/^(?:at|in the|this) /, '')
  const named = NAMED[text]
  if (named !== undefined) return named
  if (text === 'midnight') return 1440
  const [, hours, minutes = '0', half] = /^(\d{1,2})(?:[:.h](\d\d))?(?: ?(am|pm))?(?: ?o'?clock)?$/.exec(text) ?? []
  if (hours === undefined) return null
  const hour = Number(hours)
  if (Number(minutes) > 59 || (half ? hour < 1 || hour > 12 : hour > 23)) return null
  return (half ? (hour % 12) + (half === 'pm' ? 12 : 0) : hour) * 60 + Number(minutes)
}

function dayOf(given: string, today: number): Said | null {
  const text = given.replace(/^on (?:the )?/, '').replace(/,$/, '')
  const exact = (day: number): Said => ({ day, again: 0 })
  if (text === 'today') return exact(today)
  if (/^(?:tomorrow|tmrw?|tom)$/.test(text)) return exact(today + 1)
  if (/^(?:the )?day after tomorrow$/.test(text)) return exact(today + 2)
  // Weeks begin on Monday; the first day of 1970 was a Thursday.
  const nextMonday = today + 7 - ((today + 3) % 7)
  if (text === 'next week') return exact(nextMonday)
  if (text === 'next month') return exact(today + firstOfNextMonth(today))
  const [, next, name = ''] = /^(next |this )?([a-z]{2,9})$/.exec(text) ?? []
  const weekday =
    name === ''
      ? -1
      : DAYS.findIndex(
          (one) => one.startsWith(name) || ((name === 'tues' || name === 'thurs') && one.startsWith(name.slice(0, 4))),
        )
  if (weekday >= 0) {
    if (next === 'next ') return exact(nextMonday + ((weekday + 6) % 7))
    return { day: today + ((weekday - ((today + 4) % 7) + 7) % 7), again: 7 }
  }
  return dateOf(text, today)
}

function firstOfNextMonth(today: number): number {
  const now = new Date(today * DAY)
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1) / DAY - today
}

/** `2026-11-28`, `28 nov`, `nov 28`, `28.11.`, with or without a year. */
function dateOf(text: string, today: number): Said | null {
  const iso = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)
  if (iso) return madeOf(Number(iso[1]), Number(iso[2]), Number(iso[3]))
  const dotted = /^(\d{1,2})\.(\d{1,2})(?:\.(\d{4})?)?$/.exec(text)
  if (dotted) return yearless(dotted[3], Number(dotted[2]), Number(dotted[1]), today)
  const named =
    /^(?<date>\d{1,2})(?:st|nd|rd|th|\.)? (?:of )?(?<month>[a-z]{3,9})(?:,? (?<year>\d{4}))?$/.exec(text) ??
    /^(?<month>[a-z]{3,9}) (?<date>\d{1,2})(?:st|nd|rd|th)?(?:,? (?<year>\d{4}))?$/.exec(text)
  const { date, month = '', year } = named?.groups ?? {}
  const place = MONTHS.indexOf(month.slice(0, 3))
  return place < 0 ? null : yearless(year, place + 1, Number(date), today)
}

function yearless(year: string | undefined, month: number, date: number, today: number): Said | null {
  if (year !== undefined) return madeOf(Number(year), month, date)
  const now = new Date(today * DAY).getUTCFullYear()
  const here = madeOf(now, month, date)
  return here && here.day >= today ? here : madeOf(now + 1, month, date)
}

function madeOf(year: number, month: number, date: number): Said | null {
  const made = new Date(Date.UTC(year, month - 1, date))
  return made.getUTCMonth() === month - 1 && made.getUTCDate() === date ? { day: made.getTime() / DAY, again: 0 } : null
}
