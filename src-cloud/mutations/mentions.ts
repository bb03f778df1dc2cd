import type { MutationBody } from '../../src-shared/protocol/mutation.ts'

/** Ids, by what they name, that the mutations of a batch read or write. */
export interface Mentions {
  tickets: Set<string>
  entries: Set<string>
  attachments: Set<string>
  /** Those that are written. */
  contacts: Set<string>
  requesters: Set<string>
  views: Set<string>
  technicians: Set<string>
  /** Contents of attachments, as `<sha256>/<size>`. */
  contents: Set<string>
  /** Some change how tickets stand to each other. */
  related: boolean
}

/** @param technician who acts */
export function mentionsOf(bodies: MutationBody[], technician: string): Mentions {
  const mentions: Mentions = {
    tickets: new Set(),
    entries: new Set(),
    attachments: new Set(),
    contacts: new Set(),
    requesters: new Set(),
    views: new Set(),
    technicians: new Set([technician]),
    contents: new Set(),
    related: false,
  }
  for (const body of bodies) note(mentions, body)
  return mentions
}

function note(mentions: Mentions, body: MutationBody): void {
  if ('ticketId' in body) mentions.tickets.add(body.ticketId)
  const people: { assigneeId?: string | null; requesterId?: string | null } =
    'ticket' in body ? body.ticket : body.kind === 'ticket.update' ? body.patch : {}
  const tasks = body.kind === 'ticket.update' ? Object.values(body.patch.tasks ?? {}) : []
  for (const { assigneeId } of tasks) if (assigneeId) mentions.technicians.add(assigneeId.toLowerCase())
  if (people.assigneeId) mentions.technicians.add(people.assigneeId.toLowerCase())
  if (people.requesterId) mentions.requesters.add(people.requesterId.toLowerCase())
  switch (body.kind) {
    case 'ticket.split':
      mentions.related = true
      mentions.tickets.add(body.fromId)
      for (const { from, id } of body.entries) mentions.entries.add(from).add(id)
      break
    case 'ticket.watch':
      for (const id of body.add) mentions.technicians.add(id.toLowerCase())
      break
    case 'ticket.merge':
      mentions.related = true
      mentions.tickets.add(body.intoId)
      break
    case 'ticket.unmerge':
      mentions.related = true
      break
    case 'ticket.link':
    case 'ticket.unlink':
      mentions.related = true
      mentions.tickets.add(body.otherId)
      break
    case 'entry.create':
      mentions.entries.add(body.entryId)
      for (const { id } of body.mentions ?? []) mentions.technicians.add(id.toLowerCase())
      break
    case 'attachment.add':
      mentions.attachments.add(body.attachmentId)
      if (body.entryId) mentions.entries.add(body.entryId)
      mentions.contents.add(contentOf(body.attachment))
      break
    case 'contact.create':
    case 'contact.update':
      mentions.contacts.add(body.contactId)
      break
    case 'view.create':
    case 'view.update':
    case 'view.delete':
      mentions.views.add(body.viewId)
      break
    case 'ticket.create':
    case 'ticket.update':
    case 'ticket.tag':
  }
}

/** Names a content among those of a tenant. */
export function contentOf({ sha256, size }: { sha256: string; size: number }): string {
  return `${sha256}/${size}`
}
