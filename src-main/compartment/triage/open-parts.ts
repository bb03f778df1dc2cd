import type { BulkPreview } from '../../../src-shared/domain/bulk.ts'
import { isOver } from '../../../src-shared/domain/configuration.ts'
import type { Holdings } from '../holdings.ts'
import { ticketReference } from './references.ts'

/** Parts that are named; the rest is counted. */
const NAMED = 5

/**
 * What these tickets contain that is still open, where they are to get a status that says they are over.
 * @param status the one that they are to get; absent where it stays
 */
export function openPartsOf(
  { cache, ledger }: Holdings,
  ids: readonly string[],
  status: string | undefined,
): BulkPreview['openParts'] {
  const { statuses } = cache.configuration
  if (status === undefined || !isOver(statuses, status)) return { count: 0, first: [] }
  const along = new Set(ids)
  const open = new Set<string>()
  for (const id of along) {
    const row = cache.tickets.byId(id)
    for (const { relation, ticketId } of (row && cache.tickets.toTicket(row).links) ?? []) {
      if (relation !== 'child' || along.has(ticketId)) continue
      const part = cache.tickets.byId(ticketId)
      if (part && !isOver(statuses, cache.tickets.toTicket(part).status)) open.add(ticketId)
    }
  }
  const first = [...open].slice(0, NAMED).flatMap((id) => ticketReference(cache, ledger, id) ?? [])
  return { count: open.size, first }
}
