import type { TicketFilter } from '../../../src-shared/domain/views.ts'
import { termValue, type Condition, type Query, type Wanted } from '../../../src-shared/query/resolve.ts'
import type { Cache } from '../cache/cache.ts'
import { NO_DUE } from '../cache/tickets.ts'
import { ASLEEP, OPEN_TASKS, termsSql } from '../cache/schema.ts'
import type { WordKind } from '../cache/words.ts'
import { withOpenStatuses } from './open-filter.ts'
import { matchOf, wordsOf } from './words.ts'

/** Ids of tickets that the ledger knows of. */
export interface Undone {
  pending(): string[]
  failed(): string[]
}

/** A search as SQL over the columns of `ticket`. */
export interface Asked {
  filter: TicketFilter
  /** Conditions that each row has to meet, beside the filter's. */
  where: string[]
  /** Statements that give the numbers `n` of few tickets, perhaps: each an index range of its own. */
  drivers: string[]
  values: Record<string, unknown>
  /** A query of the text index; null where no words are looked for. */
  match: string | null
  /** All words looked for, to be marked. */
  words: string[]
  /** Whether anything is asked for: signs without a letter are nothing. */
  any: boolean
  /** Whether nothing can be found. */
  never: boolean
}

/** People whom a name in a search may mean. */
const MAX_PEOPLE = 100

/** Puts a search and the filter of the list together. What the search says of a column replaces what the list says. */
export function askedOf(cache: Cache, undone: Undone, query: Query, given: TicketFilter): Asked {
  const says = (on: Condition['on']): boolean => query.conditions.some((one) => one.on === on)
  const { open, statuses, priorities, assignees } = given
  // What was promised by a time does not sleep, and a search may ask for what does.
  const snoozed =
    says('snoozed') || says('due') || says('risk') ? undefined : (given.snoozed ?? (open ? false : undefined))
  const filter: TicketFilter = {
    ...withOpenStatuses(
      {
        ...(!says('status') && open && { open }),
        ...(!says('status') && statuses && { statuses }),
        ...(!says('priority') && priorities && { priorities }),
        ...(!says('assignee') && assignees && { assignees }),
      },
      cache.configuration,
    ),
    snoozed,
  }
  const asked: Asked = { filter, where: [], drivers: [], values: {}, match: null, words: [], any: false, never: false }
  const writer = new Writer(cache, undone, asked)
  for (const condition of query.conditions) writer.add(condition)
  writer.addWords(query.words)
  asked.any = query.terms.some(({ operator }) => operator !== null) || asked.words.length + asked.where.length > 0
  return asked
}

class Writer {
  readonly #cache: Cache
  readonly #undone: Undone
  readonly #asked: Asked

  constructor(cache: Cache, undone: Undone, asked: Asked) {
    this.#cache = cache
    this.#undone = undone
    this.#asked = asked
  }

