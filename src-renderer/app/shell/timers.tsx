import { useQuery } from '@tanstack/react-query'
import { IconPlayerRecordFilled } from '@tabler/icons-react'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import type { TimerView } from '../../../src-shared/domain/views.ts'
import { useAct } from '../../features/ticket/use-act.ts'
import { useTenant } from '../../tenant/context.tsx'
import { timersQuery } from '../../tenant/timers.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { durationText } from '../../ui/duration.ts'
import { useStore } from '../../ui/store.ts'
import { dateTime, useMinute } from '../../ui/time.ts'
import { useUndo } from '../commands/undo.tsx'
import { useConsole } from '../console/context.tsx'
import classes from './client-header.module.css'
import { places, useGo } from './go.ts'

/**
 * The timers that run, of all clients; says so loudly where there are two. A click leads to the one that runs longest. One
 * whose ticket was deleted stands by itself: all that can be done is to discard it.
 */
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
  const gone = here.find(({ ticket }) => ticket === null)
  const own = here.find(({ ticket }) => ticket !== null)
  const [other] = elsewhere.sort((a, b) => a.since - b.since)
  const since = Math.min(own ? Date.parse(own.since) : Infinity, other?.since ?? Infinity)
  const isOwn = own !== undefined && Date.parse(own.since) === since
  const minutes = (from: number): string => durationText(Math.max(0, Math.floor((now - from) / 60_000)))
  const number = own?.ticket?.number ?? 0
  const where = isOwn ? `ticket ${number < 0 ? 'new' : number}` : (other?.name ?? '')
  return (
    <>
      {gone && <GoneTimer timer={gone} minutes={minutes(Date.parse(gone.since))} />}
      {(own ?? other) && (
        <button
          className={classes.timer}
          data-many={count > 1 || undefined}
          title={count > 1 ? 'Several timers run: the time is counted several times' : 'A timer runs'}
          onClick={() => {
            if (isOwn && tenantId) go(places.ticket(tenantId, own.ticketId))
            else if (other) go(places.client(other.id))
          }}
        >
          <IconPlayerRecordFilled size={11} aria-hidden />
          {count > 1 ? `${count} timers run · ` : ''}
          {minutes(since)} · {where}
        </button>
      )}
    </>
  )
}

/** A timer of a ticket that was deleted, and the question whether it may go. */
function GoneTimer({ timer: { ticketId, since }, minutes }: { timer: TimerView; minutes: string }) {
  const { client } = useTenant()
  const [asking, setAsking] = useState(false)
  const undo = useUndo()
  const act = useAct()
  const discard = async (): Promise<void> => {
    setAsking(false)
    const done = await act('The timer was not discarded.', async () => {
      await client.tickets.stopTimer.mutate({ ticketId })
    })
    if (done) undo.say(`Timer of a deleted ticket discarded at ${minutes}`)
  }
  return (
    <>
      <button className={classes.timer} title="The ticket of this timer was deleted" onClick={() => setAsking(true)}>
        <IconPlayerRecordFilled size={11} aria-hidden />
        {minutes} · deleted ticket
      </button>
      {asking && (
        <Confirm
          danger
          title="Discard this timer?"
          text={`It has run for ${minutes}, since ${dateTime(since)}, and its ticket was deleted meanwhile: its time cannot be logged there. If it counts, log it on another ticket first.`}
          action="Discard the timer"
          onConfirm={() => void discard()}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  )
}
