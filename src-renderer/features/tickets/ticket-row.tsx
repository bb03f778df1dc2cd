import { memo } from 'react'
import { initialsOf } from '../../../src-shared/domain/tenant.ts'
import type { TicketRow } from '../../../src-shared/domain/views.ts'
import { PendingMark } from '../../ui/pending-mark.tsx'
import { cellOf, standingOf } from './cell.tsx'
import type { Column } from './columns.ts'
import classes from './list.module.css'
import { fromMatch } from './excerpt.ts'
import { otherText, type Other } from './others.ts'
import { numberText, type Words } from './words.ts'

interface RowProps {
  row: TicketRow | undefined
  index: number
  top: number
  selected: boolean
  /** Chosen for a change of many. */
  chosen: boolean
  words: Words
  /** What is shown of it, in order. */
  columns: readonly Column[]
  now: number
  excerpt: string | undefined
  /** Who else has it open. */
  others: readonly Other[] | undefined
  onOpen(row: TicketRow, index: number): void
  /** @param range from the last one chosen to this one */
  onChoose(index: number, range: boolean): void
}

/** One line of the list: plain elements, because a screen holds dozens and they are made again at every switch. */
export const ListRow = memo(function ListRow(props: RowProps) {
  const { row, index, top, selected, chosen, words, columns, now, excerpt, others, onOpen, onChoose } = props
  const style = { transform: `translateY(${top}px)` }
  if (!row) {
    return (
      <div role="row" aria-rowindex={index + 2} aria-busy className={classes.row} style={style}>
        <span role="gridcell" aria-label="Loading" className={classes.ghost} />
      </div>
    )
  }
  const standing = standingOf(row, words, now)
  return (
    <div
      role="row"
      id={`row-${row.id}`}
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-testid="ticket-row"
      data-unread={row.unread || undefined}
      data-chosen={chosen || undefined}
      className={classes.row}
      style={style}
      // With Shift the platform would mark text.
      onMouseDown={(event) => event.shiftKey && event.preventDefault()}
      onClick={({ shiftKey, ctrlKey, metaKey }) =>
        shiftKey || ctrlKey || metaKey ? onChoose(index, shiftKey) : onOpen(row, index)
      }
    >
      {columns.map((column) => {
        if (column.key === 'number')
          return <NumberCell key="number" row={row} index={index} chosen={chosen} onChoose={onChoose} />
        if (column.key === 'subject')
          return (
            <span key="subject" role="gridcell" className={classes.subject}>
              {row.unread && <span className={classes.unread} role="img" aria-label="Unread" />}
              {row.timerSince !== null && <span className={classes.timing} role="img" aria-label="Its timer runs" />}
              {standing.back && <span className={classes.back}>Back</span>}
              <Subject row={row} excerpt={excerpt} />
              {others?.[0] && (
                <span
                  className={classes.other}
                  data-writes={others[0].doing !== 'view' || undefined}
                  role="img"
                  aria-label={others.map(otherText).join(', ')}
                  title={others.map(otherText).join('\n')}
                >
                  {others.length > 1 ? others.length : initialsOf(others[0].name)}
                </span>
              )}
              {row.noise !== null && standing.open && (
                <span className={classes.noise} title={`Looks like noise: ${row.noise}`}>
                  {row.noise}
                </span>
              )}
            </span>
          )
        return cellOf(column, row, words, now, standing)
      })}
    </div>
  )
})

function NumberCell({
  row,
  index,
  chosen,
  onChoose,
}: Pick<RowProps, 'index' | 'chosen' | 'onChoose'> & { row: TicketRow }) {
  return (
    <span role="gridcell" className={classes.number}>
      <span
        className={classes.tick}
        role="checkbox"
        aria-checked={chosen}
        aria-label={`Choose ticket ${numberText(row.number)}`}
        title="Choose (x)"
        onClick={(event) => {
          event.stopPropagation()
          onChoose(index, event.shiftKey)
        }}
      />
      {row.pending && <PendingMark className={classes.pending} />}
      {numberText(row.number)}
    </span>
  )
}

/** Characters of a subject that fit in the narrowest list. */
const SUBJECT_FITS = 32

/** Marks in the subject where the words were found there; else, or where that is too far on, the words beside it. */
function Subject({ row: { subject }, excerpt }: { row: TicketRow; excerpt: string | undefined }) {
  const inSubject = excerpt?.replaceAll(/[\uE000\uE001]/g, '').trim() === subject.trim()
  const far = excerpt !== undefined && excerpt.indexOf('\uE000') > SUBJECT_FITS
  return (
    <>
      {excerpt && inSubject ? (
        <Excerpt className={classes.subjectText} text={excerpt} />
      ) : (
        <span className={classes.subjectText}>{subject}</span>
      )}
      {excerpt && (!inSubject || far) && <Excerpt className={classes.excerpt} text={fromMatch(excerpt)} />}
    </>
  )
}

function Excerpt({ text, className }: { text: string; className: string | undefined }) {
  const parts = text.split(/[\uE000\uE001]/)
  return (
    <span className={className}>
      {parts.map((part, index) => (index % 2 === 1 ? <mark key={index}>{part}</mark> : part))}
    </span>
  )
}