  add(condition: Condition): void {
    const { not } = condition
    switch (condition.on) {
      case 'status':
        return this.#status(
          condition.keys.flatMap((key) => key ?? []),
          not,
        )
      case 'priority':
        return this.#column('priority', 'priority', condition.keys, not)
      case 'assignee':
        return this.#column('assignee', 'technician', condition.keys, not)
      case 'type':
      case 'queue':
        return this.#column(condition.on, condition.on, condition.keys, not, true)
      case 'requester': {
        return this.#column('requester', 'contact', this.#people(condition.text, condition.exact), not, true)
      }
      case 'term':
        return this.#term(condition.term, condition.begins, not)
      case 'person':
        return this.#named(condition)
      case 'watcher':
        return this.#watched(condition.ids, not)
      case 'mentions': {
        // The condition is that of its index.
        const some = `SELECT ticket_id FROM entry WHERE instr(rest, '"mentions"') > 0
          AND EXISTS (SELECT 1 FROM json_each(rest, '$.mentions') WHERE value ->> '$.id' IN ${this.#list(condition.ids)})`
        return this.#few(not, `id IN (${some})`, `SELECT number AS n FROM ticket WHERE id IN (${some})`)
      }
      case 'tasks': {
        const { late, of, now } = condition
        const which = [
          ...(of === null ? [] : [`value ->> '$.assigneeId' = ${this.#value(of)}`]),
          ...(late ? [`unixepoch(value ->> '$.dueAt') * 1000 <= ${this.#value(now)}`] : []),
        ].join(' AND ')
        const such =
          which && ` AND EXISTS (SELECT 1 FROM json_each(rest, '$.tasks') WHERE NOT value ->> '$.done' AND ${which})`
        // The driver's condition is that of its index; where it walks the list a ticket without anything is none of them.
        return this.#few(
          not,
          `ifnull(${OPEN_TASKS}, false)${such}`,
          `SELECT number AS n FROM ticket WHERE ${OPEN_TASKS}${such}`,
        )
      }
      case 'created':
      case 'updated':
      case 'due':
      case 'risk':
        return this.#range(condition.on, condition.from, condition.to, not)
      case 'unread':
        // The index holds the unread ones alone.
        return this.#few(not, '+version > +seen', 'SELECT number AS n FROM ticket WHERE version > seen')
      case 'snoozed':
        return this.#few(not, `number IN (${ASLEEP})`, ASLEEP.replace('number', 'number AS n'))
      case 'pending':
      case 'failed': {
        const name = this.#value(JSON.stringify(this.#undone[condition.on]()))
        const numbers = `SELECT number AS n FROM ticket WHERE id IN (SELECT value FROM json_each(${name}))`
        return this.#few(not, `number IN (${numbers})`, numbers)
      }
    }
  }

  addWords(wanted: readonly Wanted[]): void {
    const said = wanted.filter(({ not }) => !not)
    const parts: string[] = []
    said.forEach(({ text, phrase }, index) => {
      const words = wordsOf(text)
      if (words.length === 0) return
      this.#asked.words.push(...words)
      // Only the last word may be unfinished.
      parts.push(phrase ? `"${words.join(' ')}"` : matchOf(words, index === said.length - 1))
    })
    if (parts.length > 0) this.#asked.match = parts.join(' ')
    for (const { text } of wanted.filter(({ not }) => not)) {
      const words = wordsOf(text)
      if (words.length === 0 || !this.#cache.text.ready) continue
      const name = this.#value(`"${words.join(' ')}"`)
      this.#asked.where.push(`number NOT IN (SELECT rowid FROM ticket_text WHERE ticket_text MATCH ${name})`)
    }
  }

  #people(text: string, exact: boolean): string[] {
    const found = this.#cache.contacts.find(text.split(/\s+/).filter(Boolean), MAX_PEOPLE)
    return found.filter(({ name, email }) => !exact || same(name, text) || same(email, text)).map(({ id }) => id)
  }

  #status(keys: string[], not: boolean): void {
    const { words } = this.#cache
    const { filter } = this.#asked
    const all = words.keys('status').flatMap((key) => words.text(key) ?? [])
    filter.statuses = (filter.statuses ?? all).filter((key) => keys.includes(key) !== not)
  }

  #column(column: string, kind: WordKind, texts: (string | null)[], not: boolean, indexed = false): void {
    const keys = texts.flatMap((text) => this.#cache.words.key(kind, text) ?? [])
    if (not) return void this.#asked.where.push(`+${column} NOT IN (${keys.join(', ')})`)
    if (keys.length === 0) this.#asked.never = true
    this.#asked.where.push(`+${column} IN (${keys.join(', ')})`)
    if (indexed) this.#asked.drivers.push(`SELECT number AS n FROM ticket WHERE ${column} IN (${keys.join(', ')})`)
  }

  #term(term: string, begins: boolean, not: boolean): void {
    const said = this.#said(term, begins)
    const numbers = `SELECT ${begins ? 'DISTINCT ' : ''}number AS n FROM ticket_term WHERE ${said}`
    this.#indexed(not, numbers, rowSays(said))
  }

  #named({ not, field, ids, text, exact }: Extract<Condition, { on: 'person' }>): void {
    const people = new Set([...ids, ...(same(text, 'me') ? [] : this.#people(text, exact))])
    const known = `term IN ${this.#list([...people].map((id) => `field.${field}=${id}`))}`
    const said = this.#said(`field.${field}=${termValue(text)}`, !exact)
    const numbers = `SELECT number AS n FROM ticket_term WHERE ${known}
      UNION SELECT number FROM ticket_term WHERE ${said}`
    this.#indexed(not, numbers, rowSays(`${known} OR ${said}`))
  }

  #watched(ids: string[], not: boolean): void {
    const terms = this.#list(ids.map((id) => `watcher:${id}`))
    const numbers = `SELECT DISTINCT number AS n FROM ticket_term WHERE term IN ${terms}`
    const row = `EXISTS (SELECT 1 FROM json_each(ticket.rest, '$.watchers') WHERE value IN ${this.#list(ids)})`
    this.#indexed(not, numbers, row)
  }

  /** That a term is this one, or begins with it. */
  #said(term: string, begins: boolean): string {
    const value = this.#value(term)
    return begins ? `term >= ${value} AND term < ${value} || char(1114111)` : `term = ${value}`
  }

  #list(values: readonly string[]): string {
    return `(${values.map((value) => this.#value(value)).join(', ')})`
  }

  #range(column: 'created' | 'updated' | 'due' | 'risk', from: number | null, to: number | null, not: boolean): void {
    const [least, most] = [this.#value(from ?? 0), this.#value(to ?? NO_DUE)]
    const { statuses } = this.#asked.filter
    const keys =
      statuses?.flatMap((key) => this.#cache.words.key('status', key) ?? []) ?? this.#cache.words.keys('status')
    // At risk is who has a due time, and few have one.
    const timed = column === 'risk' ? ` AND due < ${NO_DUE}` : ''
    const within = `SELECT number AS n FROM ticket WHERE status IN (${keys.join(', ')}) AND ${column} BETWEEN ${least} AND ${most}${timed}`
    this.#few(not, `+${column} BETWEEN ${least} AND ${most}`, within)
  }

  /** @param row says of one ticket what `numbers` looks up in the index of terms, which is not there during the first load */
  #indexed(not: boolean, numbers: string, row: string): void {
    if (this.#cache.loaded) this.#few(not, `number IN (${numbers})`, numbers)
    else this.#asked.where.push(not ? `NOT ${row}` : row)
  }

  /** @param numbers gives the tickets that meet a condition, which are few perhaps */
  #few(not: boolean, condition: string, numbers: string): void {
    this.#asked.where.push(not ? `NOT (${condition})` : condition)
    if (!not) this.#asked.drivers.push(numbers)
  }

  #value(value: unknown): string {
    const name = `v${Object.keys(this.#asked.values).length}`
    this.#asked.values[name] = value
    return `@${name}`
  }
}

/** That a row has a term that meets a condition. */
function rowSays(condition: string): string {
  return `EXISTS (SELECT 1 FROM (${termsSql('ticket.rest')}) WHERE ${condition})`
}

function same(one: string | null, other: string): boolean {
  return one?.toLocaleLowerCase() === other.toLocaleLowerCase()
}
