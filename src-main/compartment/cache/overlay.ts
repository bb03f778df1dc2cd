import { begunHistory, movedHistory, repliedHistory } from '../../../src-shared/domain/history.ts'
import type { Contact } from '../../../src-shared/domain/people.ts'
import type { SavedView } from '../../../src-shared/domain/saved-view.ts'
import { patchedTasks } from '../../../src-shared/domain/task-list.ts'
import { inverseRelation, type Ticket, type TicketLink, type TicketPatch } from '../../../src-shared/domain/ticket.ts'
import type { MutationBody } from '../../../src-shared/protocol/mutation.ts'
import { prepared } from '../../storage/prepared.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { OutboxItem } from '../ledger/outbox.ts'
import { subjectOf, ticketsOf } from '../ledger/subjects.ts'
import type { Cache } from './cache.ts'
import { instant, LOCAL_ROWS, mergedIntoOf, rowOf } from './tickets.ts'

/** What moved on view. */
export interface Touched {
  tickets: Set<string>
  /** What is not a ticket: people, views, the configuration. */
  desk: boolean
}

/**
 * The ticket as a technician sees it: the server's state with unsent edits over it, in order. Custom fields are laid
 * over one by one, other fields whole. The same object where nothing is laid over it.
 */
export function withPending(server: Ticket, pending: readonly OutboxItem[]): Ticket {
  let view = server
  for (const { body, at } of pending) {
    const changed = laidOver(view, body, at)
    if (!changed) continue
    const touched = Math.max(Date.parse(view.updatedAt), Date.parse(at))
    view = { ...changed, updatedAt: instant(touched) }
  }
  return view
}

/** What a write makes of a ticket; null where it is not about its fields. */
function laidOver(ticket: Ticket, body: MutationBody, at: string): Ticket | null {
  switch (body.kind) {
    case 'ticket.update':
      return {
        ...withHistory(ticket, applyPatch(ticket, body.patch), at),
        ...('snoozedUntil' in body.patch && { snoozedAt: at }),
      }
    case 'entry.create': {
      const history = body.entryKind === 'reply' && ticket.history ? repliedHistory(ticket.history, at) : ticket.history
      return history === ticket.history ? null : { ...ticket, history }
    }
    case 'ticket.tag': {
      const kept = ticket.tags.filter((tag) => !body.remove.includes(tag))
      return { ...ticket, tags: [...new Set([...kept, ...body.add])] }
    }
    case 'ticket.watch': {
      const kept = (ticket.watchers ?? []).filter((id) => !body.remove.includes(id))
      return { ...ticket, watchers: [...new Set([...kept, ...body.add])] }
    }
    case 'ticket.merge':
      return body.ticketId === ticket.id ? { ...ticket, mergedInto: body.intoId } : null
    case 'ticket.unmerge':
      return { ...ticket, mergedInto: null }
    case 'ticket.link':
    case 'ticket.unlink': {
      const own =
        body.ticketId === ticket.id
          ? { ticketId: body.otherId, relation: body.relation }
          : { ticketId: body.ticketId, relation: inverseRelation[body.relation] }
      return { ...ticket, links: linksWith(ticket, own, body.kind === 'ticket.link') }
    }
    case 'ticket.split':
      if (body.fromId !== ticket.id) return null
      return { ...ticket, links: linksWith(ticket, { ticketId: body.ticketId, relation: 'split-into' }, true) }
    default:
      return null
  }
}

function linksWith({ links = [] }: Ticket, own: TicketLink, there: boolean): TicketLink[] {
  const others = links.filter(({ ticketId, relation }) => ticketId !== own.ticketId || relation !== own.relation)
  if (!there) return others
  return others.length < links.length ? links : [...links, own]
}

/** Computes the view of a ticket again from the server's state and what is pending; call it inside a write. */
function refreshView(cache: Cache, ledger: Ledger, ticketId: string): void {
  const row = cache.tickets.byId(ticketId)
  if (!row || row.number > LOCAL_ROWS) return showCreated(cache, ledger, ticketId, row?.number ?? null)
  const pending = ledger.overlay(ticketId)
  const server = serverState(cache, row.number) ?? (pending.length > 0 ? cache.tickets.toTicket(row) : null)
  if (!server) return
  const view = withPending(server, pending)
  keepServerState(cache, server, view !== server)
  cache.tickets.put(view, row.version, row.seen, row.fed)
  if (view.subject !== row.subject) cache.text.update(row.number)
}

/** A ticket as it was opened here, before the cloud has given it a number. */
export function createdTicket({ body, place, at }: OutboxItem): Ticket | null {
  if (body.kind !== 'ticket.create' && body.kind !== 'ticket.split') return null
  const times = { createdAt: at, updatedAt: at, dueAt: null }
  const history = begunHistory({ ...body.ticket, ...times })
  const given = { id: body.ticketId, number: -place, ...times, history }
  if (body.kind === 'ticket.create') return { ...body.ticket, ...given }
  return { ...body.ticket, ...given, links: [{ ticketId: body.fromId, relation: 'split-from' }] }
}

/** A ticket as one of these writes opened it. */
export function createdOf(pending: readonly OutboxItem[], ticketId: string): Ticket | null {
  return pending.map(createdTicket).find((ticket) => ticket?.id === ticketId) ?? null
}

/** Shows a ticket that only the ledger has, or takes it away where the ledger no longer waits for its number. */
function showCreated(cache: Cache, ledger: Ledger, ticketId: string, shown: number | null): void {
  const pending = ledger.overlay(ticketId)
  const created = createdOf(pending, ticketId)
  if (shown !== null && shown !== rowOf(created?.number ?? 0)) {
    cache.tickets.remove(shown)
    cache.text.update(shown)
  }
  if (!created) return
  cache.tickets.put(withPending(created, pending), 0, 0, 0)
  cache.text.update(rowOf(created.number))
}

