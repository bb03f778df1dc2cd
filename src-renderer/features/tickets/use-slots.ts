import { useRef } from 'react'

/**
 * Gives the rows on screen keys that go on from row to row, so that a list that jumps fills the elements it has instead
 * of making others.
 * @param indexes of the rows on screen, ascending
 * @returns the key of each; a row keeps its own while it stays on screen
 */
export function useSlots(indexes: readonly number[]): ReadonlyMap<number, number> {
  const slots = useRef<Map<number, number>>(new Map())
  const before = slots.current
  if (indexes.length === before.size && indexes.every((index) => before.has(index))) return before
  const shown = new Set(indexes)
  // In the order in which their elements stand, so that those of a whole other part stay in their places.
  const free = [...before].flatMap(([index, slot]) => (shown.has(index) ? [] : slot)).reverse()
  let next = Math.max(-1, ...before.values()) + 1
  const after = new Map<number, number>()
  for (const index of indexes) after.set(index, before.get(index) ?? free.pop() ?? next++)
  slots.current = after
  return after
}
