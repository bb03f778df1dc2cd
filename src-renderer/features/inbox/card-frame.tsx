import type { ReactNode } from 'react'
import type { InboxItem } from '../../../src-shared/domain/views.ts'
import { dateTime } from '../../ui/time.ts'
import { numberText } from '../tickets/words.ts'
import { aboutText, actText } from './edit-words.ts'
import classes from './inbox.module.css'

interface CardFrameProps {
  item: InboxItem
  /** What is wrong, in a few words. */
  kind: string
  onOpen(): void
  children: ReactNode
}

/** The frame of an undecided edit: which ticket, what happened, when. */
export function CardFrame({ item, kind, onOpen, children }: CardFrameProps) {
  const { ticket } = item
  return (
    <article className={classes.card} aria-label={`${kind}: ${aboutText(item)}`} data-testid="inbox-item">
      <header className={classes.cardHead}>
        <span className={classes.kind} data-kind={item.kind}>
          {kind}
        </span>
        {ticket ? (
          <button className={classes.ticket} title="Open the ticket (o)" onClick={onOpen}>
            <span>{numberText(ticket.number)}</span> {ticket.subject}
          </button>
        ) : (
          <span className={classes.ticket}>{aboutText(item)}</span>
        )}
        <time className={classes.when} dateTime={item.at}>
          {actText(item.mutation) || 'You changed it'} · {dateTime(item.at)}
        </time>
      </header>
      {children}
    </article>
  )
}
