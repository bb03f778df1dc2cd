import { useDesk } from '../../tenant/desk.tsx'
import { ByMatrix } from '../ticket/by-matrix.tsx'
import ticketClasses from '../ticket/ticket.module.css'

interface PriorityNoteProps {
  /** What the client's matrix says of what is written; null where it says nothing yet. */
  byMatrix: string | null
  /** Whether the ticket would have another. */
  byHand: boolean
  onTake(): void
}

/** Where the priority of a ticket that is written comes from, for a client with a priority matrix. */
export function PriorityNote({ byMatrix, byHand, onTake }: PriorityNoteProps) {
  const { priorityMatrix, customFields } = useDesk().configuration
  if (!priorityMatrix) return null
  if (byMatrix !== null && byHand) return <ByMatrix priority={byMatrix} onTake={onTake} />
  const [impact, urgency] = [priorityMatrix.impact, priorityMatrix.urgency].map(
    (key) => customFields.find((one) => one.key === key)?.label ?? key,
  )
  return (
    <p className={ticketClasses.byMatrix} aria-live="polite">
      {byMatrix === null ? 'Follows from' : 'By'} {impact} and {urgency}
    </p>
  )
}
