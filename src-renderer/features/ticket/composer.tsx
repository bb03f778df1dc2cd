import { Button } from '@mantine/core'
import { IconLock, IconSend } from '@tabler/icons-react'
import { useState, type RefObject } from 'react'
import type { Contact } from '../../../src-shared/domain/people.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { keysText } from '../../app/commands/keys.tsx'
import { useSummary, useTenant } from '../../tenant/context.tsx'
import { addEntry } from '../../tenant/edits.ts'
import { Tile } from '../../ui/tile.tsx'
import classes from './composer.module.css'
import { draftKey, type EntryMode } from './entry-mode.ts'

interface ComposerProps {
  mode: EntryMode
  ticketId: string
  number: number
  /** Without one there is nobody to reply to. */
  requester: Contact | null
  field: RefObject<HTMLTextAreaElement | null>
  onMode(mode: EntryMode): void
  onSend(): void
}

/** Writes an internal note or a public reply. The draft of each stays with its ticket while one is elsewhere. */
export function Composer({ mode, ticketId, number, requester, field, onMode, onSend }: ComposerProps) {
  const tenant = useTenant()
  const summary = useSummary()
  const { drafts } = tenant.memory
  const key = draftKey(ticketId, mode)
  const [text, setText] = useState(() => drafts.get(key) ?? '')
  const [problem, setProblem] = useState<string | null>(null)
  const [sending, setSending] = useState(false)
  const isReply = mode === 'reply'
  const write = (next: string): void => {
    setText(next)
    if (next === '') drafts.delete(key)
    else drafts.set(key, next)
  }
  const send = async (): Promise<void> => {
    const body = text.trim()
    if (body === '' || sending) return
    setSending(true)
    setProblem(null)
    onSend()
    try {
      await addEntry(tenant, { ticketId, kind: mode, body })
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
      data-mode={mode}
      aria-label={isReply ? 'Public reply' : 'Internal note'}
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      <div className={classes.head}>
        <span className={classes.modes} role="group" aria-label="What to write">
          <button type="button" aria-pressed={!isReply} title="Internal note (n)" onClick={() => onMode('note')}>
            <IconLock size={12} /> Internal note
          </button>
          <button
            type="button"
            aria-pressed={isReply}
            disabled={!requester}
            title={requester ? 'Public reply (r)' : 'No requester is recorded: nobody would get a reply'}
            onClick={() => onMode('reply')}
          >
            <IconSend size={12} /> Public reply
          </button>
        </span>
        <span className={classes.for}>
          <Tile initials={summary.initials} colour={summary.colour} size={16} /> {summary.name} · {number}
        </span>
      </div>
      {isReply && requester && (
        <div className={classes.to}>
          Public reply to <b>{requester.name}</b> {requester.email ?? '(no address is recorded)'}
        </div>
      )}
      <textarea
        ref={field}
        className={classes.field}
        aria-label={
          isReply
            ? `Public reply to ${requester?.name ?? 'nobody'} on ticket ${number} of ${summary.name}`
            : `Internal note on ticket ${number} of ${summary.name}`
        }
        placeholder={
          isReply ? `${requester?.name ?? 'The requester'} reads this.` : 'Only technicians see this. Press n to write.'
        }
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
        <p className={classes.problem} role="alert">
          {problem}
        </p>
      )}
      {text !== '' && (
        <div className={classes.actions}>
          <span>Kept as a draft here until you {isReply ? 'send' : 'add'} it</span>
          <Button
            type="submit"
            size="compact-sm"
            color={isReply ? undefined : 'yellow'}
            variant={isReply ? 'filled' : 'light'}
            loading={sending}
            disabled={text.trim() === ''}
          >
            {isReply ? 'Send reply' : 'Add note'}&ensp;{keysText('Mod+Enter')}
          </Button>
        </div>
      )}
    </form>
  )
}
