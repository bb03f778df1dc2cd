import type { TicketReference } from '../../../src-shared/domain/views.ts'
import type { MutationBody } from '../../../src-shared/protocol/mutation.ts'
import type { Cache } from '../cache/cache.ts'
import { createdTicket } from '../cache/overlay.ts'
import { numberOf } from '../cache/tickets.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { subjectOf } from '../ledger/subjects.ts'

/** A ticket as others name it, also one that was opened here and refused; null where it is not here (any more). */
export function ticketReference(cache: Cache, ledger: Ledger, id: string): TicketReference | null {
  const row = cache.tickets.byId(id)
  if (row) return { id, number: numberOf(row.number), subject: row.subject }
  for (const item of ledger.about(id)) {
    const created = createdTicket(item)
    if (created?.id === id) return { id, number: created.number, subject: created.subject }
  }
  return null
}

/** The ticket that a write is about. */
export function ticketOf(cache: Cache, ledger: Ledger, body: MutationBody): TicketReference | null {
  const { kind, id } = subjectOf(body)
  return kind === 'ticket' ? ticketReference(cache, ledger, id) : null
}

/** What else a person has to know to tell what a write is about: name of a contact, view or file, the other ticket. */
export function aboutOf(cache: Cache, ledger: Ledger, body: MutationBody): string | null {
  switch (body.kind) {
    case 'contact.create':
      return body.contact.name
    case 'contact.update':
      return cache.contacts.get(body.contactId)?.name ?? nameGiven(ledger, body.contactId)
    case 'view.create':
      return body.view.name
    case 'view.update':
    case 'view.delete':
      return cache.views.get(body.viewId)?.name ?? nameGiven(ledger, body.viewId)
    case 'attachment.add':
      return body.attachment.name
    case 'ticket.merge':
      return ticketReference(cache, ledger, body.intoId)?.subject ?? null
    case 'ticket.split':
      return ticketReference(cache, ledger, body.fromId)?.subject ?? null
    case 'ticket.link':
    case 'ticket.unlink':
      return ticketReference(cache, ledger, body.otherId)?.subject ?? null
    default:
      return null
  }
}

function nameGiven(ledger: Ledger, id: string): string | null {
  for (const { body } of ledger.about(id)) {
    if (body.kind === 'contact.create') return body.contact.name
    if (body.kind === 'view.create') return body.view.name
  }
  return null
}
