import { elementScroll, useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef } from 'react'
import type { Desk, TicketRow } from '../../../src-shared/domain/views.ts'
import { useSetting } from '../../app/console/context.tsx'
import { useTenant } from '../../tenant/context.tsx'
import type { ListView } from '../../tenant/memory.ts'
import { afterPaint } from '../../ui/after-paint.ts'
import { useStore } from '../../ui/store.ts'
import { useMinute } from '../../ui/time.ts'
import { fitting, isUsual, templateOf, widthOf } from './columns.ts'
import { ListHead, type ListHeadProps } from './list-head.tsx'
import { requestOf } from './list-request.ts'
import { ABOVE_HEIGHT, HEAD_HEIGHT, ROW_HEIGHT } from './list-size.ts'
import classes from './list.module.css'
import { useLostSelection } from './lost.ts'
import { othersByTicket } from './others.ts'
import { SectionRow, sectionLabel, sectionMark } from './section-row.tsx'
import { useSteadyRows } from './steady.ts'
import { ListRow } from './ticket-row.tsx'
import { sortedBy, type ListLayout } from './use-layout.ts'
import { wordsOf } from './words.ts'
import { useSlots } from './use-slots.ts'
import { OVERSCAN, useOverscan } from './use-overscan.ts'
import type { RowRange, Rows } from './use-rows.ts'

/** The bar over the end of the list while tickets are chosen: the last row can be scrolled above it. */
const BAR_HEIGHT = 64
/** px of a list in which columns that were chosen are given up rather than scrolled to. */
const NARROW = 700

interface TicketListProps {
  desk: Desk
  view: ListView
  rows: Rows
  onOpen(row: TicketRow): void
  /** @param range from the last one chosen to this one */
  onChoose(index: number, range: boolean): void
  layout: ListLayout
  /** A ticket stands beside the list: only the columns that fit are shown. */
  beside: boolean
  /** Nobody sees it: a ticket is over it. */
  covered: boolean
  onSort: ListHeadProps['onSort']
  onChooseColumns(): void
  /** Closes the section whose line is there, or opens it. */
  onToggle(index: number): void
  /** Tells which rows are wanted. */
  onRange(range: RowRange): void
}

