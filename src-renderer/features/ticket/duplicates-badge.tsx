import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { isOver } from '../../../src-shared/domain/configuration.ts'
import type { TicketDetail } from '../../../src-shared/domain/views.ts'
import { useKeyOf } from '../../app/commands/key-of.ts'
import { useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { similarQuery } from '../../tenant/queries.ts'
import { afterPaint } from '../../ui/after-paint.ts'
import classes from './ticket.module.css'

/** Says quietly how many tickets may be the same as an open one. It is asked for when the ticket is painted, and moves nothing. */
export function DuplicatesBadge({ detail: { ticket }, onOpen }: { detail: TicketDetail; onOpen(): void }) {
  const tenant = useTenant()
  const keyOf = useKeyOf()
  const { statuses } = useDesk().configuration
  const painted = usePainted()
  const over = isOver(statuses, ticket.status)
  const { data } = useQuery({ ...similarQuery(tenant, ticket.id), enabled: painted && !over })
  if (over || !data || data.length === 0) return null
  return (
    <button
      className={classes.asleep}
      title={`Tickets that may be duplicates of it (${keyOf('duplicates', 'D')})`}
      onClick={onOpen}
    >
      {data.length} similar
    </button>
  )
}

/** Whether what is on screen was painted once. */
function usePainted(): boolean {
  const [painted, setPainted] = useState(false)
  useEffect(() => afterPaint(() => setPainted(true)), [])
  return painted
}
