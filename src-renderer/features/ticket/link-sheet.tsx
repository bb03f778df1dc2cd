import { useState } from 'react'
import type { LinkRelation } from '../../../src-shared/domain/ticket.ts'
import type { TicketDetail, TicketRow } from '../../../src-shared/domain/views.ts'
import { numberText } from '../tickets/words.ts'
import { OFFERED_RELATIONS, RELATIONS } from './relations.ts'
import { Sheet } from './sheet.tsx'
import classes from './sheet.module.css'
import { TicketFinder } from './ticket-finder.tsx'
import { useLink } from './use-link.ts'

/** Links the ticket to another: how, and to which. */
export function LinkSheet({ detail: { ticket }, onClose }: { detail: TicketDetail; onClose(): void }) {
  const link = useLink(ticket)
  const [relation, setRelation] = useState<LinkRelation>('related')
  const onPick = (other: TicketRow): void => {
    onClose()
    void link(other, relation)
  }
  return (
    <Sheet title={`Link ticket ${numberText(ticket.number)}`} onClose={onClose}>
      <div className={classes.line} style={{ alignItems: 'flex-start' }}>
        <select
          className={classes.relation}
          aria-label="How they are linked"
          value={relation}
          onChange={(event) => {
            const chosen = OFFERED_RELATIONS.find((one) => one === event.target.value)
            if (chosen) setRelation(chosen)
          }}
        >
          {OFFERED_RELATIONS.map((one) => (
            <option key={one} value={one}>
              {RELATIONS[one]}
            </option>
          ))}
        </select>
        <TicketFinder label="Ticket to link" except={ticket.id} onPick={onPick} />
      </div>
    </Sheet>
  )
}
