import { IconClock, IconLock, IconPaperclip } from '@tabler/icons-react'
import { lazy, memo, startTransition, Suspense, useEffect, useMemo, useState, type KeyboardEvent } from 'react'
import { initialsOf } from '../../../src-shared/domain/tenant.ts'
import type { TicketActivityLine } from '../../../src-shared/domain/ticket-change.ts'
import type { AttachmentView, EntryView, TicketDetail } from '../../../src-shared/domain/views.ts'
import { useCommands } from '../../app/commands/use-commands.tsx'
import { durationText } from '../../ui/duration.ts'
import { agoShort, dateTime, useMinute } from '../../ui/time.ts'
import { PendingSlot } from '../../ui/pending-mark.tsx'
import { numberText } from '../tickets/words.ts'
import { partsOf } from './quotes.ts'
import classes from './ticket.module.css'
import { useActivity } from './use-activity.ts'
import { AsTyped, useAsTyped } from './as-typed.tsx'
import { Written } from './written.tsx'

/** Few look at it: what tells of changes is loaded when somebody does. */
const ActivityLine = lazy(async () => ({ default: (await import('./activity.tsx')).ActivityLine }))
const ActivityHead = lazy(async () => ({ default: (await import('./activity.tsx')).ActivityHead }))

/** Entries that are painted with the ticket: more than fit on a screen. The rest follows without being waited for. */
const FIRST_ENTRIES = 30

/** Entries whose marks are drawn with the ticket; those of the others are as they come near. */
const FIRST_FORMATTED = 5

/** Entries that are being chosen. */
export interface Choosing {
  chosen: ReadonlySet<string>
  onToggle(entryId: string): void
  onLeave(): void
}

interface ConversationProps {
  detail: TicketDetail
  choosing: Choosing | null
}

/** What was written and what happened, oldest first. */
export function Conversation({ detail, choosing }: ConversationProps) {
  const { ticket, entries, requester, attachments } = detail
  const now = useMinute()
  const activity = useActivity(ticket.id)
  const opened = requester?.name ?? 'No requester'
  const [whole, setWhole] = useState(entries.length <= FIRST_ENTRIES)
  useEffect(() => startTransition(() => setWhole(true)), [])
  const all = whole ? entries : entries.slice(0, FIRST_ENTRIES)
  const only = activity.shown === 'changes'
  const shown = only ? all.filter(({ kind }) => kind === 'event') : all
  const [unfolded, setUnfolded] = useState(false)
  const hasQuotes = useMemo(
    () => [ticket.description, ...entries.map(({ body }) => body)].some((text) => partsOf(text).length > 1),
    [ticket.description, entries],
  )
  const [typed, setTyped] = useState(false)
  useCommands([
    {
      ...{ id: 'as-typed', group: 'Ticket', keys: [] },
      title: typed ? 'Show texts formatted' : 'Show texts as they were typed',
      run: () => setTyped(!typed),
    },
  ])
  const description = useAsTyped(ticket.description, typed)
  useCommands(
    hasQuotes
      ? [
          {
            ...{ id: 'quotes', group: 'Ticket' as const, keys: ['q'] },
            title: unfolded ? 'Fold the quoted text' : 'Show the quoted text',
            run: () => setUnfolded(!unfolded),
          },
        ]
      : [],
  )
  return (
    <ol
      className={classes.conversation}
      aria-label="Conversation"
      onKeyDown={choosing ? (event) => stepBoxes(event, choosing) : undefined}
    >
      <li className={classes.entry} data-kind="description" hidden={only}>
        <Avatar name={opened} />
        <div className={classes.bubble}>
          <div className={classes.byline}>
            <b>{opened}</b> {requester ? 'opened this ticket' : 'is recorded for this ticket'}
            <span className={classes.meta}>
              <AsTyped {...description} />
              <When at={ticket.createdAt} now={now} />
            </span>
          </div>
          <Written text={ticket.description || 'No description.'} unfolded={unfolded} typed={description.typed} first />
        </div>
      </li>
      {activity.shown !== 'conversation' && (
        <Suspense>
          <ActivityHead activity={activity} />
        </Suspense>
      )}
      {inTurn(shown, activity.lines).map(({ entry, line }, index) =>
        line ? (
          <Suspense key={line.id}>
            <ActivityLine
              {...{ line, activity, detail, now }}
              onStands={line === activity.lines.at(-1) ? activity.onStands : undefined}
            />
          </Suspense>
        ) : (
          <Entry
            key={entry.id}
            entry={entry}
            now={now}
            unfolded={unfolded}
            allTyped={typed}
            first={index < FIRST_FORMATTED}
            files={attachments.filter(({ entryId }) => entryId === entry.id)}
            // Entries of a merged ticket are that ticket's to split.
            choosing={entry.from ? null : choosing}
          />
        ),
      )}
    </ol>
  )
}

