import { useQuery } from '@tanstack/react-query'
import { IconPlayerRecordFilled } from '@tabler/icons-react'
import { useParams } from '@tanstack/react-router'
import { useTenant } from '../../tenant/context.tsx'
import { timersQuery } from '../../tenant/timers.ts'
import { durationText } from '../../ui/duration.ts'
import { useStore } from '../../ui/store.ts'
import { useMinute } from '../../ui/time.ts'
import { useConsole } from '../console/context.tsx'
import classes from './client-header.module.css'
import { places, useGo } from './go.ts'

/** The timers that run, of all clients; says so loudly where there are two. A click leads to the one that runs longest. */
export function Timers() {
  const { tenantId } = useParams({ strict: false })
  const tenant = useTenant()
  const clients = useStore(useConsole().clients)
  const { data: here = [] } = useQuery(timersQuery(tenant))
  const go = useGo()
  const now = useMinute()
  const elsewhere = [...(clients?.values() ?? [])]
    .filter(({ id }) => id !== tenantId)
    .flatMap(({ id, shortName, timers }) => timers.map((since) => ({ id, name: shortName, since })))
  const count = here.length + elsewhere.length
  if (count === 0) return null
  const [own] = here
  const [other] = elsewhere.sort((a, b) => a.since - b.since)
  const since = Math.min(own ? Date.parse(own.since) : Infinity, other?.since ?? Infinity)
  const isOwn = own !== undefined && Date.parse(own.since) === since
  const minutes = durationText(Math.max(0, Math.floor((now - since) / 60_000)))
  const where = isOwn ? `ticket ${own.ticket.number < 0 ? 'new' : own.ticket.number}` : (other?.name ?? '')
  return (
    <button
      className={classes.timer}
      data-many={count > 1 || undefined}
      title={count > 1 ? 'Several timers run: the time is counted several times' : 'A timer runs'}
      onClick={() => {
        if (isOwn && tenantId) go(places.ticket(tenantId, own.ticket.id))
        else if (other) go(places.client(other.id))
      }}
    >
      <IconPlayerRecordFilled size={11} aria-hidden />
      {count > 1 ? `${count} timers run · ` : ''}
      {minutes} · {where}
    </button>
  )
}
