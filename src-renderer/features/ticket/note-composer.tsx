import { Button } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { useState, type RefObject } from 'react'
import { problemFrom } from '../../app/channel/link.ts'
import { keysText } from '../../app/commands/keys.tsx'
import { useSummary, useTenant } from '../../tenant/context.tsx'
import { addNote } from '../../tenant/edits.ts'
import { Tile } from '../../ui/tile.tsx'
import classes from './ticket.module.css'

interface NoteComposerProps {
  ticketId: string
  number: number
  field: RefObject<HTMLTextAreaElement | null>
  onSend(): void
}

/** Writes an internal note. The draft stays with its ticket while one is elsewhere. */
export function NoteComposer({ ticketId, number, field, onSend }: NoteComposerProps) {
  const tenant = useTenant()
  const summary = useSummary()
  const { drafts } = tenant.memory
  const [text, setText] = useState(() => drafts.get(ticketId) ?? '')
  const [problem, setProblem] = useState<string | null>(null)
  const [sending, setSending] = useState(false)
  const write = (next: string): void => {
    setText(next)
    if (next === '') drafts.delete(ticketId)
    else drafts.set(ticketId, next)
  }
  const send = async (): Promise<void> => {
    const body = text.trim()
    if (body === '' || sending) return
    setSending(true)
    setProblem(null)
    onSend()
    try {
      await addNote(tenant, ticketId, body)
      write('')
    } catch (error) {
      setProblem(problemFrom(error).message)
    } finally {
      setSending(false)
    }
  }
  return (
    <form
      className={classes.composer}
      aria-label="Internal note"
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      <div className={classes.composerHead}>
        <span className={classes.noteLabel}>
          <IconLock size={12} /> Internal note
        </span>
        <span className={classes.composerFor}>
          <Tile initials={summary.initials} colour={summary.colour} size={16} /> {summary.name} · {number}
        </span>
      </div>
      <textarea
        ref={field}
        className={classes.composerField}
        aria-label={`Internal note on ticket ${number} of ${summary.name}`}
        placeholder="Only technicians see this. Press n to write."
        rows={text === '' ? 1 : 3}
        value={text}
        onChange={(event) => write(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void send()
          else if (event.key === 'Escape') event.currentTarget.blur()
          else return
          event.preventDefault()
        }}
      />
      {problem && (
        <p className={classes.composerProblem} role="alert">
          {problem}
        </p>
      )}
      {text !== '' && (
        <div className={classes.composerActions}>
          <span>Kept as a draft here until you add it</span>
          <Button
            type="submit"
            size="compact-sm"
            color="yellow"
            variant="light"
            loading={sending}
            disabled={text.trim() === ''}
          >
            Add note&ensp;{keysText('Mod+Enter')}
          </Button>
        </div>
      )}
    </form>
  )
}
