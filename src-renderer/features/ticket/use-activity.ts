import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { TicketActivity } from '../../../src-shared/domain/ticket-change.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { useCommands } from '../../app/commands/use-commands.tsx'
import { useTenant } from '../../tenant/context.tsx'
import type { Shown } from '../../tenant/memory.ts'
import { activityQuery } from '../../tenant/queries.ts'
import { useStore } from '../../ui/store.ts'

export interface Activity extends Pick<TicketActivity, 'lines' | 'people' | 'tickets'> {
  shown: Shown
  onShow(shown: Shown): void
  /** What has to be said about them: why there are none. */
  said: string | null
  /** Reads those before the ones that are here; null where there are none. */
  onOlder: (() => void) | null
  /** The newest line stands: it is brought into sight where the technician has just asked for the changes. */
  onStands(line: HTMLElement): void
}

/** Who changed what of the ticket, where the technician wants to see it, and the commands that say so. */
export function useActivity(ticketId: string): Activity {
  const tenant = useTenant()
  const { activity } = tenant.memory
  const shown = useStore(activity)
  const wanted = shown !== 'conversation'
  // Of another ticket the newest come first.
  const [back, setBack] = useState({ of: ticketId, pages: 1 })
  const pages = back.of === ticketId ? back.pages : 1
  const { data, error } = useQuery({ ...activityQuery(tenant, ticketId, pages), enabled: wanted })
  const asked = useRef(false)
  const onShow = (next: Shown): void => {
    asked.current = shown === 'conversation'
    activity.set(next)
  }
  const onOlder = wanted && data?.older ? () => setBack({ of: ticketId, pages: pages + 1 }) : null
  useCommands([
    {
      ...{ id: 'activity', group: 'Ticket', keys: ['A'] },
      title: wanted ? 'Hide what was changed' : 'Show what was changed, and by whom',
      run: () => onShow(wanted ? 'conversation' : 'all'),
    },
    {
      ...{ id: 'activity-only', group: 'Ticket', keys: ['Y'] },
      title: shown === 'changes' ? 'Show the conversation with what was changed' : 'Show only what was changed',
      run: () => onShow(shown === 'changes' ? 'all' : 'changes'),
    },
    ...(onOlder
      ? [{ id: 'activity-older', title: 'Show older changes', group: 'Ticket' as const, keys: ['B'], run: onOlder }]
      : []),
  ])
  const problem = error && problemFrom(error).message
  return {
    ...{ shown, onShow, onOlder },
    lines: wanted && data ? data.lines : [],
    people: data?.people ?? {},
    tickets: data?.tickets ?? {},
    said: wanted ? (problem ?? (data?.lines.length === 0 ? 'No change of it is recorded.' : null)) : null,
    onStands(line) {
      if (asked.current) line.scrollIntoView({ block: 'nearest' })
      asked.current = false
    },
  }
}
