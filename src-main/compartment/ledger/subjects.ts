import { subjectsOf, type MutationBody } from '../../../src-shared/protocol/mutation.ts'
import type { OutboxItem } from './outbox.ts'

/** What a write is about in the first place: the same id and kind for all writes that its audit rows belong to. */
export function subjectOf(body: MutationBody): { kind: 'ticket' | 'contact' | 'view'; id: string } {
  const [id] = subjectsOf(body)
  const kind = body.kind.startsWith('contact.') ? 'contact' : body.kind.startsWith('view.') ? 'view' : 'ticket'
  return { kind, id }
}

/** Its name in the audit trail. */
export function entityOf(body: MutationBody): string {
  const { kind, id } = subjectOf(body)
  return `${kind}:${id}`
}

/** Ids of the tickets that look different with a write. */
export function ticketsOf(body: MutationBody): string[] {
  if (subjectOf(body).kind !== 'ticket') return []
  return subjectsOf(body).filter((id) => !('ticket' in body) || id !== body.ticket.requesterId)
}

/** Id of the ticket, contact or view that is there only once the cloud has taken a write; null where it makes none. */
export function madeBy(body: MutationBody): string | null {
  switch (body.kind) {
    case 'ticket.create':
    case 'ticket.split':
    case 'contact.create':
    case 'view.create':
      return subjectsOf(body)[0]
    default:
      return null
  }
}

/**
 * A write, and those of later ones that mean nothing without it: about what it makes, or bound to it; and so on.
 * @param later in the order of writing
 */
export function withFollowers(item: OutboxItem, later: Iterable<OutboxItem>): OutboxItem[] {
  const together = new Set([item.id])
  const missing = new Set([madeBy(item.body)])
  const found = [item]
  for (const other of later) {
    if (other.place <= item.place) continue
    const bound = other.needs !== null && together.has(other.needs)
    if (!bound && !subjectsOf(other.body).some((id) => missing.has(id))) continue
    found.push(other)
    together.add(other.id)
    missing.add(madeBy(other.body))
  }
  return found
}
