import { isDeepStrictEqual } from 'node:util'
import type { Ticket, TicketPatch } from '../../../src-shared/domain/ticket.ts'

/**
 * Reduces a patch to what differs from the ticket, with the value that each field had.
 * @returns null where nothing differs
 */
export function changeOf(ticket: Ticket, patch: TicketPatch): { base: TicketPatch; patch: TicketPatch } | null {
  const base: Record<string, unknown> = {}
  const changed: Record<string, unknown> = {}
  const { customFields, ...fields } = patch
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || isDeepStrictEqual(value, ticket[name])) continue
    base[name] = ticket[name]
    changed[name] = value
  }
  const custom = Object.entries(customFields ?? {}).filter(
    ([key, value]) => !isDeepStrictEqual(value, ticket.customFields[key] ?? null),
  )
  if (custom.length > 0) {
    base.customFields = Object.fromEntries(custom.map(([key]) => [key, ticket.customFields[key] ?? null]))
    changed.customFields = Object.fromEntries(custom)
  }
  return Object.keys(changed).length === 0 ? null : { base: base as TicketPatch, patch: changed as TicketPatch }
}
