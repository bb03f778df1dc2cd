import { useQuery } from '@tanstack/react-query'
import type { TicketActivity } from '../../../src-shared/domain/ticket-change.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { useCommands } from '../../app/commands/use-commands.tsx'
import { useTenant } from '../../tenant/context.tsx'
import { activityQuery } from '../../tenant/queries.ts'
import { useStore } from '../../ui/store.ts'

const NOTHING: TicketActivity = { lines: [], more: false }

/**
 * Who changed what of the ticket, where the technician wants to see it; the command that says so.
 * @returns what is to stand among the entries, and a sentence where it cannot
 */
export function useActivity(ticketId: string): TicketActivity & { problem: string | null } {
  const tenant = useTenant()
  const { activity } = tenant.memory
  const shown = useStore(activity)
  const { data, error } = useQuery({ ...activityQuery(tenant, ticketId), enabled: shown })
  useCommands([
    {
      ...{ id: 'activity', group: 'Ticket', keys: ['A'] },
      title: shown ? 'Hide what was changed' : 'Show what was changed, and by whom',
      run: () => activity.set(!shown),
    },
  ])
  if (!shown) return { ...NOTHING, problem: null }
  return { ...(data ?? NOTHING), problem: error ? problemFrom(error).message : null }
}
