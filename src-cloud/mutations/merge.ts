import { isDeepStrictEqual } from 'node:util'
import type { FieldValue, Ticket, TicketPatch } from '../../src-shared/domain/ticket.ts'
import type { FieldConflict } from '../../src-shared/protocol/mutation.ts'

/** Who wrote each field last and when; `*` stands for the fields that are not named. */
export type Changed = Record<string, { by: string | null; at: string }>

export interface Merge {
  /** The fields to write; empty where nothing changes. */
  changes: TicketPatch
  /** The ticket held something that the technician had not seen, beside the conflicts. */
  merged: boolean
  conflicts: FieldConflict[]
}

/**
 * Merges a technician's patch into the cloud's ticket, field by field; each custom field counts as one, `customFields.<key>`.
 * Only mine changed: mine. Only theirs, or both to the same value: theirs stays. Both: a conflict, and theirs stays.
 * @param base what the technician saw; may name more fields than the patch
 * @param changed who wrote the ticket's fields; a field that it does not tell was written when the ticket last was, by
 * someone unknown
 */
export function mergeTicket(ticket: Ticket, base: TicketPatch, patch: TicketPatch, changed: Changed = {}): Merge {
  const theirs = flatten(ticket)
  const seen = flatten(base)
  const result: Merge = { changes: {}, merged: false, conflicts: [] }
  for (const [field, mine] of flatten(patch)) {
    const now = theirs.get(field) ?? null
    const before = seen.get(field) ?? null
    if (isDeepStrictEqual(mine, now)) continue
    if (isDeepStrictEqual(before, now)) write(result.changes, field, mine)
    else if (!isDeepStrictEqual(mine, before)) {
      const { by, at } = changed[field] ?? changed['*'] ?? { by: null, at: ticket.updatedAt }
      result.conflicts.push({ field, base: before, mine, theirs: now, at, by })
    }
  }
  const conflicting = new Set(result.conflicts.map(({ field }) => field))
  for (const [field, before] of seen) {
    if (!conflicting.has(field) && !isDeepStrictEqual(before, theirs.get(field) ?? null)) result.merged = true
  }
  return result
}

/** Names of the fields in a patch, as conflicts name them. */
export function fieldsOf(patch: TicketPatch): string[] {
  return [...flatten(patch).keys()]
}

const FIELDS = ['subject', 'status', 'priority', 'type', 'queue', 'assigneeId', 'tags'] as const
const PREFIX = 'customFields.'

function flatten(source: TicketPatch): Map<string, unknown> {
  const flat = new Map<string, unknown>()
  for (const field of FIELDS) if (source[field] !== undefined) flat.set(field, source[field])
  for (const [key, value] of Object.entries(source.customFields ?? {})) flat.set(PREFIX + key, value)
  return flat
}

function write(changes: TicketPatch, field: string, value: unknown): void {
  if (field.startsWith(PREFIX))
    changes.customFields = { ...changes.customFields, [field.slice(PREFIX.length)]: value as FieldValue }
  else Object.assign(changes, { [field]: value })
}
