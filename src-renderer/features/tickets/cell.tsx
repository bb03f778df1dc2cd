import { IconCheck, IconMoon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { isOpenCategory } from '../../../src-shared/domain/configuration.ts'
import type { TicketRow } from '../../../src-shared/domain/views.ts'
import { agoShort, dateTime, dueShort } from '../../ui/time.ts'
import { assigneeName, fieldOf, fieldText, tasksText, watchersText } from './column-text.ts'
import type { Column } from './columns.ts'
import classes from './list.module.css'
import { labelIn, type Words } from './words.ts'

/** How a ticket stands to its times now. */
export interface Standing {
  open: boolean
  late: boolean
  atRisk: boolean
  asleep: boolean
  /** It has woken, and nothing has happened to it since then. */
  back: boolean
}

export function standingOf(row: TicketRow, { statuses }: Words, now: number): Standing {
  const status = statuses.get(row.status)
  const open = !status || isOpenCategory(status.category)
  const late = open && row.dueAt !== null && Date.parse(row.dueAt) < now
  const asleep = open && row.snoozedUntil !== null && Date.parse(row.snoozedUntil) > now
  return {
    ...{ open, late, asleep },
    back: open && !asleep && row.snoozedUntil !== null && row.snoozedUntil === row.updatedAt,
    atRisk: open && !late && row.riskAt !== null && Date.parse(row.riskAt) <= now,
  }
}

/** A cell of a row, but for number and subject. One element and its text where it can be: a screen holds hundreds. */
export function cellOf(column: Column, row: TicketRow, words: Words, now: number, standing: Standing): ReactNode {
  const { key } = column
  const { open, late, atRisk, asleep } = standing
  switch (key) {
    case 'status': {
      const status = words.statuses.get(row.status)
      return (
        <span key={key} role="gridcell" className={classes.status} data-category={status?.category}>
          {status?.label ?? row.status}
        </span>
      )
    }
    case 'priority': {
      const priority = words.priorities.get(row.priority)
      return (
        <span key={key} role="gridcell" className={classes.priority} style={{ '--mark': priority?.colour }}>
          {priority?.label ?? row.priority}
        </span>
      )
    }
    case 'type':
    case 'queue':
      return text(key, labelIn(words, key, row[key]))
    case 'requester':
      return (
        <span key={key} role="gridcell" className={classes.requester}>
          {row.requesterName}
        </span>
      )
    case 'assignee':
      return (
        <span key={key} role="gridcell" className={classes.assignee} data-none={row.assigneeId === null || undefined}>
          {assigneeName(row.assigneeId, words)}
        </span>
      )
    case 'created':
      return time(key, row.createdAt, agoShort(row.createdAt, now))
    case 'updated':
      return time(key, row.updatedAt, asleep ? '' : agoShort(row.updatedAt, now))
    case 'risk':
      return time(key, row.riskAt, row.riskAt && open ? dueShort(row.riskAt, now).replace(' late', ' ago') : '')
    case 'snoozed':
      return time(key, row.snoozedUntil, asleep && row.snoozedUntil ? dueShort(row.snoozedUntil, now) : '')
    case 'due':
      return (
        <span
          key={key}
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
            <>
              <IconMoon size={13} aria-label="Snoozed, wakes" /> {dueShort(row.snoozedUntil, now)}
            </>
          ) : row.dueAt && open ? (
            dueShort(row.dueAt, now)
          ) : (
            ''
          )}
        </span>
      )
    case 'tags':
      return (
        <span key={key} role="gridcell" className={classes.tags} title={row.tags?.join(', ')}>
          {row.tags?.map((tag) => (
            <i key={tag}>{tag}</i>
          ))}
        </span>
      )
    case 'watchers':
      return text(key, watchersText(row, words))
    case 'tasks': {
      const dueAt = row.taskCount?.dueAt
      const over = dueAt != null && Date.parse(dueAt) <= now
      return (
        <span
          key={key}
          role="gridcell"
          className={classes.due}
          data-late={over || undefined}
          title={dueAt ? `First due ${dateTime(dueAt)}${over ? ', past due' : ''}` : undefined}
        >
          {tasksText(row)}
        </span>
      )
    }
    default:
      return fieldCell(column, row)
  }
}

function fieldCell({ key, field }: Column, row: TicketRow): ReactNode {
  const value = fieldOf(row, key)
  if (value === undefined || value === null) return <span key={key} role="gridcell" />
  if (field?.type === 'checkbox' && typeof value === 'boolean')
    return (
      <span key={key} role="gridcell">
        {value && <IconCheck size={15} aria-label="Yes" className={classes.check} />}
      </span>
    )
  const said = fieldText(value, field)
  return (
    <span key={key} role="gridcell" className={typeof value === 'number' ? classes.figure : undefined} title={said}>
      {said}
    </span>
  )
}

function text(key: string, said: string): ReactNode {
  return (
    <span key={key} role="gridcell" title={said || undefined}>
      {said}
    </span>
  )
}

function time(key: string, at: string | null, said: string): ReactNode {
  return (
    <span key={key} role="gridcell" className={classes.updated} title={at ? dateTime(at) : undefined}>
      {said}
    </span>
  )
}
