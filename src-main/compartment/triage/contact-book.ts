import { randomUUID } from 'node:crypto'
import type { Contact, ContactPatch, NewContact } from '../../../src-shared/domain/people.ts'
import type { ContactView } from '../../../src-shared/domain/views.ts'
import { ProblemError } from '../../../src-shared/problem.ts'
import type { Bench } from '../bench.ts'
import { flatten } from '../ledger/coalesce.ts'
import { subjectOf } from '../ledger/subjects.ts'
import { changeIn } from './edit.ts'

/** The people at the client, and what a technician does to them. */
export function contactBook(bench: Bench) {
  const { ledger } = bench.held
  // A ticket that waits for its requester is about that contact too, but it is not the contact that is pending.
  const viewOf = (contact: Contact): ContactView => ({
    ...contact,
    pending: ledger
      .about(contact.id)
      .some(({ state, body }) => state === 'queued' && subjectOf(body).id === contact.id),
  })
  const contact = (id: string): ContactView => {
    const found = bench.read(({ cache }) => cache.contacts.get(id))
    if (!found) throw new ProblemError('not-found', { what: 'This contact' })
    return viewOf(found)
  }
  return {
    contact,

    contacts({ text, limit }: { text: string; limit: number }): ContactView[] {
      const parts = text.split(/\s+/).filter((part) => part !== '')
      return bench.read(({ cache }) => cache.contacts.find(parts, limit)).map(viewOf)
    },

    createContact(given: NewContact): ContactView {
      const contactId = randomUUID()
      const body = { kind: 'contact.create' as const, contactId, contact: given }
      ledger.append(body, { fields: [...flatten(given).keys()] })
      bench.show([body])
      return contact(contactId)
    },

    editContact({ id, patch }: { id: string; patch: ContactPatch }): ContactView {
      const change = changeIn(contact(id), patch)
      if (!change) return contact(id)
      const body = { kind: 'contact.update' as const, contactId: id, ...change }
      ledger.append(body, { fields: Object.keys(change.patch) })
      bench.show([body])
      return contact(id)
    },
  }
}
