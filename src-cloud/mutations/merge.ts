import { isDeepStrictEqual } from 'node:util'
import { flatTasks, taskField, withTaskField } from '../../src-shared/domain/task-list.ts'
import type { FieldValue, Ticket, TicketPatch } from '../../src-shared/domain/ticket.ts'
import type { FieldConflict } from '../../src-shared/protocol/mutation.ts'
import { DELETED_TASKS, settledTasks } from './tasks.ts'

/** Who wrote a field last and when. */
export interface Stamp {
  by: string | null
  at: string
}
/** Who wrote each field last; `*` stands for the fields that are not named. */
export type Changed = Record<string, Stamp>

/** Fields of an entity by name, each merged as one value. */
export type Fields = Record<string, unknown>

export interface Merge {
  /** The fields to write; empty where nothing changes. */
  changes: Fields
  /** The entity held something that the technician had not seen, beside the conflicts. */
  merged: boolean
  conflicts: FieldConflict[]
}

/**
 * Merges a technician's patch into what the cloud holds, field by field; a field that is absent counts as null. Only
 * mine changed: mine. Only theirs, or both to the same value: theirs stays. Both: a conflict, and theirs stays.
 * @param base what the technician saw; may name more fields than the patch
 * @param stampOf who wrote a field last
 */
export function merge(theirs: Fields, base: Fields, patch: Fields, stampOf: (field: string) => Stamp): Merge {
  const result: Merge = { changes: {}, merged: false, conflicts: [] }
  const seen = present(base)
  for (const [field, mine] of present(patch)) {
    const now = theirs[field] ?? null
    const before = base[field] ?? null
    if (isDeepStrictEqual(mine, now)) continue
    if (isDeepStrictEqual(before, now)) result.changes[field] = mine
    else if (!isDeepStrictEqual(mine, before))
      result.conflicts.push({ field, base: before, mine, theirs: now, ...stampOf(field) })
  }
  const conflicting = new Set(result.conflicts.map(({ field }) => field))
  for (const [field, before] of seen) {
    if (!conflicting.has(field) && !isDeepStrictEqual(before, theirs[field] ?? null)) result.merged = true
  }
  return result
}

function present(fields: Fields): [string, unknown][] {
  return Object.entries(fields).filter(([, value]) => value !== undefined)
}

const PREFIX = 'customFields.'

/** A ticket's fields, or those of a patch, with each custom field, and each field of a task, by itself. */
export function fieldsOf({ customFields, tasks, ...fields }: TicketPatch): Fields {
  const custom = Object.entries(customFields ?? {}).map(([key, value]) => [PREFIX + key, value])
  return { ...fields, ...Object.fromEntries([...custom, ...flatTasks(tasks)]) }
}

/** The other way round. */
export function patchOf(fields: Fields): TicketPatch {
  const patch: TicketPatch = {}
  for (const [field, value] of Object.entries(fields)) {
    const task = taskField(field)
    if (task) patch.tasks = withTaskField(patch.tasks, task, value)
    else if (field.startsWith(PREFIX))
      patch.customFields = { ...patch.customFields, [field.slice(PREFIX.length)]: value as FieldValue }
    else Object.assign(patch, { [field]: value })
  }
  return patch
}

/**
 * Merges a patch into the cloud's ticket, each custom field as one, and each field of a task.
 * @param changed a field that it does not tell was written when the ticket last was, by someone unknown
 */
export function mergeTicket(ticket: Ticket, base: TicketPatch, patch: TicketPatch, changed: Changed = {}): Merge {
  const tasks = settledTasks(ticket.tasks, base.tasks, patch.tasks)
  const result = merge(
    fieldsOf(ticket),
    fieldsOf({ ...base, tasks: tasks.base }),
    fieldsOf({ ...patch, tasks: tasks.patch }),
    (field) =>
      changed[field] ??
      (taskField(field) ? changed[DELETED_TASKS] : undefined) ??
      changed['*'] ?? { by: null, at: ticket.updatedAt },
  )
  return { ...result, merged: result.merged || tasks.dropped }
}
