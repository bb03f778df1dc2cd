import type { ReactNode } from 'react'
import type { InboxItem } from '../../../src-shared/domain/views.ts'
import { dateTime } from '../../ui/time.ts'
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
    <article className={classes.card} aria-label={`${kind}: ${ticketName(item)}`} data-testid="inbox-item">
      <header className={classes.cardHead}>
        <span className={classes.kind} data-kind={item.kind}>
          {kind}
        </span>
        {ticket ? (
          <button className={classes.ticket} title="Open the ticket (o)" onClick={onOpen}>
            <span>{ticket.number < 0 ? 'new' : ticket.number}</span> {ticket.subject}
          </button>
        ) : (
          <span className={classes.ticket}>This ticket is no longer here</span>
        )}
        <time className={classes.when} dateTime={item.at}>
          You changed it {dateTime(item.at)}
        </time>
      </header>
      {children}
    </article>
  )
}

/** How an undecided edit's ticket is named in messages. */
export function ticketName({ ticket }: InboxItem): string {
  if (!ticket) return 'A ticket that is gone'
  return ticket.number < 0 ? 'New ticket' : `Ticket ${ticket.number}`
}
