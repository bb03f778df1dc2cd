import { z } from 'zod'
import { Id, Instant } from './primitives.ts'

/**
 * Public reply (the requester sees it), internal note (only technicians do), time (work that was done), or event (what
 * the desk recorded).
 */
export const EntryKind = z.enum(['reply', 'note', 'time', 'event'])
export type EntryKind = z.infer<typeof EntryKind>

/** Characters of what is written on a ticket. */
export const MAX_BODY = 100_000

export const Author = z.object({
  kind: z.enum(['technician', 'contact', 'system']),
  id: Id.nullable(),
  name: z.string().max(200),
})
export type Author = z.infer<typeof Author>

/** Work on a ticket. Entries are final, so a correction is one more, with minutes below zero. */
export const WorkTime = z.object({
  minutes: z
    .number()
    .int()
    .min(-1440)
    .max(1440)
    .refine((minutes) => minutes !== 0, { error: 'is not zero' }),
  billable: z.boolean(),
  /** When the work began. */
  workedAt: Instant,
})
export type WorkTime = z.infer<typeof WorkTime>

/** A technician whom a note mentions; in its text the name stands behind an `@`, as it was then. */
export const Mention = z.object({ id: Id, name: z.string().min(1).max(200) })
export type Mention = z.infer<typeof Mention>

/** One entry of a ticket's conversation. Entries are only ever added. */
export const Entry = z.looseObject({
  id: Id,
  ticketId: Id,
  kind: EntryKind,
  author: Author,
  body: z.string().min(1).max(MAX_BODY),
  createdAt: Instant,
  /** Of an entry of kind `time`. */
  time: WorkTime.optional(),
  /** Of a note. */
  mentions: z.array(Mention).optional(),
  /** The entry of another ticket that this one repeats, where the ticket was split. */
  copiedFrom: Id.optional(),
})
export type Entry = z.infer<typeof Entry>
