import type { InboxItem, OutboxEntry, TicketReference, UndecidedField } from '../../../src-shared/domain/views.ts'
import type { Cache } from '../cache/cache.ts'
import { patchedFields, serverTicket } from '../cache/overlay.ts'
import { numberOf } from '../cache/tickets.ts'
import { flatten } from '../ledger/coalesce.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { OutboxItem } from '../ledger/outbox.ts'

/** Unsent edits that are listed at most. */
const MAX_OUTBOX = 200

/** Edits that wait for a person, newest first. */
export function readInbox(cache: Cache, ledger: Ledger): InboxItem[] {
  return ledger
    .inState('failed')
    .sort((x, y) => y.place - x.place)
    .map((item) => inboxItem(cache, ledger, item))
}

/** Edits that the cloud has not answered, oldest first. */
export function readOutbox(cache: Cache, ledger: Ledger): OutboxEntry[] {
  return ledger.inState('queued', MAX_OUTBOX).map((item) => ({
    id: item.id,
    ticket: referenceOf(cache, ledger, item),
    kind: item.body.kind,
    fields: fieldsOf(item),
    at: item.at,
    attempts: item.attempts,
  }))
}

/** The value that the cloud has of a field of a ticket, as far as is known here. */
export function serverValue(cache: Cache, ticketId: string, field: string): unknown {
  const ticket = serverTicket(cache, ticketId)
  return ticket ? (flatten({ ...ticket }).get(field) ?? null) : null
}

function inboxItem(cache: Cache, ledger: Ledger, item: OutboxItem): InboxItem {
  const { id, at, body, outcome } = item
  return {
    id,
    kind: outcome?.outcome === 'conflict' ? 'conflict' : 'rejected',
    ticket: referenceOf(cache, ledger, item),
    at,
    fields: undecidedFields(cache, item),
    text: body.kind === 'entry.create' ? body.body : null,
    reason: outcome?.outcome === 'rejected' ? outcome.message : null,
  }
}

function undecidedFields(cache: Cache, { body, outcome }: OutboxItem): UndecidedField[] {
  // What the cloud said then, not what it has now: a choice is about what the person sees.
  if (outcome?.outcome === 'conflict')
    return outcome.conflicts.map(({ field, base, mine, theirs, by, at }) => ({
      field,
      base: base ?? null,
      mine: mine ?? null,
      theirs: theirs ?? null,
      by,
      at,
    }))
  if (body.kind === 'ticket.create') {
    const { description: _, ...fields } = body.ticket
    return [...flatten(fields as Parameters<typeof flatten>[0])].map(([field, mine]) =>
      unanswered(field, null, mine, null),
    )
  }
  if (body.kind !== 'ticket.update') return []
  const base = flatten(body.base)
  const ticket = serverTicket(cache, body.ticketId)
  const theirs = ticket ? flatten({ ...ticket }) : new Map<string, unknown>()
  return [...flatten(body.patch)].map(([field, mine]) =>
    unanswered(field, base.get(field) ?? null, mine, theirs.get(field) ?? null),
  )
}

function unanswered(field: string, base: unknown, mine: unknown, theirs: unknown): UndecidedField {
  return { field, base, mine: mine ?? null, theirs, by: null, at: null }
}

function referenceOf(cache: Cache, ledger: Ledger, { body }: OutboxItem): TicketReference | null {
  const id = body.ticketId
  const row = cache.tickets.byId(id)
  if (row) return { id, number: numberOf(row.number), subject: row.subject }
  for (const { body: other, place } of ledger.about(id)) {
    if (other.kind === 'ticket.create') return { id, number: -place, subject: other.ticket.subject }
  }
  return null
}

function fieldsOf({ body }: OutboxItem): string[] {
  if (body.kind === 'ticket.update') return patchedFields(body.patch)
  return body.kind === 'ticket.create' ? patchedFields(body.ticket) : []
}
