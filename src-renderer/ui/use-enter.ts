import { useEffect, useRef } from 'react'

/**
 * Enter in a finder: it means what is found for the whole text, not what stood there for its beginning.
 * @param settled whether what is shown was found for the text as it is typed
 * @returns called for Enter, and for every other change of the text
 */
export function useEnter(settled: boolean, pick: () => void): { press(): void; cancel(): void } {
  const waiting = useRef(false)
  useEffect(() => {
    if (!settled || !waiting.current) return
    waiting.current = false
    pick()
  })
  return {
    press() {
      if (settled) pick()
      else waiting.current = true
    },
    cancel() {
      waiting.current = false
    },
  }
}
