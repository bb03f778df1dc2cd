import { Button } from '@mantine/core'
import { IconClock, IconEye, IconLock, IconPaperclip, IconSend } from '@tabler/icons-react'
import { Suspense, lazy, useDeferredValue, useRef, useState, type KeyboardEvent, type RefObject } from 'react'
import { flushSync } from 'react-dom'
import type { Contact } from '../../../src-shared/domain/people.ts'
import type { Draft, EntryView, TicketDetail } from '../../../src-shared/domain/views.ts'
import { mentionsIn } from '../../../src-shared/domain/mentions.ts'
import { variablesOf } from '../../../src-shared/domain/macros.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { useKeyOf } from '../../app/commands/key-of.ts'
import { keysText } from '../../app/commands/key-names.ts'
import { useIdentity, useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { addEntry } from '../../tenant/edits.ts'
import { keys } from '../../tenant/queries.ts'
import { addTime } from '../../tenant/ticket-acts.ts'
import { upload } from '../../tenant/uploads.ts'
import { durationText, minutesOf } from '../../ui/duration.ts'
import { Tile } from '../../ui/tile.tsx'
import { numberText } from '../tickets/words.ts'
import { ChosenFiles } from './chosen-files.tsx'
import classes from './composer.module.css'
import { readWork, workText, type EntryMode, type TextPlace } from './entry-mode.ts'
import { filesOf } from './file-drop.tsx'
import { BECAME_A_FILE, fileOfLong, NO_FILE_HERE, tooLong } from './long-text.ts'
import { apply, chosenIn, nextItem } from './marks.ts'
import { markedPaste, pasteMarked } from './paste.ts'
import { ReplyConfirm } from './sheets-later.ts'
import { TimeFields } from './time-fields.tsx'
import { PREVIEW_KEYS, useMarks } from './use-marks.ts'
import { useMentions } from './use-mentions.tsx'
import { usePresence } from './use-presence.ts'
import { Written } from './written.tsx'

const MarksBar = lazy(async () => ({ default: (await import('./marks-bar.tsx')).MarksBar }))
// Mostly one is alone.
const OthersLine = lazy(async () => ({ default: (await import('./others-line.tsx')).OthersLine }))

interface ComposerProps {
  mode: EntryMode
  /** Whether it is shown how what is written will look. */
  preview: boolean
  ticketId: string
  number: number
  /** Without one there is nobody to reply to. */
  requester: Contact | null
  /** What the compartment kept of this ticket. */
  kept: readonly Draft[]
  /** What was written on it. */
  entries: readonly EntryView[]
  workedMinutes: number
  field: RefObject<HTMLTextAreaElement | null>
  /** Of the duration, while work is logged. */
  duration: RefObject<HTMLInputElement | null>
  onMode(mode: EntryMode): void
  onPreview(): void
  /** `;` or `::` was typed where a word may begin: a macro is wanted in its place. */
  onMacro(at: TextPlace): void
  onSend(): void
  /** It was taken. */
  onSent(): void
}

const SEND = { note: 'Add note', reply: 'Send reply', time: 'Log time' } as const

/** Writes a note, a public reply, or work that was done. The draft of each stays with its ticket while one is elsewhere. */
export function Composer(props: ComposerProps) {
  const { mode, preview, ticketId, number, requester, kept, entries, workedMinutes, field, duration } = props
  const { onMode, onPreview, onMacro, onSend, onSent } = props
  const tenant = useTenant()
  const identity = useIdentity()
  const keyOf = useKeyOf()
  const { drafts } = tenant
  const key = `${mode}:${ticketId}`
  const [{ text, time }, setDraft] = useState(() => readWork(mode, drafts.read(ticketId, mode, kept)))
  const [billable, setBillable] = useState(true)
  const [files, setFiles] = useState(() => tenant.memory.files.get(key) ?? [])
  const [problem, setProblem] = useState<string | null>(null)
  const [sending, setSending] = useState(false)
  const [asking, setAsking] = useState(false)
  const picker = useRef<HTMLInputElement>(null)
  const minutes = minutesOf(time)
  const isReply = mode === 'reply'
  const isTime = mode === 'time'
  const begun = text !== '' || time !== '' || files.length > 0
  const { others, reply, begin } = usePresence({ ticketId, mode, text, entries, kept })
  const write = (part: { text?: string; time?: string }): void => {
    const next = { text, time, ...part }
    if (isReply && text === '') begin()
    setDraft(next)
    drafts.write(ticketId, mode, workText(mode, next))
  }
  const mentions = useMentions(mode === 'note', field, text, (next) => write({ text: next }))
  const type = (typed: HTMLTextAreaElement): void => {
    const { value, selectionStart: to } = typed
    write({ text: value })
    mentions.look(typed)
    const sign = value.length === text.length + 1 ? /(?:^|\s)(;|::)$/.exec(value.slice(0, to))?.[1] : undefined
    if (sign && !isTime) onMacro({ kind: mode, from: to - sign.length, to })
  }
  useMarks(field, preview, onPreview)
  const choose = (next: readonly File[]): void => {
    setFiles(next)
    tenant.memory.files.set(key, next)
  }
  const sendText = async (body: string): Promise<void> => {
    if (mode === 'time') {
      if (minutes === null) throw new Error('there is no time to log')
      const workedAt = new Date(Date.now() - Math.abs(minutes) * 60_000).toISOString()
      const said = body || `Worked ${durationText(minutes)}.`
      return addTime(tenant, { ticketId, time: { minutes, billable, workedAt }, body: said })
    }
    const before = entriesNow()
    await addEntry(tenant, { ticketId, kind: mode, body: body || filesText(files) })
    const made = entriesNow().find((id) => !before.includes(id))
    if (files.length > 0) upload(tenant, ticketId, made ?? null, files)
  }
  const entriesNow = (): string[] =>
    tenant.queries.getQueryData<TicketDetail>(keys.ticket(ticketId))?.entries.map(({ id }) => id) ?? []
  const send = async (confirmed = false): Promise<void> => {
    if (sending || !begun) return
    if (isReply && !confirmed && tenant.memory.isFresh()) return setAsking(true)
    if (isTime && minutes === null) {
      setProblem('Say how long it took, such as 45, 1h 30 or 1:30; a day at most.')
      return duration.current?.focus()
    }
    const long = tooLong(text)
    if (long) {
      setProblem(long)
      return field.current?.focus()
    }
    const [unfilled] = variablesOf(text)
    if (unfilled !== undefined) {
      setProblem(`{{${unfilled}}} was not filled in. Replace it, or take its braces away.`)
      return field.current?.focus()
    }
    setSending(true)
    setProblem(null)
    onSend()
    try {
      await sendText(text.trim())
      write({ text: '', time: '' })
      choose([])
      onSent()
    } catch (error) {
      setProblem(problemFrom(error).message)
    } finally {
      setSending(false)
    }
  }
  const modeButton = (of: EntryMode, shortcut: string, label: string, icon: typeof IconLock, disabled = false) => {
    const Icon = icon
    return (
      <button
        type="button"
        aria-pressed={mode === of}
        disabled={disabled}
        title={disabled ? 'No requester is recorded: nobody would get a reply' : `${label} (${shortcut})`}
        onClick={() => onMode(of)}
      >
        <Icon size={12} /> {label}
      </button>
    )
  }
  const label = isReply ? `Public reply to ${requester?.name ?? 'nobody'}` : isTime ? 'What was done' : 'Internal note'
  return (
    <>
      <div role="status" aria-atomic={false} aria-label="Others in this ticket">
        {(others.length > 0 || reply) && (
          <Suspense>
            <OthersLine others={others} reply={reply} replying={isReply && text !== ''} />
          </Suspense>
        )}
      </div>
      <form
        className={classes.composer}
        data-mode={mode}
        data-composer
        aria-label={isReply ? 'Public reply' : isTime ? 'Time' : 'Internal note'}
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
        onDrop={(event) => {
          const dropped = filesOf(event.dataTransfer)
          if (dropped.length === 0 || isTime) return
          event.preventDefault()
          event.stopPropagation()
          choose([...files, ...dropped])
        }}
        onPaste={(event) => {
          const pasted = filesOf(event.clipboardData)
          const plain = event.clipboardData.getData('text/plain')
          const written = event.target === field.current ? field.current : null
          // What is chosen makes room.
          const replaced = written ? written.selectionEnd - written.selectionStart : 0
          const long = fileOfLong(plain, text.length - replaced)
          const marked = !long && written ? markedPaste(event.clipboardData) : null
          if (marked && written) {
            event.preventDefault()
            event.stopPropagation()
            return void pasteMarked(written, marked, plain)
          }
          if (!long && (isTime || pasted.length === 0)) return
          event.preventDefault()
          event.stopPropagation()
          if (isTime) return setProblem(NO_FILE_HERE)
          choose([...files, ...pasted, ...(long ? [long] : [])])
          setProblem(long && BECAME_A_FILE)
        }}
      >
        <div className={classes.head}>
          <span className={classes.modes} role="group" aria-label="What to write">
            {modeButton('note', 'n', 'Internal note', IconLock)}
            {modeButton('reply', 'r', 'Public reply', IconSend, !requester)}
            {modeButton('time', 'w', 'Time', IconClock)}
          </span>
          <span className={classes.for}>
            <Tile initials={identity.initials} colour={identity.colour} logo={identity.logo} size={16} />{' '}
            {identity.name} · {numberText(number)}
          </span>
        </div>
        {isReply && requester && (
          <div className={classes.to}>
            Public reply to <b>{requester.name}</b> {requester.email ?? '(no address is recorded)'}
          </div>
        )}
        {isTime && (
          <TimeFields
            field={duration}
            text={time}
            minutes={minutes}
            billable={billable}
            workedMinutes={workedMinutes}
            onText={(next) => write({ time: next })}
            onBillable={setBillable}
            onDone={() => field.current?.focus()}
            onSend={() => void send()}
          />
        )}
        {mentions.list}
        <textarea
          ref={field}
          className={classes.field}
          {...mentions.aria}
          aria-label={`${label} on ticket ${numberText(number)} of ${identity.name}`}
          placeholder={
            isReply
              ? `${requester?.name ?? 'The requester'} reads this.`
              : isTime
                ? 'What was done'
                : 'Only technicians see this. Press n to write.'
          }
          rows={text === '' ? 1 : 3}
          value={text}
          onChange={(event) => type(event.target)}
          onSelect={(event) => mentions.look(event.currentTarget)}
          onBlur={() => {
            drafts.flush()
            mentions.close()
          }}
          onKeyDown={(event) => {
            if (mentions.onKey(event)) return event.preventDefault()
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void send()
            else if (event.key === 'Escape') event.currentTarget.blur()
            else if (!goesOn(event)) return
            event.preventDefault()
          }}
        />
        {preview && text.trim() !== '' && <Preview text={text} isNote={mode === 'note'} />}
        {files.length > 0 && <ChosenFiles files={files} onChange={choose} />}
        {problem && (
          <p className={classes.problem} role="alert">
            {problem}
          </p>
        )}
        {begun && (
          <div className={classes.actions}>
            <Suspense fallback={<div className={classes.marks} />}>
              <MarksBar field={field} />
            </Suspense>
            {!isTime && (
              <button type="button" className={classes.attach} onClick={() => picker.current?.click()}>
                <IconPaperclip size={13} /> Attach files
              </button>
            )}
            <button
              type="button"
              className={classes.attach}
              aria-pressed={preview}
              title={`Show how it will look (${keyOf('preview', PREVIEW_KEYS)})`}
              onClick={onPreview}
            >
              <IconEye size={13} /> Preview
            </button>
            <span>Kept as a draft here until you {isReply ? 'send' : isTime ? 'log' : 'add'} it</span>
            <Button
              type="submit"
              className={classes.send}
              data-mode={mode}
              size="compact-sm"
              color={mode === 'note' ? 'yellow' : undefined}
              variant={mode === 'note' ? 'light' : 'filled'}
              loading={sending}
            >
              {SEND[mode]}&ensp;{keysText('Mod+Enter')}
            </Button>
          </div>
        )}
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          aria-label="Files for this entry"
          onChange={(event) => {
            choose([...files, ...(event.target.files ?? [])])
            event.target.value = ''
          }}
        />
      </form>
      {asking && requester && (
        <ReplyConfirm
          number={number}
          to={requester.name}
          onSend={() => {
            // The dialog gives the focus back before the ticket takes it.
            flushSync(() => setAsking(false))
            void send(true)
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  )
}

/** Begins the next item of a list where Enter is pressed in one. @returns whether it was */
function goesOn({ key, shiftKey, altKey, nativeEvent, currentTarget }: KeyboardEvent<HTMLTextAreaElement>): boolean {
  if (key !== 'Enter' || shiftKey || altKey || nativeEvent.isComposing) return false
  const edit = nextItem(chosenIn(currentTarget))
  if (edit) apply(currentTarget, edit)
  return edit !== null
}

/** How what is written will look to those who read it. */
function Preview({ text, isNote }: { text: string; isNote: boolean }) {
  const { technicians } = useDesk()
  // Nobody reads it between two keys.
  const shown = useDeferredValue(text)
  return (
    <section className={classes.preview} aria-label="Preview" tabIndex={0}>
      <Written
        text={shown.trim()}
        unfolded={false}
        mentions={isNote ? mentionsIn(shown, technicians) : undefined}
        first
      />
    </section>
  )
}

/** An entry says something, also where it only brings files. */
function filesText(files: readonly File[]): string {
  return files.map(({ name }) => name).join(', ')
}
