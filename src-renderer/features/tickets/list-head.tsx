import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { memo } from 'react'
import type { TicketSort } from '../../../src-shared/domain/views.ts'
import classes from './list.module.css'

interface Column {
  name: string
  className: string | undefined
  /** What a click sorts by, and the direction that comes first. */
  sort?: TicketSort
}

const COLUMNS: readonly Column[] = [
  { name: 'No.', className: classes.number, sort: { by: 'created', direction: 'descending' } },
  { name: 'Subject', className: classes.subject },
  { name: 'Status', className: classes.status },
  { name: 'Priority', className: classes.priority, sort: { by: 'priority', direction: 'ascending' } },
  { name: 'Requester', className: classes.requester },
  { name: 'Assignee', className: classes.assignee },
  { name: 'Updated', className: classes.updated, sort: { by: 'updated', direction: 'descending' } },
  { name: 'Due', className: classes.due, sort: { by: 'due', direction: 'ascending' } },
]

interface ListHeadProps {
  /** Null where the list has an order of its own, as search hits do. */
  sort: TicketSort | null
  onSort(sort: TicketSort): void
}

/** Column titles; a click sorts, a second click turns the order round. */
export const ListHead = memo(function ListHead({ sort, onSort }: ListHeadProps) {
  return (
    <div className={classes.head} role="row" aria-rowindex={1}>
      {COLUMNS.map(({ name, className, sort: own }) => {
        const active = sort !== null && own?.by === sort.by ? sort : null
        return (
          <span key={name} role="columnheader" className={className} aria-sort={active?.direction}>
            {own ? (
              <button tabIndex={-1} onClick={() => onSort(active ? turned(active) : own)}>
                {name}
                {active && (active.direction === 'ascending' ? <IconArrowUp size={12} /> : <IconArrowDown size={12} />)}
              </button>
            ) : (
              name
            )}
          </span>
        )
      })}
    </div>
  )
})

function turned({ by, direction }: TicketSort): TicketSort {
  return { by, direction: direction === 'ascending' ? 'descending' : 'ascending' }
}
