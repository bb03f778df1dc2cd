import type { WeeklyHours } from '../../src-shared/sla/schema.ts'

export const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
export type Day = (typeof DAYS)[number]
/** Hours of each day as they are written; empty for closed. */
export type Week = Record<Day, string>

/** How hours read: `09:00–12:00, 13:00–17:00` a day. Round the clock is each day whole. */
export function weekOf(hours: '24x7' | WeeklyHours): Week {
  const text = (day: Day): string =>
    hours === '24x7' ? '00:00–24:00' : (hours[day] ?? []).map(({ from, to }) => `${from}–${to}`).join(', ')
  return Object.fromEntries(DAYS.map((day) => [day, text(day)])) as Week
}

/** The spans of a day that a person wrote: `9-17`, `09:00–12:00, 13:30-18`; null where they are none. */
export function spansOf(text: string): { from: string; to: string }[] | null {
  const parts = text
    .split(/[,;]/)
    .map((part) => part.trim())
    .filter((part) => part !== '' && !/^closed$/i.test(part))
  const spans = parts.map((part) => {
    const found = /^(\d{1,2})(?:[:.](\d{2}))?\s*(?:-|–|to)\s*(\d{1,2})(?:[:.](\d{2}))?$/.exec(part)
    if (!found) return null
    const [, h1 = '', m1 = '00', h2 = '', m2 = '00'] = found
    const [from, to] = [`${h1.padStart(2, '0')}:${m1}`, `${h2.padStart(2, '0')}:${m2}`]
    return isTime(from) && (isTime(to) || to === '24:00') ? { from, to } : null
  })
  return spans.includes(null) ? null : spans.filter((span) => span !== null)
}

/** The hours of a week that was written; null where a day cannot be read. */
export function hoursOf(week: Week): '24x7' | WeeklyHours | null {
  const days = DAYS.map((day) => [day, spansOf(week[day])] as const)
  if (days.some(([, spans]) => spans === null)) return null
  const whole = days.every(([, spans]) => spans?.length === 1 && spans[0]?.from === '00:00' && spans[0].to === '24:00')
  if (whole) return '24x7'
  return Object.fromEntries(days.filter(([, spans]) => spans && spans.length > 0)) as WeeklyHours
}

function isTime(text: string): boolean {
  return /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(text)
}
