import { z } from 'zod'
import { MAX_BODY } from './entry.ts'
import { Id, Key } from './primitives.ts'
import { MAX_TASK_TEXT } from './task-list.ts'
import { FieldValue, MAX_WATCHERS, Tag, TicketBase } from './ticket.ts'
import type { TicketReference } from './views.ts'

/** Tickets that are changed in one call at most, all or none; more are changed in slices. */
export const MAX_BULK = 1000

/** Tickets that can be chosen to be changed. */
export const MAX_CHOSEN = 100_000

/** From this many changed tickets on, a person types the client's name first. */
export const BULK_CONFIRM_FROM = 26

const BulkPatch = TicketBase.pick({
  ...{
    status: true,
    priority: true,
    type: true,
    queue: true,
    assigneeId: true,
    snoozedUntil: true,
    customFields: true,
  },
})

/** What is done to each of several tickets. */
export const BulkChange = z.object({
  patch: BulkPatch.default({}),
  addTags: z.array(Tag).max(64).default([]),
  removeTags: z.array(Tag).max(64).default([]),
  /** Ids of technicians who watch from now on, and who no longer do. */
  addWatchers: z.array(Id).max(MAX_WATCHERS).optional(),
  removeWatchers: z.array(Id).max(MAX_WATCHERS).optional(),
  /** Texts of tasks that are added; ids of those that are deleted again. */
  addTasks: z.array(z.string().trim().min(1).max(MAX_TASK_TEXT)).max(20).optional(),
  removeTasks: z.array(Id).max(20).optional(),
  /** For those that are resolved or closed by it: values of fields that a ticket needs then and does not have. */
  fill: z.record(Key, FieldValue).optional(),
})
export type BulkChange = z.infer<typeof BulkChange>

/** What is written on one ticket beside what is changed; it cannot be taken back. */
export const BulkText = z.object({
  id: Id,
  kind: z.enum(['note', 'reply']),
  body: z.string().trim().min(1).max(MAX_BODY),
})
export type BulkText = z.infer<typeof BulkText>

/** Takes back what a bulk change did to one ticket; a field that is not as it was `left` by then stays as it is. */
export const BulkBack = BulkChange.extend({ id: Id, left: BulkPatch })
export type BulkBack = z.infer<typeof BulkBack>

/** What a change would do to the chosen tickets. */
export interface BulkPreview {
  change: number
  /** Tickets that have it already. */
  same: number
  /** Tickets that are not here any more. */
  gone: number
  /**
   * How many of those that change it moves by what: a field by its name, as `customFields.cause`, `tags`, `watchers`,
   * `tasks`, or `text`.
   */
  parts: Record<string, number>
  /** Keys of the fields without which tickets are held up, in their order; absent for none. */
  needs?: string[]
  /** Of those that change, how many get which other priority by the client's matrix, by its key; absent for none. */
  priorities?: Record<string, number>
  /** Tickets that stay as they are because they lack what the change needs, and why the first of them; absent for none. */
  held?: { count: number; why: string }
  /**
   * What those contain that is still open and stays so, where the change resolves or closes them: how many tickets, and
   * the first few of them; ids of all where there are any. What is changed along with them is not counted.
   */
  openParts: { count: number; first: TicketReference[]; ids?: string[] }
  /** Their own tasks that are not done, likewise. */
  openTasks: { count: number; first: string[] }
}

export interface BulkResult extends Omit<BulkPreview, 'openParts' | 'openTasks' | 'priorities' | 'parts' | 'needs'> {
  /** For taking it back, one for each ticket that changed. */
  back: BulkBack[]
}
