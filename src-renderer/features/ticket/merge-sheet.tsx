import { IconArrowRight } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { Configuration } from '../../../src-shared/domain/configuration.ts'
import type { TicketDetail, TicketRow } from '../../../src-shared/domain/views.ts'
import { useUndo } from '../../app/commands/undo.tsx'
import { useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { ticketQuery } from '../../tenant/queries.ts'
import { mergeTicket, unmergeTicket } from '../../tenant/ticket-acts.ts'
import { PageButton } from '../../ui/page.tsx'
import { agoText, useMinute } from '../../ui/time.ts'
import { assigneeName } from '../tickets/column-text.ts'
import { numberText, wordsOf } from '../tickets/words.ts'
import { Sheet } from './sheet.tsx'
import classes from './sheet.module.css'
import { TicketFinder } from './ticket-finder.tsx'
import { useAct } from './use-act.ts'

interface MergeSheetProps {
  detail: TicketDetail
  /** The other ticket, where it is known; the younger of the two is what is merged at first. */
  other?: TicketRow | null
  onClose(): void
  onOpen(ticketId: string): void
}

/** The status of a merged ticket: one that needs no more work, null where the client has none. */
function doneStatus({ statuses }: Configuration): string | null {
  const of = (category: string): string | undefined => statuses.find((status) => status.category === category)?.key
  return of('closed') ?? of('resolved') ?? null
}

/** Makes the ticket part of another: found, both looked at side by side, and merged by Enter. */
export function MergeSheet({ detail, other: given = null, onClose, onOpen }: MergeSheetProps) {
  const tenant = useTenant()
  const { configuration } = useDesk()
  const act = useAct()
  const undo = useUndo()
  const [intoId, setIntoId] = useState(given?.id ?? null)
  const [turned, setTurned] = useState(given !== null && given.createdAt > detail.ticket.createdAt)
  const { data: other } = useQuery({ ...ticketQuery(tenant, intoId ?? ''), enabled: intoId !== null })
  const confirm = useRef<HTMLDivElement>(null)
  const shown = other !== undefined
  useEffect(() => {
    if (shown) confirm.current?.querySelector<HTMLElement>('[data-primary]')?.focus()
  }, [shown])
  const title = `Merge ticket ${numberText(detail.ticket.number)}`
  if (!other) {
    return (
      <Sheet title={title} onClose={onClose}>
        <TicketFinder
          label="Ticket to merge into"
          except={detail.ticket.id}
          onPick={(row) => {
            if (row.id !== detail.ticket.id) setIntoId(row.id)
          }}
        />
      </Sheet>
    )
  }
  const [from, into] = turned ? [other, detail] : [detail, other]
  const status = doneStatus(configuration)
  const label = configuration.statuses.find(({ key }) => key === status)?.label
  const [number, intoNumber] = [numberText(from.ticket.number), numberText(into.ticket.number)]
  const merge = async (): Promise<void> => {
    const { id, status: before } = from.ticket
    onClose()
    const merged = await act(`Ticket ${number} was not merged.`, () =>
      mergeTicket(tenant, { id, intoId: into.ticket.id, status }),
    )
    if (!merged) return
    onOpen(into.ticket.id)
    undo.offer(
      `Ticket ${number} merged into ${intoNumber}`,
      () =>
        void act(`Ticket ${number} is still merged.`, async () => {
          await unmergeTicket(tenant, id, into.ticket.id, status === null ? null : before)
          onOpen(id)
        }),
    )
  }
  return (
    <Sheet title={title} onClose={onClose}>
      <div className={classes.pair}>
        <Preview detail={from} />
        <IconArrowRight size={18} />
        <Preview detail={into} stays />
      </div>
      <div ref={confirm} className={classes.line}>
        <p>
          {number} becomes part of {intoNumber}, which shows both conversations
          {label ? `, and is set to ${label}` : ''}. It can be taken apart again.
        </p>
        <PageButton onClick={() => setIntoId(null)}>Another</PageButton>
        <PageButton onClick={() => setTurned(!turned)}>Other way round</PageButton>
        <PageButton primary shortcut="Enter" onClick={() => void merge()}>
          Merge into {intoNumber}
        </PageButton>
      </div>
    </Sheet>
  )
}

function Preview({ detail: { ticket, requester, entries }, stays }: { detail: TicketDetail; stays?: boolean }) {
  const desk = useDesk()
  const now = useMinute()
  const status = desk.configuration.statuses.find(({ key }) => key === ticket.status)?.label ?? ticket.status
  const count = entries.length === 1 ? '1 entry' : `${entries.length} entries`
  return (
    <div className={classes.ticket} data-stays={stays || undefined}>
      <span>
        {numberText(ticket.number)} · {status} · {stays ? 'stays' : 'is merged'}
      </span>
      <b>{ticket.subject}</b>
      <span>
        {requester?.name ?? 'No requester'} · {assigneeName(ticket.assigneeId, wordsOf(desk))}
      </span>
      <span>
        {count} · updated {agoText(ticket.updatedAt, now)}
      </span>
    </div>
  )
}
