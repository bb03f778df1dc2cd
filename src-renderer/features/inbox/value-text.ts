import type { CustomField } from '../../../src-shared/domain/configuration.ts'
import { FORMER, isPersonId, knownName, UNKNOWN } from '../../../src-shared/domain/person-words.ts'
import { taskField, withTaskField } from '../../../src-shared/domain/task-list.ts'
import type { FieldValue, TicketPatch } from '../../../src-shared/domain/ticket.ts'
import type { Desk } from '../../../src-shared/domain/views.ts'
import { dateTime } from '../../ui/time.ts'

const CUSTOM = 'customFields.'

/** The client's own description of a field named `customFields.<key>`, where there is one. */
export function customFieldOf(field: string, { configuration }: Desk): CustomField | undefined {
  if (!field.startsWith(CUSTOM)) return undefined
  return configuration.customFields.find(({ key }) => key === field.slice(CUSTOM.length))
}

/** What a choice field offers, in the client's words; null where the field is free. `none` is what no value is called. */
export function optionsOf(
  field: string,
  desk: Desk,
): { options: readonly { key: string; label: string }[]; none: string | null } | null {
  const { configuration, technicians, me } = desk
  switch (taskField(field)?.field === 'assigneeId' ? 'assigneeId' : field) {
    case 'ownerId':
      return {
        options: technicians.map(({ id, name }) => ({ key: id, label: id === me ? 'Only you' : name })),
        none: 'Everybody',
      }
    case 'status':
      return { options: configuration.statuses, none: null }
    case 'priority':
      return { options: configuration.priorities, none: null }
    case 'type':
      return { options: configuration.types, none: 'No type' }
    case 'queue':
      return { options: configuration.queues, none: 'No queue' }
    case 'assigneeId':
      return {
        options: technicians.map(({ id, name }) => ({ key: id, label: id === me ? `${name} (you)` : name })),
        none: 'Unassigned',
      }
  }
  const custom = customFieldOf(field, desk)
  return custom?.type === 'select' ? { options: custom.options, none: 'Not set' } : null
}

/**
 * A value of a field in the client's words.
 * @param people names by id of those whom fields may name beside technicians
 */
export function valueText(field: string, value: unknown, desk: Desk, people: Record<string, string> = {}): string {
  const choices = optionsOf(field, desk)
  const custom = customFieldOf(field, desk)
  const task = taskField(field)?.field
  if (value === null || value === undefined || value === '')
    return choices?.none ?? (task === 'text' ? 'No such task' : field === 'snoozedUntil' ? 'Awake' : 'Not set')
  if ((field === 'snoozedUntil' || task === 'dueAt') && typeof value === 'string') return dateTime(value)
  if (choices && typeof value === 'string') {
    const known = choices.options.find(({ key }) => key === value)?.label
    return known ?? (field === 'assigneeId' || task === 'assigneeId' ? (knownName(value, desk) ?? FORMER) : value)
  }
  if ((custom?.type === 'person' || field === 'requesterId') && typeof value === 'string')
    return people[value] ?? knownName(value, desk) ?? (isPersonId(value) ? UNKNOWN : value)
  if (field === 'filter' && isRecord(value)) return filterText(value, desk)
  if (field === 'sort' && isRecord(value)) return `${String(value['by'])}, ${String(value['direction'])}`
  if (field === 'layout' && isRecord(value)) return layoutText(value, desk)
  if (field === 'columns' && Array.isArray(value))
    return value.map((key: unknown) => columnText(key, desk)).join(', ') || 'The usual ones'
  if (field === 'watchers' && Array.isArray(value))
    return value.map((id: unknown) => technicianName(id, desk)).join(', ') || 'Nobody'
  if (Array.isArray(value)) {
    const options = custom?.type === 'multi-select' ? custom.options : []
    const labels = value.map((one: unknown) => options.find(({ key }) => key === one)?.label ?? String(one))
    return labels.join(', ') || 'None'
  }
  if (custom?.type === 'date-time' && typeof value === 'string' && !Number.isNaN(Date.parse(value)))
    return dateTime(value)
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  if (typeof value === 'number') return value.toLocaleString('en')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Who it is, also where they do not work for the client any more. */
export function technicianName(id: unknown, desk: Desk): string {
  const name = knownName(String(id), desk) ?? FORMER
  return id === desk.me ? `${name} (me)` : name
}

/** The filter of a view in the client's words. */
function filterText(filter: Record<string, unknown>, desk: Desk): string {
  const of = (name: string, field: string): string | false => {
    const list = filter[name]
    return Array.isArray(list) && list.map((one: unknown) => valueText(field, one, desk)).join(' or ')
  }
  const parts = [
    filter['open'] === true && 'All open',
    of('statuses', 'status'),
    of('priorities', 'priority'),
    of('assignees', 'assigneeId'),
  ]
  return parts.filter(Boolean).join(', ') || 'All tickets'
}

/** How a view is drawn, in words. */
function layoutText({ group, order, widths }: Record<string, unknown>, desk: Desk): string {
  const parts = [
    typeof group === 'string' && `in sections by ${columnText(group, desk)}`,
    isRecord(order) && `by ${columnText(order['by'], desk)}, ${String(order['direction'])}`,
    isRecord(widths) && 'with widths of its own',
  ]
  return parts.filter(Boolean).join(', ') || 'As usual'
}

/** A column by its key; a custom field by what the client calls it. */
function columnText(key: unknown, { configuration }: Desk): string {
  const name = String(key)
  if (!name.startsWith('field.')) return name
  return configuration.customFields.find((one) => `field.${one.key}` === name)?.label ?? name.slice('field.'.length)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** One patch of values by field name; custom fields come as `customFields.<key>`. */
export function patchOf(values: readonly { field: string; value: unknown }[]): TicketPatch {
  const patch: Record<string, unknown> = {}
  const customFields: Record<string, FieldValue> = {}
  for (const { field, value } of values) {
    const task = taskField(field)
    if (task) patch['tasks'] = withTaskField(patch['tasks'], task, value)
    else if (field.startsWith(CUSTOM)) customFields[field.slice(CUSTOM.length)] = value as FieldValue
    else patch[field] = value
  }
  return Object.keys(customFields).length > 0 ? { ...patch, customFields } : patch
}
