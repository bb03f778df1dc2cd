import { useQuery } from '@tanstack/react-query'
import { memo } from 'react'
import type { Desk } from '../../../src-shared/domain/views.ts'
import { useCommands } from '../../app/commands/use-commands.tsx'
import { useTenant } from '../../tenant/context.tsx'
import { keptFilter, viewsQuery } from '../../tenant/kept-views.ts'
import type { ListView } from '../../tenant/memory.ts'
import { tallyQuery } from '../../tenant/queries.ts'
import classes from './inboxes.module.css'
import { inboxesOf, sameList, type Inbox } from './inboxes.ts'

/** Counts beyond it say so; as `MAX_TALLY` of the compartment for searches. */
const COUNTED = 999

interface InboxTabsProps {
  desk: Desk
  view: ListView
  /** Whether a number leads to an inbox: not while a ticket has the keys. */
  numbers: boolean
  onChange(change: Partial<ListView>): void
}

/** The parts of the desk with how many tickets each has, a number key away. */
export const InboxTabs = memo(function InboxTabs({ desk, view, numbers, onChange }: InboxTabsProps) {
  const tenant = useTenant()
  const { data: views = [] } = useQuery(viewsQuery(tenant))
  const inboxes = inboxesOf(desk, views)
  const { data: counts } = useQuery(
    tallyQuery(
      tenant,
      inboxes.map(({ list }) => keptFilter(list, desk)),
    ),
  )
  const current = inboxes.find(({ list }) => sameList(list, view))
  const show = ({ list, viewId }: Inbox): void => {
    tenant.memory.viewId.set(viewId)
    onChange(list)
  }
  useCommands(
    inboxes.map((inbox, index) => ({
      id: `inbox-${inbox.id}`,
      title: `Show inbox: ${inbox.name}`,
      group: 'Go to' as const,
      keys: [...(numbers ? [String(index + 1)] : []), ...inbox.keys],
      // Kept views are in the palette as such.
      ...(inbox.viewId !== null && { palette: false as const }),
      run: () => show(inbox),
    })),
  )
  return (
    <nav className={classes.tabs} aria-label="Inboxes">
      {inboxes.map((inbox, index) => (
        <button
          key={inbox.id}
          aria-current={inbox === current ? 'true' : undefined}
          aria-keyshortcuts={String(index + 1)}
          title={`${inbox.name} (${index + 1})`}
          onClick={() => show(inbox)}
        >
          {inbox.name}
          <span data-testid={`tally-${inbox.id}`}>{countText(counts?.[index])}</span>
        </button>
      ))}
    </nav>
  )
})

function countText(count: number | undefined): string {
  if (count === undefined) return ''
  return count > COUNTED ? `${COUNTED}+` : String(count)
}
