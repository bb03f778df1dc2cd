import { z } from 'zod'
import { EntryKind } from '../domain/entry.ts'
import { Id, Instant, Version } from '../domain/primitives.ts'
import { NewTicket, TicketBase, TicketPatch } from '../domain/ticket.ts'

/** One intended write. `base` holds, for each field of `patch`, the value that the technician saw. */
export const MutationBody = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ticket.create'),
    /** Chosen by the client; the cloud gives the number. */
    ticketId: Id,
    ticket: NewTicket,
  }),
  z.object({ kind: z.literal('ticket.update'), ticketId: Id, base: TicketBase, patch: TicketPatch }),
  z.object({
    kind: z.literal('entry.create'),
    ticketId: Id,
    /** Chosen by the client, so that sending it twice adds it once. */
    entryId: Id,
    entryKind: EntryKind.exclude(['event']),
    body: z.string().min(1).max(100_000),
  }),
])
export type MutationBody = z.infer<typeof MutationBody>

export const Mutation = z.object({
  /** Counts up by one per client, from 1. */
  sequence: z.number().int().positive(),
  /** Version of the mutation schema that wrote it. */
  schema: z.literal(1),
  /** When the technician did it, by their clock; for display. */
  at: Instant,
  body: MutationBody,
})
export type Mutation = z.infer<typeof Mutation>

export const MutationBatch = z.object({ clientId: Id, mutations: z.array(Mutation).min(1).max(500) })
export type MutationBatch = z.infer<typeof MutationBatch>

/** One field that both sides changed from the same base. The server's value stays until a person decides. */
export const FieldConflict = z.object({
  field: z.string(),
  base: z.unknown(),
  mine: z.unknown(),
  theirs: z.unknown(),
  /** When `theirs` was written, and the name of who wrote it where that is known. */
  at: Instant,
  by: z.string().nullable().default(null),
})
export type FieldConflict = z.infer<typeof FieldConflict>

/** What became of a mutation. All but `retry` advance the client's sequence. */
export const MutationResult = z.discriminatedUnion('outcome', [
  z.object({ sequence: z.number().int(), outcome: z.enum(['applied', 'merged']), version: Version }),
  z.object({
    sequence: z.number().int(),
    outcome: z.literal('conflict'),
    version: Version,
    conflicts: z.array(FieldConflict),
  }),
  z.object({ sequence: z.number().int(), outcome: z.literal('rejected'), code: z.string(), message: z.string() }),
  z.object({ sequence: z.number().int(), outcome: z.literal('retry'), message: z.string() }),
])
export type MutationResult = z.infer<typeof MutationResult>

export const MutationReply = z.object({
  results: z.array(MutationResult),
  lastSequence: z.number().int().nonnegative(),
})
export type MutationReply = z.infer<typeof MutationReply>
