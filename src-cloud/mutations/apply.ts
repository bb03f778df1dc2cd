import type { MutationBody } from '../../src-shared/protocol/mutation.ts'
import { addAttachment } from './attachments.ts'
import { createContact, updateContact } from './contacts.ts'
import type { Desk } from './desk.ts'
import { createEntry } from './entries.ts'
import type { Outcome } from './outcome.ts'
import { linkTickets, mergeTickets, splitTicket, unlinkTickets, unmergeTicket } from './relations.ts'
import { createTicket, tagTicket, updateTicket } from './tickets.ts'
import { createView, deleteView, updateView } from './saved-views.ts'
import { watchTicket } from './watchers.ts'

/** Applies one mutation to a desk; what it writes is noted there, for the batch to store. */
export function applyMutation(desk: Desk, body: MutationBody): Outcome {
  switch (body.kind) {
    case 'ticket.create':
      return createTicket(desk, body)
    case 'ticket.update':
      return updateTicket(desk, body)
    case 'ticket.tag':
      return tagTicket(desk, body)
    case 'ticket.watch':
      return watchTicket(desk, body)
    case 'ticket.merge':
      return mergeTickets(desk, body)
    case 'ticket.unmerge':
      return unmergeTicket(desk, body)
    case 'ticket.split':
      return splitTicket(desk, body)
    case 'ticket.link':
      return linkTickets(desk, body)
    case 'ticket.unlink':
      return unlinkTickets(desk, body)
    case 'entry.create':
      return createEntry(desk, body)
    case 'attachment.add':
      return addAttachment(desk, body)
    case 'contact.create':
      return createContact(desk, body)
    case 'contact.update':
      return updateContact(desk, body)
    case 'view.create':
      return createView(desk, body)
    case 'view.update':
      return updateView(desk, body)
    case 'view.delete':
      return deleteView(desk, body)
  }
}
