import { useEffect, useRef, useState } from 'react'
import { defaultRangeExtractor, type Range, type Virtualizer } from '@tanstack/react-virtual'

/** Rows that are made beyond those on screen, at either end. */
export const OVERSCAN = 6

/** Milliseconds for which a list stays the same before more of it is made than is seen. */
const SETTLES_MS = 100

/**
 * Which rows are made: those on screen, and some beyond them for whoever scrolls on. While a list is new, as with each
 * letter of a search, or jumps over whole screens, those beyond would be thrown away unseen, and are left out.
 * @param list what tells one list from another
 * @returns `extract` for the virtualizer, and where the virtualizer is to be put for it
 */
export function useOverscan(list: string) {
  const [settled, setSettled] = useState('')
  const instance = useRef<Virtualizer<HTMLDivElement, Element> | null>(null)
  const first = useRef(0)
  const jumps = useRef(false)
  useEffect(() => {
    if (settled === list) return
    const timer = setTimeout(() => setSettled(list), SETTLES_MS)
    return () => clearTimeout(timer)
  }, [settled, list])
  const extract = (range: Range): number[] => {
    const far = Math.abs(range.startIndex - first.current) > range.endIndex - range.startIndex
    first.current = range.startIndex
    jumps.current = instance.current?.isScrolling === true && (jumps.current || far)
    return defaultRangeExtractor(settled === list && !jumps.current ? range : { ...range, overscan: 0 })
  }
  return { extract, instance }
}
