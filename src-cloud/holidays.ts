import { createRequire } from 'node:module'
import type Holidays from 'date-holidays'
import type { HolidayPlace } from '../src-shared/settings/settings.ts'
import type { Holiday } from '../src-shared/sla/schema.ts'

const DAY = 86_400_000
const require = createRequire(import.meta.url)

/** The rules of all countries are a megabyte: loaded when the first place is asked about. */
const library = (): typeof Holidays => require('date-holidays') as typeof Holidays

/**
 * The public holidays of a place as plain dates, in order, for a calendar of a configuration. Of a place that is not
 * known there are none.
 */
export function publicHolidays(
  { country, state = '', region = '' }: HolidayPlace,
  years: readonly number[],
): Holiday[] {
  const place = new (library())(country, state, region)
  const days = years.flatMap((year) =>
    place
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

/**
 * What is wrong with a place, in one sentence that says what to do; null where its holidays are known.
 */
export function unknownPlace({ country, state, region }: HolidayPlace): string | null {
  const known = new (library())()
  if (!(country in known.getCountries('en')))
    return `No holidays are known of the country "${country}". Give another, or none.`
  const states = known.getStates(country, 'en')
  if (state !== undefined && !(state.toUpperCase() in upper(states)))
    return `No state "${state}" is known of ${country}. ${listed(states)}`
  const regions = state === undefined ? {} : known.getRegions(country, state, 'en')
  if (region !== undefined && !(region.toUpperCase() in upper(regions)))
    return `No region "${region}" is known of ${country} ${state ?? ''}. ${listed(regions)}`
  return null
}

function upper(names: Record<string, string> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(names ?? {}).map(([key, name]) => [key.toUpperCase(), name]))
}

function listed(names: Record<string, string> | undefined): string {
  const keys = Object.keys(names ?? {})
  return keys.length === 0
    ? 'Leave it out.'
    : `Choose one of ${keys.slice(0, 12).join(', ')}${keys.length > 12 ? ', …' : ''}.`
}
