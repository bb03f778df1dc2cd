import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { memo } from 'react'
import type { Desk } from '../../../src-shared/domain/views.ts'
import { dayText } from '../../ui/time.ts'
import { assigneeName, fieldText } from './column-text.ts'
import { columnOf } from './columns.ts'
import classes from './list.module.css'
import { labelIn, wordsOf } from './words.ts'

interface SectionRowProps {
  label: string
  count: number
  closed: boolean
  index: number
  top: number
  /** Colour or category, where its value has one. */
  mark?: { colour?: string | undefined; category?: string | undefined } | undefined
  onToggle(index: number): void
}

/** The line over a section of the list. */
export const SectionRow = memo(function SectionRow(props: SectionRowProps) {
  const { label, count, closed, index, top, mark, onToggle } = props
  const Chevron = closed ? IconChevronRight : IconChevronDown
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className={classes.section}
      style={{ transform: `translateY(${top}px)` }}
      data-testid="section-row"
    >
      <span role="gridcell">
        <button tabIndex={-1} aria-expanded={!closed} onClick={() => onToggle(index)}>
          <Chevron size={14} />
          {mark?.category && <span className={classes.dot} data-category={mark.category} />}
          {mark?.colour && <span className={classes.mark} style={{ '--mark': mark.colour }} />}
          <b>{label}</b>
          <small>{count.toLocaleString('en')}</small>
        </button>
      </span>
    </div>
  )
})

const NONE: Readonly<Record<string, string>> = {
  ...{ type: 'No type', queue: 'No queue', assignee: 'Unassigned', requester: 'No requester' },
  ...{ due: 'No due time', risk: 'No due time', snoozed: 'Not snoozed' },
}

/** What a section of a list is called. @param now ms */
export function sectionLabel(group: string, key: string | null, desk: Desk, now: number): string {
  const words = wordsOf(desk)
  if (key === null) return NONE[group] ?? 'Not set'
  switch (group) {
    case 'status':
    case 'priority':
    case 'type':
    case 'queue':
      return labelIn(words, group, key)
    case 'assignee':
      return assigneeName(key, words)
    case 'requester':
      return key
    case 'created':
    case 'updated':
    case 'due':
    case 'risk':
    case 'snoozed':
      return dayText(key, now)
  }
  const { field } = columnOf(group, desk)
  if (field?.type === 'checkbox') return key === 'true' ? 'Yes' : key === 'false' ? 'No' : key
  return fieldText(field?.type === 'multi-select' ? key.split(', ') : key, field)
}

/** The mark that a section's value has in rows. */
export function sectionMark(group: string, key: string | null, desk: Desk): SectionRowProps['mark'] {
  const words = wordsOf(desk)
  if (key === null) return undefined
  if (group === 'status') return { category: words.statuses.get(key)?.category }
  return group === 'priority' ? { colour: words.priorities.get(key)?.colour } : undefined
}
