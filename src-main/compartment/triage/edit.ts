import { isDeepStrictEqual } from 'node:util'
import { flatten, unflatten } from '../ledger/coalesce.ts'

/**
 * Reduces a patch to what differs from what is there, with the value that each field had.
 * @returns null where nothing differs
 */
export function changeIn<Patch extends Record<string, unknown>>(
  there: Record<string, unknown>,
  patch: Patch,
): { base: Patch; patch: Patch } | null {
  const now = flatten(there)
  const changed = [...flatten(patch)].filter(([field, value]) => !isDeepStrictEqual(value, now.get(field) ?? null))
  if (changed.length === 0) return null
  const base = changed.map(([field]) => [field, now.get(field) ?? null] as const)
  return { base: unflatten(base) as Patch, patch: unflatten(changed) as Patch }
}
