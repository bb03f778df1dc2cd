import { IconMoon } from '@tabler/icons-react'
import { useKeyOf } from '../../app/commands/key-of.ts'
import { useRegistry } from '../../app/commands/use-commands.tsx'
import { dateTime, useMinute } from '../../ui/time.ts'
import classes from './ticket.module.css'

/** Until when the ticket sleeps; a click wakes it. Nothing where it is awake. */
export function SnoozeBadge({ until }: { until: string | null }) {
  const registry = useRegistry()
  const keyOf = useKeyOf()
  const now = useMinute()
  if (until === null || Date.parse(until) <= now) return null
  return (
    <button
      className={classes.asleep}
      title={`Wake it now (${keyOf('wake', 'H')})`}
      onClick={() => registry.run('wake')}
    >
      <IconMoon size={13} aria-hidden /> Snoozed until {dateTime(until)}
    </button>
  )
}
