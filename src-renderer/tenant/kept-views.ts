import { queryOptions } from '@tanstack/react-query'
import { extraColumns, type OwnLayout, type ViewLayout } from '../../src-shared/domain/layout.ts'
import type { NewView } from '../../src-shared/domain/saved-view.ts'
import type { Desk, SavedViewView, TicketFilter } from '../../src-shared/domain/views.ts'
import { hasOperators } from '../../src-shared/query/parse.ts'
import { INITIAL_VIEW, type ListView } from './memory.ts'
import { keys } from './queries.ts'
import type { Tenant } from './tenant.ts'

/** The views that the client's technicians keep: everybody's and the technician's own, by name. */
export function viewsQuery({ client }: Tenant) {
  return queryOptions({
    queryKey: keys.views,
    queryFn: ({ signal }) => client.views.list.query(undefined, { signal }),
  })
}

/** Shows the views as a procedure of theirs has answered. */
export function applyViews({ queries }: Tenant, views: SavedViewView[]): void {
  queries.setQueryData(keys.views, views)
}

/** The compartment's filter for what the screen says. @param me id of the signed-in technician */
export function filterOf(view: ListView, { me }: Pick<Desk, 'me'>): TicketFilter {
  const { statuses, priorities, assignee } = view
  const filter: TicketFilter = {}
  if (statuses === 'open') filter.open = true
  else if (statuses !== 'all') Object.assign(filter, { statuses: [...statuses], snoozed: false })
  if (priorities.length > 0) filter.priorities = [...priorities]
  if (typeof assignee !== 'string') filter.assignees = [...assignee]
  else if (assignee === 'me') filter.assignees = [me]
  else if (assignee === 'unassigned') filter.assignees = [null]
  else if (assignee !== 'anyone') filter.assignees = [assignee]
  return filter
}

/** What a kept view has of the list on screen: its filter, and the search where that has operators. */
export function keptFilter(view: ListView, desk: Pick<Desk, 'me'>): TicketFilter {
  const query = view.text.trim()
  return { ...filterOf(view, desk), ...(hasOperators(query) && { query }) }
}

/** What a kept view has of how the list on screen is drawn, beside its columns; null where that is as usual. */
export function keptLayout({ widths, group, by }: ListView): ViewLayout | null {
  const layout: ViewLayout = {
    ...(Object.keys(widths).length > 0 && { widths: { ...widths } }),
    ...(group !== null && { group }),
    ...(by && { order: by }),
  }
  return Object.keys(layout).length > 0 ? layout : null
}

/** The columns whose values the rows of a list are to carry; `own` for those of the technician's own layout. */
export function carriedBy({ columns }: ListView): 'own' | string[] {
  return columns.length > 0 ? extraColumns(columns) : 'own'
}

/** Draws this client's lists so at once, where no view says otherwise; {@link keepLayout} keeps it. */
export function showLayout({ queries }: Tenant, layout: OwnLayout): void {
  // An answer on its way has an older one.
  void queries.cancelQueries({ queryKey: keys.desk })
  queries.setQueryData<Desk>(keys.desk, (desk) => desk && { ...desk, layout })
}

export async function keepLayout({ client, queries }: Tenant, layout: OwnLayout): Promise<void> {
  await client.views.setLayout.mutate(layout)
  // Rows that are here may lack what is shown now.
  await Promise.all([keys.allRows, keys.allSearches].map((queryKey) => queries.invalidateQueries({ queryKey })))
}

/** What the screen says for a kept view; the opposite of {@link keptFilter}. */
export function listOf(
  { filter, sort, columns, layout }: Pick<NewView, 'filter' | 'sort'> & Partial<Pick<NewView, 'columns' | 'layout'>>,
  { me }: Pick<Desk, 'me'>,
): ListView {
  const { statuses, open, priorities, assignees, query = '' } = filter
  const [only] = assignees ?? []
  return {
    ...INITIAL_VIEW,
    statuses: statuses && statuses.length > 0 ? statuses : open ? 'open' : 'all',
    priorities: priorities ?? [],
    assignee:
      assignees === undefined || assignees.length === 0
        ? 'anyone'
        : only === undefined || assignees.length > 1
          ? assignees
          : only === null
            ? 'unassigned'
            : only === me
              ? 'me'
              : only,
    sort,
    text: query,
    columns: columns ?? [],
    widths: layout?.widths ?? {},
    group: layout?.group ?? null,
    by: layout?.order ?? null,
  }
}
