import { isDeepStrictEqual } from 'node:util'
import type { Entry } from '../../../src-shared/domain/entry.ts'
import type { Ticket } from '../../../src-shared/domain/ticket.ts'
import type { Cache } from '../cache/cache.ts'
import { createdOf, keepServerState, putContact, withPending, type Touched } from '../cache/overlay.ts'
import { mergedIntoOf, rowOf, type StoredTicket } from '../cache/tickets.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { CheckedChange } from './parse.ts'

/** Stores changes of the feed. One per batch; call it inside the transaction that also stores the cursor. */
export class Applying {
  readonly touched: Touched = { tickets: new Set(), desk: false }
  readonly #cache: Cache
  readonly #ledger: Ledger
  readonly #me: string
  /** During the first load there are no indexes by id, and nothing is new to the technician. */
  readonly #loading: boolean
  readonly #texts = new Set<number>()

  /** The versions before are of another epoch: what a row had says nothing. */
  readonly #anew: boolean

  constructor(cache: Cache, ledger: Ledger, me: string, anew = false) {
    this.#anew = anew
    this.#cache = cache
    this.#ledger = ledger
    this.#me = me
    this.#loading = !cache.loaded
  }

  apply(change: CheckedChange): void {
    if (change.data === null) return this.#remove(change.kind, change.id, change.name)
    switch (change.kind) {
      case 'ticket':
        return this.#ticket(change.data, change.version)
      case 'entry':
        return this.#entry(change.data, change.version)
      case 'attachment':
        this.touched.tickets.add(change.data.ticketId)
        return this.#cache.attached.put(change.data, change.version)
      case 'change':
        this.touched.tickets.add(change.data.ticketId)
        return this.#cache.changes.put(change.data, change.version)
      case 'contact':
        this.touched.desk = true
        return putContact(this.#cache, this.#ledger, change.id, change.data, change.version)
      case 'view':
        this.touched.desk = true
        return this.#cache.views.put(change.data, change.version)
      case 'technician':
        this.touched.desk = true
        return this.#cache.putTechnician(change.data, change.version)
      case 'configuration':
        this.touched.desk = true
        for (const id of this.#cache.putConfiguration(change.data)) this.touched.tickets.add(id)
        return
    }
  }

  /** Ends the batch: the text index follows once per ticket. */
  finish(): void {
    for (const number of this.#texts) this.#cache.text.update(number)
  }

  #ticket(ticket: Ticket, version: number): void {
    const { tickets } = this.#cache
    const pending = this.#ledger.overlay(ticket.id)
    const view = pending.length > 0 ? withPending(ticket, pending) : ticket
    if (this.#loading) {
      const created = createdOf(pending, ticket.id)
      if (created) tickets.remove(rowOf(created.number))
      if (view !== ticket) keepServerState(this.#cache, ticket, true)
      return tickets.put(view, version, version, version)
    }
    const before = tickets.byId(ticket.id)
    if (before && before.number !== ticket.number) this.#forget(before.number, ticket.id)
    const newest = this.#anew ? version : Math.max(version, before?.version ?? 0)
    const wasRead = before !== undefined && before.seen >= before.version
    // The technician's own edit comes back like this, before or after its acknowledgement.
    const nothingNew = wasRead && looksSame(tickets.toTicket(before), view)
    tickets.put(view, newest, nothingNew ? newest : this.#anew ? 0 : (before?.seen ?? 0), version)
    keepServerState(this.#cache, ticket, view !== ticket)
    this.touched.tickets.add(ticket.id)
    // Its conversation is shown in what it is part of, and counts there: no more once they are apart.
    const [was, is] = [before ? mergedIntoOf(before) : null, view.mergedInto ?? null]
    for (const into of new Set([was, is]))
      for (const host of tickets.hostsOf(into)) {
        this.touched.tickets.add(host.id)
        if (was !== is) this.#sleepOrWake(host)
      }
    const sameText = before?.subject === view.subject && before.description === view.description
    if (!sameText || before.number !== ticket.number) this.#texts.add(ticket.number)
  }

  #entry(entry: Entry, version: number): void {
    const { entries, tickets } = this.#cache
    if (this.#loading) return entries.add(entry, version)
    const known = entries.ticketOf(entry.id) !== undefined
    if (known) entries.remove(entry.id)
    entries.add(entry, version)
    this.touched.tickets.add(entry.ticketId)
    const ticket = tickets.byId(entry.ticketId)
    if (!ticket) return
    this.#texts.add(ticket.number)
    for (const row of [ticket, ...tickets.hostsOf(mergedIntoOf(ticket))]) {
      this.touched.tickets.add(row.id)
      // The requester wrote: it wakes, and so does what it is part of.
      if (entry.author.kind === 'contact') this.#sleepOrWake(row)
    }
    // The ticket's own change says that something happened to it; an entry says so only where a person wrote it for it.
    if (known || entry.kind === 'event' || entry.copiedFrom !== undefined || version <= ticket.version) return
    const read = ticket.seen >= ticket.version && entry.author.id === this.#me
    this.#cache
      .statement('UPDATE ticket SET version = ?, seen = ? WHERE number = ? RETURNING number')
      .get(version, read ? version : ticket.seen, ticket.number)
  }

  /** Works out again whether a ticket that was snoozed sleeps. */
  #sleepOrWake(row: StoredTicket): void {
    const { tickets } = this.#cache
    if (row.rest?.includes('"snoozedUntil"')) tickets.put(tickets.toTicket(row), row.version, row.seen, row.fed)
  }

  #remove(kind: CheckedChange['kind'], id: string, name?: string): void {
    if (kind === 'attachment') {
      const attached = this.#cache.attached.get(id)
      if (attached) this.touched.tickets.add(attached.ticketId)
      return this.#cache.attached.remove(id)
    }
    if (kind === 'change') {
      const ticketId = this.#cache.changes.ticketOf(id)
      if (ticketId) this.touched.tickets.add(ticketId)
      return this.#cache.changes.remove(id)
    }
    if (kind !== 'ticket' && kind !== 'entry') {
      this.touched.desk = true
      if (kind === 'contact') putContact(this.#cache, this.#ledger, id, null, 0)
      if (kind === 'technician') this.#cache.removeTechnician(id, name)
      if (kind === 'view') this.#cache.views.remove(id)
      return
    }
    // Without an index by id, one pass at the end of loading finds them all.
    if (this.#loading)
      return void this.#cache.statement('INSERT OR REPLACE INTO gone VALUES (?, ?) RETURNING id').get(id, kind)
    removeFound(this.#cache, kind, id, this.touched, this.#texts)
  }

  #forget(number: number, id: string): void {
    this.#cache.tickets.remove(number)
    this.#cache.db.prepare('DELETE FROM ticket_server WHERE number = ?').run(number)
    this.#texts.add(number)
    this.touched.tickets.add(id)
  }
}

/** Whether a technician who has read the one would find nothing new in the other. */
function looksSame(one: Ticket, other: Ticket): boolean {
  const { updatedAt, dueAt } = one
  // Opened here, it only gets what the cloud gives: its number and times.
  const given = one.number < 0 ? { number: one.number, createdAt: one.createdAt } : undefined
  return isDeepStrictEqual(related(one), related({ ...other, updatedAt, dueAt, ...given }))
}

/** Without merge, links or sleep there may be a key for them, or none. What its past says follows from the fields. */
function related(ticket: Ticket): Ticket {
  const { mergedInto = null, links = [], snoozedUntil = null } = ticket
  return { ...ticket, mergedInto, links, snoozedUntil, snoozedAt: undefined, history: undefined }
}

/** Removes a ticket with its conversation, or an entry, once the indexes by id exist. */
export function removeFound(
  cache: Cache,
  kind: 'ticket' | 'entry',
  id: string,
  touched: Touched,
  texts: Set<number>,
): void {
  const ticketId = kind === 'ticket' ? id : cache.entries.ticketOf(id)
  if (ticketId === undefined) return
  touched.tickets.add(ticketId)
  const row = cache.tickets.byId(ticketId)
  if (row) texts.add(row.number)
  if (kind === 'entry') return cache.entries.remove(id)
  cache.entries.removeOfTicket(id)
  cache.attached.removeOfTicket(id)
  cache.changes.removeOfTicket(id)
  if (!row) return
  cache.tickets.remove(row.number)
  cache.db.prepare('DELETE FROM ticket_server WHERE number = ?').run(row.number)
}
