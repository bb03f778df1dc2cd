import { go } from 'fuzzysort'
import { useCallback } from 'react'

/** Finds macros by what they are called and write; all of them where nothing is typed. */
export function useMacroSearch<One extends { label: string; text: string | null }>(
  all: readonly One[],
): (typed: string) => { one: One; indexes: readonly number[] }[] {
  return useCallback(
    (typed) =>
      typed.trim() === ''
        ? all.map((one) => ({ one, indexes: [] }))
        : go(typed.trim(), all, { keys: ['label', 'text'], limit: 0, threshold: 0.3 }).map((result) => ({
            one: result.obj,
            indexes: [...(result[0]?.indexes ?? [])],
          })),
    [all],
  )
}
