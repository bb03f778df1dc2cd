import { z } from 'zod'

/** A random identifier (RFC 9562 UUID, lower case). */
export const Id = z.uuid()
export type Id = z.infer<typeof Id>

/** A point in time as ISO 8601 in UTC with a trailing Z; for display only, never for order. */
export const Instant = z.iso.datetime()
export type Instant = z.infer<typeof Instant>

/** A key inside a tenant's configuration (a status, priority, type, queue or field), chosen by the tenant. */
export const Key = z.string().min(1).max(64)
export type Key = z.infer<typeof Key>

/** A tenant's feed version: a positive integer, dense in commit order, below 2^53. */
export const Version = z.number().int().nonnegative()
export type Version = z.infer<typeof Version>

/** An IANA time zone name, checked against the runtime's own list. */
export const TimeZone = z.string().refine(isTimeZone, { error: 'is not an IANA time zone name' })

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** A colour as #rrggbb. */
export const Colour = z.string().regex(/^#[0-9a-f]{6}$/)
