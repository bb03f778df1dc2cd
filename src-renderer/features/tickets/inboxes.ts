import type { Desk, SavedViewView } from '../../../src-shared/domain/views.ts'
import { hasOperators } from '../../../src-shared/query/parse.ts'
import { listOf } from '../../tenant/kept-views.ts'
import { INITIAL_VIEW, type ListView } from '../../tenant/memory.ts'

/** A part of the tickets that a technician works through by itself. */
export interface Inbox {
  id: string
  name: string
  list: ListView
  /** Id of the kept view that it is, if any. */
  viewId: string | null
  /** Keys beside its number. */
  keys: readonly string[]
}

/** Numbers that lead to inboxes: one key each. */
const MOST = 9

/** The inboxes of a client: those that everybody has, then the kept views, by name. */
export function inboxesOf(desk: Desk, views: readonly SavedViewView[]): Inbox[] {
  const ours = desk.configuration.statuses.filter(({ category }) => category === 'new' || category === 'open')
  const made = (id: string, name: string, key: string, list: Partial<ListView>): Inbox => ({
    ...{ id, name, viewId: null, keys: [key] },
    list: { ...INITIAL_VIEW, ...list },
  })
  return [
    made('open', 'All open', 'g l', {}),
    made('mine', 'Mine', 'g m', { assignee: 'me' }),
    made('unassigned', 'Unassigned', 'g u', { assignee: 'unassigned' }),
    made('us', 'Waiting on us', 'g w', { statuses: ours.map(({ key }) => key) }),
    made('risk', 'At risk', 'g r', { text: 'is:at-risk', sort: { by: 'due', direction: 'ascending' } }),
    made('snoozed', 'Snoozed', 'g z', {
      ...{ statuses: 'all', text: 'is:snoozed', sort: { by: 'wakes', direction: 'ascending' } },
    }),
    made('watched', 'Watched', 'g e', { text: 'watcher:me' }),
    ...views.map((view) => ({ id: view.id, name: view.name, list: listOf(view, desk), viewId: view.id, keys: [] })),
  ].slice(0, MOST)
}

/** Whether two lists show the same; a search without operators is no part of a view. */
export function sameList(a: ListView, b: ListView): boolean {
  const of = ({ statuses, priorities, assignee, sort, text }: ListView): string =>
    JSON.stringify([statuses, priorities, assignee, sort.by, sort.direction, hasOperators(text) ? text.trim() : ''])
  return of(a) === of(b)
}

/** Whether two lists are drawn the same. */
export function sameDrawing(a: ListView, b: ListView): boolean {
  const of = ({ columns, widths, group, by }: ListView): string =>
    JSON.stringify([columns, Object.entries(widths).toSorted(), group, by && [by.by, by.direction]])
  return of(a) === of(b)
}
