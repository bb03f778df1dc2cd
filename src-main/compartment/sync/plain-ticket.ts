import { MAX_STATUSES } from '../../../src-shared/domain/history.ts'
import type { Ticket } from '../../../src-shared/domain/ticket.ts'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
// The 29th of February is for the schema to decide.
const day = '(?:(?:0[1-9]|1[012])-(?:0[1-9]|1\\d|2[0-8])|(?:0[13-9]|1[012])-(?:29|30)|(?:0[13578]|1[02])-31)'
const instant = new RegExp(`^20\\d\\d-${day}T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,6})?Z$`)

const HISTORY = new Set(['statuses', 'respondedAt', 'unassignedSince', 'reassigned'])

/**
 * Whether a value is a ticket of the most common form. True implies that the schema accepts it and changes nothing;
 * false says nothing: ask the schema. It spares a first sync of a large desk a tenth of its time.
 */
export function isPlainTicket(value: unknown): value is Ticket {
  if (typeof value !== 'object' || value === null) return false
  const t = value as Record<string, unknown>
  return (
    isUuid(t.id) &&
    Number.isSafeInteger(t.number) &&
    (t.number as number) > 0 &&
    isText(t.subject, 0, 300) &&
    isText(t.description, 0, 100_000) &&
    isText(t.status, 1, 64) &&
    isText(t.priority, 1, 64) &&
    (t.type === null || isText(t.type, 1, 64)) &&
    (t.queue === null || isText(t.queue, 1, 64)) &&
    (t.requesterId === null || isUuid(t.requesterId)) &&
    (t.assigneeId === null || isUuid(t.assigneeId)) &&
    isInstant(t.createdAt) &&
    isInstant(t.updatedAt) &&
    (t.dueAt === null || isInstant(t.dueAt)) &&
    Array.isArray(t.tags) &&
    t.tags.every((tag) => isText(tag, 0, 64)) &&
    isPlainFields(t.customFields) &&
    (t.mergedInto === undefined || t.mergedInto === null || isUuid(t.mergedInto)) &&
    (t.links === undefined || (Array.isArray(t.links) && t.links.length === 0)) &&
    t.tasks === undefined &&
    isOptionalInstant(t.snoozedUntil) &&
    isOptionalInstant(t.snoozedAt) &&
    (t.watchers === undefined || (Array.isArray(t.watchers) && t.watchers.every(isUuid))) &&
    (t.history === undefined || isPlainHistory(t.history))
  )
}

function isOptionalInstant(value: unknown): boolean {
  return value === undefined || value === null || isInstant(value)
}

function isPlainHistory(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const h = value as Record<string, unknown>
  // The schema drops keys that it does not know.
  for (const key in h) if (!HISTORY.has(key)) return false
  return (
    Array.isArray(h.statuses) &&
    h.statuses.length <= MAX_STATUSES &&
    h.statuses.every(isPlainStatus) &&
    (h.respondedAt === undefined || h.respondedAt === null || isInstant(h.respondedAt)) &&
    (h.unassignedSince === null || isInstant(h.unassignedSince)) &&
    Number.isSafeInteger(h.reassigned) &&
    (h.reassigned as number) >= 0
  )
}

function isPlainStatus(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 2) return false
  const { status, at } = value as Record<string, unknown>
  return isText(status, 1, 64) && isInstant(at)
}

function isPlainFields(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  for (const key in value) {
    // Parsing JSON makes it a key like others; the schema drops it.
    if (key === '__proto__') return false
    const field = (value as Record<string, unknown>)[key]
    if (field !== null && typeof field !== 'boolean' && !Number.isFinite(field) && !isText(field, 0, 10_000))
      return false
  }
  return true
}

export function isUuid(value: unknown): boolean {
  return typeof value === 'string' && value.length === 36 && uuid.test(value)
}

export function isInstant(value: unknown): boolean {
  return typeof value === 'string' && instant.test(value)
}

export function isText(value: unknown, min: number, max: number): boolean {
  return typeof value === 'string' && value.length >= min && value.length <= max
}
