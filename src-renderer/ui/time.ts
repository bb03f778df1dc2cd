import { useSyncExternalStore } from 'react'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const SAME_YEAR = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const OTHER_YEAR = new Intl.DateTimeFormat(undefined, { month: 'short', year: 'numeric' })
const DATE = new Intl.DateTimeFormat('en', { dateStyle: 'medium' })
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' })
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })

/** How long ago in the fewest characters: `now`, `5 min`, `3 h`, `2 d`, then a date. */
export function agoShort(instant: string, now: number): string {
  const at = Date.parse(instant)
  const age = now - at
  if (age < MINUTE) return 'now'
  if (age < 7 * DAY) return span(age)
  return dateShort(at, now)
}

/** How long ago within a sentence: `just now`, `5 min ago`, a date. */
export function agoText(instant: string, now: number): string {
  const ago = agoShort(instant, now)
  return ago === 'now' ? 'just now' : /(?:min|h|d)$/.test(ago) ? `${ago} ago` : ago
}

/** Time to or since a due instant: `in 2 h`, `3 h late`, a date when far ahead. */
export function dueShort(instant: string, now: number): string {
  const at = Date.parse(instant)
  const left = at - now
  if (left < 0) return `${span(-left)} late`
  if (left < 7 * DAY) return `in ${span(left)}`
  return dateShort(at, now)
}

/** Date and time of an instant, where the technician is. */
export function dateTime(instant: string): string {
  return FULL.format(Date.parse(instant))
}

/** The day of an instant, where the technician is. */
export function dateText(instant: string): string {
  return DATE.format(Date.parse(instant))
}

const DAY_NAME = new Intl.DateTimeFormat('en', { weekday: 'short', day: 'numeric', month: 'short' })

/** A day such as `2026-11-27` as people call it: `Today`, `Tomorrow`, `Fri, Nov 27`, with its year where that is another. */
export function dayText(day: string, now: number): string {
  const at = new Date(`${day}T12:00:00`)
  if (Number.isNaN(at.getTime())) return day
  const noon = new Date(now)
  noon.setHours(12, 0, 0, 0)
  const away = Math.round((at.getTime() - noon.getTime()) / DAY)
  if (away === 0) return 'Today'
  if (away === 1) return 'Tomorrow'
  if (away === -1) return 'Yesterday'
  return at.getFullYear() === noon.getFullYear() ? DAY_NAME.format(at) : DATE.format(at)
}

/** Time of day of an instant, where the technician is. */
export function clock(instant: string | number): string {
  return CLOCK.format(typeof instant === 'number' ? instant : Date.parse(instant))
}

/** Time of day in a time zone, or null where it is the technician's own. */
export function clockIn(timeZone: string, now: number): string | null {
  const there = clockOf(timeZone)?.format(now)
  return there === undefined || there === CLOCK.format(now) ? null : there
}

/** Making a formatter is slow; a window meets few zones. */
const clocks = new Map<string, Intl.DateTimeFormat | null>()

function clockOf(timeZone: string): Intl.DateTimeFormat | null {
  const known = clocks.get(timeZone)
  if (known !== undefined) return known
  let made: Intl.DateTimeFormat | null = null
  try {
    made = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone })
  } catch {
    // A zone that this runtime does not know: no clock rather than a wrong one.
  }
  clocks.set(timeZone, made)
  return made
}

function span(ms: number): string {
  if (ms < HOUR) return `${Math.max(1, Math.round(ms / MINUTE))} min`
  if (ms < DAY) return `${Math.round(ms / HOUR)} h`
  return `${Math.round(ms / DAY)} d`
}

function dateShort(at: number, now: number): string {
  const same = new Date(at).getFullYear() === new Date(now).getFullYear()
  return (same ? SAME_YEAR : OTHER_YEAR).format(at)
}

let minute = Math.floor(Date.now() / MINUTE) * MINUTE
const listeners = new Set<() => void>()
setInterval(() => {
  const next = Math.floor(Date.now() / MINUTE) * MINUTE
  if (next === minute) return
  minute = next
  for (const listener of listeners) listener()
}, 5000)

/** The current time in ms, to the minute, kept up to date. */
export function useMinute(): number {
  return useSyncExternalStore(subscribe, () => minute)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

let second = Math.floor(Date.now() / 1000) * 1000
const secondListeners = new Set<() => void>()
let ticking: ReturnType<typeof setInterval> | undefined

/** The current time in ms, to the second, kept up to date while anyone looks. */
export function useSecond(): number {
  return useSyncExternalStore(subscribeSecond, () => second)
}

function subscribeSecond(listener: () => void): () => void {
  secondListeners.add(listener)
  if (!ticking) second = Math.floor(Date.now() / 1000) * 1000
  ticking ??= setInterval(() => {
    second = Math.floor(Date.now() / 1000) * 1000
    for (const one of secondListeners) one()
  }, 1000)
  return () => {
    secondListeners.delete(listener)
    if (secondListeners.size > 0) return
    clearInterval(ticking)
    ticking = undefined
  }
}
