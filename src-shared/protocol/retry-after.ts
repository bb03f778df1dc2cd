/**
 * Milliseconds of a Retry-After header, in seconds or as a date (RFC 9110, 10.2.3): an hour at most, and 5 s where there
 * is none.
 */
export function retryAfter(value: string | null): number {
  if (value === null) return 5_000
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), 3_600_000) : 5_000
}
