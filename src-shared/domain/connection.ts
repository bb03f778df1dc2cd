import { z } from 'zod'
import { Instant } from './primitives.ts'

/**
 * How a system of a client answers to a credential.
 * `accepted`; `lacking` a permission; `refused`; `limited`: it asks for patience; `open`: the address answers just as well
 * without the credential, so nothing was proved; `missing`: there is nothing at this address; `failing`: the system itself
 * fails; `elsewhere`: it sends the request to another host, where the credential does not go; `untrusted`: its certificate
 * is not trusted here; `unreachable`.
 */
export const ConnectionState = z.enum([
  ...(['accepted', 'lacking', 'refused', 'limited', 'open'] as const),
  ...(['missing', 'failing', 'elsewhere', 'untrusted', 'unreachable'] as const),
])
export type ConnectionState = z.infer<typeof ConnectionState>

const Count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER)

/** A limit that a system told of. */
export const ConnectionLimit = z.strictObject({
  name: z.string().max(100),
  /** Requests in a window. */
  limit: Count.nullable(),
  windowSeconds: Count.nullable(),
  /** Requests that are left. */
  remaining: Count.nullable(),
  /** Until there are more. */
  resetSeconds: Count.nullable(),
})
export type ConnectionLimit = z.infer<typeof ConnectionLimit>

/** What came of trying a credential out at the system that it is for. No secret is in it. */
export const TriedConnection = z.strictObject({
  state: ConnectionState,
  /** Whether it is reachable, whether it accepts the credential, and which permission is missing. */
  sentence: z.string().trim().min(1).max(500),
  limits: z.array(ConnectionLimit).max(10),
  at: Instant,
})
export type TriedConnection = z.infer<typeof TriedConnection>

/** The name of a request header that may carry a secret (RFC 9110 5.1), but none that the request itself needs. */
export const SecretHeader = z
  .string()
  .trim()
  .max(100)
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, { error: 'is no name of a header such as X-Api-Key' })
  .refine((name) => !TAKEN.test(name), { error: 'is a header that every request needs for itself' })

const TAKEN =
  /^(?:host|connection|content-.*|transfer-encoding|upgrade|te|trailer|keep-alive|expect|proxy-.*|sec-.*|origin|referer|user-agent|accept.*|cookie)$/i
