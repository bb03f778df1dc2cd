import { isOpenCategory } from '../../../src-shared/domain/configuration.ts'
import type { TicketDetail } from '../../../src-shared/domain/views.ts'
import type { TargetClock } from '../../../src-shared/sla/service-desk.ts'
import { useDesk, useServiceDesk } from '../../tenant/desk.tsx'
import { durationText } from '../../ui/duration.ts'
import { dateTime, dueShort, useMinute } from '../../ui/time.ts'
import { serviceText, serviceTitle } from './service-words.ts'

const LABELS = { 'first-response': 'Response', resolution: 'Resolution' } as const

/** When the ticket is due, and why: a line for each of its service targets, or the cloud's word where there is none. */
export function ServiceLines({ detail }: { detail: TicketDetail }) {
  const { ticket, dueAt, riskAt } = detail
  const { statuses } = useDesk().configuration
  const service = useServiceDesk()
  const now = useMinute()
  const clocks = service.clocksOf(ticket, now)
  const status = statuses.find(({ key }) => key === ticket.status)
  if (clocks.length > 0)
    return clocks.map((clock) => (
      <Line key={clock.target} clock={clock} now={now} status={status?.label ?? ticket.status} />
    ))
  const open = !status || isOpenCategory(status.category)
  const late = open && dueAt !== null && Date.parse(dueAt) < now
  const atRisk = open && !late && riskAt !== null && Date.parse(riskAt) <= now
  return (
    <>
      <dt>Due</dt>
      <dd
        data-late={late || undefined}
        data-risk={atRisk || undefined}
        title={dueAt ? dateTime(dueAt) : 'Nothing is agreed for such a ticket.'}
      >
        {dueAt ? dueShort(dueAt, now) : 'No target'}
      </dd>
    </>
  )
}

function Line({ clock, now, status }: { clock: TargetClock; now: number; status: string }) {
  const late = clock.state === 'missed' || clock.used > clock.minutes
  const atRisk = !late && clock.state === 'running' && clock.riskAt !== null && clock.riskAt <= now
  return (
    <>
      <dt>{LABELS[clock.target]}</dt>
      <dd
        data-late={late || undefined}
        data-risk={atRisk || undefined}
        data-over={clock.state === 'met' || undefined}
        title={serviceTitle(clock, status)}
      >
        {serviceText(clock)}
        <small>
          of {durationText(clock.minutes)}, {clock.calendar}
        </small>
      </dd>
    </>
  )
}
