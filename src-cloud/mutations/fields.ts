import type { Desk, Held, Writable } from './desk.ts'
import { merge, type Fields } from './merge.ts'
import type { Outcome } from './outcome.ts'

/**
 * Merges a patch into a contact or a view that is there, field by field.
 * @param refuse why its changes may not be written; null where they may
 */
export function updateFields<K extends 'contact' | 'view'>(
  desk: Desk,
  kind: K,
  held: Held<Writable[K]>,
  { base, patch }: { base: Fields; patch: Fields },
  refuse: (changes: Fields) => Outcome | null = () => null,
): Outcome {
  const { id } = held.data
  // `*` is there from the row's beginning.
  const stampOf = (field: string) => held.changed[field] ?? held.changed['*'] ?? { by: null, at: desk.now }
  const { changes, conflicts, merged } = merge(held.data, base, patch, stampOf)
  const refusal = refuse(changes)
  if (refusal) return refusal
  const fields = Object.keys(changes)
  if (fields.length > 0) {
    const changed = { ...held.changed, ...Object.fromEntries(fields.map((field) => [field, desk.stamp])) }
    desk.put(kind, id, { ...held, changed, data: { ...held.data, ...changes } })
  }
  const { version } = held
  const rows = [`${kind}/${id}` as const]
  if (conflicts.length > 0) return { result: { outcome: 'conflict', version, conflicts }, rows }
  return { result: { outcome: merged ? 'merged' : 'applied', version }, rows }
}
