const HOUR = 3_600_000
const DAYS = 730

/**
 * When tickets were opened: over the two years before `now`, ascending, in the client's working hours mostly.
 * @param now ms since 1970
 * @returns ms since 1970, one for each place from 0 to size - 1
 */
export function openingTimes(size: number, now: number, timeZone: string, roundTheClock: boolean): number[] {
  const offset = zoneOffset(now, timeZone)
  const start = now - DAYS * 24 * HOUR
  const before: number[] = [0]
  for (let i = 0; i < DAYS * 24; i++) {
    const growth = 0.8 + (0.4 * i) / (DAYS * 24)
    before.push((before[i] ?? 0) + growth * hourWeight(start + i * HOUR + offset, roundTheClock))
  }
  const total = before.at(-1) ?? 1
  let hour = 0
  return Array.from({ length: size }, (_, i) => {
    // A fixed unevenness, so that tickets do not tick like a clock.
    const wanted = (total * (i + 0.5 + 0.45 * Math.sin(i * 12.9898))) / size
    while (hour < before.length - 2 && (before[hour + 1] ?? 0) <= wanted) hour++
    const low = before[hour] ?? 0
    const width = (before[hour + 1] ?? 0) - low
    return Math.floor(start + (hour + (width > 0 ? Math.min(1, Math.max(0, (wanted - low) / width)) : 0)) * HOUR)
  })
}

/** @param local ms since 1970 of the local wall clock, as if it were UTC */
function hourWeight(local: number, roundTheClock: boolean): number {
  const date = new Date(local)
  const hour = date.getUTCHours()
  const weekend = date.getUTCDay() % 6 === 0
  const daytime = hour >= 8 && hour < 18 ? (hour === 12 ? 0.6 : hour < 11 ? 1.3 : 1) : 0.04
  if (roundTheClock) return 0.35 + 0.65 * daytime * (weekend ? 0.5 : 1)
  return weekend ? 0.04 : daytime
}

/** What the zone's wall clock is ahead of UTC, in ms; taken once, as an hour of summer time does not matter here. */
function zoneOffset(now: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(now)
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const [, sign, hours = '0', minutes = '0'] = /GMT([+-])(\d+):(\d+)/.exec(name) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * HOUR + Number(minutes) * 60_000)
}
