import type { Id } from '../domain/primitives.ts'

// What is left out of an identity: also for windows, so without the schemas.

/** The time zone that all of a country's clocks show; null where they differ, or the country is not known. */
export function timeZoneOf(country: string): string | null {
  const zones = timeZonesOf(country)
  const year = new Date().getUTCFullYear()
  const offsets = new Set(
    zones.map((zone) => [0, 3, 6, 9].map((month) => offsetAt(zone, Date.UTC(year, month, 15))).join()),
  )
  return offsets.size === 1 ? (zones[0] ?? null) : null
}

/** The time zones of a country; none where it is not known. */
export function timeZonesOf(country: string): string[] {
  const locale = new Intl.Locale(`und-${country}`) as Intl.Locale & { getTimeZones?: () => string[] | undefined }
  return locale.getTimeZones?.() ?? []
}

function offsetAt(timeZone: string, at: number): string {
  return (
    new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' })
      .formatToParts(at)
      .find(({ type }) => type === 'timeZoneName')?.value ?? ''
  )
}

/** At most 24 characters of a name, whole words where that is possible. */
export function shortNameOf(name: string): string {
  const letters = [...name]
  if (name.length <= 24) return name
  const words = name.split(/\s+/)
  let short = ''
  for (const word of words) {
    if (`${short} ${word}`.trim().length > 24) break
    short = `${short} ${word}`.trim()
  }
  if (short) return short
  while (letters.join('').length > 24) letters.pop()
  return letters.join('')
}

/** Colours that are told apart on dark and on light. */
export const colours = [
  '#1971c2',
  '#2f9e8f',
  '#c2255c',
  '#6741d9',
  '#e8590c',
  '#5c940d',
  '#0c8599',
  '#9c36b5',
  '#b5651d',
  '#364fc7',
] as const

/** A colour for a client, the same for the same id. */
export function colourOf(id: Id): string {
  return colours[Number.parseInt(id.slice(0, 8), 16) % colours.length] ?? colours[0]
}
