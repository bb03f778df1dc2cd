import type { CustomField } from '../../../src-shared/domain/configuration.ts'
import { FIELD_COLUMN, type ColumnOrder } from '../../../src-shared/domain/layout.ts'
import { own } from '../../../src-shared/domain/own.ts'
import { taskCount } from '../../../src-shared/domain/task-list.ts'
import type { FieldValue, Ticket } from '../../../src-shared/domain/ticket.ts'
import {
  MAX_ARRANGED,
  type ListSection,
  type SearchHit,
  type TicketArrangement,
  type TicketFilter,
  type TicketSort,
} from '../../../src-shared/domain/views.ts'
import type { Cache } from '../cache/cache.ts'
import { NO_DUE, numberOf, rowOf } from '../cache/tickets.ts'
import type { Holdings } from '../holdings.ts'
import { personWords } from './people.ts'
import { readNumbers } from './page.ts'
import { hitsByNumber, searchNumbers } from './search.ts'

export interface ArrangeRequest {
  filter: TicketFilter
  sort: TicketSort
  /** What is searched in the list; empty for all of it. */
  text: string
  /** Of what words find. */
  order: 'newest' | 'rank'
  /** Orders by what a column shows; what is equal stays in the list's order. */
  by?: ColumnOrder | null | undefined
  /** Column whose values part the list into sections. */
  group?: string | null | undefined
}

/**
 * A whole list, or all that a search finds, by number: in an order that no index has, and in sections. One that is
 * longer than {@link MAX_ARRANGED} ends there and stays in its own order, without sections: `arranged` says so.
 */
export function arrange(held: Holdings, request: ArrangeRequest): TicketArrangement {
  const { cache } = held
  const { filter, sort, text, order, by, group } = request
  const most = MAX_ARRANGED + 1
  const listed =
    text.trim() === ''
      ? readNumbers(cache, filter, sort, most)
      : searchNumbers(held, { text, filter, order, sort, limit: most })
  const more = listed.length > MAX_ARRANGED
  const rows = more ? listed.slice(0, MAX_ARRANGED) : listed
  const wanted = [by?.by, group].filter((column): column is string => typeof column === 'string')
  if (more || wanted.length === 0)
    return { numbers: rows.map(numberOf), more, arranged: wanted.length === 0, sections: null }
  const tickets = valuesOf(cache, rows, wanted)
  if (by) sortBy(tickets, columnOf(cache, by.by), by.direction)
  const sections = typeof group === 'string' ? partBy(tickets, columnOf(cache, group)) : null
  return {
    numbers: (sections ? sections.flatMap((one) => one.tickets) : tickets).map((one) => numberOf(one.number)),
    more,
    arranged: true,
    sections: sections?.map(({ key, tickets: { length: count } }) => ({ key, count })) ?? null,
  }
}

/** Lines of the list by number, with what a search of these words shows of them; numbers without a ticket are left out. */
export function readRows(
  held: Holdings,
  { numbers, text, columns }: { numbers: readonly number[]; text: string; columns?: readonly string[] | undefined },
): SearchHit[] {
  return hitsByNumber(held, text, numbers.map(rowOf), columns)
}

/** What a column of a ticket is: null where there is nothing. */
type Value = string | number | null

interface Valued {
  number: number
  /** By the name of the column of the table that it is in. */
  [column: string]: Value
}

/** How a column's values are read, put in order and made into sections. */
interface Column {
  read(ticket: Valued): Value
  /** The section of a value; by itself where absent. */
  section?(value: Value): string | null
  compare(a: string | number, b: string | number): number
}

/** A place in an order of the configuration's; what it does not name comes after. */
const UNNAMED = 10_000
const texts = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })
const byText = (a: string | number, b: string | number): number => texts.compare(String(a), String(b))
const byNumber = (a: string | number, b: string | number): number => Number(a) - Number(b)

function valuesOf(cache: Cache, rows: readonly number[], columns: readonly string[]): Valued[] {
  const selected = [...new Set(columns.map(sqlOf))].map((sql, i) => `${sql} AS c${i}`)
  const names = [...new Set(columns.map(sqlOf))]
  const contacts = columns.includes('requester') ? ' LEFT JOIN contact c ON c.key = t.requester' : ''
  // CROSS JOIN fixes the order: the list leads, and each ticket is found by its number.
  const sql = `SELECT t.number, ${selected.join(', ')} FROM json_each(@rows) r CROSS JOIN ticket t ON t.number = r.value${contacts}`
  return cache
    .statement<Record<string, Value> & { number: number }>(sql)
    .all({ rows: JSON.stringify(rows) })
    .map((row) => {
      const valued: Valued = { number: row.number }
      names.forEach((name, i) => (valued[name] = row[`c${i}`] ?? null))
      return valued
    })
}

/** What is read of a ticket for a column, as SQL. */
function sqlOf(column: string): string {
  switch (column) {
    case 'status':
    case 'priority':
    case 'type':
    case 'queue':
    case 'assignee':
    case 'created':
    case 'updated':
    case 'due':
    case 'risk':
    case 'snoozed':
    case 'subject':
    case 'number':
      return `t.${column}`
    case 'requester':
      return 'c.name'
    default:
      return 't.rest'
  }
}

