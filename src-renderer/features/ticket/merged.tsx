import { IconArrowMerge } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { TicketDetail, TicketReference } from '../../../src-shared/domain/views.ts'
import { isOpenCategory } from '../../../src-shared/domain/configuration.ts'
import { useUndo } from '../../app/commands/undo.tsx'
import { useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { mergeTicket, unmergeTicket } from '../../tenant/ticket-acts.ts'
import { PageButton } from '../../ui/page.tsx'
import { numberText } from '../tickets/words.ts'
import classes from './links.module.css'
import { useAct } from './use-act.ts'

/** Says that the ticket is part of another, or that others are part of it, and takes them apart again. */
export function Merged({ detail, onOpen }: { detail: TicketDetail; onOpen(ticketId: string): void }) {
  const { ticket, mergedInto, mergedFrom } = detail
  const tenant = useTenant()
  const { configuration } = useDesk()
  const act = useAct()
  const undo = useUndo()
  const takeApart = async (part: TicketReference, whole: TicketReference): Promise<void> => {
    const name = `Ticket ${numberText(part.number)}`
    // It was closed when it was merged; on its own it needs work again.
    const status = configuration.statuses.find(({ category }) => isOpenCategory(category))?.key ?? null
    const done = await act(`${name} is still merged.`, () => unmergeTicket(tenant, part.id, whole.id, status))
    if (!done) return
    undo.offer(
      `${name} is on its own again`,
      () =>
        void act(`${name} was not merged.`, () => mergeTicket(tenant, { id: part.id, intoId: whole.id, status: null })),
    )
  }
  return (
    <ul className={classes.merged} aria-label="Merged tickets">
      {mergedInto && (
        <Line
          other={mergedInto}
          text={
            <>
              Part of <b>{numberText(mergedInto.number)}</b> {mergedInto.subject}
            </>
          }
          onOpen={onOpen}
          onTakeApart={() => void takeApart(ticket, mergedInto)}
        />
      )}
      {mergedFrom.map((part) => (
        <Line
          key={part.id}
          other={part}
          text={
            <>
              Holds <b>{numberText(part.number)}</b> {part.subject}
            </>
          }
          onOpen={onOpen}
          onTakeApart={() => void takeApart(part, ticket)}
        />
      ))}
    </ul>
  )
}

interface LineProps {
  other: TicketReference
  text: ReactNode
  onOpen(ticketId: string): void
  onTakeApart(): void
}

function Line({ other, text, onOpen, onTakeApart }: LineProps) {
  return (
    <li>
      <IconArrowMerge size={16} />
      <p title={other.subject}>{text}</p>
      <PageButton onClick={() => onOpen(other.id)}>Open {numberText(other.number)}</PageButton>
      <PageButton onClick={onTakeApart}>Take apart</PageButton>
    </li>
  )
}
