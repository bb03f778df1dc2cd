import { MAX_BULK } from '../../../src-shared/domain/bulk.ts'
import type { SearchHit, TicketFilter, TicketSort } from '../../../src-shared/domain/views.ts'
import { resolveQuery } from '../../../src-shared/query/resolve.ts'
import type { Cache } from '../cache/cache.ts'
import { sortColumns } from '../cache/schema.ts'
import { rowOf } from '../cache/tickets.ts'
import type { Holdings } from '../holdings.ts'
import { askedOf, type Asked } from './asked.ts'
import { branchesOf, sleepSql } from './branches.ts'
import { excerptOf } from './excerpt.ts'
import { countList, pageSql } from './page.ts'
import { idsOf, rowsOf } from './rows.ts'
import { ticketsOf } from '../ledger/subjects.ts'

/** Rows that a search looks through, newest first, before the indexes are built. */
const UNINDEXED = 20_000
/** Tickets of one condition that are sorted after they were found; of more, the list is walked in its order. */
const FEW = 3000

export interface SearchRequest {
  text: string
  filter: TicketFilter
  /** Of what words find. */
  order: 'newest' | 'rank'
  /** Where no words are looked for. */
  sort?: TicketSort | undefined
  /** Columns whose values rows carry beside what they have anyway. */
  columns?: readonly string[] | undefined
  limit: number
}

/**
 * Finds tickets that meet the operators of a search and whose texts hold all its words; the last word may be the
 * beginning of one. What it does not understand is left out: the window says so.
 */
export function search(held: Holdings, request: SearchRequest): SearchHit[] {
  const { cache } = held
  const asked = read(held, request)
  return hitsOf(held, asked, found(cache, asked, request), request.columns)
}

/** Tickets by number with what a search of these words shows of them. */
function hitsOf(
  { cache, ledger }: Holdings,
  asked: Asked,
  numbers: readonly number[],
  columns?: readonly string[],
): SearchHit[] {
  return rowsOf(cache, ledger, numbers, columns).map((row) => {
    if (asked.words.length === 0) return { row, excerpt: '' }
    const text = cache.tickets.byNumber(rowOf(row.number))
    const bodies = [row.subject, text?.description ?? '', ...cache.entries.bodies(row.id)]
    return { row, excerpt: excerptOf(bodies, asked.words) }
  })
}

/** Ids of what a search finds, in its order. */
export function searchIds(held: Holdings, request: SearchRequest): string[] {
  return idsOf(held.cache, searchNumbers(held, request))
}

/** What a search finds, by number of the row, in its order. */
export function searchNumbers(held: Holdings, request: SearchRequest): number[] {
  return found(held.cache, read(held, request), request)
}

/** Tickets by number of the row, with what a search shows of them. */
export function hitsByNumber(
  held: Holdings,
  text: string,
  rows: readonly number[],
  columns?: readonly string[],
): SearchHit[] {
  return hitsOf(held, read(held, { text, filter: {}, order: 'newest', limit: rows.length }), rows, columns)
}

/** How many tickets a list has; of a search no more than can be changed at once are counted. */
export function tallyOf(held: Holdings, { query, ...filter }: TicketFilter): number {
  if (query === undefined || query.trim() === '') return countList(held.cache, filter)
  const request = { text: query, filter, order: 'newest', limit: MAX_BULK } as const
  return found(held.cache, read(held, request), request).length
}

function read({ cache, ledger, technician }: Holdings, { text, filter }: SearchRequest): Asked {
  const { configuration, technicians, former } = cache
  const query = resolveQuery(text, { configuration, technicians, former, me: technician.id, now: Date.now() })
  const about = (state: 'queued' | 'failed') => (): string[] =>
    ledger.inState(state).flatMap(({ body }) => [...ticketsOf(body)])
  return askedOf(cache, { pending: about('queued'), failed: about('failed') }, query, filter)
}

function found(cache: Cache, asked: Asked, { order, sort, limit }: SearchRequest): number[] {
  if (asked.never) return []
  const { values } = asked
  const all = (sql: string): number[] =>
    cache
      .statement<{ number: number }>(sql)
      .all({ ...values, limit, few: FEW + 1, ...(asked.match !== null && { match: asked.match }) })
      .map((row) => row.number)
  if (asked.match !== null && !cache.text.ready) return unindexed(cache, asked, limit)
  if (asked.match !== null) return all(textSql(cache, asked, fewest(cache, asked), order))
  if (!asked.any) return []
  return all(listSql(cache, asked, fewest(cache, asked), sort ?? { by: 'created', direction: 'descending' }))
}

