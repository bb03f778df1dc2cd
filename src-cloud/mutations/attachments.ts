import { againstPolicy, DEFAULT_ATTACHMENT_POLICY } from '../../src-shared/domain/attachment.ts'
import type { BodyOf } from '../../src-shared/protocol/mutation.ts'
import type { Desk } from './desk.ts'
import { contentOf } from './mentions.ts'
import { applied, rejected, STRANGER, type Outcome } from './outcome.ts'
import { liveTicket, writeTicket } from './tickets.ts'

export function addAttachment(desk: Desk, body: BodyOf<'attachment.add'>): Outcome {
  const { attachmentId: id, ticketId, entryId, attachment } = body
  const known = desk.get('attachment', id)
  if (known) {
    if (known.data.ticketId === ticketId) return applied([`attachment/${id}`], known.version)
    return rejected('invalid-input', 'A file with this id belongs to another ticket.')
  }
  const ticket = liveTicket(desk, ticketId)
  if ('result' in ticket) return ticket
  const { author, now } = desk
  if (!author) return STRANGER
  if (entryId) {
    const entry = desk.get('entry', entryId)
    if (!entry || entry.deleted || entry.data.ticketId !== ticketId)
      return rejected('invalid-input', 'The entry of this file is not one of this ticket (any more).')
  }
  const wrong = againstPolicy(desk.configuration?.attachments ?? DEFAULT_ATTACHMENT_POLICY, attachment)
  if (wrong) return rejected(wrong.code, wrong.message)
  writeTicket(desk, ticket)
  const available = desk.contents.has(contentOf(attachment))
  desk.create('attachment', id, { id, ticketId, entryId, ...attachment, available, author, createdAt: now })
  return applied([`attachment/${id}`], 0)
}
