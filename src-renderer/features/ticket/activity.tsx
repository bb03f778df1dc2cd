import { useLayoutEffect, useRef } from 'react'
import type { TicketActivityLine } from '../../../src-shared/domain/ticket-change.ts'
import type { TicketDetail } from '../../../src-shared/domain/views.ts'
import { useDesk } from '../../tenant/desk.tsx'
import type { Shown } from '../../tenant/memory.ts'
import { PendingSlot } from '../../ui/pending-mark.tsx'
import { agoShort, dateTime } from '../../ui/time.ts'
import { numberText } from '../tickets/words.ts'
import { actsText } from './act-words.ts'
import classes from './ticket.module.css'
import type { Activity } from './use-activity.ts'

interface ActivityLineProps {
  line: TicketActivityLine
  activity: Activity
  detail: TicketDetail
  now: number
  /** Told once the line stands. */
  onStands?: ((line: HTMLElement) => void) | undefined
}

/** One change among what was written. */
export function ActivityLine({ line, activity, detail, now, onStands }: ActivityLineProps) {
  const { acts, by, at, pending, from } = line
  const desk = useDesk()
  const stands = useRef<HTMLLIElement>(null)
  useLayoutEffect(() => {
    if (stands.current) onStands?.(stands.current)
  })
  return (
    <li ref={stands} className={classes.event} data-testid="activity">
      <span>{actsText(acts, { ...activity, ticketId: detail.ticket.id, desk })}</span>
      {from && (
        <span className={classes.from} title={from.subject}>
          of {numberText(from.number)}
        </span>
      )}
      <span className={classes.eventBy}>
        <PendingSlot pending={pending} /> {by.name} ·{' '}
        <time dateTime={at} title={dateTime(at)}>
          {agoShort(at, now)}
        </time>
      </span>
    </li>
  )
}

const SHOWN: readonly [Shown, string, string?][] = [
  ['all', 'Everything'],
  ['changes', 'Changes', 'Y'],
  ['conversation', 'Conversation', 'A'],
]

/** Which of both stands here, and the way to what is older. */
export function ActivityHead({ activity: { shown, onShow, onOlder, said } }: { activity: Activity }) {
  return (
    <li className={classes.activityHead}>
      <span role="group" aria-label="What is shown">
        {SHOWN.map(([which, name, key]) => (
          <button key={which} aria-pressed={shown === which} aria-keyshortcuts={key} onClick={() => onShow(which)}>
            {name} {key && <kbd aria-hidden>{key}</kbd>}
          </button>
        ))}
      </span>
      {said && <span>{said}</span>}
      {onOlder && (
        <button aria-keyshortcuts="B" onClick={onOlder}>
          Older changes <kbd aria-hidden>B</kbd>
        </button>
      )}
    </li>
  )
}
