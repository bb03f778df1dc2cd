import type { CustomField } from '../../../src-shared/domain/configuration.ts'
import { FIELD_COLUMN } from '../../../src-shared/domain/layout.ts'
import { own } from '../../../src-shared/domain/own.ts'
import { FORMER } from '../../../src-shared/domain/person-words.ts'
import type { FieldValue } from '../../../src-shared/domain/ticket.ts'
import type { TicketRow } from '../../../src-shared/domain/views.ts'
import { dateText, dateTime } from '../../ui/time.ts'
import type { Column } from './columns.ts'
import { labelIn, type Words } from './words.ts'

/** The value of a custom field in a row; undefined where it is not set, or not here. */
export function fieldOf({ fields }: TicketRow, key: string): FieldValue | undefined {
  return key.startsWith(FIELD_COLUMN) ? own(fields, key.slice(FIELD_COLUMN.length)) : undefined
}

/** A custom field's value as its kind is read; what does not fit its kind, or has none, as it is. */
export function fieldText(value: FieldValue | undefined, field: CustomField | null): string {
  if (value === null || value === undefined) return ''
  const options = field && 'options' in field ? field.options : []
  const label = (key: string): string => options.find((one) => one.key === key)?.label ?? key
  if (Array.isArray(value)) return value.map(label).join(', ')
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  if (typeof value === 'number') return value.toLocaleString('en')
  if (field?.type === 'date' && /^\d{4}-\d\d-\d\d$/.test(value)) return dateText(`${value}T12:00:00`)
  if (field?.type === 'date-time' && !Number.isNaN(Date.parse(value))) return dateTime(value)
  return label(value)
}

/** How an assignee is named in lists. */
export function assigneeName(id: string | null, { technicians, me }: Words): string {
  if (id === null) return 'Unassigned'
  if (id === me) return 'Me'
  return technicians.get(id) ?? FORMER
}

/** Who watches, by name. */
export function watchersText({ watchers = [] }: TicketRow, { technicians }: Words): string {
  return watchers.map((id) => technicians.get(id) ?? FORMER).join(', ')
}

/** `2 of 5`: tasks that are not done. */
export function tasksText({ taskCount }: TicketRow): string {
  return taskCount ? `${taskCount.open} of ${taskCount.all}` : ''
}

/** What a column of a row says to somebody else: times as instants, names as they are called. */
export function exportText({ key, field }: Column, row: TicketRow, words: Words): string {
  switch (key) {
    case 'number':
      return row.number < 0 ? 'new' : String(row.number)
    case 'subject':
      return row.subject
    case 'status':
    case 'priority':
    case 'type':
    case 'queue':
      return labelIn(words, key, row[key])
    case 'requester':
      return row.requesterName ?? ''
    case 'assignee':
      return row.assigneeId === null ? '' : (words.technicians.get(row.assigneeId) ?? FORMER)
    case 'created':
      return row.createdAt
    case 'updated':
      return row.updatedAt
    case 'due':
      return row.dueAt ?? ''
    case 'risk':
      return row.riskAt ?? ''
    case 'snoozed':
      return row.snoozedUntil ?? ''
    case 'tags':
      return row.tags?.join(', ') ?? ''
    case 'watchers':
      return watchersText(row, words)
    case 'tasks':
      return row.taskCount ? String(row.taskCount.open) : ''
    default: {
      const value = fieldOf(row, key)
      // Numbers, days and instants are for machines to read on.
      return typeof value === 'number' || field?.type === 'date' || field?.type === 'date-time'
        ? String(value ?? '')
        : fieldText(value, field)
    }
  }
}
