import { IconLock } from '@tabler/icons-react'
import { memo } from 'react'
import { initialsOf } from '../../../src-shared/domain/tenant.ts'
import type { EntryView, TicketDetail } from '../../../src-shared/domain/views.ts'
import { agoShort, dateTime, useMinute } from '../../ui/time.ts'
import { PendingSlot } from '../../ui/pending-mark.tsx'
import classes from './ticket.module.css'

/** What was written and what happened, oldest first. */
export function Conversation({ detail: { ticket, entries, requester } }: { detail: TicketDetail }) {
  const now = useMinute()
  const opened = requester?.name ?? 'No requester'
  return (
    <ol className={classes.conversation} aria-label="Conversation">
      <li className={classes.entry} data-kind="description">
        <Avatar name={opened} />
        <div className={classes.bubble}>
          <div className={classes.byline}>
            <b>{opened}</b> {requester ? 'opened this ticket' : 'is recorded for this ticket'}
            <span className={classes.meta}>
              <When at={ticket.createdAt} now={now} />
            </span>
          </div>
          <div className={classes.text}>{ticket.description || 'No description.'}</div>
        </div>
      </li>
      {entries.map((entry) => (
        <Entry key={entry.id} entry={entry} now={now} />
      ))}
    </ol>
  )
}

const Entry = memo(function Entry({ entry, now }: { entry: EntryView; now: number }) {
  const { kind, author, body, createdAt, pending } = entry
  if (kind === 'event') {
    return (
      <li className={classes.event}>
        <span>{body}</span>
        <span className={classes.eventBy}>
          {author.kind === 'system' ? '' : `${author.name} · `}
          {agoShort(createdAt, now)}
        </span>
      </li>
    )
  }
  return (
    <li className={classes.entry} data-kind={kind} data-author={author.kind} data-testid={`entry-${kind}`}>
      <Avatar name={author.name} />
      <div className={classes.bubble}>
        <div className={classes.byline}>
          <b>{author.name}</b>
          {kind === 'note' ? (
            <span className={classes.noteLabel}>
              <IconLock size={12} /> Internal note
            </span>
          ) : (
            <span>{author.kind === 'contact' ? 'replied' : 'public reply'}</span>
          )}
          <span className={classes.meta}>
            <PendingSlot pending={pending} />
            <When at={createdAt} now={now} />
          </span>
        </div>
        <div className={classes.text}>{body}</div>
      </div>
    </li>
  )
})

function When({ at, now }: { at: string; now: number }) {
  return (
    <time dateTime={at} title={dateTime(at)}>
      {agoShort(at, now)}
    </time>
  )
}

function Avatar({ name }: { name: string }) {
  return (
    <span className={classes.avatar} aria-hidden>
      {initialsOf(name)}
    </span>
  )
}
