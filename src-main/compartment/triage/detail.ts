import type { EntryView, TicketDetail } from '../../../src-shared/domain/views.ts'
import { ProblemError } from '../../../src-shared/problem.ts'
import type { Cache } from '../cache/cache.ts'
import { patchedFields } from '../cache/overlay.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { OutboxItem } from '../ledger/outbox.ts'

/**
 * A ticket with its conversation, unsent edits and entries included.
 * @throws ProblemError `not-found`
 */
export function readTicket(cache: Cache, ledger: Ledger, me: { id: string; name: string }, id: string): TicketDetail {
  const row = cache.tickets.byId(id)
  if (!row) throw new ProblemError('not-found', { what: 'This ticket' })
  const ticket = cache.tickets.toTicket(row)
  const about = ledger.about(id)
  const queued = about.filter((item) => item.state === 'queued')
  return {
    ticket,
    entries: conversation(cache, ledger, me, id),
    requester: ticket.requesterId === null ? null : cache.contact(ticket.requesterId),
    unread: row.seen < row.version,
    pendingFields: [...new Set(queued.flatMap(fieldsOf))],
    failed: about
      .filter((item) => item.state === 'failed')
      .map(failure)
      .reverse(),
  }
}

function conversation(cache: Cache, ledger: Ledger, me: { id: string; name: string }, ticketId: string): EntryView[] {
  const entries: EntryView[] = cache.entries.ofTicket(ticketId).map((entry) => ({ ...entry, pending: false }))
  const there = new Set(entries.map((entry) => entry.id))
  for (const { body, at, state } of ledger.overlay(ticketId)) {
    if (body.kind !== 'entry.create' || there.has(body.entryId)) continue
    entries.push({
      id: body.entryId,
      ticketId,
      kind: body.entryKind,
      author: { kind: 'technician', id: me.id, name: me.name },
      body: body.body,
      createdAt: at,
      pending: state === 'queued',
    })
  }
  return entries
}

function fieldsOf({ body }: OutboxItem): string[] {
  return body.kind === 'ticket.update' ? patchedFields(body.patch) : []
}

function failure(item: OutboxItem): TicketDetail['failed'][number] {
  const { outcome } = item
  const rejected = outcome?.outcome === 'rejected'
  return {
    sequence: item.place,
    fields: outcome?.outcome === 'conflict' ? outcome.conflicts.map((conflict) => conflict.field) : fieldsOf(item),
    problem: rejected
      ? { code: outcome.code, message: outcome.message }
      : { code: 'conflict', message: 'Someone else changed the same field. The cloud kept their value.' },
    at: item.at,
  }
}
