import { randomUUID } from 'node:crypto'
import type { Attachment } from '../../src-shared/domain/attachment.ts'
import type { Configuration } from '../../src-shared/domain/configuration.ts'
import type { Author, Entry } from '../../src-shared/domain/entry.ts'
import type { Contact } from '../../src-shared/domain/people.ts'
import { retiredIn } from '../../src-shared/domain/retired.ts'
import type { SavedView } from '../../src-shared/domain/saved-view.ts'
import { actsBetween, MAX_ACTS, type TicketAct, type TicketChange } from '../../src-shared/domain/ticket-change.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import type { BucketKind } from '../../src-shared/protocol/feed.ts'
import type { MutationBody } from '../../src-shared/protocol/mutation.ts'
import type { Transaction } from '../database/connect.ts'
import type { Changed } from './merge.ts'
import { mentionsOf } from './mentions.ts'

/** An entity as a batch sees it: what the table held, with what the batch's mutations have done to it so far. */
export interface Held<E> {
  data: E
  /** Who wrote its fields; empty for what is only ever added. */
  changed: Changed
  /** In the table; 0 for one that this batch creates. */
  version: number
  deleted: boolean
}

/** What mutations write, by kind. */
export interface Writable {
  ticket: Ticket
  entry: Entry
  attachment: Attachment
  contact: Contact
  view: SavedView
}
export type WritableKind = keyof Writable & BucketKind

/** Names a row: kind and id. */
export type EntityRow = `${WritableKind}/${string}`

/** All that the mutations of a batch read of their tenant. What they may change stays locked to the end of the transaction. */
export class Desk {
  readonly configuration: Configuration | null
  /** Who acts. */
  readonly technician: string
  /** Names of the technicians who work here, of those whom the batch names. */
  readonly technicians: ReadonlyMap<string, string>
  /** Who acts may see this tenant, and nothing more. */
  readonly readOnly: boolean
  /** Contents that the cloud has whole, as `<sha256>/<size>`, of those that the batch names. */
  readonly contents: ReadonlySet<string>
  /** Of the batch, for everything that it writes. */
  readonly now = new Date().toISOString()
  readonly #held: { [K in WritableKind]: Map<string, Held<Writable[K]>> }
  readonly #past: ReadonlyMap<string, readonly PastAct[]>
  /** What was changed of tickets, write by write. */
  readonly #acts = new Map<string, TicketAct[]>()
  /** Who acted on a ticket, where it was not the technician. */
  readonly #signed = new Map<string, Author>()
  /** In order of their last write: a row takes its version there. */
  readonly #written = new Set<EntityRow>()

  constructor(
    technician: string,
    read: {
      configuration: Configuration | null
      technicians: ReadonlyMap<string, string>
      readOnly: boolean
      contents: ReadonlySet<string>
      held: { [K in WritableKind]: Map<string, Held<Writable[K]>> }
      past: ReadonlyMap<string, readonly PastAct[]>
    },
  ) {
    this.technician = technician
    this.configuration = read.configuration
    this.technicians = read.technicians
    this.contents = read.contents
    this.readOnly = read.readOnly
    this.#held = read.held
    this.#past = read.past
  }

  /** Also of a deleted one, and one that this batch creates. */
  get<K extends WritableKind>(kind: K, id: string): Held<Writable[K]> | undefined {
    return this.#held[kind].get(id)
  }

  /**
   * What the technician's own change took out of a field of a ticket, where nobody has changed it since; undefined where
   * it was another who changed it last. It is known of tickets that are to get back what was retired.
   */
  takenFrom(ticketId: string, field: string): unknown {
    const own = this.#signed.has(ticketId) ? [] : (this.#acts.get(ticketId) ?? [])
    const inBatch = own.findLast((act) => act.field === field)
    if (inBatch) return inBatch.from
    const last = this.#past.get(ticketId)?.findLast((act) => act.field === field)
    return last?.by === this.technician ? last.from : undefined
  }

  /** Puts what the batch has done in place of what was there. */
  put<K extends WritableKind>(kind: K, id: string, held: Held<Writable[K]>): void {
    // There and back within a batch is two changes, not none.
    if (kind === 'ticket') {
      const acts = actsBetween(this.#held.ticket.get(id)?.data ?? null, held.data as Ticket)
      this.#acts.set(id, [...(this.#acts.get(id) ?? []), ...acts])
    }
    this.#held[kind].set(id, held)
    const row: EntityRow = `${kind}/${id}`
    this.#written.delete(row)
    this.#written.add(row)
  }

  /** Puts one that was not there. */
  create<K extends WritableKind>(kind: K, id: string, data: Writable[K]): void {
    this.put(kind, id, { data, changed: { '*': this.stamp }, version: 0, deleted: false })
  }

  /** What the batch writes, in order of the versions that it takes. */
  get written(): { row: EntityRow; kind: WritableKind; id: string; held: Held<Writable[WritableKind]> }[] {
    return [...this.#written].flatMap((row) => {
      const [kind, id] = row.split('/') as [WritableKind, string]
      const held = this.#held[kind].get(id)
      return held ? [{ row, kind, id, held }] : []
    })
  }

  /** What is written of a ticket is the desk's own doing. */
  sign(ticketId: string, author: Author): void {
    this.#signed.set(ticketId, author)
  }

