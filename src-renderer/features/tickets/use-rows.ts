import { useQueries, useQuery, type UseQueryResult } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import {
  MAX_PAGE,
  type Desk,
  type ListSection,
  type TicketOutline,
  type TicketRow,
} from '../../../src-shared/domain/views.ts'
import { MAX_QUERY } from '../../../src-shared/query/parse.ts'
import type { ListView, Memory } from '../../tenant/memory.ts'
import { blockQuery, blockSize, outlineQuery, keys, searchQuery, type RowBlock } from '../../tenant/queries.ts'
import type { Tenant } from '../../tenant/tenant.ts'
import { requestOf } from './list-request.ts'
import { ABOVE_HEIGHT, HEAD_HEIGHT } from './list-size.ts'
import { useArrangedRows } from './use-arranged.ts'
import { OVERSCAN } from './use-overscan.ts'

/** The line over a section of a list. */
export interface SectionLine extends ListSection {
  closed: boolean
}

/** A list of which any part can be shown: its length, and its rows as far as they are here. */
export interface Rows {
  /** Lines of it: tickets, and the lines over sections. */
  total: number
  /** Tickets of it, those of closed sections too. */
  tickets: number
  /** Undefined where the row is not here (yet), or where the line is one over a section. */
  at(index: number): TicketRow | undefined
  /** Where the line is one over a section. */
  sectionAt(index: number): SectionLine | undefined
  /** Excerpt of a search hit. */
  excerptAt(index: number): string | undefined
  /** Nothing to show yet. */
  loading: boolean
  /** What is shown answers what was typed before, and the new answer is awaited. */
  stale: boolean
  /** Whether `total` is the whole length. */
  complete: boolean
  /** There are more tickets than it goes on to. */
  more: boolean
  /** It has more tickets than can be put in the order or the sections that are wanted. */
  tooLong: boolean
  error: unknown
  /** Where the list is known as a whole. */
  arranged: Arranged | null
}

/** A list that is known as a whole, by number. */
export interface Arranged {
  /** Where a ticket that was shown is now; null where it is not in the list. */
  placeOf(id: string): number | null
  /** Ids of the tickets from one line to another. */
  idsBetween(from: number, to: number): Promise<string[]>
  sections: readonly SectionLine[] | null
}

export interface RowRange {
  first: number
  last: number
}

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
  const [range, onRange] = useRange(() => rangeAt(tenant.memory.scrollTop, rowHeight))
  const searching = view.text.trim() !== ''
  const wanted = view.by !== null || view.group !== null
  const hits = useSearchRows(tenant, desk, view, rowHeight, searching)
  // How many more a search finds is asked for when nobody types on.
  const full = searching && hits.more && !hits.stale
  const rests = useRests(full ? JSON.stringify([view.text, view.order]) : null)
  const arranged = useArrangedRows(tenant, desk, view, range, wanted || rests)
  // Of a list that cannot be arranged its own order is shown.
  const plain = !wanted || arranged.tooLong
  const list = useListRows(tenant, desk, view, range, plain && !searching)
  // While the first hits are awaited the list stays.
  const before = hits.loading && !hits.error && !list.loading
  const own = !searching ? list : before ? { ...list, stale: true } : hits
  const all = plain ? (rests && full && !arranged.stale ? goingOn(own, arranged) : own) : arranged
  return [plain && wanted ? { ...all, tooLong: arranged.tooLong } : all, onRange]
}

/** Milliseconds between two screens whose rows are asked for on the way through a list: nobody reads all that pass. */
const PASSING_MS = 80

/** Which rows are wanted: those near at once, and of screens far from each other one after a pause. */
function useRange(begin: () => RowRange): [RowRange, (range: RowRange) => void] {
  const [range, setRange] = useState(begin)
  const asked = useRef({ range, at: 0, timer: 0 })
  useEffect(() => () => clearTimeout(asked.current.timer), [])
  const onRange = useCallback((next: RowRange) => {
    const last = asked.current
    clearTimeout(last.timer)
    const take = (): void => {
      if (last.range.first === next.first && last.range.last === next.last) return
      last.range = next
      last.at = performance.now()
      setRange(next)
    }
    const far = next.first > last.range.last || next.last < last.range.first
    const wait = far ? last.at + PASSING_MS - performance.now() : 0
    if (wait > 0) last.timer = window.setTimeout(take, wait)
    else take()
  }, [])
  return [range, onRange]
}

