import { IconMoon } from '@tabler/icons-react'
import { memo } from 'react'
import { isOpenCategory } from '../../../src-shared/domain/configuration.ts'
import type { TicketRow } from '../../../src-shared/domain/views.ts'
import { agoShort, dateTime, dueShort } from '../../ui/time.ts'
import { PendingMark } from '../../ui/pending-mark.tsx'
import classes from './list.module.css'
import { fromMatch } from './excerpt.ts'
import { numberText, type Words } from './words.ts'

interface RowProps {
  row: TicketRow | undefined
  index: number
  top: number
  selected: boolean
  /** Chosen for a change of many. */
  chosen: boolean
  words: Words
  now: number
  excerpt: string | undefined
  onOpen(row: TicketRow, index: number): void
  /** @param range from the last one chosen to this one */
  onChoose(index: number, range: boolean): void
}

/** One line of the list: plain elements, because a screen holds dozens and they are made again at every switch. */
export const ListRow = memo(function ListRow(props: RowProps) {
  const { row, index, top, selected, chosen, words, now, excerpt, onOpen, onChoose } = props
  const style = { transform: `translateY(${top}px)` }
  if (!row) {
    return (
      <div role="row" aria-rowindex={index + 2} aria-busy className={classes.row} style={style}>
        <span role="gridcell" aria-label="Loading" className={classes.ghost} />
      </div>
    )
  }
  const status = words.statuses.get(row.status)
  const priority = words.priorities.get(row.priority)
  const open = !status || isOpenCategory(status.category)
  const late = open && row.dueAt !== null && Date.parse(row.dueAt) < now
  const asleep = open && row.snoozedUntil !== null && Date.parse(row.snoozedUntil) > now
  // Nothing has happened to it since it woke.
  const back = open && !asleep && row.snoozedUntil !== null && row.snoozedUntil === row.updatedAt
  const atRisk = open && !late && row.riskAt !== null && Date.parse(row.riskAt) <= now
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
      <span role="gridcell" className={classes.subject}>
        {row.unread && <span className={classes.unread} role="img" aria-label="Unread" />}
        {row.timerSince !== null && <span className={classes.timing} role="img" aria-label="Its timer runs" />}
        {back && <span className={classes.back}>Back</span>}
        <Subject row={row} excerpt={excerpt} />
        {row.noise !== null && open && (
          <span className={classes.noise} title={`Looks like noise: ${row.noise}`}>
            {row.noise}
          </span>
        )}
      </span>
      <span role="gridcell" className={classes.status}>
        <span className={classes.dot} data-category={status?.category} />
        <span className={classes.clip}>{status?.label ?? row.status}</span>
      </span>
      <span role="gridcell" className={classes.priority}>
        <span className={classes.mark} style={{ '--mark': priority?.colour }} />
        <span className={classes.clip}>{priority?.label ?? row.priority}</span>
      </span>
      <span role="gridcell" className={classes.requester}>
        {row.requesterName}
      </span>
      <span role="gridcell" className={classes.assignee} data-none={row.assigneeId === null || undefined}>
        {assigneeName(row.assigneeId, words)}
      </span>
      <span role="gridcell" className={classes.updated} title={dateTime(row.updatedAt)}>
        {asleep ? '' : agoShort(row.updatedAt, now)}
      </span>
      <span
        role="gridcell"
        className={classes.due}
        data-late={late || undefined}
        data-risk={atRisk || undefined}
        data-asleep={asleep || undefined}
        title={
          asleep && row.snoozedUntil
            ? `Snoozed until ${dateTime(row.snoozedUntil)}`
            : row.dueAt
              ? `Due ${dateTime(row.dueAt)}${late ? ', past due' : atRisk ? ', at risk' : ''}`
              : undefined
        }
      >
        {asleep && row.snoozedUntil ? (
          <Sleep until={row.snoozedUntil} now={now} />
        ) : row.dueAt && open ? (
          dueShort(row.dueAt, now)
        ) : (
          ''
        )}
      </span>
    </div>
  )
})

function Sleep({ until, now }: { until: string; now: number }) {
  return (
    <>
      <IconMoon size={13} aria-label="Snoozed, wakes" /> {dueShort(until, now)}
    </>
  )
}

/** How an assignee is named in lists. */
export function assigneeName(id: string | null, { technicians, me }: Words): string {
  if (id === null) return 'Unassigned'
  if (id === me) return 'Me'
  return technicians.get(id) ?? 'Former technician'
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
