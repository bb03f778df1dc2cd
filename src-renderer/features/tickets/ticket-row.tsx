import { memo, useRef, type ReactNode, type RefObject } from 'react'
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

/**
 * One line of the list: plain elements, because a screen holds dozens and they are made again at every switch. Where a
 * list jumps, an element that waits for its row keeps the cells of its last one, unseen: they are filled, not made.
 */
export const ListRow = memo(function ListRow(props: RowProps) {
  const { row, index, top, selected, chosen, words, columns, now, excerpt, others, onOpen, onChoose } = props
  const last = useRef<Omit<CellsProps, 'place'> | null>(null)
  const place = useRef(index)
  place.current = index
  if (row) last.current = { row, words, columns, now, excerpt, others, chosen, onChoose }
  return (
    <div
      role="row"
      id={row && `row-${row.id}`}
      aria-rowindex={index + 2}
      aria-selected={row && selected}
      aria-busy={!row || undefined}
      data-testid={row && 'ticket-row'}
      data-unread={row?.unread || undefined}
      data-chosen={chosen || undefined}
      className={classes.row}
      style={{ transform: `translateY(${top}px)` }}
      // With Shift the platform would mark text.
      onMouseDown={(event) => event.shiftKey && event.preventDefault()}
      onClick={({ shiftKey, ctrlKey, metaKey }) => {
        if (!row) return
        if (shiftKey || ctrlKey || metaKey) onChoose(index, shiftKey)
        else onOpen(row, index)
      }}
    >
      {last.current && <Cells {...last.current} place={place} />}
    </div>
  )
})

interface CellsProps extends Pick<
  RowProps,
  'words' | 'columns' | 'now' | 'excerpt' | 'others' | 'chosen' | 'onChoose'
> {
  row: TicketRow
  /** Where the line is now: it moves without being drawn again. */
  place: RefObject<number>
}

const Cells = memo(function Cells(props: CellsProps) {
  const { row, words, columns, now, excerpt, others } = props
  const standing = standingOf(row, words, now)
  return columns.map((column) => {
    if (column.key === 'number') return <NumberCell key="number" {...props} />
    if (column.key === 'subject')
      return (
        <SubjectCell
          key="subject"
          row={row}
          excerpt={excerpt}
          others={others}
          back={standing.back}
          open={standing.open}
        />
      )
    return cellOf(column, row, words, now, standing)
  })
})

function NumberCell({ row, place, chosen, onChoose }: CellsProps) {
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
          onChoose(place.current, event.shiftKey)
        }}
      />
      {row.pending && <PendingMark className={classes.pending} />}
      {numberText(row.number)}
    </span>
  )
}

/** Characters of a subject that fit in the narrowest list. */
const SUBJECT_FITS = 32

interface SubjectProps extends Pick<CellsProps, 'row' | 'excerpt' | 'others'> {
  back: boolean
  open: boolean
}

/** Marks in the subject where the words were found there; else, or where that is too far on, the words beside it. */
function SubjectCell({ row, excerpt, others = [], back, open }: SubjectProps) {
  const { subject, unread, timerSince, noise } = row
  const inSubject = excerpt?.replaceAll(/[\uE000\uE001]/g, '').trim() === subject.trim()
  const far = excerpt !== undefined && excerpt.indexOf('\uE000') > SUBJECT_FITS
  const beside = excerpt && (!inSubject || far) ? fromMatch(excerpt) : undefined
  const text = excerpt && inSubject ? marked(excerpt) : subject
  const [other] = others
  const noisy = noise !== null && open
  return (
    <span role="gridcell" className={classes.subject}>
      {unread && <span className={classes.unread} role="img" aria-label="Unread" />}
      {timerSince !== null && <span className={classes.timing} role="img" aria-label="Its timer runs" />}
      {back && <span className={classes.back}>Back</span>}
      <span className={classes.subjectText}>{text}</span>
      {beside && <span className={classes.excerpt}>{marked(beside)}</span>}
      {other && (
        <span
          className={classes.other}
          data-writes={other.doing !== 'view' || undefined}
          role="img"
          aria-label={others.map(otherText).join(', ')}
          title={others.map(otherText).join('\n')}
        >
          {others.length > 1 ? others.length : initialsOf(other.name)}
        </span>
      )}
      {noisy && (
        <span className={classes.noise} title={`Looks like noise: ${noise}`}>
          {noise}
        </span>
      )}
    </span>
  )
}

function marked(text: string): ReactNode {
  return text.split(/[\uE000\uE001]/).map((part, index) => (index % 2 === 1 ? <mark key={index}>{part}</mark> : part))
}
