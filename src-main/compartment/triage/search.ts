import type { SearchHit, TicketFilter } from '../../../src-shared/domain/views.ts'
import type { Cache } from '../cache/cache.ts'
import { rowOf } from '../cache/tickets.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { excerptOf } from './excerpt.ts'
import { withOpenStatuses } from './open-filter.ts'
import { rowsOf } from './rows.ts'

/** Rows that a search looks through, newest first, before the text index is built. */
const UNINDEXED = 20_000

export interface SearchRequest {
  text: string
  filter: TicketFilter
  order: 'newest' | 'rank'
  limit: number
}

/** Finds tickets whose texts hold all the words; the last word may be the beginning of one. */
export function search(cache: Cache, ledger: Ledger, request: SearchRequest): SearchHit[] {
  const words = wordsOf(request.text)
  if (words.length === 0) return []
  const numbers = cache.text.ready ? indexed(cache, request, words) : unindexed(cache, request, words)
  return rowsOf(cache, ledger, numbers).map((row) => {
    const text = cache.tickets.byNumber(rowOf(row.number))
    const bodies = [row.subject, text?.description ?? '', ...cache.entries.bodies(row.id)]
    return { row, excerpt: excerptOf(bodies, words) }
  })
}

/** The words of a query, as the text index cuts them: letters and digits; everything else parts words. */
export function wordsOf(text: string): string[] {
  return [...text.matchAll(/[\p{L}\p{N}\p{M}\p{Co}]+/gu)].map(([word]) => word).slice(0, 12)
}

/**
 * A query of the text index; words are quoted, so nothing that a person types is an operator. The last word may be
 * unfinished, but a single letter would be the beginning of half of all texts.
 */
export function matchOf(words: readonly string[]): string {
  return words.map((word, i) => (i === words.length - 1 && word.length > 1 ? `"${word}"*` : `"${word}"`)).join(' ')
}

function indexed(cache: Cache, { filter, order, limit }: SearchRequest, words: string[]): number[] {
  const where = conditions(cache, filter)
  const by = order === 'newest' ? 'ticket_text.rowid DESC' : 'ticket_text.rank'
  // CROSS JOIN fixes the order: the text index leads, and rows that the filter drops are skipped one by one.
  const from = where === '' ? '' : 'CROSS JOIN ticket t ON t.number = ticket_text.rowid'
  const sql = `SELECT ticket_text.rowid AS number FROM ticket_text ${from} WHERE ticket_text MATCH ?${where} ORDER BY ${by} LIMIT ?`
  return cache
    .statement<{ number: number }>(sql)
    .all(matchOf(words), limit)
    .map((row) => row.number)
}

function unindexed(cache: Cache, { filter, limit }: SearchRequest, words: string[]): number[] {
  const likes = words.map(() => "(t.subject || ' ' || t.description) LIKE ? ESCAPE '\\'").join(' AND ')
  const sql = `SELECT t.number FROM (SELECT * FROM ticket ORDER BY number DESC LIMIT ${UNINDEXED}) t
    WHERE ${likes}${conditions(cache, filter)} ORDER BY t.number DESC LIMIT ?`
  return cache
    .statement<{ number: number }>(sql)
    .all(...words.map((word) => `%${word}%`), limit)
    .map((row) => row.number)
}

function conditions(cache: Cache, given: TicketFilter): string {
  const { words } = cache
  const filter = withOpenStatuses(given, cache.configuration)
  const among = (column: string, keys: (number | undefined)[] | undefined): string =>
    keys ? ` AND t.${column} IN (${keys.filter((key) => key !== undefined).join(', ')})` : ''
  return (
    among(
      'status',
      filter.statuses?.map((text) => words.key('status', text)),
    ) +
    among(
      'priority',
      filter.priorities?.map((text) => words.key('priority', text)),
    ) +
    among(
      'assignee',
      filter.assignees?.map((text) => words.key('technician', text)),
    )
  )
}
