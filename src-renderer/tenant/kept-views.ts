import { queryOptions } from '@tanstack/react-query'
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

/** What the screen says for a kept view; the opposite of {@link keptFilter}. */
export function listOf({ filter, sort }: Pick<NewView, 'filter' | 'sort'>, { me }: Pick<Desk, 'me'>): ListView {
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
  }
}
