import type { InboxItem, OutboxEntry } from '../../../src-shared/domain/views.ts'
import { numberText } from '../tickets/words.ts'

/** What each kind of edit does, where it has no fields to name. */
const ACTS: Readonly<Partial<Record<OutboxEntry['kind'], string>>> = {
  'ticket.create': 'New ticket',
  'ticket.tag': 'Tags',
  'ticket.watch': 'Watchers',
  'ticket.merge': 'Merge',
  'ticket.unmerge': 'Taken apart',
  'ticket.split': 'Split off',
  'ticket.link': 'Link',
  'ticket.unlink': 'Unlink',
  'entry.create': 'Note, reply or time',
  'attachment.add': 'File',
  'contact.create': 'New contact',
  'view.create': 'New view',
  'view.delete': 'View removed',
}

/** What an edit without fields does; empty where its fields say it. */
export function actText(kind: OutboxEntry['kind']): string {
  return ACTS[kind] ?? ''
}

/** What an edit is about, as messages name it. */
export function aboutText({ ticket, about, mutation }: Pick<InboxItem, 'ticket' | 'about' | 'mutation'>): string {
  if (ticket) return ticket.number < 0 ? 'New ticket' : `Ticket ${numberText(ticket.number)}`
  if (mutation.startsWith('contact.')) return `Contact ${about ?? 'that is gone'}`
  if (mutation.startsWith('view.')) return `View ${about ?? 'that is gone'}`
  return 'A ticket that is gone'
}
