import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { memo, type CSSProperties } from 'react'
import type { Column } from './columns.ts'
import classes from './list.module.css'
import { useHeadDrag } from './head-drag.ts'

export interface ListHeadProps {
  columns: readonly Column[]
  /** The column that the list goes by; null where it has an order of its own, as search hits do. */
  sorted: { key: string; direction: 'ascending' | 'descending' } | null
  onSort(column: Column): void
  /** @param width px; null for as wide as usual @param done whether it is meant, or still on its way */
  onResize(key: string, width: number | null, done: boolean): void
  /** Puts the column at one index to another. */
  onMove(from: number, to: number): void
  /** Asks which columns to show. */
  onChoose(): void
}

/**
 * Column titles: a click sorts, another turns the order round. They are dragged to other places, and their edges to other
 * widths; the panel of columns does all of it by keyboard.
 */
export const ListHead = memo(function ListHead(props: ListHeadProps) {
  const { columns, sorted, onSort, onResize, onMove, onChoose } = props
  const drag = useHeadDrag({ columns, onResize, onMove })
  return (
    <div
      className={classes.head}
      role="row"
      aria-rowindex={1}
      data-dragging={drag.dragging || undefined}
      onContextMenu={(event) => {
        event.preventDefault()
        onChoose()
      }}
    >
      {columns.map((column, index) => {
        const { key, label, grows } = column
        const active = sorted?.key === key ? sorted.direction : null
        return (
          <span
            key={key}
            role="columnheader"
            aria-sort={active ?? undefined}
            className={classes[key] ?? classes.title}
            data-drop={
              drag.drop === index
                ? 'before'
                : drag.drop === index + 1 && index === columns.length - 1
                  ? 'after'
                  : undefined
            }
            style={drag.moving === index ? MOVING : undefined}
            onPointerDown={(event) => drag.begin(event, index)}
          >
            <button
              tabIndex={-1}
              title={column.gone ? `${label}: not a field of this client any more` : label}
              onClick={() => !drag.justDragged() && onSort(column)}
            >
              <span className={classes.clip}>{label}</span>
              {active && (active === 'ascending' ? <IconArrowUp size={12} /> : <IconArrowDown size={12} />)}
            </button>
            {!grows && (
              <i
                className={classes.edge}
                onPointerDown={(event) => drag.beginEdge(event, index)}
                onClick={(event) => event.stopPropagation()}
                onDoubleClick={() => onResize(key, null, true)}
              />
            )}
          </span>
        )
      })}
    </div>
  )
})

const MOVING: CSSProperties = { opacity: 0.45 }