/** The hits that a search has at once, and those after them. */
function goingOn(hits: Rows, all: Rows): Rows {
  if (all.loading || all.total < hits.total) return hits
  const has = (index: number): boolean => index < hits.total
  return {
    ...all,
    at: (index) => (has(index) ? hits.at(index) : all.at(index)),
    excerptAt: (index) => (has(index) ? hits.excerptAt(index) : all.excerptAt(index)),
    tooLong: false,
  }
}

/** Milliseconds without another key after which a search counts what else it finds. */
const RESTS_MS = 300

/** Whether something has stayed the same for a while; false for null. */
function useRests(what: string | null): boolean {
  const [rested, setRested] = useState<string | null>(null)
  useEffect(() => {
    if (what === null) return
    const timer = setTimeout(() => setRested(what), RESTS_MS)
    return () => clearTimeout(timer)
  }, [what])
  return what !== null && rested === what
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
function useListRows(tenant: Tenant, desk: Desk, view: ListView, range: RowRange, enabled: boolean): Rows {
  const request = requestOf(view, desk)
  const first = useQuery({ ...blockQuery(tenant, request, 0), enabled })
  // The length may take longer than the first rows of a large client, so it is asked for after them.
  const outline = useQuery({ ...outlineQuery(tenant, request), enabled: enabled && first.data !== undefined })
  const size = blockSize(outline.data)
  const length = outline.data?.total ?? first.data?.rows.length ?? 0
  const wanted =
    enabled && outline.data
      ? blocksOf(range.first, Math.min(range.last, length - 1), size.rows).filter((block) => block > 0)
      : []
  const blocks = useQueries({ queries: wanted.map((block) => blockQuery(tenant, request, block)), combine: dataOf })

  const short = first.data && !first.data.last && first.data.rows.length < size.rows
  const refetch = first.refetch
  useEffect(() => {
    if (short) void refetch()
  }, [short, refetch])

  // A list that has just jumped is drawn before it says where to: what is here of that place is shown at once.
  const kept = new Map<number, RowBlock | undefined>([
    [0, first.data],
    ...wanted.map((block, i) => [block, blocks[i]] as const),
  ])
  const blockAt = (block: number): RowBlock | undefined => {
    if (!kept.has(block)) {
      const query = tenant.queries.getQueryState<RowBlock>(keys.block(request, block))
      kept.set(block, query?.isInvalidated ? undefined : query?.data)
    }
    return kept.get(block)
  }
  const at = (index: number): TicketRow | undefined => {
    const block = Math.floor(index / size.rows)
    return blockAt(block)?.rows[index - block * size.rows]
  }
  const total = totalOf(first.data, outline.data, tenant.memory)
  return {
    total,
    tickets: total,
    at,
    sectionAt: none,
    excerptAt: none,
    loading: first.data === undefined,
    stale: false,
    complete: outline.data !== undefined || first.data?.last === true,
    more: false,
    tooLong: false,
    error: first.error,
    arranged: null,
  }
}

/** Rows that fill the screen, in whole tens. */
function screenful(rowHeight: number): number {
  const room = window.innerHeight - ABOVE_HEIGHT - HEAD_HEIGHT
  return Math.min(MAX_PAGE, Math.max(1, Math.ceil(room / rowHeight / 10)) * 10)
}

/** The first hits of a view's search text: as many as a person sees while typing. */
export function hitsQuery(tenant: Tenant, desk: Desk, view: ListView, rowHeight: number) {
  const { text, order } = view
  const limit = screenful(rowHeight)
  return searchQuery(tenant, { ...requestOf(view, desk), text: text.slice(0, MAX_QUERY), order, limit })
}

function useSearchRows(tenant: Tenant, desk: Desk, view: ListView, rowHeight: number, enabled: boolean): Rows {
  const { data, error, isPlaceholderData } = useQuery({ ...hitsQuery(tenant, desk, view, rowHeight), enabled })
  return {
    total: data?.length ?? 0,
    tickets: data?.length ?? 0,
    sectionAt: none,
    at: (index) => data?.[index]?.row,
    excerptAt: (index) => data?.[index]?.excerpt || undefined,
    loading: data === undefined,
    stale: isPlaceholderData,
    complete: true,
    more: data?.length === screenful(rowHeight),
    tooLong: false,
    error,
    arranged: null,
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
