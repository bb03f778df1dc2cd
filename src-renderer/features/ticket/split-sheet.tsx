import { useState } from 'react'
import type { TicketDetail } from '../../../src-shared/domain/views.ts'
import { useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { splitTicket } from '../../tenant/ticket-acts.ts'
import { PageButton } from '../../ui/page.tsx'
import { numberText } from '../tickets/words.ts'
import { firstStatus } from './first-status.ts'
import { Sheet } from './sheet.tsx'
import classes from './sheet.module.css'
import { useAct } from './use-act.ts'

interface SplitSheetProps {
  detail: TicketDetail
  /** Ids of the entries that are chosen in the conversation. */
  chosen: ReadonlySet<string>
  onClose(): void
  onOpen(ticketId: string): void
}

/** Opens a ticket of its own for some entries of this one; they are copied, and the two are linked. */
export function SplitSheet({ detail: { ticket, entries }, chosen, onClose, onOpen }: SplitSheetProps) {
  const tenant = useTenant()
  const { configuration } = useDesk()
  const act = useAct()
  const [subject, setSubject] = useState('')
  const [busy, setBusy] = useState(false)
  const number = numberText(ticket.number)
  const ready = subject.trim() !== '' && chosen.size > 0 && !busy
  const split = async (): Promise<void> => {
    if (!ready) return
    setBusy(true)
    const { priority, type, queue, requesterId, assigneeId } = ticket
    await act(`Ticket ${number} was not split.`, async () => {
      const made = await splitTicket(tenant, {
        fromId: ticket.id,
        entryIds: entries.filter(({ id }) => chosen.has(id)).map(({ id }) => id),
        ticket: {
          subject: subject.trim(),
          description: `Split from ticket ${number}: ${ticket.subject}`,
          status: firstStatus(configuration),
          ...{ priority, type, queue, requesterId, assigneeId, tags: [], customFields: {} },
        },
      })
      onClose()
      onOpen(made.ticket.id)
    })
    setBusy(false)
  }
  return (
    <Sheet title={`Split ticket ${number}`} onClose={onClose}>
      <form
        className={classes.line}
        onSubmit={(event) => {
          event.preventDefault()
          void split()
        }}
      >
        <input
          className={classes.field}
          aria-label="Subject of the new ticket"
          data-split-subject
          placeholder="Subject of the new ticket"
          maxLength={300}
          value={subject}
          onChange={(event) => setSubject(event.target.value)}
        />
        <PageButton primary shortcut="Enter" disabled={!ready} onClick={() => void split()}>
          {chosen.size === 0 ? 'Split' : `Split off ${chosen.size === 1 ? '1 entry' : `${chosen.size} entries`}`}
        </PageButton>
      </form>
      <p className={classes.side}>
        Choose entries below with the arrow keys and Space, then Enter and the subject. They stay here too.
      </p>
    </Sheet>
  )
}
