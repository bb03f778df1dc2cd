import { useQueries, useQuery, type UseQueryResult } from '@tanstack/react-query'
import { useMemo, useRef } from 'react'
import { MAX_BULK } from '../../../src-shared/domain/bulk.ts'
import type { Desk, SearchHit, TicketArrangement } from '../../../src-shared/domain/views.ts'
import { MAX_QUERY } from '../../../src-shared/query/parse.ts'
import type { ListView } from '../../tenant/memory.ts'
import { arrangedBlockQuery, arrangementQuery, FIRST_ROWS, type ArrangeInput } from '../../tenant/queries.ts'
import type { Tenant } from '../../tenant/tenant.ts'
import { useStore } from '../../ui/store.ts'
import { requestOf } from './list-request.ts'
import type { RowRange, Rows, SectionLine } from './use-rows.ts'

/** Rows that are remembered beyond those that are wanted: they are there at once where they move to. */
const REMEMBERED = 2000

interface Lines {
  order: TicketArrangement
  /** Each line: an index of `order.numbers`, or the line over a section. */
  lines: (number | SectionLine)[]
  sections: SectionLine[] | null
}

interface Known {
  request: string
  hits: Map<number, SearchHit>
  numbers: Map<string, number>
  shown: Lines | null
}

/** How a section is called among those that are closed. */
export function sectionKey(group: string, key: string | null): string {
  return JSON.stringify([group, key])
}

/**
 * A list that is known as a whole, by number, in an order or in sections that no index has. Only what is near the screen
 * is loaded of it. Where it changes, the old one stays until the rows of the new one are here.
 */
export function useArrangedRows(tenant: Tenant, desk: Desk, view: ListView, range: RowRange, enabled: boolean): Rows {
  const { columns = [], filter, sort } = requestOf(view, desk)
  const text = view.text.trim() === '' ? '' : view.text.slice(0, MAX_QUERY)
  const input: ArrangeInput = { filter, sort, text, order: view.order, by: view.by, group: view.group }
  const closed = useStore(tenant.memory.closed)
  const { data, error, isPlaceholderData } = useQuery({ ...arrangementQuery(tenant, input), enabled })
  const request = JSON.stringify([input, columns])
  const known = useRef<Known>({ request: '', hits: new Map(), numbers: new Map(), shown: null })
  if (known.current.request !== request && !isPlaceholderData)
    known.current = { request, hits: new Map(), numbers: new Map(), shown: null }
  const next = useMemo(() => (data ? linesOf(data, view.group, closed) : null), [data, view.group, closed])

  const wanted = next && enabled ? blocksIn(next, range) : []
  const blocks = useQueries({
    queries: wanted.map((block) =>
      arrangedBlockQuery(
        tenant,
        { text, columns },
        block,
        next?.order.numbers.slice(block * FIRST_ROWS, (block + 1) * FIRST_ROWS) ?? [],
      ),
    ),
    combine: dataOf,
  })
  const { hits, numbers } = known.current
  if (hits.size > REMEMBERED) {
    hits.clear()
    numbers.clear()
  }
  for (const hit of blocks.flatMap((block) => block ?? [])) {
    hits.set(hit.row.number, hit)
    numbers.set(hit.row.id, hit.row.number)
  }
  const { shown: before } = known.current
  const ready = next !== null && blocks.every((block, i) => block !== undefined || isKnown(next, wanted[i] ?? 0, hits))
  // What a person closes or opens is shown at once.
  if (next && (!before || ready || before.order === next.order)) known.current.shown = next
  const shown = known.current.shown
  const hitAt = (index: number): SearchHit | undefined => {
    const line = shown?.lines[index]
    return typeof line === 'number' ? hits.get(shown?.order.numbers[line] ?? 0) : undefined
  }
  return {
    total: shown?.lines.length ?? 0,
    tickets: shown?.order.numbers.length ?? 0,
    at: (index) => hitAt(index)?.row,
    sectionAt(index) {
      const line = shown?.lines[index]
      return typeof line === 'object' ? line : undefined
    },
    excerptAt: (index) => hitAt(index)?.excerpt || undefined,
    loading: shown === null,
    stale: isPlaceholderData,
    complete: shown !== null,
    more: data?.more ?? false,
    tooLong: enabled && data?.arranged === false,
    error,
    arranged: shown && {
      sections: shown.sections,
      placeOf(id) {
        const number = numbers.get(id)
        const at = number === undefined ? -1 : shown.order.numbers.indexOf(number)
        const line = at < 0 ? -1 : shown.sections ? shown.lines.indexOf(at) : at
        return line < 0 ? null : line
      },
      async idsBetween(from, to) {
        const wantedNumbers = shown.lines
          .slice(from, to + 1)
          .flatMap((line) => (typeof line === 'number' ? (shown.order.numbers[line] ?? []) : []))
        const ids: string[] = []
        for (let at = 0; at < wantedNumbers.length; at += MAX_BULK)
          ids.push(...(await tenant.client.tickets.idsOf.query({ numbers: wantedNumbers.slice(at, at + MAX_BULK) })))
        return ids
      },
    },
  }
}

function linesOf(order: TicketArrangement, group: string | null, closed: ReadonlySet<string>): Lines {
  const { numbers, sections } = order
  if (!sections || group === null) return { order, lines: numbers.map((_, index) => index), sections: null }
  const lines: (number | SectionLine)[] = []
  const made: SectionLine[] = []
  let from = 0
  for (const section of sections) {
    const line = { ...section, closed: closed.has(sectionKey(group, section.key)) }
    made.push(line)
    lines.push(line)
    if (!line.closed) for (let i = from; i < from + section.count; i++) lines.push(i)
    from += section.count
  }
  return { order, lines, sections: made }
}

/** The blocks of rows that a range of the screen touches. */
function blocksIn({ lines }: Lines, { first, last }: RowRange): number[] {
  const blocks = new Set<number>()
  const end = Math.min(last, lines.length - 1)
  for (let i = Math.min(first, end); i <= end; i++) {
    const line = lines[i]
    if (typeof line === 'number') blocks.add(Math.floor(line / FIRST_ROWS))
  }
  return [...blocks]
}

function isKnown({ order }: Lines, block: number, hits: ReadonlyMap<number, SearchHit>): boolean {
  return order.numbers.slice(block * FIRST_ROWS, (block + 1) * FIRST_ROWS).every((number) => hits.has(number))
}

function dataOf(results: UseQueryResult<SearchHit[]>[]): (SearchHit[] | undefined)[] {
  return results.map((result) => result.data)
}
