import Holidays from 'date-holidays'
import type { Holiday } from '../src-shared/sla/schema.ts'

const DAY = 86_400_000

/** A country by ISO 3166-1, `DE`, and where it matters its state and region as the library's lists name them. */
export interface HolidayPlace {
  country: string
  state?: string
  region?: string
}

/**
 * The public holidays of a place as plain dates, in order, for a calendar of a configuration. Of a place that is not
 * known there are none.
 */
export function publicHolidays(
  { country, state = '', region = '' }: HolidayPlace,
  years: readonly number[],
): Holiday[] {
  const library = new Holidays(country, state, region)
  const days = years.flatMap((year) =>
    library
      .getHolidays(year)
      .filter(({ type }) => type === 'public')
      .flatMap(({ date, start, end, name }) => {
        const first = Date.parse(date.slice(0, 10))
        const count = Math.max(1, Math.round((end.getTime() - start.getTime()) / DAY))
        return Array.from({ length: count }, (_, i) => ({ date: dateOf(first + i * DAY), name: name.slice(0, 100) }))
      }),
  )
  // Two may fall on one day.
  return [...new Map(days.map((day) => [day.date, day])).values()].sort((a, b) => a.date.localeCompare(b.date))
}

function dateOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
