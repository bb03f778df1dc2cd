import { IconArrowLeft, IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { lazy, memo, Suspense, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import type { TicketDetail, TicketRow } from '../../../src-shared/domain/views.ts'
import type { Command } from '../../app/commands/commands.ts'
import { useKeyOf } from '../../app/commands/key-of.ts'
import { useCommands, useDispatcher, useRegistry } from '../../app/commands/use-commands.tsx'
import { useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { upload } from '../../tenant/uploads.ts'
import { numberText } from '../tickets/words.ts'
import { Composer } from './composer.tsx'
import { Conversation, type Choosing } from './conversation.tsx'
import { DuplicatesBadge } from './duplicates-badge.tsx'
import { isEntryMode, startMode, withText, type EntryMode, type TextPlace } from './entry-mode.ts'
import { FileDrop } from './file-drop.tsx'
import { DuplicatesSheet, LinkSheet, MergeSheet, SplitSheet } from './sheets-later.ts'
import { quoted } from './marks.ts'
import { chosenWords, lastWords } from './words-to-quote.ts'
import { useTicketActions, type MacroText } from './ticket-actions.tsx'
import { useTicketCommands } from './ticket-commands.ts'
import { TicketFields } from './ticket-fields.tsx'
import { NoiseHint } from './noise.tsx'
import { hasParts } from './relations.ts'
import { SnoozeBadge } from './snooze-badge.tsx'
import { TicketMenu } from './ticket-menu.tsx'
import { TicketTitle } from './ticket-title.tsx'
import classes from './ticket.module.css'

// What most tickets have none of.
const Merged = lazy(async () => ({ default: (await import('./merged.tsx')).Merged }))
const FailedEdits = lazy(async () => ({ default: (await import('./failed-edits.tsx')).FailedEdits }))

interface OpenTicketProps {
  detail: TicketDetail
  onBack(): void
  onOpen(ticketId: string): void
}

type SheetName = 'link' | 'merge' | 'split' | 'duplicates'

const NONE: ReadonlySet<string> = new Set()

/** A ticket with its conversation, what can be written to it, and its fields. */
export const OpenTicket = memo(function OpenTicket({ detail, onBack, onOpen }: OpenTicketProps) {
  const keyOf = useKeyOf()
  const desk = useDesk()
  const tenant = useTenant()
  const registry = useRegistry()
  const dispatcher = useDispatcher()
  const { edit, macro } = useTicketActions()
  const scroller = useRef<HTMLDivElement>(null)
  const text = useRef<HTMLTextAreaElement>(null)
  const duration = useRef<HTMLInputElement>(null)
  const { ticket, requester, entries } = detail
  const [begin] = useState(tenant.memory.begin)
  const [mode, setMode] = useState<EntryMode>(() =>
    isEntryMode(begin) ? begin : startMode((kind) => tenant.drafts.read(ticket.id, kind, detail.drafts)),
  )
  // Counts the texts that were put in from outside: the field begins anew with each.
  const [inserted, setInserted] = useState(0)
  // Counts how often a task was to be added.
  const [adding, setAdding] = useState(0)
  const [preview, setPreview] = useState(false)
  const [sheet, setSheet] = useState<SheetName | null>(null)
  const [mergeWith, setMergeWith] = useState<TicketRow | null>(null)
  const [chosen, setChosen] = useState(NONE)
  const status = desk.configuration.statuses.find(({ key }) => key === ticket.status)
  const toTicket = (): void => scroller.current?.focus({ preventScroll: true })
  const show = (name: SheetName | null, other: TicketRow | null = null): void => {
    flushSync(() => {
      setMergeWith(other)
      setSheet(name)
      setChosen(NONE)
    })
    if (name === null) toTicket()
    else if (name === 'split') scroller.current?.querySelector<HTMLElement>('input[type=checkbox]')?.focus()
  }
  const write = (next: EntryMode): void => {
    // At once, so that what is typed next is already for this kind of entry.
    flushSync(() => setMode(next))
    const field = next === 'time' ? duration.current : text.current
    field?.focus()
    // On from where a draft ends.
    field?.setSelectionRange(field.value.length, field.value.length)
  }
  /** @param at where a text is to stand, in place of what called for it; null for behind everything */
  const insert = (at: TextPlace | null, { macro: { kind: own }, text: put }: Parameters<MacroText>[0]): void => {
    // What is for technicians never lands in a reply.
    const kind = own === 'note' || !requester ? 'note' : (at?.kind ?? 'reply')
    const read = (of: EntryMode): string => tenant.drafts.read(ticket.id, of, detail.drafts)
    const without = at && read(at.kind).slice(0, at.from) + read(at.kind).slice(at.to)
    if (at && without !== null && at.kind !== kind) tenant.drafts.write(ticket.id, at.kind, without)
    const here = at?.kind === kind && without !== null
    const next = here ? without.slice(0, at.from) + put + without.slice(at.from) : withText(read(kind), put)
    tenant.drafts.write(ticket.id, kind, next)
    setInserted((count) => count + 1)
    write(kind)
  }
  const quote = (): void => {
    const { text: words, internal } = chosenWords(scroller.current) ?? lastWords(detail)
    // What is for technicians never lands in a reply.
    const kind = internal || mode === 'time' ? 'note' : mode
    tenant.drafts.write(ticket.id, kind, withText(tenant.drafts.read(ticket.id, kind, detail.drafts), quoted(words)))
    setInserted((count) => count + 1)
    write(kind)
  }
  const command = (id: string, title: string, key: string, run: () => void): Command => ({
    ...{ id, title, keys: [key], run, group: 'Ticket' },
  })
  const { snoozedUntil, timerSince } = detail
  useTicketCommands(
    { ...ticket, snoozedUntil, timerSince, hasParts: hasParts(ticket) },
    {
      onText: (ready) => insert(null, ready),
      onWork() {
        setInserted((count) => count + 1)
        write('time')
      },
    },
  )
  useCommands([
    command('note', 'Write an internal note', 'n', () => write('note')),
    ...(requester ? [command('reply', 'Write a public reply', 'r', () => write('reply'))] : []),
    command('quote', 'Quote what is chosen, or the last reply', '>', quote),
    command('log-time', 'Log time', 'w', () => write('time')),
    command('task', 'Add a task', 'C', () => {
      dispatcher.hold('tasks')
      setAdding((count) => count + 1)
    }),
    command('link', 'Link to another ticket', 'L', () => show('link')),
    command('duplicates', 'Look for duplicates of this ticket', 'D', () => show('duplicates')),
    command('merge', 'Merge into another ticket', 'm', () => show('merge')),
    ...(entries.some(({ kind, from }) => kind !== 'event' && !from)
      ? [command('split', 'Split entries off into a new ticket', 'x', () => show('split'))]
      : []),
  ])
  // Keys act on the ticket from the first moment; the list behind it lets go of the focus.
  useLayoutEffect(() => {
    tenant.memory.begin = null
    const field = begin === 'time' ? duration : isEntryMode(begin) ? text : scroller
    field.current?.focus({ preventScroll: true })
  }, [tenant, begin])
  const sent = useRef(false)
  const { length } = entries
  useEffect(() => {
    if (!sent.current) return
    sent.current = false
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight, behavior: 'smooth' })
  }, [length])
  const choosing = useMemo<Choosing | null>(
    () =>
      sheet === 'split'
        ? {
            chosen,
            onLeave: () => show(null),
            onToggle: (id) =>
              setChosen((before) =>
                before.has(id) ? new Set([...before].filter((one) => one !== id)) : new Set([...before, id]),
              ),
          }
        : null,
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [sheet, chosen],
  )
  const props = { detail, onClose: () => show(null), onOpen }
  return (
    <article className={classes.pane} aria-label={`Ticket ${numberText(ticket.number)}`}>
      <header className={classes.head}>
        <button className={classes.tool} onClick={onBack} aria-label="Back to the list" title="Back to the list (Esc)">
          <IconArrowLeft size={18} />
        </button>
        <span className={classes.number}>{numberText(ticket.number)}</span>
        <TicketTitle
          subject={ticket.subject}
          pending={detail.pendingFields.includes('subject')}
          onChange={(subject) => edit(ticket, { subject })}
          onDone={toTicket}
        />
        <DuplicatesBadge detail={detail} onOpen={() => show('duplicates')} />
        <span className={classes.badge} data-category={status?.category}>
          {status?.label ?? ticket.status}
        </span>
        <SnoozeBadge until={detail.snoozedUntil} />
        <TicketMenu />
        <button
          className={classes.tool}
          onClick={() => registry.run('previous')}
          aria-label="Previous ticket"
          title={`Previous ticket (${keyOf('previous', '[')})`}
        >
          <IconChevronUp size={18} />
        </button>
        <button
          className={classes.tool}
          onClick={() => registry.run('next')}
          aria-label="Next ticket"
          title={`Next ticket (${keyOf('next', ']')})`}
        >
          <IconChevronDown size={18} />
        </button>
      </header>
      <FileDrop
        className={classes.body}
        label={`Drop to attach to ticket ${numberText(ticket.number)}`}
        onFiles={(files) => upload(tenant, ticket.id, null, files)}
      >
        <div className={classes.main}>
          {sheet === 'link' && <LinkSheet {...props} />}
          {sheet === 'merge' && <MergeSheet key={mergeWith?.id} {...props} other={mergeWith} />}
          {sheet === 'duplicates' && <DuplicatesSheet {...props} onMerge={(other) => show('merge', other)} />}
          {sheet === 'split' && <SplitSheet {...props} chosen={chosen} />}
          <div ref={scroller} className={classes.scroller} tabIndex={-1}>
            {detail.failed.length > 0 && (
              <Suspense>
                <FailedEdits detail={detail} />
              </Suspense>
            )}
            <NoiseHint detail={detail} />
            {(detail.mergedInto || detail.mergedFrom.length > 0) && (
              <Suspense>
                <Merged detail={detail} onOpen={onOpen} />
              </Suspense>
            )}
            <Conversation detail={detail} choosing={choosing} />
          </div>
          <Composer
            key={`${mode} ${inserted}`}
            mode={mode}
            preview={preview}
            onPreview={() => setPreview((before) => !before)}
            ticketId={ticket.id}
            number={ticket.number}
            requester={requester}
            kept={detail.drafts}
            entries={entries}
            workedMinutes={detail.workedMinutes}
            field={text}
            duration={duration}
            onMode={write}
            onMacro={(at) => desk.configuration.macros?.length && macro(ticket, (ready) => insert(at, ready))}
            // Work is logged now and then; what comes next is a note again.
            onSent={() => setMode((before) => (before === 'time' ? 'note' : before))}
            onSend={() => {
              sent.current = true
              toTicket()
            }}
          />
        </div>
        <TicketFields
          detail={detail}
          adding={adding}
          onLeave={() => {
            setAdding(0)
            toTicket()
          }}
          onLink={() => show('link')}
          onOpen={onOpen}
        />
      </FileDrop>
    </article>
  )
})
