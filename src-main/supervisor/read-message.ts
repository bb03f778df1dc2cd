import { z } from 'zod'
import { MAX_ROLLUP_DUE } from '../../src-shared/domain/rollup.ts'
import type { ProblemCode } from '../../src-shared/problem.ts'
import type { FromWorker } from '../compartment/port.ts'

/** The longest patience that a compartment can ask of all others, in milliseconds. */
export const MAX_QUIET = 3_600_000

const Count = z.number().int().nonnegative()
const Serial = z.number().int()
const Problem = z.object({
  code: z.custom<ProblemCode>((code) => typeof code === 'string' && /^[a-z-]{1,64}$/.test(code)),
  message: z.string().max(4000),
  retry: z.boolean(),
})

/** What is counted, and nothing else: the console keeps no words of a client. */
const Rollup = z.object({
  version: Count,
  open: Count,
  unread: Count,
  due: z.array(z.number()).max(MAX_ROLLUP_DUE),
  risk: z.array(z.number()).max(MAX_ROLLUP_DUE).exactOptional(),
  atRiskMinutes: z.number(),
  timers: z.array(z.number()).max(MAX_ROLLUP_DUE).exactOptional(),
  wakes: z.array(z.number()).max(MAX_ROLLUP_DUE).exactOptional(),
  pending: Count,
  failed: Count,
  vaultFrom: z.array(z.number()).max(MAX_ROLLUP_DUE).exactOptional(),
})
const SyncState = z.object({
  phase: z.enum(['idle', 'first-sync', 'pulling', 'pushing', 'offline', 'paused', 'stopped']),
  lastSuccessAt: z.iso.datetime().nullable(),
  pending: Count,
  failed: Count,
  progress: z
    .object({ rows: z.number(), total: z.number(), perSecond: z.number(), secondsLeft: z.number().nullable() })
    .nullable(),
  problem: Problem.nullable(),
})

const Message = z.discriminatedUnion('op', [
  z.object({ op: z.enum(['warm', 'open', 'token-wanted', 'synced', 'pong', 'rekeyed', 'closed']) }),
  z.object({ op: z.literal('failed'), problem: Problem }),
  z.object({
    op: z.literal('answer'),
    kind: z.enum(['data', 'next', 'error', 'done']),
    id: Serial,
    payload: z.string(),
  }),
  z.object({ op: z.literal('turn-wanted'), id: Serial, lane: z.enum(['push', 'pull', 'background']) }),
  z.object({ op: z.literal('turn-done'), id: Serial }),
  z.object({
    op: z.literal('quiet'),
    wait: z
      .number()
      .min(0)
      .transform((wait) => Math.min(wait, MAX_QUIET)),
  }),
  z.object({ op: z.literal('rollup'), rollup: Rollup }),
  z.object({ op: z.literal('sync-state'), state: SyncState }),
]) satisfies z.ZodType<FromWorker>

/**
 * Reads what a compartment says. Main believes no compartment: one that went wrong must neither end main, nor have it
 * keep words of a client.
 * @returns null where it is none of the messages of {@link FromWorker}
 */
export function readMessage(message: unknown): FromWorker | null {
  return Message.safeParse(message).data ?? null
}
