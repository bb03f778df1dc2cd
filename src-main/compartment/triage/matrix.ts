import { isOver, type Configuration } from '../../../src-shared/domain/configuration.ts'
import { isAboutMatrix, priorityAfter, priorityByMatrix } from '../../../src-shared/domain/priority-matrix.ts'
import type { Ticket, TicketPatch } from '../../../src-shared/domain/ticket.ts'
import type { BodyOf } from '../../../src-shared/protocol/mutation.ts'
import { changeIn } from './edit.ts'

type Update = Omit<BodyOf<'ticket.update'>, 'kind' | 'ticketId'>

/**
 * What a change of a ticket writes: what differs from what is there, and the priority that follows from it by the
 * client's matrix.
 * @param back whether it takes something back: then nothing follows
 * @returns null where nothing differs
 */
export function updateOf(
  configuration: Configuration,
  ticket: Ticket,
  patch: TicketPatch,
  back: boolean,
): Update | null {
  const { tasks: _, ...fields } = patch
  const priority = back ? null : priorityAfter(configuration, ticket, fields)
  const change = changeIn(ticket, priority === null ? patch : { ...patch, priority })
  if (!change || !isAboutMatrix(configuration, change.patch.customFields)) return change
  if (priority !== null) return { ...change, priorityBy: 'matrix' }
  return back || patch.priority !== undefined ? { ...change, priorityBy: 'hand' } : change
}

/** What the client's matrix says of a ticket that needs work, where it has another priority; null where it has that. */
export function otherByMatrix(configuration: Configuration, ticket: Ticket): string | null {
  if (isOver(configuration.statuses, ticket.status)) return null
  const byMatrix = priorityByMatrix(configuration, ticket)
  return byMatrix === ticket.priority ? null : byMatrix
}
