import type { Ticket, TicketPatch } from '../../../src-shared/domain/ticket.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { OutboxItem } from '../ledger/outbox.ts'
import type { Cache } from './cache.ts'
import { instant, LOCAL_ROWS, rowOf } from './tickets.ts'

/**
 * The ticket as a technician sees it: the server's state with unsent edits over it, in order. Custom fields are laid
 * over one by one, other fields whole.
 */
export function withPending(server: Ticket, pending: readonly OutboxItem[]): Ticket {
  let view = server
  for (const { body, at } of pending) {
    if (body.kind !== 'ticket.update') continue
    const touched = Math.max(Date.parse(view.updatedAt), Date.parse(at))
    view = { ...applyPatch(view, body.patch), updatedAt: instant(touched) }
  }
  return view
}

/** Names of the patched fields; a custom field is `customFields.<key>`. */
export function patchedFields(patch: TicketPatch): string[] {
  const { customFields, ...fields } = patch
  return [...Object.keys(fields), ...Object.keys(customFields ?? {}).map((key) => `customFields.${key}`)]
}

/** Computes the view of a ticket again from the server's state and what is pending; call it inside a write. */
export function refreshView(cache: Cache, ledger: Ledger, ticketId: string): void {
  const row = cache.tickets.byId(ticketId)
  if (!row || row.number > LOCAL_ROWS) return showCreated(cache, ledger, ticketId, row?.number ?? null)
  const pending = ledger.overlay(ticketId).filter((item) => item.body.kind === 'ticket.update')
  const server = serverState(cache, row.number) ?? (pending.length > 0 ? cache.tickets.toTicket(row) : null)
  if (!server) return
  keepServerState(cache, server, pending.length > 0)
  const view = withPending(server, pending)
  cache.tickets.put(view, row.version, row.seen)
  if (view.subject !== row.subject) cache.text.update(row.number)
}

/** A ticket as it was opened here, before the cloud has given it a number. */
export function createdTicket({ body, place, at }: OutboxItem): Ticket | null {
  if (body.kind !== 'ticket.create') return null
  return { ...body.ticket, id: body.ticketId, number: -place, createdAt: at, updatedAt: at, dueAt: null }
}

/** Shows a ticket that only the ledger has, or takes it away where the ledger no longer waits for its number. */
function showCreated(cache: Cache, ledger: Ledger, ticketId: string, shown: number | null): void {
  const pending = ledger.overlay(ticketId)
  const item = pending.find(({ body }) => body.kind === 'ticket.create')
  const created = item ? createdTicket(item) : null
  if (shown !== null && shown !== rowOf(created?.number ?? 0)) {
    cache.tickets.remove(shown)
    cache.text.update(shown)
  }
  if (!created) return
  cache.tickets.put(withPending(created, pending), 0, 0)
  cache.text.update(rowOf(created.number))
}

/** What the cloud last said of a ticket, unsent edits left out; null where the ticket is not here. */
export function serverTicket(cache: Cache, ticketId: string): Ticket | null {
  const row = cache.tickets.byId(ticketId)
  return row ? (serverState(cache, row.number) ?? cache.tickets.toTicket(row)) : null
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
  const ids = new Set([...left, ...ledger.overlaidTickets()])
  if (ids.size > 0) cache.write(() => ids.forEach((id) => refreshView(cache, ledger, id)))
}

/** Keeps what the cloud said of a ticket beside its row, for as long as the row shows unsent edits. */
export function keepServerState(cache: Cache, server: Ticket, overlaid: boolean): void {
  if (overlaid) {
    cache.db.prepare('INSERT OR REPLACE INTO ticket_server VALUES (?, ?)').run(server.number, JSON.stringify(server))
  } else {
    cache.db.prepare('DELETE FROM ticket_server WHERE number = ?').run(server.number)
  }
}

function serverState(cache: Cache, number: number): Ticket | null {
  const row = cache.statement<{ body: string }>('SELECT body FROM ticket_server WHERE number = ?').get(number)
  return row ? (JSON.parse(row.body) as Ticket) : null
}

function applyPatch(ticket: Ticket, patch: TicketPatch): Ticket {
  const { customFields, ...fields } = patch
  if (!customFields) return { ...ticket, ...fields }
  return { ...ticket, ...fields, customFields: { ...ticket.customFields, ...customFields } }
}
