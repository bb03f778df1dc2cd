import { hashKey, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { ColumnOrder } from '../../src-shared/domain/layout.ts'
import type { TicketActivity } from '../../src-shared/domain/ticket-change.ts'
import {
  MAX_PAGE,
  type TicketArrangement,
  type TicketFilter,
  type TicketOutline,
  type TicketRow,
  type TicketSort,
} from '../../src-shared/domain/views.ts'
import type { Tenant } from './tenant.ts'

/** A list as the compartment is asked for it. */
export interface ListRequest {
  filter: TicketFilter
  sort: TicketSort
  /** The columns whose values rows carry beside what they have anyway; absent where rows do not matter. */
  columns?: 'own' | string[]
}

/** Keys of a tenant's cache. None names the tenant: the cache has only one. */
export const keys = {
  desk: ['desk'] as const,
  counts: ['counts'] as const,
  tallies: ['counts', 'lists'] as const,
  sync: ['sync'] as const,
  report: ['sync-report'] as const,
  inbox: ['inbox'] as const,
  allTickets: ['ticket'] as const,
  ticket: (id: string) => ['ticket', id] as const,
  allOutlines: ['outline'] as const,
  outline: (request: ListRequest) => ['outline', request] as const,
  allRows: ['rows'] as const,
  block: (request: ListRequest, index: number) => ['rows', request, index] as const,
  allSearches: ['search'] as const,
  views: ['views'] as const,
  allContacts: ['contact'] as const,
  contact: (id: string) => ['contact', id] as const,
  newTicket: ['new-ticket'] as const,
}

/** Rows that are asked for first, before the length of the list is known. */
export const FIRST_ROWS = 100

/** Consecutive rows of a list. */
export interface RowBlock {
  rows: TicketRow[]
  /** Whether the list ends with these rows. */
  last: boolean
}

export function deskQuery({ client }: Tenant) {
  return queryOptions({ queryKey: keys.desk, queryFn: ({ signal }) => client.desk.query(undefined, { signal }) })
}

export function countsQuery({ client }: Tenant) {
  return queryOptions({
    queryKey: keys.counts,
    queryFn: ({ signal }) => client.tickets.counts.query(undefined, { signal }),
  })
}

/** How many tickets each of these lists has. */
export function tallyQuery({ client }: Tenant, lists: TicketFilter[]) {
  return queryOptions({
    queryKey: [...keys.tallies, lists] as const,
    queryFn: ({ signal }) => client.tickets.tally.query({ lists }, { signal }),
    placeholderData: keepPreviousData,
  })
}

export function syncQuery({ client }: Tenant) {
  return queryOptions({ queryKey: keys.sync, queryFn: ({ signal }) => client.sync.state.query(undefined, { signal }) })
}

/** Everything about the client's sync; read again whenever its state moves. */
export function reportQuery({ client }: Tenant) {
  return queryOptions({
    queryKey: keys.report,
    queryFn: ({ signal }) => client.sync.report.query(undefined, { signal }),
    staleTime: 0,
  })
}

export function ticketQuery({ client }: Tenant, id: string) {
  return queryOptions({
    queryKey: keys.ticket(id),
    queryFn: ({ signal }) => client.tickets.get.query({ id }, { signal }),
  })
}

/**
 * What was changed of a ticket, and by whom; it goes stale with the ticket.
 * @param pages how far back, the newest first
 */
export function activityQuery({ client }: Tenant, id: string, pages: number) {
  return queryOptions({
    queryKey: [...keys.ticket(id), 'activity', pages] as const,
    queryFn: async ({ signal }) => {
      let whole = await client.tickets.activity.query({ id }, { signal })
      for (let page = 1; page < pages && whole.older; page++) {
        const { lines, people, tickets } = whole
        const more = await client.tickets.activity.query({ id, before: whole.older }, { signal })
        whole = {
          lines: [...more.lines, ...lines],
          older: more.older,
          people: { ...more.people, ...people },
          tickets: { ...more.tickets, ...tickets },
        }
      }
      return whole
    },
    placeholderData: (before: TicketActivity | undefined, query) => (query?.queryKey[1] === id ? before : undefined),
  })
}

/** Tickets that may be the same as one; read again when that one changes. */
export function similarQuery({ client }: Tenant, id: string) {
  return queryOptions({
    queryKey: [...keys.ticket(id), 'similar'] as const,
    queryFn: ({ signal }) => client.tickets.similar.query({ id }, { signal }),
  })
}

export function outlineQuery({ client }: Tenant, request: ListRequest) {
  return queryOptions({
    queryKey: keys.outline(request),
    queryFn: ({ signal }) => client.tickets.outline.query(request, { signal }),
  })
}

/** At which index of a list a ticket is; null where it is not in it. */
export function placeQuery({ client }: Tenant, request: ListRequest, id: string) {
  return queryOptions({
    queryKey: [...keys.allOutlines, 'place', request, id] as const,
    queryFn: ({ signal }) => client.tickets.place.query({ ...request, id }, { signal }),
    gcTime: 60_000,
  })
}

/** Rows per block, and anchors per block: whole strides, near {@link FIRST_ROWS} rows. */
export function blockSize(outline: TicketOutline | undefined): { rows: number; anchors: number } {
  if (!outline || outline.stride < 1) return { rows: FIRST_ROWS, anchors: 1 }
  const anchors = Math.max(1, Math.floor(FIRST_ROWS / outline.stride))
  return { rows: anchors * outline.stride, anchors }
}

/**
 * One block of a list. The first needs nothing; the others start at an anchor of the newest outline, read when the
 * request goes out, so a block keeps its key, and its rows on screen, while anchors move.
 */
export function blockQuery(tenant: Tenant, request: ListRequest, index: number) {
  return queryOptions({
    queryKey: keys.block(request, index),
    queryFn: async ({ signal }): Promise<RowBlock> => {
      const outline = tenant.queries.getQueryData<TicketOutline>(keys.outline(request))
      const size = blockSize(outline)
      const from = index === 0 ? null : outline?.anchors[index * size.anchors]
      if (from === undefined) return { rows: [], last: true }
      let page = await tenant.client.tickets.page.query(
        { ...request, from, limit: Math.min(size.rows, MAX_PAGE) },
        { signal },
      )
      const rows = page.rows
      while (rows.length < size.rows && page.next) {
        const limit = Math.min(size.rows - rows.length, MAX_PAGE)
        page = await tenant.client.tickets.page.query({ ...request, after: page.next, limit }, { signal })
        rows.push(...page.rows)
      }
      return { rows, last: page.next === null }
    },
    // Where a list begins is there at once for whoever comes back; the rest of a long one is let go of.
    ...(index > 0 && { gcTime: 60_000 }),
  })
}

/** What a whole list is asked for with. */
export interface ArrangeInput extends Omit<ListRequest, 'columns'> {
  text: string
  order: 'newest' | 'rank'
  by: ColumnOrder | null
  group: string | null
}

/** A whole list by number. While another text is typed, the answer to the last one stays. */
export function arrangementQuery({ client }: Tenant, input: ArrangeInput) {
  const { text: _, ...list } = input
  return queryOptions({
    queryKey: [...keys.allOutlines, 'arranged', list, input.text] as const,
    queryFn: ({ signal }) => client.tickets.arrange.query(input, { signal }),
    placeholderData: (before: TicketArrangement | undefined, query) =>
      query && hashKey([query.queryKey[2]]) === hashKey([list]) && input.text !== '' ? before : undefined,
    gcTime: 60_000,
  })
}

/** Rows of an arrangement, by their numbers: in another arrangement the block is another one. */
export function arrangedBlockQuery(
  { client }: Tenant,
  shown: { text: string; columns: 'own' | string[] },
  block: number,
  numbers: number[],
) {
  return queryOptions({
    queryKey: [...keys.allRows, shown, block, numbers.join()] as const,
    queryFn: ({ signal }) => client.tickets.rows.query({ ...shown, numbers }, { signal }),
    gcTime: 60_000,
  })
}

/** The first hits of a search. @param input `limit` is how many are shown at once, at most {@link MAX_PAGE} */
export function searchQuery(
  { client }: Tenant,
  input: Omit<ListRequest, 'sort'> & { text: string; order: 'newest' | 'rank'; sort?: TicketSort; limit: number },
) {
  return queryOptions({
    queryKey: ['search', input] as const,
    queryFn: ({ signal }) => client.tickets.search.query(input, { signal }),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  })
}
