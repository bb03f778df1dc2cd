import { useEffect, useLayoutEffect, useRef, useState, type ComponentType, type RefObject } from 'react'
import { Store, useStore } from '../../ui/store.ts'
import type { LinkedProps } from './linked.tsx'

/** What draws marks; loaded when the first text has some. */
const drawn = new Store<ComponentType<LinkedProps> | null>(null)
let asked = false

/** What draws the marks of a text; null where it is not wanted or still on its way. */
export function useFormatted(wanted: boolean): ComponentType<LinkedProps> | null {
  const Formatted = useStore(drawn)
  useEffect(() => {
    if (!wanted || asked) return
    asked = true
    import('./formatted/formatted.tsx').then(
      (module) => drawn.set(module.Formatted),
      // Without it texts stay as they were typed; the next one asks again.
      () => (asked = false),
    )
  }, [wanted])
  return wanted ? Formatted : null
}

/** Called when an element comes near. */
const waiting = new Map<Element, () => void>()
let observer: IntersectionObserver | undefined

/**
 * Whether an element is, or was, on screen or about a screen away.
 * @param first it is from the beginning
 */
export function useNear(first: boolean): [RefObject<HTMLDivElement | null>, boolean] {
  const place = useRef<HTMLDivElement>(null)
  const [near, setNear] = useState(first)
  useLayoutEffect(() => {
    const element = place.current
    if (near || !element) return
    const options = { rootMargin: '800px', scrollMargin: '800px' }
    observer ??= new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) if (isIntersecting) waiting.get(target)?.()
    }, options)
    waiting.set(element, () => setNear(true))
    observer.observe(element)
    return () => {
      waiting.delete(element)
      observer?.unobserve(element)
    }
  }, [near])
  return [place, near]
}
