import { useLayoutEffect, useRef } from 'react'
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
  /** Names by id. */
  people: Record<string, string>
  now: number
  /** Told once the line stands. */
  onStands?: ((line: HTMLElement) => void) | undefined
}

/** One change among what was written. */
export function ActivityLine({ line: { acts, by, at, pending }, detail, people, now, onStands }: ActivityLineProps) {
  const desk = useDesk()
  const stands = useRef<HTMLLIElement>(null)
  useLayoutEffect(() => {
    if (stands.current) onStands?.(stands.current)
  })
  return (
    <li ref={stands} className={classes.event} data-testid="activity">
      <span>{actsText(acts, detail, desk, people)}</span>
      <span className={classes.eventBy}>
        <PendingSlot pending={pending} /> {by.name} ·{' '}
        <time dateTime={at} title={dateTime(at)}>
          {agoShort(at, now)}
        </time>
      </span>
    </li>
  )
}
