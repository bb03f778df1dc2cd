import { useRef, useState } from 'react'
import { PendingSlot } from '../../ui/pending-mark.tsx'
import { useCommands } from '../../app/commands/use-commands.tsx'
import classes from './ticket.module.css'

interface TicketTitleProps {
  subject: string
  pending: boolean
  onChange(subject: string): void
  /** Back to where keys act on the ticket. */
  onDone(): void
}

/** The subject, written over in place: Enter keeps it, Esc leaves it as it was. */
export function TicketTitle({ subject, pending, onChange, onDone }: TicketTitleProps) {
  const [text, setText] = useState<string | null>(null)
  const field = useRef<HTMLInputElement>(null)
  const begin = (): void => setText(subject)
  const end = (keep: boolean): void => {
    const next = text?.trim() ?? ''
    setText(null)
    if (keep && next !== '' && next !== subject) onChange(next)
  }
  useCommands([{ id: 'edit-subject', title: 'Change the subject', group: 'Ticket', keys: ['S'], run: begin }])
  if (text !== null) {
    return (
      <input
        ref={field}
        className={classes.titleField}
        aria-label="Subject"
        maxLength={300}
        autoFocus
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => end(true)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== 'Escape') return
          event.preventDefault()
          event.stopPropagation()
          end(event.key === 'Enter')
          onDone()
        }}
      />
    )
  }
  return (
    <h2 className={classes.title} title={`${subject}\n(S to change it)`} onDoubleClick={begin}>
      {subject} <PendingSlot pending={pending} />
    </h2>
  )
}
