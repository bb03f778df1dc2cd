import { isDeepStrictEqual } from 'node:util'
import { flatTasks, taskField, withTaskField } from '../../../src-shared/domain/task-list.ts'
import { inverseRelation } from '../../../src-shared/domain/ticket.ts'
import type { MutationBody } from '../../../src-shared/protocol/mutation.ts'

/** A write that gives fields new values. */
export type Update = Extract<MutationBody, { patch: unknown }>
/** A write that puts some on a list of a ticket and takes some off. */
type Listing = Extract<MutationBody, { kind: 'ticket.tag' | 'ticket.watch' }>
type Linking = Extract<MutationBody, { kind: 'ticket.link' | 'ticket.unlink' }>

/** Fields by name, as a patch has them. */
export type Fields = Record<string, unknown>

const PREFIX = 'customFields.'

export function isUpdate(body: MutationBody): body is Update {
  return 'patch' in body
}

/**
 * Two writes about the same, one right after the other, as one.
 * @returns null where the second undoes the first; undefined where they stay two
 */
export function coalesce(first: MutationBody, second: MutationBody): MutationBody | null | undefined {
  if (isUpdate(first) && isUpdate(second) && first.kind === second.kind) return joinUpdates(first, second)
  if (isListing(first) && isListing(second) && first.kind === second.kind) return joinLists(first, second)
  return undefined
}

/** Whether two writes are about the same link or merge, in whatever way. */
export function sameRelation(one: MutationBody, other: MutationBody): boolean {
  if (isLinking(one) && isLinking(other)) return isDeepStrictEqual(sidesOf(one), sidesOf(other))
  return isMerging(one) && isMerging(other) && one.ticketId === other.ticketId
}

/** Whether a link or merge is undone by a write about the same one. */
export function undoes(first: MutationBody, second: MutationBody): boolean {
  if (isLinking(first)) return first.kind !== second.kind
  return first.kind === 'ticket.merge' && second.kind === 'ticket.unmerge'
}

/** The fields of a patch by name; a custom field is `customFields.<key>`, a field of a task `tasks.<id>.<field>`. */
export function flatten({ customFields, tasks, ...fields }: Fields): Map<string, unknown> {
  const flat = new Map<string, unknown>(Object.entries(fields).filter(([, value]) => value !== undefined))
  for (const [key, value] of Object.entries(customFields ?? {})) flat.set(PREFIX + key, value)
  for (const [field, value] of flatTasks(tasks)) flat.set(field, value)
  return flat
}

/** The opposite of {@link flatten}. */
export function unflatten(flat: Iterable<readonly [string, unknown]>): Fields {
  const fields: Fields = {}
  const custom: Fields = {}
  for (const [field, value] of flat) {
    const task = taskField(field)
    if (task) fields['tasks'] = withTaskField(fields['tasks'], task, value)
    else if (field.startsWith(PREFIX)) custom[field.slice(PREFIX.length)] = value
    else fields[field] = value
  }
  return Object.keys(custom).length > 0 ? { ...fields, customFields: custom } : fields
}

/** An update with other fields. They are of its kind: taken from its own, or checked by its schema. */
export function withFields(body: Update, base: Iterable<readonly [string, unknown]>, patch: Fields): Update {
  // Whether the priority was worked out was said of the fields that it had.
  const { priorityBy: _, ...rest } = { priorityBy: undefined, ...body }
  return { ...rest, base: unflatten(base), patch } as Update
}

/** Of each field the first base and the last value; a field that is set back to its base is left out. */
function joinUpdates(first: Update, second: Update): Update | null {
  const base = new Map([...flatten(second.base), ...flatten(first.base)])
  const patch = new Map([...flatten(first.patch), ...flatten(second.patch)])
  for (const [field, value] of patch) if (isDeepStrictEqual(value, base.get(field) ?? null)) patch.delete(field)
  if (patch.size === 0) return null
  for (const field of base.keys()) if (!patch.has(field)) base.delete(field)
  // A priority by hand counts also where it is the one that there was.
  const later = prioritySaid(second) ?? ('priority' in second.patch ? 'hand' : undefined)
  const priorityBy = aboutOwnFields(patch) ? (later ?? prioritySaid(first)) : undefined
  return { ...withFields(first, base, unflatten(patch)), ...(priorityBy && { priorityBy }) }
}

function aboutOwnFields(patch: ReadonlyMap<string, unknown>): boolean {
  return [...patch.keys()].some((field) => field.startsWith(PREFIX))
}

function prioritySaid(body: Update): 'matrix' | 'hand' | undefined {
  return body.kind === 'ticket.update' ? body.priorityBy : undefined
}

/** What is put on and taken off again, or the other way round, is left out. */
function joinLists(first: Listing, second: Listing): Listing | null {
  const left = (own: string[], undone: string[], more: string[], other: string[]): string[] => [
    ...new Set([...own.filter((one) => !undone.includes(one)), ...more.filter((one) => !other.includes(one))]),
  ]
  const add = left(first.add, second.remove, second.add, first.remove)
  const remove = left(first.remove, second.add, second.remove, first.add)
  return add.length + remove.length === 0 ? null : { ...first, add, remove }
}

function isListing(body: MutationBody): body is Listing {
  return body.kind === 'ticket.tag' || body.kind === 'ticket.watch'
}

function isLinking(body: MutationBody): body is Linking {
  return body.kind === 'ticket.link' || body.kind === 'ticket.unlink'
}

function isMerging(body: MutationBody): body is Extract<MutationBody, { kind: 'ticket.merge' | 'ticket.unmerge' }> {
  return body.kind === 'ticket.merge' || body.kind === 'ticket.unmerge'
}

/** A link from both sides, in one order. */
function sidesOf({ ticketId, otherId, relation }: Linking): string[] {
  return [`${ticketId} ${relation} ${otherId}`, `${otherId} ${inverseRelation[relation]} ${ticketId}`].sort()
}
