import type { Settings } from '../../../src-shared/domain/views.ts'
import { useUndo } from '../../app/commands/undo.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { resolvingStatuses } from './resolve.ts'
import { useTicketActions, type Subject } from './ticket-actions.tsx'
import { useAdvance } from './use-advance.ts'

/**
 * Resolves a ticket, and asks as what where the client has several statuses for it.
 * @returns does nothing without a ticket; takes where to go then
 */
export function useResolve(ticket: Subject | null): (then: Settings['afterResolve']) => void {
  const { configuration } = useDesk()
  const { choose, edit } = useTicketActions()
  const move = useAdvance()
  const undo = useUndo()
  return (then) => {
    if (!ticket) return
    const statuses = resolvingStatuses(configuration)
    const [only] = statuses
    if (!only) return undo.fail('No status of this client means resolved or closed, so the ticket was not changed.')
    if (statuses.length > 1) return choose('resolve', ticket, () => move(then))
    if (ticket.status === only.key) return move(then)
    edit(ticket, { status: only.key }, () => move(then))
  }
}
