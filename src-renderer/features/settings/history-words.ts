import type { PriorityMatrix } from '../../../src-shared/domain/priority-matrix.ts'
import { sameValue } from '../../../src-shared/settings/layers.ts'

type Named = { key: string; label?: string; name?: string }

/**
 * What differs between two values of a setting, a sentence each: what was added, removed, renamed, changed.
 * @param before undefined where it was inherited, as `after`
 */
export function differenceWords(before: unknown, after: unknown): string[] {
  if (after === undefined) return ['Inherited again']
  if (before === undefined) return [`Own value: ${short(after)}`]
  if (isMatrix(before) && isMatrix(after)) return matrixWords(before, after)
  if (!isList(before) || !isList(after)) return [`${short(before)} → ${short(after)}`]
  const [old, now] = [new Map(before.map((one) => [one.key, one])), new Map(after.map((one) => [one.key, one]))]
  const words = [
    ...after.filter(({ key }) => !old.has(key)).map((one) => `Added ${nameOf(one)}`),
    ...before.filter(({ key }) => !now.has(key)).map((one) => `Removed ${nameOf(one)}`),
    ...after.flatMap((one) => {
      const was = old.get(one.key)
      if (!was || sameValue(was, one)) return []
      if (nameOf(was) !== nameOf(one)) return [`${nameOf(was)} is now called ${nameOf(one)}`]
      if (!('retired' in was) && 'retired' in one) return [`Retired ${nameOf(one)}`]
      if ('retired' in was && !('retired' in one)) return [`Brought ${nameOf(one)} back`]
      return [`Changed ${nameOf(one)}`]
    }),
  ]
  return words.length > 0 ? words : ['Another order']
}

function isMatrix(value: unknown): value is PriorityMatrix {
  return typeof value === 'object' && value !== null && 'priorities' in value
}

/** "many, few: p2 → p1", a sentence for each cell of a priority matrix that differs. */
function matrixWords(before: PriorityMatrix, after: PriorityMatrix): string[] {
  if (before.impact !== after.impact || before.urgency !== after.urgency)
    return [`${before.impact} and ${before.urgency} → ${after.impact} and ${after.urgency}`]
  const cells = Object.entries({ ...before.priorities, ...after.priorities }).flatMap(([row, columns]) =>
    Object.keys({ ...before.priorities[row], ...columns }).flatMap((column) => {
      const [from, to] = [before, after].map((one) => one.priorities[row]?.[column] ?? 'nothing')
      return from === to ? [] : [`${row}, ${column}: ${from} → ${to}`]
    }),
  )
  return cells.length > 6 ? [...cells.slice(0, 5), `and ${cells.length - 5} more`] : cells
}

function isList(value: unknown): value is Named[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null && 'key' in one)
}

function nameOf({ label, name, key }: Named): string {
  return `“${label ?? name ?? key}”`
}

/** A value in a few words. */
export function short(value: unknown): string {
  if (value === null) return 'none'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (isList(value)) return value.length === 0 ? 'none' : value.map(nameOf).join(', ')
  if (Array.isArray(value)) {
    if (value.every((one) => typeof one === 'string')) return value.length === 0 ? 'none' : value.join(', ')
    return `${value.length} ${value.length === 1 ? 'entry' : 'entries'}`
  }
  if (isMatrix(value)) return `by ${value.impact} and ${value.urgency}`
  if (typeof value === 'object' && 'country' in value) return Object.values(value).join(' ')
  return typeof value === 'object' ? 'set' : String(value)
}
