import type { PageKey, TicketFilter, TicketOutline, TicketPage, TicketSort } from '../../../src-shared/domain/views.ts'
import type { Cache } from '../cache/cache.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { branchesOf, type Branches } from './branches.ts'
import { withOpenStatuses } from './open-filter.ts'
import { idsOf, rowsOf } from './rows.ts'

/** Rows between two anchors of an outline. */
export const OUTLINE_STRIDE = 100

export interface PageRequest {
  filter: TicketFilter
  sort: TicketSort
  after?: PageKey | null | undefined
  from?: PageKey | null | undefined
  /** Columns whose values rows carry beside what they have anyway. */
  columns?: readonly string[] | undefined
  limit: number
}

/** A page of the list, from its first row or from a place in it. Costs the same wherever the place is. */
export function readPage(cache: Cache, ledger: Ledger, request: PageRequest): TicketPage {
  const keys = keysOf(cache, request, request.limit + 1)
  const shown = keys.slice(0, request.limit)
  const last = shown.at(-1)
  return {
    rows: rowsOf(
      cache,
      ledger,
      shown.map((key) => key.number),
      request.columns,
    ),
    next: keys.length > request.limit && last ? [last.value, last.number] : null,
  }
}

/** The length of a list and the place of every hundredth row. */
export function readOutline(cache: Cache, filter: TicketFilter, sort: TicketSort): TicketOutline {
  const branches = branchesOf(withOpenStatuses(filter, cache.configuration), sort, cache.words)
  if (branches.where.length === 0) return { total: 0, stride: OUTLINE_STRIDE, anchors: [] }
  const total = count(cache, branches)
  const anchors = cache.statement<ListKey>(outlineSql(branches)).all()
  return { total, stride: OUTLINE_STRIDE, anchors: anchors.map(({ value, number }) => [value, number]) }
}

/** At which index of a list a ticket is, from 0; null where the list does not have it. */
export function readPlace(cache: Cache, filter: TicketFilter, sort: TicketSort, id: string): number | null {
  const branches = branchesOf(withOpenStatuses(filter, cache.configuration), sort, cache.words)
  if (branches.where.length === 0) return null
  const { column, residual, where } = branches
  const listed = `SELECT ${column} AS value, number FROM ticket WHERE id = ? AND (${where.join(' OR ')})${residual}`
  const key = cache.statement<ListKey>(listed).get(id)
  return key ? (cache.statement<{ place: number }>(placeSql(branches)).get(key)?.place ?? null) : null
}

/** How many tickets a list has. */
export function countList(cache: Cache, filter: TicketFilter): number {
  const sort = { by: 'updated', direction: 'descending' } as const
  const branches = branchesOf(withOpenStatuses(filter, cache.configuration), sort, cache.words)
  return branches.where.length === 0 ? 0 : count(cache, branches)
}

function count(cache: Cache, branches: Branches): number {
  return cache.statement<{ total: number }>(countSql(branches)).get()?.total ?? 0
}

/** Ids of the first tickets of a list. */
export function readIds(cache: Cache, filter: TicketFilter, sort: TicketSort, limit: number): string[] {
  return idsOf(cache, readNumbers(cache, filter, sort, limit))
}

/** Rows of a list by number, in its order. */
export function readNumbers(cache: Cache, filter: TicketFilter, sort: TicketSort, limit: number): number[] {
  return keysOf(cache, { filter, sort, limit }, limit).map(({ number }) => number)
}

interface ListKey {
  value: number
  number: number
}

function keysOf(cache: Cache, { filter, sort, after, from }: PageRequest, limit: number): ListKey[] {
  const branches = branchesOf(withOpenStatuses(filter, cache.configuration), sort, cache.words)
  if (branches.where.length === 0) return []
  const place = after ?? from
  if (!place) return cache.statement<ListKey>(pageSql(branches, null)).all({ limit })
  const [value, number] = place
  if (typeof value !== 'number') return []
  return cache.statement<ListKey>(pageSql(branches, after ? 'after' : 'from')).all({ limit, value, number })
}

/** The statement of a page's keys; exported for the check of its query plan. */
export function pageSql(branches: Branches, place: 'after' | 'from' | null): string {
  const { column, direction, residual, where } = branches
  const select = (condition: string): string =>
    `SELECT ${column} AS value, number FROM ticket WHERE ${condition}${residual}`
  const beyond = direction === 'ASC' ? '>' : '<'
  // A tie is a range of its own: many rows share a rank, and the seek then ends at the number itself.
  const parts = where.flatMap((condition) =>
    place === null
      ? [select(condition)]
      : [
          select(`${condition} AND ${column} = @value AND number ${beyond}${place === 'from' ? '=' : ''} @number`),
          select(`${condition} AND ${column} ${beyond} @value`),
        ],
  )
  return `${parts.join(' UNION ALL ')} ORDER BY value ${direction}, number ${direction} LIMIT @limit`
}

/** The statement of an outline's anchors; exported for the check of its query plan. */
export function outlineSql({ column, direction, residual, where }: Branches): string {
  const parts = where.map((condition) => `SELECT ${column} AS value, number FROM ticket WHERE ${condition}${residual}`)
  const sorted = `${parts.join(' UNION ALL ')} ORDER BY value ${direction}, number ${direction}`
  return `SELECT value, number FROM (SELECT value, number, row_number() OVER () AS place FROM (${sorted}))
    WHERE place % ${OUTLINE_STRIDE} = 1`
}

/** The statement of how many rows are before one; exported for the check of its query plan. */
export function placeSql({ column, direction, residual, where }: Branches): string {
  const before = direction === 'ASC' ? '<' : '>'
  const counted = (condition: string): string => `(SELECT count(*) FROM ticket WHERE ${condition}${residual})`
  const parts = where.flatMap((condition) => [
    counted(`${condition} AND ${column} ${before} @value`),
    counted(`${condition} AND ${column} = @value AND number ${before} @number`),
  ])
  return `SELECT ${parts.join(' + ')} AS place`
}

function countSql({ residual, where }: Branches): string {
  const parts = where.map((condition) => `(SELECT count(*) FROM ticket WHERE ${condition}${residual})`)
  return `SELECT ${parts.join(' + ')} AS total`
}
