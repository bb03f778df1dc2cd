import type { Entry } from '../../../src-shared/domain/entry.ts'
import { isInstant, isText, isUuid } from './plain-ticket.ts'

/**
 * Whether a value is an entry of the most common form: the same promise as that of `isPlainTicket`. A first sync has
 * nearly as many entries as tickets.
 */
export function isPlainEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false
  const e = value as Record<string, unknown>
  return (
    isUuid(e.id) &&
    isUuid(e.ticketId) &&
    (e.kind === 'reply' || e.kind === 'note' || e.kind === 'event') &&
    isPlainAuthor(e.author) &&
    isText(e.body, 1, 100_000) &&
    isInstant(e.createdAt) &&
    e.time === undefined &&
    e.mentions === undefined &&
    e.copiedFrom === undefined
  )
}

function isPlainAuthor(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { kind, id, name } = value as Record<string, unknown>
  return (
    (kind === 'technician' || kind === 'contact' || kind === 'system') &&
    (id === null || isUuid(id)) &&
    isText(name, 0, 200) &&
    // The schema drops what it does not know.
    Object.keys(value).length === 3
  )
}