  /** What the batch changes of tickets, each with the row whose version it takes. */
  get changes(): { row: EntityRow; change: TicketChange }[] {
    return [...this.#acts].flatMap(([ticketId, acts]) => {
      if (acts.length === 0) return []
      const by = this.#signed.get(ticketId) ?? this.author ?? { kind: 'technician', id: this.technician, name: '' }
      const change = { id: randomUUID(), ticketId, by, at: this.now, acts: acts.slice(0, MAX_ACTS) }
      return [{ row: `ticket/${ticketId}` as const, change }]
    })
  }

  /** The tickets that the batch creates, in its order. */
  get createdTickets(): Ticket[] {
    return [...this.#held.ticket.values()].filter(({ version }) => version === 0).map(({ data }) => data)
  }

  /** Of what the technician writes now. */
  get stamp(): { by: string | null; at: string } {
    return { by: this.technicians.get(this.technician) ?? null, at: this.now }
  }

  /** The technician as author; null where they do not work here (any more). */
  get author(): Author | null {
    const name = this.technicians.get(this.technician)
    return name === undefined ? null : { kind: 'technician', id: this.technician, name }
  }
}

type Row<E> = Held<E> & { id: string }

/** A change of a field, and id of who made it. */
type PastAct = TicketAct & { by: string | null }

/**
 * Reads what a batch is about, in one flight of statements. What locks comes in one order, so that two batches that share
 * some wait for each other and never in a circle: relations, tickets, contacts, views, contents, each by id.
 * @param technician who acts
 */
export async function readDesk(tx: Transaction, technician: string, bodies: MutationBody[]): Promise<Desk> {
  const named = mentionsOf(bodies, technician)
  const ids = (some: Set<string>) => tx`string_to_array(${[...some].join(',')}, ',')::uuid[]`
  const tenant = tx`tenant_id = bulkhead.current_tenant()`
  // Relations are checked along the way that tickets lead.
  const tickets = named.related
    ? tx`(select bulkhead.led_to(${ids(named.tickets)} || array(
           select ticket_id from entry where ${tenant} and id = any(${ids(named.entries)}))))`
    : tx`(${ids(named.tickets)})`
  const [, ticketRows, contacts, views, contents, requesters, configurations, entries, attachments, technicians] =
    await Promise.all([
      named.related ? tx`select bulkhead.lock_relations()`.execute() : null,
      tx<Row<Ticket>[]>`
        select id, data, changed, version, deleted from ticket
        where ${tenant} and id = any ${tickets} order by id for update`.execute(),
      // Tickets that are made meanwhile may refer to the contact.
      named.contacts.size === 0
        ? []
        : tx<Row<Contact>[]>`
            select id, data, changed, version, deleted from contact
            where ${tenant} and id = any(${ids(named.contacts)}) order by id for no key update`.execute(),
      named.views.size === 0
        ? []
        : tx<Row<SavedView>[]>`
            select id, data, changed, version, deleted from saved_view
            where ${tenant} and id = any(${ids(named.views)}) order by id for no key update`.execute(),
      named.contents.size === 0
        ? []
        : tx<{ content: string }[]>`
            select content from unnest(string_to_array(${[...named.contents].sort().join(',')}, ',')) content
            where bulkhead.has_content(split_part(content, '/', 1), split_part(content, '/', 2)::bigint)`.execute(),
      tx<Row<Contact>[]>`
        select id, data, changed, version, deleted from contact where ${tenant} and id = any(${ids(named.requesters)})`,
      tx<{ data: Configuration }[]>`select data from configuration`,
      tx<Row<Entry>[]>`
        select id, data, '{}'::jsonb as changed, version, deleted from entry
        where ${tenant} and id = any(${ids(named.entries)})`,
      named.attachments.size === 0
        ? []
        : tx<Row<Attachment>[]>`
            select id, data, '{}'::jsonb as changed, version, deleted from attachment
            where ${tenant} and id = any(${ids(named.attachments)})`,
      tx<{ id: string; name: string; acts: boolean }[]>`
        select id, data ->> 'name' as name, 'act' = any(may) as acts from tenant_technician
        where ${tenant} and id = any(${ids(named.technicians)}) and not deleted`,
    ])
  const configuration = configurations[0]?.data ?? null
  const held = byId(ticketRows)
  const bringsBack = bodies.flatMap((body) => {
    if (body.kind !== 'ticket.update' || !configuration) return []
    return retiredIn(configuration, body.patch, held.get(body.ticketId)?.data) === null ? [] : body.ticketId
  })
  return new Desk(technician, {
    configuration,
    technicians: new Map(technicians.map(({ id, name }) => [id, name])),
    readOnly: technicians.some(({ id, acts }) => id === technician && !acts),
    contents: new Set(contents.map(({ content }) => content)),
    held: {
      ticket: held,
      entry: byId(entries),
      attachment: byId(attachments),
      contact: byId([...requesters, ...contacts]),
      view: byId(views),
    },
    past: bringsBack.length === 0 ? new Map() : await readPast(tx, bringsBack),
  })
}

/** What was changed of tickets so far, by ticket, the oldest first. */
async function readPast(tx: Transaction, tickets: string[]): Promise<Map<string, PastAct[]>> {
  const rows = await tx<{ data: TicketChange }[]>`
    select data from ticket_change where tenant_id = bulkhead.current_tenant() and not deleted
      and ticket_id = any(string_to_array(${tickets.join(',')}, ',')::uuid[]) order by version`
  const past = new Map<string, PastAct[]>()
  for (const { data } of rows) {
    const acts = past.get(data.ticketId) ?? []
    past.set(data.ticketId, acts)
    acts.push(...data.acts.map((act) => ({ ...act, by: data.by.id })))
  }
  return past
}

function byId<E>(rows: readonly Row<E>[]): Map<string, Held<E>> {
  return new Map(rows.map(({ id, ...held }) => [id, held]))
}
