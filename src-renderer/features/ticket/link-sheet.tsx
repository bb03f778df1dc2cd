import { useState } from 'react'
import type { LinkRelation } from '../../../src-shared/domain/ticket.ts'
import type { TicketDetail, TicketRow } from '../../../src-shared/domain/views.ts'
import { useUndo } from '../../app/commands/undo.tsx'
import { useTenant } from '../../tenant/context.tsx'
import { linkTicket, unlinkTicket } from '../../tenant/ticket-acts.ts'
import { numberText } from '../tickets/words.ts'
import { OFFERED_RELATIONS, RELATIONS } from './relations.ts'
import { Sheet } from './sheet.tsx'
import classes from './sheet.module.css'
import { TicketFinder } from './ticket-finder.tsx'
import { useAct } from './use-act.ts'

/** Links the ticket to another: how, and to which. */
export function LinkSheet({ detail: { ticket }, onClose }: { detail: TicketDetail; onClose(): void }) {
  const tenant = useTenant()
  const act = useAct()
  const undo = useUndo()
  const [relation, setRelation] = useState<LinkRelation>('related')
  const link = async (other: TicketRow): Promise<void> => {
    const made = { id: ticket.id, otherId: other.id, relation }
    onClose()
    const name = `Ticket ${numberText(ticket.number)}`
    if (!(await act(`${name} was not linked.`, () => linkTicket(tenant, made)))) return
    undo.offer(
      `${name}: ${RELATIONS[relation].toLowerCase()} ${numberText(other.number)}`,
      () => void act(`${name} is still linked.`, () => unlinkTicket(tenant, made)),
    )
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
        <TicketFinder label="Ticket to link" except={ticket.id} onPick={(row) => void link(row)} />
      </div>
    </Sheet>
  )
}
