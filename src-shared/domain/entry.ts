import { z } from 'zod'
import { Id, Instant } from './primitives.ts'

/** Public reply (the requester sees it), internal note (only technicians do), or event (what the desk recorded). */
export const EntryKind = z.enum(['reply', 'note', 'event'])
export type EntryKind = z.infer<typeof EntryKind>

export const Author = z.object({
  kind: z.enum(['technician', 'contact', 'system']),
  id: Id.nullable(),
  name: z.string().max(200),
})
export type Author = z.infer<typeof Author>

/** One entry of a ticket's conversation. Entries are only ever added. */
export const Entry = z.looseObject({
  id: Id,
  ticketId: Id,
  kind: EntryKind,
  author: Author,
  body: z.string().min(1).max(100_000),
  createdAt: Instant,
})
export type Entry = z.infer<typeof Entry>
