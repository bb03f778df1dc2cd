import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { IconArrowLeft, IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { useEffect, useLayoutEffect, useRef } from 'react'
import type { TicketDetail } from '../../../src-shared/domain/views.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { useCommands, useRegistry } from '../../app/commands/use-commands.tsx'
import { useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { markSeen } from '../../tenant/edits.ts'
import { ticketQuery } from '../../tenant/queries.ts'
import { ProblemNotice } from '../../ui/problem-notice.tsx'
import { Conversation } from './conversation.tsx'
import { FailedEdits } from './failed-edits.tsx'
import { NoteComposer } from './note-composer.tsx'
import { TicketFields } from './ticket-fields.tsx'
import { useTicketCommands } from './ticket-actions.tsx'
import classes from './ticket.module.css'

/** The open ticket, over the list or, on a wide window, beside it. */
export function TicketPane() {
  const { tenantId, ticketId } = useParams({ strict: false })
  const { memory } = useTenant()
  const navigate = useNavigate()
  const back = (): void => {
    memory.openTicket = null
    if (tenantId) void navigate({ to: '/client/$tenantId', params: { tenantId } })
  }
  useEffect(() => {
    memory.openTicket = ticketId ?? null
  }, [memory, ticketId])
  useCommands([{ id: 'back', title: 'Back to the list', group: 'Ticket', keys: ['Escape', 'u'], run: back }])
  return ticketId ? <OpenTicket key={ticketId} id={ticketId} onBack={back} /> : null
}

function OpenTicket({ id, onBack }: { id: string; onBack(): void }) {
  const tenant = useTenant()
  const { data, error } = useQuery(ticketQuery(tenant, id))
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
  const { ticket } = detail
  const status = desk.configuration.statuses.find(({ key }) => key === ticket.status)

  useTicketCommands(ticket, desk.me)
  useCommands([
    {
      id: 'note',
      title: 'Write an internal note',
      group: 'Ticket',
      keys: ['n'],
      run: () => composer.current?.focus(),
    },
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
          <NoteComposer ticketId={ticket.id} number={ticket.number} field={composer} onSend={onSend} />
        </div>
        <TicketFields detail={detail} />
      </div>
    </article>
  )
}
