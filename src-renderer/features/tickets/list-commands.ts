import type { TicketRow } from '../../../src-shared/domain/views.ts'
import type { Command } from '../../app/commands/commands.ts'
import { useCommands } from '../../app/commands/use-commands.tsx'
import { INITIAL_VIEW, type ListView, type Memory } from '../../tenant/memory.ts'
import type { Choosing } from './choosing.ts'
import type { Rows } from './use-rows.ts'

/** Rows that PageUp and PageDown step over. */
const PAGE = 20
/** How far from its last place the selected row is looked for after rows have moved. */
const NEAR = 60

export const INITIAL_FILTER: Partial<ListView> = {
  statuses: INITIAL_VIEW.statuses,
  priorities: INITIAL_VIEW.priorities,
  assignee: INITIAL_VIEW.assignee,
  text: '',
}

export function isFiltered(view: ListView): boolean {
  return view.statuses !== 'open' || view.priorities.length > 0 || view.assignee !== 'anyone' || view.text.trim() !== ''
}

/** Where the selected row is now, -1 where none is selected. */
export function indexOfSelected({ selected }: Memory, rows: Rows): number {
  const { id, index } = selected.get()
  if (id === null) return -1
  return placeNear(rows, id, index) ?? ticketNear(rows, Math.min(index, rows.total - 1))
}

/** Where a row is now, near its last place; null where it is not there. */
export function placeNear(rows: Rows, id: string, index: number): number | null {
  if (rows.at(index)?.id === id) return index
  for (let near = Math.max(0, index - NEAR); near < index + NEAR; near++) if (rows.at(near)?.id === id) return near
  return null
}

/** The line of a ticket at a place or after it, else before it; lines over sections are passed over. */
export function ticketNear(rows: Rows, index: number, step: 1 | -1 = 1): number {
  for (const by of [step, -step]) {
    for (let at = index; at >= 0 && at < rows.total; at += by) if (!rows.sectionAt(at)) return at
  }
  return index
}

interface ListCommands {
  memory: Memory
  rows: Rows
  choosing: Choosing
  view: ListView
  /** First row on screen: where stepping begins while nothing is selected. */
  firstOnScreen(): number
  /** Nothing is over the list or beside it. */
  inList: boolean
  /** The open ticket, if any: steps then lead from ticket to ticket. */
  ticketId: string | undefined
  open(row: TicketRow): void
  /** Begins a new ticket. */
  create(): void
  change(part: Partial<ListView>): void
  /** Makes the list visible, where a ticket is over it, and then focuses the search field. */
  search(): void
}

/** The keys and commands of the ticket list. */
export function useListCommands(list: ListCommands): void {
  const { memory, rows, choosing, view, inList, ticketId, open, change } = list

  const step = (by: number): void => {
    const from = indexOfSelected(memory, rows)
    const aim = from < 0 ? list.firstOnScreen() : Math.max(0, Math.min(from + by, rows.total - 1))
    const to = ticketNear(rows, aim, by < 0 ? -1 : 1)
    const row = rows.at(to)
    // Its row may be on its way, and is selected once it is here.
    if (inList ? rows.total > 0 : row) memory.selected.set({ id: row?.id ?? '', index: to })
    if (!inList && row && row.id !== ticketId) open(row)
  }
  const jump = (line: number): void => {
    const index = ticketNear(rows, Math.max(0, line), line > 0 ? -1 : 1)
    memory.selected.set({ id: rows.at(index)?.id ?? '', index })
  }
  const openSelected = (): void => {
    const selected = indexOfSelected(memory, rows)
    const index = selected < 0 ? ticketNear(rows, list.firstOnScreen()) : selected
    const row = rows.at(index)
    if (!row) return
    memory.selected.set({ id: row.id, index })
    open(row)
  }
  const current = (): number => {
    const selected = indexOfSelected(memory, rows)
    const index = selected < 0 ? ticketNear(rows, list.firstOnScreen()) : selected
    const row = rows.at(index)
    if (row) memory.selected.set({ id: row.id, index })
    return index
  }
  const extend = (by: number): void => {
    const from = current()
    choosing.extend(from, ticketNear(rows, Math.max(0, Math.min(from + by, rows.total - 1)), by < 0 ? -1 : 1))
    step(by)
  }
  const clear = (): void => {
    if (isFiltered(view)) change(INITIAL_FILTER)
  }
  const key = (id: string, title: string, keys: string[], run: () => void): Command => ({
    ...{ id, title, keys, run, group: 'List', palette: false },
  })
  const filter = (id: string, title: string, part: Partial<ListView>): Command => ({
    ...{ id, title, group: 'List', keys: [], run: () => change(part) },
  })
  useCommands([
    key('next', 'Next ticket', inList ? ['j', 'ArrowDown'] : ['j', ']'], () => step(1)),
    key('previous', 'Previous ticket', inList ? ['k', 'ArrowUp'] : ['k', '['], () => step(-1)),
    ...(inList
      ? [
          key('open', 'Open the selected ticket', ['Enter', 'o'], openSelected),
          key('page-down', 'A page down', ['PageDown'], () => step(PAGE)),
          key('page-up', 'A page up', ['PageUp'], () => step(-PAGE)),
          key('first', 'First ticket', ['g g', 'Home'], () => jump(0)),
          key('choose', 'Choose the ticket, or let go of it', ['x'], () => choosing.toggle(current())),
          key('choose-range', 'Choose from the last chosen ticket to this one', ['X'], () =>
            choosing.chooseTo(current()),
          ),
          key('choose-next', 'Choose this ticket and the next', ['J'], () => extend(1)),
          key('choose-previous', 'Choose this ticket and the previous', ['K'], () => extend(-1)),
          key('last', 'Last ticket', ['G', 'End'], () => jump(rows.total - 1)),
        ]
      : []),
    ...(inList
      ? [
          {
            id: 'choose-all',
            title: 'Choose all tickets of the list',
            group: 'List' as const,
            keys: ['Mod+A'],
            run: () => choosing.chooseAll(),
          },
        ]
      : []),
    { id: 'new-ticket', title: 'New ticket', group: 'Ticket', keys: ['c'], run: list.create },
    { id: 'search', title: 'Search tickets', group: 'List', keys: ['/'], run: list.search },
    { id: 'clear', title: 'Clear search and filters', group: 'List', keys: inList ? ['Escape'] : [], run: clear },
    filter('filter-mine', 'Show tickets assigned to me', { assignee: 'me' }),
    filter('filter-unassigned', 'Show unassigned tickets', { assignee: 'unassigned' }),
    filter('filter-anyone', 'Show tickets of anyone', { assignee: 'anyone' }),
    filter('filter-open', 'Show all open tickets', { statuses: 'open' }),
    filter('filter-all', 'Show open and closed tickets', { statuses: 'all' }),
  ])
}
