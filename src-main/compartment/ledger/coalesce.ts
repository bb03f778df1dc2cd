import { isDeepStrictEqual } from 'node:util'
import type { MutationBody } from '../../../src-shared/protocol/mutation.ts'
import type { TicketPatch } from '../../../src-shared/domain/ticket.ts'

type Update = Extract<MutationBody, { kind: 'ticket.update' }>

const PREFIX = 'customFields.'

/**
 * Two edits of a ticket, one after the other, as one: of each field the first base and the last value. A field that is
 * set back to its base is left out.
 * @returns null where nothing is left
 */
export function coalesce(first: Update, second: Update): Update | null {
  const base = new Map([...flatten(second.base), ...flatten(first.base)])
  const patch = new Map([...flatten(first.patch), ...flatten(second.patch)])
  for (const [field, value] of patch) if (isDeepStrictEqual(value, base.get(field) ?? null)) patch.delete(field)
  if (patch.size === 0) return null
  for (const field of base.keys()) if (!patch.has(field)) base.delete(field)
  return { ...first, base: unflatten(base), patch: unflatten(patch) }
}

/** The fields of a patch by name; a custom field is `customFields.<key>`. */
export function flatten({ customFields, ...fields }: TicketPatch): Map<string, unknown> {
  const flat = new Map<string, unknown>(Object.entries(fields).filter(([, value]) => value !== undefined))
  for (const [key, value] of Object.entries(customFields ?? {})) flat.set(PREFIX + key, value)
  return flat
}

/** The opposite of {@link flatten}. */
export function unflatten(flat: Iterable<readonly [string, unknown]>): TicketPatch {
  const fields: Record<string, unknown> = {}
  const custom: Record<string, unknown> = {}
  for (const [field, value] of flat) {
    if (field.startsWith(PREFIX)) custom[field.slice(PREFIX.length)] = value
    else fields[field] = value
  }
  return (Object.keys(custom).length > 0 ? { ...fields, customFields: custom } : fields) as TicketPatch
}