function columnOf(cache: Cache, key: string): Column {
  const { configuration, words } = cache
  const read = ({ [sqlOf(key)]: value }: Valued): Value => value ?? null
  const word = (ticket: Valued): Value => words.text(Number(read(ticket)))
  const inOrder = (list: readonly { key: string }[]): Column => {
    const places = new Map(list.map((one, place) => [one.key, place]))
    const place = (value: string | number): number => places.get(String(value)) ?? UNNAMED
    return { read: word, compare: (a, b) => place(a) - place(b) || byText(a, b) }
  }
  switch (key) {
    case 'status':
      return inOrder(configuration.statuses)
    case 'priority':
      return inOrder(configuration.priorities.toSorted((a, b) => a.rank - b.rank))
    case 'type':
      return inOrder(configuration.types)
    case 'queue':
      return inOrder(configuration.queues)
    case 'assignee':
      return inOrder(byName(cache.technicians))
    case 'created':
    case 'updated':
    case 'due':
    case 'risk':
    case 'snoozed':
      return { read: (ticket) => timeOf(read(ticket)), section: dayOf, compare: byNumber }
    case 'number':
      return { read, compare: byNumber }
    case 'subject':
    case 'requester':
      return { read, compare: byText }
    case 'tags':
      return { read: (ticket) => restOf(ticket).tags?.join(', ') || null, compare: byText }
    case 'watchers': {
      const names = (ids: string[] = []): string => ids.map((id) => personWords(cache, id)).join(', ')
      return { read: (ticket) => names(restOf(ticket).watchers) || null, compare: byText }
    }
    case 'tasks':
      return { read: (ticket) => taskCount(restOf(ticket).tasks)?.open ?? null, compare: byNumber }
    default:
      return fieldColumn(cache, key)
  }
}

function fieldColumn(cache: Cache, column: string): Column {
  const { configuration } = cache
  const key = column.startsWith(FIELD_COLUMN) ? column.slice(FIELD_COLUMN.length) : null
  const field = configuration.customFields.find((one) => one.key === key)
  const options = new Map(optionsOf(field).map((option, place) => [option.key, place]))
  const names = new Map<string, string>()
  const nameOf = (id: string): string => {
    const name = names.get(id) ?? personWords(cache, id)
    names.set(id, name)
    return name
  }
  const read = (ticket: Valued): Value => {
    const value = key === null ? null : plain(own(restOf(ticket).customFields, key))
    return field?.type === 'person' && typeof value === 'string' ? nameOf(value) : value
  }
  if (options.size > 0) {
    const place = (value: string | number): number => options.get(String(value).split(', ', 1)[0] ?? '') ?? UNNAMED
    return { read, compare: (a, b) => place(a) - place(b) || byText(a, b) }
  }
  if (field?.type !== 'number') return { read, compare: byText }
  return {
    read,
    // A word among numbers comes after them.
    compare: (a, b) =>
      typeof a === 'number' && typeof b === 'number'
        ? a - b
        : typeof a === typeof b
          ? byText(a, b)
          : typeof a === 'number'
            ? -1
            : 1,
  }
}

function optionsOf(field: CustomField | undefined): readonly { key: string }[] {
  return field && 'options' in field ? field.options : []
}

function restOf(ticket: Valued): Partial<Ticket> {
  const rest = ticket['t.rest']
  return typeof rest === 'string' ? (JSON.parse(rest) as Partial<Ticket>) : {}
}

function plain(value: FieldValue | undefined): Value {
  if (value === undefined || value === null || value === '') return null
  if (typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return value.length === 0 ? null : value.join(', ')
  return value
}

function timeOf(value: Value): Value {
  return value === null || value === 0 || value === NO_DUE ? null : value
}

/** The day where the technician is, as `2026-11-27`. */
function dayOf(value: Value): string | null {
  if (value === null) return null
  const at = new Date(Number(value))
  const two = (part: number): string => String(part).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}

/** What has no value comes last, whichever way. */
function sortBy(tickets: Valued[], column: Column, direction: ColumnOrder['direction']): void {
  const turn = direction === 'ascending' ? 1 : -1
  const values = new Map(tickets.map((ticket) => [ticket, column.read(ticket)]))
  // Many tickets share few values: each of those is compared in its language once.
  const distinct = [...new Set(values.values())].filter((value) => value !== null).sort((a, b) => column.compare(a, b))
  const places = new Map<Value, number>()
  let place = 0
  distinct.forEach((value, i) => {
    const before = distinct[i - 1]
    if (before !== undefined && column.compare(before, value) !== 0) place += 1
    places.set(value, turn * place)
  })
  places.set(null, Infinity)
  const placeOf = new Map(tickets.map((ticket) => [ticket, places.get(values.get(ticket) ?? null) ?? Infinity]))
  tickets.sort((x, y) => {
    const [a, b] = [placeOf.get(x) ?? Infinity, placeOf.get(y) ?? Infinity]
    return a < b ? -1 : a > b ? 1 : 0
  })
}

/** Sections in the order of the column, what has no value last; within them the order stays. */
function partBy(tickets: readonly Valued[], column: Column): { key: ListSection['key']; tickets: Valued[] }[] {
  const parts = new Map<string | null, { value: Value; tickets: Valued[] }>()
  for (const ticket of tickets) {
    const value = column.read(ticket)
    const key = column.section ? column.section(value) : value === null ? null : String(value)
    const part = parts.get(key)
    if (part) part.tickets.push(ticket)
    else parts.set(key, { value, tickets: [ticket] })
  }
  return [...parts]
    .map(([key, part]) => ({ key, ...part }))
    .sort((x, y) => {
      if (x.value === null || y.value === null) return Number(x.value === null) - Number(y.value === null)
      return column.section ? byText(x.key ?? '', y.key ?? '') : column.compare(x.value, y.value)
    })
}

function byName(technicians: readonly { id: string; name: string }[]): { key: string }[] {
  return technicians.toSorted((a, b) => texts.compare(a.name, b.name)).map(({ id }) => ({ key: id }))
}
