import type { LinkRelation } from '../../../src-shared/domain/ticket.ts'
import type { TicketRow } from '../../../src-shared/domain/views.ts'
import { useUndo } from '../../app/commands/undo.tsx'
import { useTenant } from '../../tenant/context.tsx'
import { linkTicket, unlinkTicket } from '../../tenant/ticket-acts.ts'
import { numberText } from '../tickets/words.ts'
import { RELATIONS } from './relations.ts'
import { useAct } from './use-act.ts'

/** Links a ticket to another one, with an offer to take it back. */
export function useLink({
  id,
  number,
}: Pick<TicketRow, 'id' | 'number'>): (other: TicketRow, relation: LinkRelation) => Promise<void> {
  const tenant = useTenant()
  const act = useAct()
  const undo = useUndo()
  return async (other, relation) => {
    const made = { id, otherId: other.id, relation }
    const name = `Ticket ${numberText(number)}`
    if (!(await act(`${name} was not linked.`, () => linkTicket(tenant, made)))) return
    undo.offer(
      `${name}: ${RELATIONS[relation].toLowerCase()} ${numberText(other.number)}`,
      () => void act(`${name} is still linked.`, () => unlinkTicket(tenant, made)),
    )
  }
}
