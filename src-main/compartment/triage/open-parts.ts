import type { BulkPreview } from '../../../src-shared/domain/bulk.ts'
import { isOver } from '../../../src-shared/domain/configuration.ts'
import { tasksInOrder } from '../../../src-shared/domain/task-list.ts'
import type { Holdings } from '../holdings.ts'
import { ticketReference } from './references.ts'

/** Parts and tasks that are named; the rest is counted. */
const NAMED = 5

const NOTHING = { openParts: { count: 0, first: [] }, openTasks: { count: 0, first: [] } }

/**
 * What these tickets contain that is still open, and which of their tasks are not done, where they are to get a status that says they are over.
 * @param status the one that they are to get; absent where it stays
 */
export function openPartsOf(
  { cache, ledger }: Holdings,
  ids: readonly string[],
  status: string | undefined,
): Pick<BulkPreview, 'openParts' | 'openTasks'> {
  const { statuses } = cache.configuration
  if (status === undefined || !isOver(statuses, status)) return NOTHING
  const along = new Set(ids)
  const open = new Set<string>()
  const tasks: string[] = []
  for (const id of along) {
    const row = cache.tickets.byId(id)
    const ticket = row && cache.tickets.toTicket(row)
    for (const { text, done } of tasksInOrder(ticket?.tasks)) if (!done) tasks.push(text)
    for (const { relation, ticketId } of ticket?.links ?? []) {
      if (relation !== 'child' || along.has(ticketId)) continue
      const part = cache.tickets.byId(ticketId)
      if (part && !isOver(statuses, cache.tickets.toTicket(part).status)) open.add(ticketId)
    }
  }
  const first = [...open].slice(0, NAMED).flatMap((id) => ticketReference(cache, ledger, id) ?? [])
  return {
    openParts: { count: open.size, first, ...(open.size > 0 && { ids: [...open] }) },
    openTasks: { count: tasks.length, first: tasks.slice(0, NAMED) },
  }
}