/** The condition that the fewest tickets meet, if those are few. */
function fewest(cache: Cache, { drivers, values }: Asked): string | null {
  let best: { driver: string; count: number } | null = null
  for (const driver of drivers) {
    const count = cache.statement<{ n: number }>(countSql(driver)).get({ ...values, few: FEW + 1 })?.n ?? FEW + 1
    if (count <= FEW && (!best || count < best.count)) best = { driver, count }
  }
  return best?.driver ?? null
}

/** How many tickets meet a condition, as far as that matters; exported for the check of its query plan. */
export function countSql(driver: string): string {
  return `SELECT count(*) AS n FROM (${driver} LIMIT @few)`
}

/** The statement of a search by words; exported for the check of its query plan. */
export function textSql(
  cache: Cache,
  { filter, where }: Asked,
  driver: string | null,
  order: 'newest' | 'rank',
): string {
  const conditions = [
    // Before a ticket is read: those that cannot be meant.
    ...(driver === null ? [] : [`+ticket_text.rowid IN (${driver})`]),
    ...among(cache, filter),
    ...where,
  ]
  const by = order === 'newest' ? 'ticket_text.rowid DESC' : 'ticket_text.rank'
  // CROSS JOIN fixes the order: the text index leads, and rows that the filter drops are skipped one by one.
  const from = conditions.length === 0 ? '' : ' CROSS JOIN ticket ON ticket.number = ticket_text.rowid'
  const and = conditions.map((condition) => ` AND ${condition}`).join('')
  return `SELECT ticket_text.rowid AS number FROM ticket_text${from} WHERE ticket_text MATCH @match${and} ORDER BY ${by} LIMIT @limit`
}

/** The statement of a search by operators alone; exported for the check of its query plan. */
export function listSql(cache: Cache, asked: Asked, driver: string | null, sort: TicketSort): string {
  if (driver === null) {
    const branches = branchesOf(asked.filter, sort, cache.words)
    if (branches.where.length === 0) return 'SELECT 0 AS number WHERE false'
    const residual = branches.residual + asked.where.map((condition) => ` AND ${condition}`).join('')
    return pageSql({ ...branches, residual }, null)
  }
  const conditions = [...among(cache, asked.filter), ...asked.where]
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
  const direction = sort.direction === 'ascending' ? 'ASC' : 'DESC'
  return `SELECT number FROM (${driver}) few CROSS JOIN ticket ON ticket.number = few.n${where}
    ORDER BY ticket.${sortColumns[sort.by]} ${direction}, number ${direction} LIMIT @limit`
}

function unindexed(cache: Cache, { filter, words }: Asked, limit: number): number[] {
  const likes = words.map(() => "(subject || ' ' || description) LIKE ? ESCAPE '\\'")
  const where = [...likes, ...among(cache, filter)].join(' AND ')
  const sql = `SELECT number FROM (SELECT * FROM ticket ORDER BY number DESC LIMIT ${UNINDEXED}) ticket
    WHERE ${where} ORDER BY number DESC LIMIT ?`
  return cache
    .statement<{ number: number }>(sql)
    .all(...words.map((word) => `%${word}%`), limit)
    .map((row) => row.number)
}

/** The filter as conditions on columns; the plus keeps the planner from driving with them. */
function among({ words }: Cache, { statuses, priorities, assignees, snoozed }: TicketFilter): string[] {
  const condition = (column: string, keys: (number | undefined)[] | undefined): string[] =>
    keys ? [`+${column} IN (${keys.filter((key) => key !== undefined).join(', ')})`] : []
  return [
    ...condition(
      'status',
      statuses?.map((text) => words.key('status', text)),
    ),
    ...condition(
      'priority',
      priorities?.map((text) => words.key('priority', text)),
    ),
    ...condition(
      'assignee',
      assignees?.map((text) => words.key('technician', text)),
    ),
    ...(snoozed === undefined ? [] : [sleepSql(snoozed)]),
  ]
}