type Item = { entry: EntryView; line?: never } | { entry?: never; line: TicketActivityLine }

/** Entries and changes in the order of time; both come in it. */
function inTurn(entries: readonly EntryView[], lines: readonly TicketActivityLine[]): Item[] {
  const items: Item[] = []
  let at = 0
  for (const entry of entries) {
    for (let line = lines[at]; line && line.at < entry.createdAt; line = lines[++at]) items.push({ line })
    items.push({ entry })
  }
  return [...items, ...lines.slice(at).map((line) => ({ line }))]
}

/** Arrows lead from box to box, Enter on to the sheet above, Esc out of it. */
function stepBoxes(event: KeyboardEvent<HTMLElement>, { onLeave }: Choosing): void {
  const boxes = [...event.currentTarget.querySelectorAll<HTMLElement>('input[type=checkbox]')]
  const at = boxes.findIndex((box) => box === document.activeElement)
  if (at < 0) return
  if (event.key === 'ArrowDown' || event.key === 'j') boxes[at + 1]?.focus()
  else if (event.key === 'ArrowUp' || event.key === 'k') boxes[at - 1]?.focus()
  else if (event.key === 'Escape') onLeave()
  else if (event.key === 'Enter') document.querySelector<HTMLElement>('[data-split-subject]')?.focus()
  else return
  event.preventDefault()
  event.stopPropagation()
}

interface EntryProps {
  entry: EntryView
  now: number
  /** Whether what is quoted is shown, unless a person said otherwise of one quote. */
  unfolded: boolean
  /** Whether texts are shown as they were typed, unless a person said otherwise of this one. */
  allTyped: boolean
  /** It is in sight from the first moment. */
  first: boolean
  files: readonly AttachmentView[]
  choosing: Choosing | null
}

const Entry = memo(
  function Entry({ entry, now, unfolded, allTyped, first, files, choosing }: EntryProps) {
    const asTyped = useAsTyped(entry.body, allTyped)
    const { id, kind, author, body, createdAt, pending, from, time, mentions } = entry
    const origin = from && (
      <span className={classes.from} title={from.subject}>
        from {numberText(from.number)}
      </span>
    )
    if (kind === 'event') {
      return (
        <li className={classes.event}>
          <span>{body}</span>
          {origin}
          <span className={classes.eventBy}>
            {author.kind === 'system' ? '' : `${author.name} · `}
            {agoShort(createdAt, now)}
          </span>
        </li>
      )
    }
    return (
      <li className={classes.entry} data-kind={kind} data-author={author.kind} data-testid={`entry-${kind}`}>
        {choosing ? (
          <input
            type="checkbox"
            className={classes.choose}
            aria-label={`Choose the entry of ${author.name}: ${body.slice(0, 60)}`}
            checked={choosing.chosen.has(id)}
            onChange={() => choosing.onToggle(id)}
          />
        ) : (
          <Avatar name={author.name} />
        )}
        <div className={classes.bubble}>
          <div className={classes.byline}>
            <b>{author.name}</b>
            {kind === 'note' && (
              <span className={classes.noteLabel}>
                <IconLock size={12} /> Internal note
              </span>
            )}
            {kind === 'reply' && <span>{author.kind === 'contact' ? 'replied' : 'public reply'}</span>}
            {kind === 'time' && (
              <span className={classes.timeLabel}>
                <IconClock size={12} /> {time ? durationText(time.minutes) : 'Time'}
                {time && !time.billable && <span> · not billable</span>}
              </span>
            )}
            {origin}
            <span className={classes.meta}>
              <AsTyped {...asTyped} />
              <PendingSlot pending={pending} />
              <When at={createdAt} now={now} />
            </span>
          </div>
          <Written text={body} unfolded={unfolded} mentions={mentions} typed={asTyped.typed} first={first} />
          {files.length > 0 && (
            <div className={classes.entryFiles}>
              {files.map((file) => (
                <span key={file.id}>
                  <IconPaperclip size={12} /> {file.name}
                </span>
              ))}
            </div>
          )}
        </div>
      </li>
    )
  },
  (before, after) =>
    before.entry === after.entry &&
    before.now === after.now &&
    before.unfolded === after.unfolded &&
    before.allTyped === after.allTyped &&
    before.choosing === after.choosing &&
    before.files.map(({ id, name }) => id + name).join() === after.files.map(({ id, name }) => id + name).join(),
)

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
