import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { IconArrowLeft, IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { flushSync } from 'react-dom'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { TicketDetail } from '../../../src-shared/domain/views.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { useArrived, useCommands, useRegistry } from '../../app/commands/use-commands.tsx'
import { places, useGo } from '../../app/shell/go.ts'
import { useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { markSeen } from '../../tenant/edits.ts'
import { ticketQuery } from '../../tenant/queries.ts'
import { ProblemNotice } from '../../ui/problem-notice.tsx'
import { Conversation } from './conversation.tsx'
import { FailedEdits } from './failed-edits.tsx'
import { Composer } from './composer.tsx'
import { startMode, type EntryMode } from './entry-mode.ts'
import { TicketFields } from './ticket-fields.tsx'
import { useTicketCommands } from './ticket-actions.tsx'
import classes from './ticket.module.css'

/** The open ticket, over the list or, on a wide window, beside it. */
export function TicketPane() {
  const { tenantId, ticketId } = useParams({ strict: false })
  const { memory } = useTenant()
  const go = useGo()
  const back = (): void => {
    memory.openTicket = null
    if (tenantId) go(places.client(tenantId))
  }
  useEffect(() => {
    memory.openTicket = ticketId ?? null
  }, [memory, ticketId])
  useCommands([{ id: 'back', title: 'Back to the list', group: 'Ticket', keys: ['Escape', 'u'], run: back }])
  if (!tenantId || !ticketId) return null
  return <OpenTicket key={ticketId} id={ticketId} place={places.ticket(tenantId, ticketId)} onBack={back} />
}

function OpenTicket({ id, place, onBack }: { id: string; place: string; onBack(): void }) {
  const tenant = useTenant()
  const { data, error } = useQuery(ticketQuery(tenant, id))
  useArrived(data || error ? place : null)
  const unread = data?.unread === true
  useEffect(() => {
    if (unread) void markSeen(tenant, id).catch(() => undefined)
  }, [unread, tenant, id])
  if (!data) {
    if (!error) return <article className={classes.pane} aria-busy aria-label="Ticket" />
    return (
      <article className={classes.pane}>
        <ProblemNotice
          title="This ticket cannot be shown"
          text={problemFrom(error).message}
          action={<button onClick={onBack}>Back to the list</button>}
        />
      </article>
    )
  }
  return <Ticket detail={data} onBack={onBack} />
}

function Ticket({ detail, onBack }: { detail: TicketDetail; onBack(): void }) {
  const desk = useDesk()
  const registry = useRegistry()
  const scroller = useRef<HTMLDivElement>(null)
  const composer = useRef<HTMLTextAreaElement>(null)
  const { drafts } = useTenant().memory
  const { ticket, requester } = detail
  const [mode, setMode] = useState<EntryMode>(() => startMode(drafts, ticket.id))
  const status = desk.configuration.statuses.find(({ key }) => key === ticket.status)

  const write = (next: EntryMode): void => {
    // At once, so that what is typed next is already for this kind of entry.
    flushSync(() => setMode(next))
    composer.current?.focus()
  }
  useTicketCommands(ticket, desk.me)
  useCommands([
    {
      id: 'note',
      title: 'Write an internal note',
      group: 'Ticket',
      keys: ['n'],
      run: () => write('note'),
    },
    ...(requester
      ? [
          {
            id: 'reply',
            title: 'Write a public reply',
            group: 'Ticket' as const,
            keys: ['r'],
            run: () => write('reply'),
          },
        ]
      : []),
  ])
  // Keys act on the ticket from the first moment; the list behind it lets go of the focus.
  useLayoutEffect(() => scroller.current?.focus({ preventScroll: true }), [])
  const sent = useRef(false)
  const { length } = detail.entries
  useEffect(() => {
    if (!sent.current) return
    sent.current = false
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight, behavior: 'smooth' })
  }, [length])
  const onSend = (): void => {
    sent.current = true
    scroller.current?.focus({ preventScroll: true })
  }
  return (
    <article className={classes.pane} aria-label={`Ticket ${ticket.number}`}>
      <header className={classes.head}>
        <button className={classes.tool} onClick={onBack} aria-label="Back to the list" title="Back to the list (Esc)">
          <IconArrowLeft size={18} />
        </button>
        <span className={classes.number}>{ticket.number}</span>
        <h2 className={classes.title} title={ticket.subject}>
          {ticket.subject}
        </h2>
        <span className={classes.badge} data-category={status?.category}>
          {status?.label ?? ticket.status}
        </span>
        <button
          className={classes.tool}
          onClick={() => registry.find('[')?.run()}
          aria-label="Previous ticket"
          title="Previous ticket ([)"
        >
          <IconChevronUp size={18} />
        </button>
        <button
          className={classes.tool}
          onClick={() => registry.find(']')?.run()}
          aria-label="Next ticket"
          title="Next ticket (])"
        >
          <IconChevronDown size={18} />
        </button>
      </header>
      <div className={classes.body}>
        <div className={classes.main}>
          <div ref={scroller} className={classes.scroller} tabIndex={-1}>
            <FailedEdits detail={detail} />
            <Conversation detail={detail} />
          </div>
          <Composer
            key={mode}
            mode={mode}
            ticketId={ticket.id}
            number={ticket.number}
            requester={requester}
            field={composer}
            onMode={write}
            onSend={onSend}
          />
        </div>
        <TicketFields detail={detail} />
      </div>
    </article>
  )
}
