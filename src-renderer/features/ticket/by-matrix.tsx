import { useCommands } from '../../app/commands/use-commands.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import classes from './ticket.module.css'

/** Says that the client's matrix has another priority, and takes that one back. */
export function ByMatrix({ priority, onTake }: { priority: string; onTake(): void }) {
  const { priorities } = useDesk().configuration
  const label = priorities.find(({ key }) => key === priority)?.label ?? priority
  useCommands([
    { id: 'by-matrix', title: `Set priority to ${label}, as the matrix says`, group: 'Ticket', keys: [], run: onTake },
  ])
  return (
    <p className={classes.byMatrix}>
      Matrix says {label}.{' '}
      <button type="button" onClick={onTake}>
        Take it back
      </button>
    </p>
  )
}