/** The list itself: only the rows on screen exist, and any part of it can be jumped to. */
export function TicketList(props: TicketListProps) {
  const { desk, view, rows, layout, beside, covered, onOpen, onChoose, onSort, onChooseColumns, onToggle, onRange } =
    props
  const { memory, present } = useTenant()
  const density = useSetting('density')
  const height = ROW_HEIGHT[density]
  const words = wordsOf(desk)
  const now = useMinute()
  const selected = useStore(memory.selected)
  const chosen = useStore(memory.chosen)
  const here = useStore(present)
  const others = useMemo(() => othersByTicket(here, desk), [here, desk])
  const below = chosen.size > 0 ? BAR_HEIGHT : 0
  const scroller = useRef<HTMLDivElement>(null)
  const placed = useRef(false)
  const searching = view.text.trim() !== ''
  // Another drawing of its columns is the same list.
  const viewKey = JSON.stringify({ ...view, columns: [], widths: {} })
  const steady = useSteadyRows({ memory, rows, scroller, height, frame: `${height} ${viewKey}` })
  useLostSelection(rows, requestOf(view, desk), searching, steady)
  const { lead, tail } = steady.slack
  const overscan = useOverscan(viewKey)
  const virtualizer = useVirtualizer({
    count: rows.total,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: OVERSCAN,
    rangeExtractor: overscan.extract,
    paddingStart: lead,
    paddingEnd: tail + below,
    scrollPaddingStart: HEAD_HEIGHT,
    scrollPaddingEnd: HEAD_HEIGHT + below,
    initialOffset: memory.scrollTop,
    initialRect: { width: window.innerWidth, height: window.innerHeight - ABOVE_HEIGHT },
    observeElementRect: observeRect,
    scrollToFn(offset, options, instance) {
      // A list that has just been made is at its top: setting that would force a layout of its own.
      const idle = offset === 0 && !placed.current
      placed.current = true
      if (!idle) elementScroll(offset, options, instance)
    },
    onChange: ({ range: visible, scrollOffset }) => {
      if (scroller.current?.isConnected) memory.scrollTop = scrollOffset ?? 0
      if (!visible) return
      onRange({ first: Math.max(0, visible.startIndex - OVERSCAN), last: visible.endIndex + OVERSCAN })
    },
  })
  overscan.instance.current = virtualizer
  const items = virtualizer.getVirtualItems()
  const slots = useSlots(items.map(({ index }) => index))
  const measured = useRef(height)
  useLayoutEffect(() => {
    if (measured.current !== height) virtualizer.measure()
    measured.current = height
  }, [virtualizer, height])

  useEffect(() => {
    if (rows.complete && !searching) memory.total = rows.total
  })
  useLayoutEffect(() => {
    // Jumped to a place whose row was not here yet.
    const arrived = selected.id === '' ? rows.at(selected.index) : undefined
    if (arrived) memory.selected.set({ id: arrived.id, index: selected.index })
  })

  // The selected row is kept in sight when it is moved by keys, not when rows move under it.
  const follow = useRef(selected)
  const following = useRef<(() => void) | null>(null)
  useEffect(() => {
    // A place that was looked up can be one that the list has only when its rows are here.
    if (follow.current === selected || steady.settles() || selected.index >= rows.total) return
    follow.current = selected
    if (selected.id === null || steady.keeps(selected)) return
    const scroll = (): void => virtualizer.scrollToIndex(selected.index, { align: 'auto' })
    // Asked where it stands, the list is laid out: under a ticket that waits until the ticket is painted.
    following.current?.()
    following.current = covered ? afterPaint(scroll) : null
    if (!covered) scroll()
  }, [covered, rows.total, selected, steady, virtualizer])
  useEffect(() => () => following.current?.(), [])

  useLayoutEffect(() => {
    // Laid out now, in the time that is left until the next frame, and not in that frame. What is read is of no use.
    void scroller.current?.offsetHeight
  }, [viewKey])
  const shownView = useRef(viewKey)
  useEffect(() => {
    if (shownView.current === viewKey) return
    shownView.current = viewKey
    // Asked to, the list is measured: while letters are typed it is at its top anyway.
    if (memory.scrollTop > 0) virtualizer.scrollToOffset(0)
  }, [viewKey, virtualizer, memory])

  const open = useCallback(
    (row: TicketRow, index: number) => {
      memory.selected.set({ id: row.id, index })
      onOpen(row)
    },
    [memory, onOpen],
  )
  const room = virtualizer.scrollRect?.width ?? 0
  const narrow = room > 0 && (beside || room < NARROW)
  const columns = useMemo(
    () => (narrow && !isUsual(layout.columns) ? fitting(layout.columns, room) : layout.columns),
    [narrow, room, layout.columns],
  )
  // The usual columns know by themselves how to become fewer.
  const own = !isUsual(columns)
  const drawn = useMemo(
    () => (own ? { '--columns': templateOf(columns), '--columns-width': `${widthOf(columns)}px` } : undefined),
    [own, columns],
  )
  const sorted = sortedBy(rows.tooLong ? { ...view, by: null } : view)
  const sortKey = sorted && `${sorted.key} ${sorted.direction}`
  // eslint-disable-next-line react-hooks/exhaustive-deps -- by what it says
  const shownSort = useMemo(() => sorted, [sortKey])
  return (
    <div
      className={classes.grid}
      data-own={own || undefined}
      style={drawn}
      aria-colcount={columns.length}
      role="grid"
      aria-label="Tickets"
      aria-multiselectable
      aria-busy={rows.stale || undefined}
      data-searched={rows.stale ? undefined : view.text}
      data-choosing={chosen.size > 0 || undefined}
      aria-rowcount={rows.complete ? rows.total + 1 : -1}
      aria-activedescendant={selected.id ? `row-${selected.id}` : undefined}
      tabIndex={0}
      data-list-focus
    >
      <div
        ref={scroller}
        className={classes.scroller}
        tabIndex={-1}
        role="rowgroup"
        onPointerMove={steady.onPointerMove}
        onPointerLeave={steady.onPointerLeave}
      >
        <ListHead
          columns={columns}
          sorted={shownSort}
          onSort={onSort}
          onResize={layout.resize}
          onMove={layout.move}
          onChoose={onChooseColumns}
        />
        <div className={classes.sizer} role="presentation" style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => {
            const key = slots.get(item.index)
            const row = rows.at(item.index)
            const section = rows.sectionAt(item.index)
            if (section && view.group !== null)
              return (
                <SectionRow
                  key={key}
                  label={sectionLabel(view.group, section.key, desk, now)}
                  mark={sectionMark(view.group, section.key, desk)}
                  count={section.count}
                  closed={section.closed}
                  index={item.index}
                  top={item.start}
                  onToggle={onToggle}
                />
              )
            return (
              <ListRow
                key={key}
                row={row}
                index={item.index}
                top={item.start}
                selected={row !== undefined && row.id === selected.id}
                words={words}
                columns={columns}
                now={now}
                others={row && others.get(row.id)}
                excerpt={rows.excerptAt(item.index)}
                chosen={row !== undefined && chosen.has(row.id)}
                onOpen={open}
                onChoose={onChoose}
              />
            )
          })}
        </div>
      </div>
    </div>
  )
}

/** Hears the list's size after layout. Asking for it while the rows go in would force a layout of its own. */
function observeRect(
  { scrollElement }: Virtualizer<HTMLDivElement, Element>,
  tell: (rect: { width: number; height: number }) => void,
): (() => void) | undefined {
  if (!scrollElement) return undefined
  const observer = new ResizeObserver(([entry]) => {
    if (entry) tell({ width: entry.contentRect.width, height: entry.contentRect.height })
  })
  observer.observe(scrollElement)
  return () => observer.disconnect()
}
