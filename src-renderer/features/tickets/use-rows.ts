import { useQueries, useQuery, type UseQueryResult } from '@tanstack/react-query'
import { useCallback, useEffect, useState } from 'react'
import type { Desk, TicketOutline, TicketRow } from '../../../src-shared/domain/views.ts'
import { MAX_QUERY } from '../../../src-shared/query/parse.ts'
import { filterOf } from '../../tenant/kept-views.ts'
import type { ListView, Memory } from '../../tenant/memory.ts'
import { blockQuery, blockSize, outlineQuery, searchQuery, type RowBlock } from '../../tenant/queries.ts'
import type { Tenant } from '../../tenant/tenant.ts'
import { requestOf } from './list-request.ts'

/** A list of which any part can be shown: its length, and its rows as far as they are here. */
export interface Rows {
  total: number
  /** Undefined where the row is not here (yet). */
  at(index: number): TicketRow | undefined
  /** Excerpt of a search hit. */
  excerptAt(index: number): string | undefined
  /** Nothing to show yet. */
  loading: boolean
  /** What is shown answers what was typed before, and the new answer is awaited. */
  stale: boolean
  /** Whether `total` is the whole length. */
  complete: boolean
  error: unknown
}

export interface RowRange {
  first: number
  last: number
}

/** Rows that are made beyond those on screen, at either end. */
export const OVERSCAN = 6

/**
 * The rows of a client's view, or the hits of its search text, and how to say which are wanted.
 * @param rowHeight px, to know at once what a remembered scroll position shows
 */
export function useTicketRows(
  tenant: Tenant,
  desk: Desk,
  view: ListView,
  rowHeight: number,
): [Rows, (range: RowRange) => void] {
  const [range, setRange] = useState(() => rangeAt(tenant.memory.scrollTop, rowHeight))
  const searching = view.text.trim() !== ''
  const list = useListRows(tenant, desk, view, range)
  const hits = useSearchRows(tenant, desk, view, searching)
  const onRange = useCallback(
    (next: RowRange) =>
      setRange((before) => (before.first === next.first && before.last === next.last ? before : next)),
    [],
  )
  return [searching ? hits : list, onRange]
}

function rangeAt(scrollTop: number, rowHeight: number): RowRange {
  const first = Math.floor(scrollTop / rowHeight)
  const last = first + Math.ceil(window.innerHeight / rowHeight) + OVERSCAN
  return { first: Math.max(0, first - OVERSCAN), last }
}

/** The blocks of rows that a range of the screen touches, at least the first. */
function blocksOf(first: number, last: number, size: number): number[] {
  const blocks: number[] = []
  for (let block = Math.floor(first / size); block <= Math.floor(last / size); block++) blocks.push(block)
  return blocks
}

/** The rows of a view, loaded block by block around the range on screen. */
function useListRows(tenant: Tenant, desk: Desk, view: ListView, range: RowRange): Rows {
  const request = requestOf(view, desk)
  const first = useQuery(blockQuery(tenant, request, 0))
  // The length may take longer than the first rows of a large client, so it is asked for after them.
  const outline = useQuery({ ...outlineQuery(tenant, request), enabled: first.data !== undefined })
  const size = blockSize(outline.data)
  const length = outline.data?.total ?? first.data?.rows.length ?? 0
  const wanted = outline.data
    ? blocksOf(range.first, Math.min(range.last, length - 1), size.rows).filter((block) => block > 0)
    : []
  const blocks = useQueries({ queries: wanted.map((block) => blockQuery(tenant, request, block)), combine: dataOf })

  const short = first.data && !first.data.last && first.data.rows.length < size.rows
  const refetch = first.refetch
  useEffect(() => {
    if (short) void refetch()
  }, [short, refetch])

  const at = (index: number): TicketRow | undefined => {
    const block = Math.floor(index / size.rows)
    if (block === 0) return first.data?.rows[index]
    return blocks[wanted.indexOf(block)]?.rows[index - block * size.rows]
  }
  const total = totalOf(first.data, outline.data, tenant.memory)
  return {
    total,
    at,
    excerptAt: none,
    loading: first.data === undefined,
    stale: false,
    complete: outline.data !== undefined || first.data?.last === true,
    error: first.error,
  }
}

/** The hits of a view's search text, as many as are shown at most. */
function useSearchRows(tenant: Tenant, desk: Desk, view: ListView, enabled: boolean): Rows {
  const { text, order, sort } = view
  const input = { text: text.slice(0, MAX_QUERY), filter: filterOf(view, desk), order, sort }
  const { data, error, isPlaceholderData } = useQuery({ ...searchQuery(tenant, input), enabled })
  return {
    total: data?.length ?? 0,
    at: (index) => data?.[index]?.row,
    excerptAt: (index) => data?.[index]?.excerpt || undefined,
    loading: data === undefined,
    stale: isPlaceholderData,
    complete: true,
    error,
  }
}

function totalOf(first: RowBlock | undefined, outline: TicketOutline | undefined, memory: Memory): number {
  if (outline) return outline.total
  if (!first) return 0
  return first.last ? first.rows.length : Math.max(first.rows.length, memory.total)
}

function dataOf(results: UseQueryResult<RowBlock>[]): (RowBlock | undefined)[] {
  return results.map((result) => result.data)
}

function none(): undefined {
  return undefined
}
