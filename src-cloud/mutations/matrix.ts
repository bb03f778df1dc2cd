import type { Configuration } from '../../src-shared/domain/configuration.ts'
import { isAboutMatrix, priorityByMatrix } from '../../src-shared/domain/priority-matrix.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import type { BodyOf } from '../../src-shared/protocol/mutation.ts'
import { fieldsOf, patchOf, type Merge } from './merge.ts'

/**
 * A merged change with the priority that follows from it by the client's matrix: of what the ticket has then, so that
 * of two who each set one of the fields neither has to decide. A priority that somebody else gave by hand meanwhile
 * stays, as a conflict where the technician would have changed it.
 */
export function withMatrix(
  configuration: Configuration | null,
  ticket: Ticket,
  { patch, priorityBy }: BodyOf<'ticket.update'>,
  merge: Merge,
): Merge {
  if (!configuration || priorityBy === 'hand' || !isAboutMatrix(configuration, patch.customFields)) return merge
  const workedOut = priorityBy === 'matrix'
  if (patch.priority !== undefined && !workedOut) return merge
  const { priority: _, ...changes } = merge.changes
  // Of a client that knows no matrices: where nothing changes nothing follows.
  if (!workedOut && !isAboutMatrix(configuration, patchOf(changes).customFields)) return merge
  const { tasks: __, ...fields } = patchOf({ ...fieldsOf({ customFields: ticket.customFields }), ...changes })
  const wanted = priorityByMatrix(configuration, { ...ticket, ...fields })
  if (wanted === null) return merge
  const inConflict = merge.conflicts.some(({ field }) => field === 'priority')
  const seen = patch.priority !== undefined && !inConflict
  const byMatrix = priorityByMatrix(configuration, ticket) === ticket.priority
  if (workedOut && !seen && !byMatrix && wanted !== ticket.priority) return merge
  return {
    changes: wanted === ticket.priority ? changes : { ...changes, priority: wanted },
    conflicts: merge.conflicts.filter(({ field }) => field !== 'priority'),
    merged: merge.merged || (workedOut && (inConflict || wanted !== (patch.priority ?? ticket.priority))),
  }
}