/** What the cloud last said of a ticket, unsent edits left out; null where the ticket is not here. */
export function serverTicket(cache: Cache, ticketId: string): Ticket | null {
  const row = cache.tickets.byId(ticketId)
  return row ? (serverState(cache, row.number) ?? cache.tickets.toTicket(row)) : null
}

/** The contact as a technician sees it; null where there is none. */
export function contactWith(server: Contact | null, pending: readonly OutboxItem[]): Contact | null {
  let view = server
  for (const { body } of pending) {
    if (body.kind === 'contact.create') view ??= { ...body.contact, id: body.contactId }
    else if (body.kind === 'contact.update' && view) view = { ...view, ...body.patch }
  }
  return view
}

/**
 * Stores what the cloud has of a contact, and what is on view of it; call it inside a write.
 * @param version of the feed
 */
export function putContact(cache: Cache, ledger: Ledger, id: string, server: Contact | null, version: number): void {
  const view = contactWith(server, ledger.overlay(id))
  cache.contacts.keepServer(id, server, view !== server)
  if (view) cache.contacts.put(view, server === null ? 0 : version)
  else cache.contacts.remove(id)
}

function refreshContact(cache: Cache, ledger: Ledger, id: string): void {
  putContact(cache, ledger, id, cache.contacts.server(id), cache.contacts.fed(id))
}

/** The saved view as a technician sees it; null where there is none. */
export function savedViewWith(server: SavedView | null, pending: readonly OutboxItem[]): SavedView | null {
  let view = server
  for (const { body } of pending) {
    if (body.kind === 'view.create') view ??= { ...body.view, id: body.viewId }
    else if (body.kind === 'view.update' && view) view = { ...view, ...body.patch }
    else if (body.kind === 'view.delete') view = null
  }
  return view
}

/** What looks different with these writes, as the tickets are on view. */
export function touchedBy(cache: Cache, bodies: Iterable<MutationBody>): Touched {
  const touched: Touched = { tickets: new Set(), desk: false }
  for (const body of bodies) {
    touched.desk ||= subjectOf(body).kind !== 'ticket'
    for (const id of ticketsOf(body)) {
      touched.tickets.add(id)
      // The pages of the tickets that it is part of show its conversation too.
      const row = cache.tickets.byId(id)
      for (const host of cache.tickets.hostsOf(row && mergedIntoOf(row))) touched.tickets.add(host.id)
    }
  }
  return touched
}

/**
 * Computes the views again of what these writes are about; call it inside a write. Saved views are computed when they
 * are read.
 * @returns what looks different, before or now
 */
export function refreshViews(cache: Cache, ledger: Ledger, bodies: readonly MutationBody[]): Touched {
  const before = touchedBy(cache, bodies)
  for (const id of new Set(bodies.flatMap(ticketsOf))) refreshView(cache, ledger, id)
  for (const { kind, id } of bodies.map(subjectOf)) {
    if (kind === 'contact') refreshContact(cache, ledger, id)
  }
  const { tickets, desk } = touchedBy(cache, bodies)
  return { tickets: new Set([...before.tickets, ...tickets]), desk }
}

/** Shows every unsent edit again; for a cache that was closed, or lost, while the ledger went on. */
export function refreshAllViews(cache: Cache, ledger: Ledger): void {
  const left = cache
    .statement<{ id: string }>(
      `SELECT ticket.id FROM ticket_server JOIN ticket USING (number)
       UNION SELECT id FROM ticket WHERE number > ${LOCAL_ROWS}`,
    )
    .all()
    .map((row) => row.id)
  const contacts = cache.contacts.overlaid()
  const pending = ledger.overlaid()
  if (left.length + contacts.length + pending.length === 0) return
  cache.write(() => {
    left.forEach((id) => refreshView(cache, ledger, id))
    contacts.forEach((id) => refreshContact(cache, ledger, id))
    refreshViews(
      cache,
      ledger,
      pending.map(({ body }) => body),
    )
  })
}

/** Keeps what the cloud said of a ticket beside its row, for as long as the row shows unsent edits. */
export function keepServerState(cache: Cache, server: Ticket, overlaid: boolean): void {
  if (overlaid) {
    prepared<[number, string]>(cache.db, 'INSERT OR REPLACE INTO ticket_server VALUES (?, ?)').run(
      server.number,
      JSON.stringify(server),
    )
  } else {
    prepared<[number]>(cache.db, 'DELETE FROM ticket_server WHERE number = ?').run(server.number)
  }
}

function serverState(cache: Cache, number: number): Ticket | null {
  const row = cache.statement<{ body: string }>('SELECT body FROM ticket_server WHERE number = ?').get(number)
  return row ? (JSON.parse(row.body) as Ticket) : null
}

function withHistory(before: Ticket, after: Ticket, at: string): Ticket {
  if (before.status === after.status && before.assigneeId === after.assigneeId) return after
  return { ...after, history: movedHistory(before, after, at) }
}

function applyPatch(ticket: Ticket, patch: TicketPatch): Ticket {
  const { customFields, tasks, ...fields } = patch
  const after: Ticket = { ...ticket, ...fields }
  if (customFields) after.customFields = { ...ticket.customFields, ...customFields }
  // The cloud says who ticked them.
  if (tasks) after.tasks = patchedTasks(ticket.tasks, tasks, null)
  return after
}
