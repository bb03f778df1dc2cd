import type { BodyOf } from '../../src-shared/protocol/mutation.ts'
import type { Desk } from './desk.ts'
import { updateFields } from './fields.ts'
import { applied, rejected, STRANGER, type Outcome } from './outcome.ts'

const GONE = rejected('not-found', 'This contact does not exist (any more).')

export function createContact(desk: Desk, { contactId, contact }: BodyOf<'contact.create'>): Outcome {
  if (!desk.author) return STRANGER
  const known = desk.get('contact', contactId)
  if (known) return known.deleted ? GONE : applied([`contact/${contactId}`], known.version)
  desk.create('contact', contactId, { id: contactId, ...contact })
  return applied([`contact/${contactId}`], 0)
}

export function updateContact(desk: Desk, body: BodyOf<'contact.update'>): Outcome {
  if (!desk.author) return STRANGER
  const known = desk.get('contact', body.contactId)
  if (!known || known.deleted) return GONE
  return updateFields(desk, 'contact', known, body)
}
