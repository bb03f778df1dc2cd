import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useCallback, useEffect } from 'react'
import type { TicketDetail } from '../../../src-shared/domain/views.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { useArrived, useCommands } from '../../app/commands/use-commands.tsx'
import { places, useGo } from '../../app/shell/go.ts'
import { useTenant } from '../../tenant/context.tsx'
import { markSeen } from '../../tenant/edits.ts'
import { ticketQuery } from '../../tenant/queries.ts'
import { PageButton } from '../../ui/page.tsx'
import { ProblemNotice } from '../../ui/problem-notice.tsx'
import { OpenTicket } from './open-ticket.tsx'
import classes from './ticket.module.css'

/** The place of the open ticket, over the list or, on a wide window, beside it. */
export function TicketPane() {
  const { tenantId, ticketId } = useParams({ strict: false })
  const { memory } = useTenant()
  const go = useGo()
  const back = useCallback((): void => {
    memory.openTicket.set(null)
    if (tenantId) go(places.client(tenantId))
  }, [go, memory, tenantId])
  const open = useCallback(
    (id: string): void => {
      if (tenantId) go(places.ticket(tenantId, id))
    },
    [go, tenantId],
  )
  useEffect(() => {
    memory.openTicket.set(ticketId ?? null)
  }, [memory, ticketId])
  useCommands([{ id: 'back', title: 'Back to the list', group: 'Ticket', keys: ['Escape', 'u'], run: back }])
  if (!tenantId || !ticketId) return null
  return <Loaded key={ticketId} id={ticketId} place={places.ticket(tenantId, ticketId)} onBack={back} onOpen={open} />
}

interface LoadedProps {
  id: string
  place: string
  onBack(): void
  onOpen(ticketId: string): void
}

function Loaded({ id, place, onBack, onOpen }: LoadedProps) {
  const tenant = useTenant()
  const { data, error } = useQuery({ ...ticketQuery(tenant, id), select: apart })
  useArrived(data || error ? place : null)
  const unread = data?.unread
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
          action={<PageButton onClick={onBack}>Back to the list</PageButton>}
        />
      </article>
    )
  }
  return <OpenTicket detail={data.detail} onBack={onBack} onOpen={onOpen} />
}

/** That it was read changes nothing of what is shown, so that nothing of that is drawn anew for it. */
function apart(detail: TicketDetail): { unread: boolean; detail: TicketDetail } {
  return { unread: detail.unread, detail: { ...detail, unread: false } }
}
