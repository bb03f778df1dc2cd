import { useCallback, useMemo, useRef } from 'react'
import type { Desk } from '../../../src-shared/domain/views.ts'
import { hasWords } from '../../../src-shared/query/parse.ts'
import { useUndo } from '../../app/commands/undo.tsx'
import { useTenant } from '../../tenant/context.tsx'
import { keepLayout, showLayout } from '../../tenant/kept-views.ts'
import type { ListView } from '../../tenant/memory.ts'
import { keys } from '../../tenant/queries.ts'
import { useStore } from '../../ui/store.ts'
import { useAct } from '../ticket/use-act.ts'
import { layoutOf, moved, shownColumns, type Column } from './columns.ts'

/** How the list is drawn, and how that is changed. */
export interface ListLayout {
  columns: readonly Column[]
  /** Whether a change is the kept view's, which keeps it when it is told to, or the technician's own for this client. */
  ofView: boolean
  /** The columns by now, where several keys come before the screen is drawn. */
  current(): readonly Column[]
  /** Draws the list with these columns from now on; `sayUndo` offers the way back. */
  set(columns: readonly Column[], sayUndo?: boolean): void
  resize(key: string, width: number | null, done: boolean): void
  move(from: number, to: number): void
}

type Drawn = ReturnType<typeof layoutOf>

/** The columns of the list on screen. In a kept view they belong to it; elsewhere they are the technician's own. */
export function useListLayout(desk: Desk, view: ListView): ListLayout {
  const tenant = useTenant()
  const act = useAct()
  const undo = useUndo()
  const ofView = useStore(tenant.memory.viewId) !== null
  const { layout: own } = desk
  const { columns: keysOfView, widths } = view
  const columns = useMemo(
    () =>
      shownColumns({ columns: keysOfView, widths }, { configuration: desk.configuration, ...(own && { layout: own }) }),
    [keysOfView, widths, desk.configuration, own],
  )
  /** As it is by now: keys come faster than the screen. */
  const byNow = (): readonly Column[] =>
    shownColumns(tenant.memory.view.get(), tenant.queries.getQueryData<Desk>(keys.desk) ?? desk)
  const show = (drawn: Drawn, keep: boolean): void => {
    if (ofView) return tenant.memory.view.set({ ...tenant.memory.view.get(), ...drawn })
    showLayout(tenant, drawn)
    if (keep) void act('The columns were not kept.', () => keepLayout(tenant, drawn))
  }
  const set = (next: readonly Column[], sayUndo = false): void => {
    const before = layoutOf(byNow())
    show(layoutOf(next), true)
    if (sayUndo) undo.offer('Columns changed', () => show(before, true))
  }
  const sized = (key: string, width: number | null): Column[] =>
    byNow().map((column) => (column.key === key ? { ...column, width: width ?? column.usual } : column))
  const latest = useLatest({ set, show, sized, byNow })
  return {
    columns,
    ofView,
    current: byNow,
    set,
    // The titles are not made again with every row.
    resize: useCallback(
      (key, width, done) => {
        const { current } = latest
        if (done) current.set(current.sized(key, width))
        else current.show(layoutOf(current.sized(key, width)), false)
      },
      [latest],
    ),
    move: useCallback((from, to) => latest.current.set(moved(latest.current.byNow(), from, to), true), [latest]),
  }
}

function useLatest<Value>(value: Value): { current: Value } {
  const holder = useRef(value)
  holder.current = value
  return holder
}

/** What a list goes by, as its titles show it; null where it has an order of its own, as search hits do. */
export function sortedBy(view: ListView): { key: string; direction: 'ascending' | 'descending' } | null {
  if (view.by) return { key: view.by.by, direction: view.by.direction }
  if (hasWords(view.text) || view.sort.by === 'wakes') return null
  const { by, direction } = view.sort
  return { key: by === 'created' ? 'number' : by, direction }
}

/** A view that goes by a column, or the other way round where it does already; a third time it has its own order back. */
export function sortBy(view: ListView, column: Column): Partial<ListView> {
  const { key, sort } = column
  const now = sortedBy(view)
  const active = now?.key === key || (now?.key === 'number' && key === 'created' && !view.by) ? now : null
  const turned = active?.direction === 'ascending' ? 'descending' : 'ascending'
  if (sort && !hasWords(view.text)) return { by: null, sort: active ? { by: sort.by, direction: turned } : sort }
  const first = sort?.direction ?? 'ascending'
  if (!active) return { by: { by: key, direction: first } }
  return active.direction === first ? { by: { by: key, direction: turned } } : { by: null }
}
