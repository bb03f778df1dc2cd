import { initialsOf } from '../../../src-shared/domain/tenant.ts'
import type { EntryView } from '../../../src-shared/domain/views.ts'
import { agoText, useMinute } from '../../ui/time.ts'
import { otherText, type Other } from '../tickets/others.ts'
import classes from './others.module.css'

interface OthersLineProps {
  others: readonly Other[]
  /** Of somebody else, since the reply that is being written was begun. */
  reply: EntryView | null
  /** A reply is being written here. */
  replying: boolean
}

/** Who else has the ticket open and what they do; marked where two would answer at once. */
export function OthersLine({ others, reply, replying }: OthersLineProps) {
  const now = useMinute()
  return (
    <div className={classes.line}>
      {reply && (
        <span className={classes.other} data-warns>
          <Initials name={reply.author.name} />
          <span>
            {/* Not read out again with every minute. */}
            {reply.author.name} replied <span aria-hidden>{agoText(reply.createdAt, now)}</span>, after you began
          </span>
        </span>
      )}
      {others.map((other, place) => {
        const clashes = replying && other.doing === 'reply'
        return (
          <span key={place} className={classes.other} data-doing={other.doing} data-warns={clashes || undefined}>
            <Initials name={other.name} />
            <span>{`${otherText(other)}${clashes ? ' too' : ''}`}</span>
          </span>
        )
      })}
    </div>
  )
}

function Initials({ name }: { name: string }) {
  return (
    <span className={classes.initials} aria-hidden>
      {initialsOf(name)}
    </span>
  )
}
