import type { TicketActivityLine } from '../../../src-shared/domain/ticket-change.ts'
import type { TicketDetail } from '../../../src-shared/domain/views.ts'
import { useDesk } from '../../tenant/desk.tsx'
import { PendingSlot } from '../../ui/pending-mark.tsx'
import { agoShort, dateTime } from '../../ui/time.ts'
import { actsText } from './act-words.ts'
import classes from './ticket.module.css'

interface ActivityLineProps {
  line: TicketActivityLine
  detail: TicketDetail
  now: number
}

/** One change among what was written. */
export function ActivityLine({ line: { acts, by, at, pending }, detail, now }: ActivityLineProps) {
  const desk = useDesk()
  return (
    <li className={classes.event} data-testid="activity">
      <span>{actsText(acts, detail, desk)}</span>
      <span className={classes.eventBy}>
        <PendingSlot pending={pending} /> {by.name} ·{' '}
        <time dateTime={at} title={dateTime(at)}>
          {agoShort(at, now)}
        </time>
      </span>
    </li>
  )
}
