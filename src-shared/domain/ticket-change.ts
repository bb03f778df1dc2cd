import { z } from 'zod'
import { Author } from './entry.ts'
import { Id, Instant } from './primitives.ts'
import type { Task } from './tasks.ts'
import type { Ticket } from './ticket.ts'

/** Fields that one change tells of at most. */
export const MAX_ACTS = 500
/** Characters of a text that a change tells. */
const MAX_TEXT = 300

/**
 * One field that was changed. A custom field is `customFields.<key>`, a task `tasks.<id>`, of which `from` and `to` have
 * its text, whether it is done, whose it is and when it is due; null where it was not there. Of lists (tags, links,
 * watchers) `from` has what was taken off and `to` what was put on; of other fields they are the values before and
 * after. `created` stands for the ticket itself. Texts longer than 300 characters are cut.
 */
export const TicketAct = z.looseObject({
  field: z.string().min(1).max(200),
  from: z.unknown().optional(),
  to: z.unknown().optional(),
})
export type TicketAct = z.infer<typeof TicketAct>

/**
 * What was changed of a ticket in one go, by whom and when: of a field that was changed several times, one act for each in
 * their order. Changes are only ever added.
 */
export const TicketChange = z.looseObject({
  id: Id,
  ticketId: Id,
  by: Author,
  at: Instant,
  acts: z.array(TicketAct).min(1).max(MAX_ACTS),
})
export type TicketChange = z.infer<typeof TicketChange>

/** A change of a ticket; one that was made here and is not with the cloud yet is pending. */
export interface TicketActivityLine extends TicketChange {
  pending: boolean
  /** The ticket that was changed, where it is one that was merged into the one on view. */
  from?: { id: string; number: number; subject: string }
}

/** Where a page of changes ends: version and id of its oldest one. */
export const ChangePlace = z.tuple([z.number().int().nonnegative(), Id])
export type ChangePlace = z.infer<typeof ChangePlace>

export interface TicketActivity {
  /** The oldest first. */
  lines: TicketActivityLine[]
  /** Where the older ones begin; null where there are none. */
  older: ChangePlace | null
  /** Names by id of the people in requesters and in fields that name a person. */
  people: Record<string, string>
  /** Numbers by id of other tickets that they name. */
  tickets: Record<string, number>
}

const PLAIN = [
  ...['subject', 'description', 'status', 'priority', 'type', 'queue', 'requesterId', 'assigneeId', 'dueAt'],
  ...['snoozedUntil', 'mergedInto'],
] as const
const LISTS = ['tags', 'links', 'watchers'] as const

/**
 * What differs between two states of a ticket, as a change tells it; empty where nothing does that a technician would
 * call a change.
 * @param before null where the ticket was made
 */
export function actsBetween(before: Ticket | null, after: Ticket): TicketAct[] {
  const acts: TicketAct[] = []
  if (!before) acts.push({ field: 'created', from: null, to: null })
  else {
    for (const field of PLAIN) {
      if (!same(before[field], after[field])) acts.push({ field, from: told(before[field]), to: told(after[field]) })
    }
    for (const key of new Set([...Object.keys(before.customFields), ...Object.keys(after.customFields)])) {
      const [from, to] = [before.customFields[key], after.customFields[key]]
      if (!same(from, to)) acts.push({ field: `customFields.${key}`, from: told(from), to: told(to) })
    }
  }
  const [had, has] = [before?.tasks ?? {}, after.tasks ?? {}]
  for (const id of new Set([...Object.keys(had), ...Object.keys(has)])) {
    const [from, to] = [toldTask(had[id]), toldTask(has[id])]
    if (!same(from, to)) acts.push({ field: `tasks.${id}`, from, to })
  }
  for (const field of LISTS) {
    // The tags that a ticket was opened with are no change of it.
    if (!before && field === 'tags') continue
    const [from, to] = [before?.[field] ?? [], after[field] ?? []]
    const [off, on] = [without(from, to), without(to, from)]
    if (off.length + on.length > 0) acts.push({ field, from: off, to: on })
  }
  return acts.slice(0, MAX_ACTS)
}

function toldTask(task: Task | undefined): TicketAct['from'] {
  if (!task) return null
  const { text, done, assigneeId = null, dueAt = null } = task
  return { text: told(text), done, assigneeId, dueAt }
}

function without(list: readonly unknown[], other: readonly unknown[]): unknown[] {
  const there = new Set(other.map((one) => JSON.stringify(one)))
  return list.filter((one) => !there.has(JSON.stringify(one)))
}

function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a ?? null) === JSON.stringify(b ?? null)
}

function told(value: unknown): unknown {
  if (typeof value === 'string' && value.length > MAX_TEXT) return `${value.slice(0, MAX_TEXT - 1)}…`
  return value ?? null
}
