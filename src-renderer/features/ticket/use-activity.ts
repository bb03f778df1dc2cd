import { useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import type { TicketActivityLine } from '../../../src-shared/domain/ticket-change.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { useCommands } from '../../app/commands/use-commands.tsx'
import { useTenant } from '../../tenant/context.tsx'
import { activityQuery } from '../../tenant/queries.ts'
import { useStore } from '../../ui/store.ts'

interface Activity {
  /** What is to stand among the entries, oldest first. */
  lines: TicketActivityLine[]
  /** Names of people in them, by id. */
  people: Record<string, string>
  /** What has to be said about them: why there are none, or not all. */
  said: string | null
  /** The newest line stands: it is brought into sight where the technician has just asked for the changes. */
  onStands(line: HTMLElement): void
}

/** Who changed what of the ticket, where the technician wants to see it, and the command that says so. */
export function useActivity(ticketId: string): Activity {
  const tenant = useTenant()
  const { activity } = tenant.memory
  const shown = useStore(activity)
  const { data, error } = useQuery({ ...activityQuery(tenant, ticketId), enabled: shown })
  const asked = useRef(false)
  useCommands([
    {
      ...{ id: 'activity', group: 'Ticket', keys: ['A'] },
      title: shown ? 'Hide what was changed' : 'Show what was changed, and by whom',
      run: () => {
        asked.current = !shown
        activity.set(!shown)
      },
    },
  ])
  return {
    lines: shown && data ? data.lines : [],
    people: data?.people ?? {},
    said: shown ? saidOf(error && problemFrom(error).message, data) : null,
    onStands(line) {
      if (asked.current) line.scrollIntoView({ block: 'nearest' })
      asked.current = false
    },
  }
}

function saidOf(problem: string | null, data: { lines: unknown[]; more: boolean } | undefined): string | null {
  if (problem !== null || !data) return problem
  if (data.more) return 'Older changes are not shown.'
  return data.lines.length === 0 ? 'No change of it is recorded.' : null
}
