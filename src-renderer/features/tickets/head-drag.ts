import { useRef, useState, type PointerEvent } from 'react'
import { clamp, type Column } from './columns.ts'

/** px that the pointer has to go before a title is dragged: less is a click. */
const BEGINS = 6

interface HeadDragOptions {
  columns: readonly Column[]
  /** @param done whether the edge was let go of */
  onResize(key: string, width: number, done: boolean): void
  onMove(from: number, to: number): void
}

/** Column titles that are dragged, and their edges. */
export interface HeadDrag {
  dragging: boolean
  /** Index of the column that is dragged. */
  moving: number | null
  /** Index before which it would be put. */
  drop: number | null
  begin(event: PointerEvent<HTMLElement>, index: number): void
  beginEdge(event: PointerEvent<HTMLElement>, index: number): void
  /** Whether the click that comes now is the end of a drag. */
  justDragged(): boolean
}

export function useHeadDrag({ columns, onResize, onMove }: HeadDragOptions): HeadDrag {
  const [state, setState] = useState<{ moving: number; drop: number } | null>(null)
  const [sizing, setSizing] = useState(false)
  const dragged = useRef(false)

  // By the window, and without capturing the pointer: a click is still the button's own.
  const follow = (move: (event: globalThis.PointerEvent) => void, end: (done: boolean) => void): void => {
    const stop = new AbortController()
    const { signal } = stop
    const finish = (done: boolean) => () => {
      stop.abort()
      end(done)
    }
    addEventListener('pointermove', move, { signal })
    addEventListener('pointerup', finish(true), { signal })
    addEventListener('pointercancel', finish(false), { signal })
  }
  return {
    dragging: state !== null || sizing,
    moving: state?.moving ?? null,
    drop: state?.drop ?? null,
    begin(event, index) {
      dragged.current = false
      if (event.button !== 0) return
      const from = event.clientX
      const titles = [...(event.currentTarget.parentElement?.querySelectorAll('[role=columnheader]') ?? [])]
      let drop: number | null = null
      follow(
        ({ clientX }) => {
          if (drop === null && Math.abs(clientX - from) < BEGINS) return
          const middles = titles
            .map((title) => title.getBoundingClientRect())
            .map(({ left, width }) => left + width / 2)
          const before = middles.findIndex((middle) => clientX < middle)
          drop = before < 0 ? titles.length : before
          dragged.current = true
          setState({ moving: index, drop })
        },
        (done) => {
          setState(null)
          if (!done || drop === null) return
          const to = drop > index ? drop - 1 : drop
          if (to !== index) onMove(index, to)
        },
      )
    },
    beginEdge(event, index) {
      event.stopPropagation()
      const column = columns[index]
      if (event.button !== 0 || !column) return
      const { clientX: from } = event
      let width: number | null = null
      follow(
        ({ clientX }) => {
          width = clamp(column.width + clientX - from)
          setSizing(true)
          onResize(column.key, width, false)
        },
        () => {
          setSizing(false)
          if (width !== null) onResize(column.key, width, true)
        },
      )
    },
    justDragged() {
      const { current } = dragged
      dragged.current = false
      return current
    },
  }
}
