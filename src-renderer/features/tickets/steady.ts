import { useLayoutEffect, useRef, useState, type PointerEvent, type RefObject } from 'react'
import type { Memory } from '../../tenant/memory.ts'
import { useStore } from '../../ui/store.ts'
import { HEAD_HEIGHT } from './list-size.ts'
import type { Rows } from './use-rows.ts'

/** How far from its last place a row is looked for. */
const NEAR = 220

/** Empty px before and after the rows, where the list has become too short to hold a row where it was. */
export interface Slack {
  lead: number
  tail: number
}

const NO_SLACK: Slack = { lead: 0, tail: 0 }

interface Held {
  /** What is on screen besides its rows: a new view or density begins anew. */
  frame: string
  /** Ids of the rows around the screen, and the index of the first. */
  first: number
  ids: (string | undefined)[]
}

/** A list that holds still under the cursor. */
export interface Steady {
  slack: Slack
  /** Whether the list goes to its place only when it is drawn again; what scrolls it before that is undone. */
  settles(): boolean
  /** Whether a selection is the same row at another place. */
  keeps(selection: object): boolean
  /**
   * Selects a row without a person's key. While the pointer is on another row, that one goes on holding still, and the
   * list does not follow the selection.
   */
  select(selection: { id: string | null; index: number }): void
  onPointerMove(event: PointerEvent): void
  onPointerLeave(): void
}

interface SteadyOptions {
  memory: Memory
  rows: Rows
  scroller: RefObject<HTMLElement | null>
  /** px of a row */
  height: number
  frame: string
}

/**
 * Keeps the row under the cursor where it is on screen while rows come, go and change places: under the pointer where it
 * was moved last, else the selected one, else the first in sight of a list that was scrolled. Where that row is gone, the
 * next one that is left stays. Call it before what follows the selection.
 */
export function useSteadyRows({ memory, rows, scroller, height, frame }: SteadyOptions): Steady {
  const { selected } = memory
  const current = useStore(selected)
  const [slack, setSlack] = useState(NO_SLACK)
  const held = useRef<Held | null>(null)
  const pointed = useRef<string | null>(null)
  const point = useRef({ x: -1, y: -1 })
  const shifting = useRef<(Slack & { to: number }) | null>(null)
  const moved = useRef(current)
  const kept = useRef<unknown>(null)

  useLayoutEffect(() => {
    const before = held.current
    /** Where the first row would be above the top, or the last above the end, slack holds the rows. */
    const scrollTo = (element: HTMLElement, wanted: number): void => {
      const lead = Math.max(0, -wanted)
      const tail = Math.max(0, wanted + element.clientHeight - HEAD_HEIGHT - rows.total * height)
      shifting.current = { to: wanted + lead, lead, tail }
      setSlack((old) => (old.lead === lead && old.tail === tail ? old : { lead, tail }))
    }
    const top = memory.scrollTop - slack.lead
    held.current = holdOf(rows, top, height, frame)
    if (before && before.frame !== frame) {
      // Another list begins where it likes.
      moved.current = current
      pointed.current = null
      shifting.current = null
      return setSlack(NO_SLACK)
    }
    if (moved.current !== current) {
      // The person has moved on by keys: the pointer rests, and the list settles.
      moved.current = current
      pointed.current = null
      if (slack.lead + slack.tail > 0) {
        shifting.current = { to: Math.max(0, top), ...NO_SLACK }
        setSlack(NO_SLACK)
      }
      return
    }
    if (!before) return setSlack(NO_SLACK)
    const anchor = anchorOf(before, rows, pointed.current ?? current.id, top, height)
    if (!anchor || anchor.from === anchor.to || !scroller.current) return
    if (current.id === anchor.id) {
      moved.current = { id: anchor.id, index: anchor.to }
      kept.current = moved.current
      selected.set(moved.current)
    }
    scrollTo(scroller.current, top + (anchor.to - anchor.from) * height)
  }, [rows, current, slack, height, frame, memory, selected, scroller])

  // Once the slack is there that it needs.
  useLayoutEffect(() => {
    const shift = shifting.current
    if (!shift || !scroller.current || shift.lead !== slack.lead || shift.tail !== slack.tail) return
    shifting.current = null
    scroller.current.scrollTop = shift.to
    memory.scrollTop = shift.to
    // Told now and not a frame later, so that the rows there are made before anything is painted.
    scroller.current.dispatchEvent(new Event('scroll'))
  })

  return {
    slack,
    settles: () => shifting.current !== null,
    keeps: (selection) => selection === kept.current,
    select(selection) {
      if (pointed.current !== null) moved.current = kept.current = selection
      selected.set(selection)
    },
    onPointerMove({ target, clientX, clientY }) {
      // A list that moves under a resting pointer tells of it too.
      const rests = clientX === point.current.x && clientY === point.current.y
      point.current = { x: clientX, y: clientY }
      if (rests) return
      const row = target instanceof Element ? target.closest('[role=row][id]') : null
      pointed.current = row ? row.id.slice(ROW.length) : null
    },
    onPointerLeave() {
      pointed.current = null
    },
  }
}

const ROW = 'row-'

function holdOf(rows: Rows, top: number, height: number, frame: string): Held {
  const first = Math.max(0, Math.floor(top / height) - NEAR)
  const last = Math.min(rows.total, Math.ceil((top + window.innerHeight) / height) + NEAR)
  const ids: Held['ids'] = []
  for (let i = first; i < last; i++) ids.push(rows.at(i)?.id)
  return { frame, first, ids }
}

/** Where a row was and is; of one that is gone, the next that is left. */
function anchorOf(
  { first, ids }: Held,
  rows: Rows,
  wanted: string | null,
  top: number,
  height: number,
): { id: string; from: number; to: number } | null {
  const inSight = Math.ceil(top / height) - first
  const start = wanted === null ? (top > 0 ? inSight : -1) : ids.indexOf(wanted)
  if (start < 0) return null
  const places = new Map<string, number>()
  const around = (from: number, to: number): void => {
    for (let i = Math.max(0, from); i < Math.min(rows.total, to); i++) {
      const id = rows.at(i)?.id
      if (id !== undefined && !places.has(id)) places.set(id, i)
    }
  }
  around(first - NEAR, first + ids.length + NEAR)
  // What has just changed is at the top of most lists.
  around(0, NEAR)
  for (let i = start; i < ids.length; i++) {
    const id = ids[i]
    const to = id === undefined ? undefined : places.get(id)
    if (id !== undefined && to !== undefined) return { id, from: first + i, to }
  }
  return null
}
