import type { Ticket } from '../../../src-shared/domain/ticket.ts'
import type { ServiceDesk } from '../../../src-shared/sla/service-desk.ts'
import { MINUTE } from '../../../src-shared/sla/zone.ts'
import type { Db } from '../../storage/open.ts'
import type { Words } from './words.ts'

/** `due` of a ticket that has no service target: after every real one. */
export const NO_DUE = Number.MAX_SAFE_INTEGER
/** Rank of a priority that the configuration does not name: after every real one. */
export const NO_RANK = 100

/**
 * Rows above it are of tickets that have no number yet: above all real ones, so that they are the newest. Everywhere
 * else such a ticket has the same number below zero.
 */
export const LOCAL_ROWS = 2_000_000_000

/** The row of a ticket's number. */
export function rowOf(number: number): number {
  return number < 0 ? LOCAL_ROWS - number : number
}

/** The number of a ticket's row; below zero where the cloud has not given one. */
export function numberOf(row: number): number {
  return row > LOCAL_ROWS ? LOCAL_ROWS - row : row
}

/** A row of the table `ticket`. */
export interface StoredTicket {
  /** The row: see {@link numberOf}. */
  number: number
  id: string
  status: number
  priority: number
  rank: number
  type: number
  queue: number
  requester: number
  assignee: number
  created: number
  updated: number
  due: number
  risk: number
  given: number | null
  snoozed: number
  version: number
  seen: number
  fed: number
  subject: string
  description: string
  rest: string | null
}

const columns = [
  ...['number', 'id', 'status', 'priority', 'rank', 'type', 'queue', 'requester', 'assignee'],
  ...[
    'created',
    'updated',
    'due',
    'risk',
    'given',
    'snoozed',
    'version',
    'seen',
    'fed',
    'subject',
    'description',
    'rest',
  ],
]
const known = new Set([
  ...['id', 'number', 'subject', 'description', 'status', 'priority', 'type', 'queue', 'requesterId', 'assigneeId'],
  ...['tags', 'customFields', 'createdAt', 'updatedAt', 'dueAt'],
])

/** Reads and writes rows of tickets. Writes belong inside a transaction. */
export class Tickets {
  readonly #words: Words
  readonly #upsert
  readonly #byNumber
  readonly #byId
  readonly #remove
  readonly #see
  readonly #merged
  readonly #mergedInto
  readonly #ranks = new Map<number, number>()
  readonly #redue
  readonly #since
  readonly #loaded: () => boolean
  #service: ServiceDesk | null = null

