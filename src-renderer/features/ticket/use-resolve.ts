import type { Settings } from '../../../src-shared/domain/views.ts'
import { useUndo } from '../../app/commands/undo.tsx'
import { useRegistry } from '../../app/commands/use-commands.tsx'
import { useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { resolvingStatuses } from './resolve.ts'
import { useTicketActions, type Subject } from './ticket-actions.tsx'

/**
 * Resolves a ticket, and asks as what where the client has several statuses for it.
 * @returns does nothing without a ticket; takes where to go then
 */
export function useResolve(ticket: Subject | null): (then: Settings['afterResolve']) => void {
  const { memory } = useTenant()
  const { configuration } = useDesk()
  const { choose, edit } = useTicketActions()
  const registry = useRegistry()
  const undo = useUndo()
  const run = (id: string): void =>
    registry
      .all()
      .find((command) => command.id === id)
      ?.run()

  const move = (then: Settings['afterResolve']): void => {
    if (then === 'stay') return
    if (then === 'list') return run('back')
    const { id } = memory.selected.get()
    run('next')
    // Below the last ticket there is only the list.
    if (memory.selected.get().id === id) run('back')
  }
  return (then) => {
    if (!ticket) return
    const statuses = resolvingStatuses(configuration)
    const [only] = statuses
    if (!only) return undo.fail('No status of this client means resolved or closed, so the ticket was not changed.')
    // Before the edit: a resolved ticket leaves the list of open ones, and with it the place from which to go on.
    if (statuses.length > 1) return choose('resolve', ticket, () => move(then))
    move(then)
    if (ticket.status !== only.key) edit(ticket, { status: only.key })
  }
}