  /** @param loaded whether entries can be found by their ticket */
  constructor(db: Db, words: Words, loaded: () => boolean) {
    this.#words = words
    this.#loaded = loaded
    this.#since = db
      .prepare<[string, number], number>('SELECT author FROM entry WHERE ticket_id = ? AND created > ?')
      .pluck()
    const changed = columns.filter((name) => name !== 'number').map((name) => `${name} = excluded.${name}`)
    this.#upsert = db.prepare(
      `INSERT INTO ticket (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
       ON CONFLICT (number) DO UPDATE SET ${changed.join(', ')}`,
    )
    this.#byNumber = db.prepare<[number], StoredTicket>('SELECT * FROM ticket WHERE number = ?')
    this.#byId = db.prepare<[string], StoredTicket>('SELECT * FROM ticket WHERE id = ?')
    this.#remove = db.prepare<[number]>('DELETE FROM ticket WHERE number = ?')
    this.#merged = db.prepare<[string, string]>('INSERT OR IGNORE INTO merged VALUES (?, ?)')
    this.#mergedInto = db
      .prepare<[string], string>(
        `SELECT t.id FROM merged m JOIN ticket t ON t.id = m.id
         WHERE m.into_id = ? AND t.rest ->> '$.mergedInto' = m.into_id ORDER BY t.number`,
      )
      .pluck()
    this.#redue = db.prepare<[number, number, number]>('UPDATE ticket SET due = ?, risk = ? WHERE number = ?')
    this.#see = db.prepare<[number]>('UPDATE ticket SET seen = version WHERE number = ? AND seen < version')
  }

  /** Gives each priority (by word) its rank; tickets stored from now on carry it. */
  setRanks(ranks: Iterable<readonly [number, number]>): void {
    this.#ranks.clear()
    for (const [priority, rank] of ranks) this.#ranks.set(priority, rank)
  }

  /** Tickets stored from now on are due by these service levels. */
  setService(service: ServiceDesk): void {
    this.#service = service
  }

  /** Works out again when a stored ticket is due. @returns whether that has moved */
  redue(row: StoredTicket): boolean {
    const { due, risk } = this.#dueOf(this.toTicket(row))
    if (due === row.due && risk === row.risk) return false
    return this.#redue.run(due, risk, row.number).changes > 0
  }

  // Of a ticket that is over the cloud's word stays: it is in nobody's list of what is due.
  #dueOf(ticket: Ticket): { due: number; risk: number } {
    const service = this.#service
    const worked = service && !service.isOver(ticket) ? service.dueOf(ticket) : null
    if (worked) return { due: worked.dueAt ?? NO_DUE, risk: worked.riskAt ?? NO_DUE }
    if (ticket.dueAt === null) return { due: NO_DUE, risk: NO_DUE }
    const due = Date.parse(ticket.dueAt)
    return { due, risk: due - (service?.configuration.atRiskMinutes ?? 0) * MINUTE }
  }

  // A word from a contact ends it, wherever it went of what the ticket consists of.
  #snoozedOf({ id, snoozedUntil, snoozedAt }: Ticket): number {
    const until = snoozedUntil ? Date.parse(snoozedUntil) : 0
    if (until <= Date.now() || !snoozedAt || !this.#loaded()) return until
    const since = Date.parse(snoozedAt)
    const authors = [id, ...this.partsOf(id)].flatMap((one) => this.#since.all(one, since))
    return authors.some((author) => this.#words.text(author)?.startsWith('["contact"')) ? 0 : until
  }

  /**
   * @param version the newest of what is known of it
   * @param seen the version that the technician has seen of it
   * @param fed the version of the feed that the ticket itself came with; 0 where the cloud has none of it
   */
  put(ticket: Ticket, version: number, seen: number, fed: number): void {
    const words = this.#words
    const priority = words.put('priority', ticket.priority)
    const { due, risk } = this.#dueOf(ticket)
    const snoozed = this.#snoozedOf(ticket)
    const updated = Date.parse(ticket.updatedAt)
    this.#upsert.run(
      rowOf(ticket.number),
      ticket.id,
      words.put('status', ticket.status),
      priority,
      this.#ranks.get(priority) ?? NO_RANK,
      words.put('type', ticket.type),
      words.put('queue', ticket.queue),
      words.put('contact', ticket.requesterId),
      words.put('technician', ticket.assigneeId),
      Date.parse(ticket.createdAt),
      Math.max(updated, snoozed),
      due,
      risk,
      ticket.dueAt === null ? null : Date.parse(ticket.dueAt),
      snoozed,
      version,
      seen,
      fed,
      ticket.subject,
      ticket.description,
      restOf(ticket, updated < snoozed),
    )
    if (ticket.mergedInto) this.#merged.run(ticket.mergedInto, ticket.id)
  }

  /** Ids of the tickets that are part of one: merged into it, or into one that was; of each the oldest first. */
  partsOf(id: string): string[] {
    const found = new Set([id])
    // A set tells of what is added while it is walked.
    for (const one of found) for (const part of this.#mergedInto.all(one)) found.add(part)
    found.delete(id)
    return [...found]
  }

  /**
   * The tickets that one is part of: what it was merged into, what that was merged into, and so on. It ends at one that is
   * not here, and where it would go round.
   * @param into id of what it was merged into
   */
  hostsOf(into: string | null | undefined): StoredTicket[] {
    const hosts = new Map<string, StoredTicket>()
    for (let row = into ? this.byId(into) : undefined; row && !hosts.has(row.id);) {
      hosts.set(row.id, row)
      const next = mergedIntoOf(row)
      row = next === null ? undefined : this.byId(next)
    }
    return [...hosts.values()]
  }

  byNumber(number: number): StoredTicket | undefined {
    return this.#byNumber.get(number)
  }

  byId(id: string): StoredTicket | undefined {
    return this.#byId.get(id)
  }

  remove(number: number): void {
    this.#remove.run(number)
  }

  /** @returns whether it was unread */
  markSeen(number: number): boolean {
    return this.#see.run(number).changes > 0
  }

  /** The ticket in the cloud's form. Instants keep milliseconds. */
  toTicket(row: StoredTicket): Ticket {
    const words = this.#words
    const rest = row.rest === null ? undefined : (JSON.parse(row.rest) as Partial<Ticket>)
    return {
      id: row.id,
      number: numberOf(row.number),
      subject: row.subject,
      description: row.description,
      status: words.text(row.status) ?? '',
      priority: words.text(row.priority) ?? '',
      type: words.text(row.type),
      queue: words.text(row.queue),
      requesterId: words.text(row.requester),
      assigneeId: words.text(row.assignee),
      createdAt: instant(row.created),
      updatedAt: instant(row.updated),
      dueAt: row.given === null ? null : instant(row.given),
      ...rest,
      tags: rest?.tags ?? [],
      customFields: rest?.customFields ?? {},
    }
  }
}

/** Id of the ticket that a row's was merged into. */
export function mergedIntoOf({ rest }: Pick<StoredTicket, 'rest'>): string | null {
  // Few are: most rows need not be parsed.
  return rest?.includes('"mergedInto"') ? ((JSON.parse(rest) as Partial<Ticket>).mergedInto ?? null) : null
}

/** Milliseconds since 1970 as the protocol writes them. */
export function instant(ms: number): string {
  return new Date(ms).toISOString()
}

// What has no column: tags, custom fields and keys that a newer cloud added. Most tickets of most desks have little of it.
function restOf(ticket: Ticket, late: boolean): string | null {
  let rest: Record<string, unknown> | null = late ? { updatedAt: ticket.updatedAt } : null
  for (const name in ticket) if (!known.has(name)) (rest ??= {})[name] = ticket[name]
  if (ticket.tags.length > 0) (rest ??= {}).tags = ticket.tags
  for (const _ in ticket.customFields) {
    ;(rest ??= {}).customFields = ticket.customFields
    break
  }
  return rest === null ? null : JSON.stringify(rest)
}
