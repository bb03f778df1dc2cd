import type { BulkChange } from '../../../src-shared/domain/bulk.ts'
import type { CustomField } from '../../../src-shared/domain/configuration.ts'
import { filled, type FilledTicket, type Macro } from '../../../src-shared/domain/macros.ts'
import type { FieldValue } from '../../../src-shared/domain/ticket.ts'
import type { ClientSummary, Desk } from '../../../src-shared/domain/views.ts'
import { readWhen, type Moment } from '../../../src-shared/domain/when.ts'
import { dateText } from '../../ui/time.ts'
import { valueText } from '../inbox/value-text.ts'

/** What variables are filled from. */
export interface Filling {
  detail: FilledTicket
  desk: Desk
  client: Pick<ClientSummary, 'name' | 'shortName'>
  /** ms since 1970 */
  now: number
}

/** The value of a variable; null where nobody knows one. */
export function valueOf(name: string, { detail, desk, client, now }: Filling): string | null {
  const { ticket, requester } = detail
  const me = desk.technicians.find(({ id }) => id === desk.me)
  const of = (field: 'status' | 'priority' | 'type'): string | null =>
    ticket[field] === null ? null : valueText(field, ticket[field], desk)
  switch (name) {
    case 'requester.name':
      return requester?.name ?? null
    case 'requester.firstName':
      return first(requester?.name)
    case 'requester.email':
      return requester?.email ?? null
    case 'requester.phone':
      return requester?.phone ?? null
    case 'requester.site':
      return requester?.site ?? null
    case 'ticket.number':
      return ticket.number < 0 ? null : String(ticket.number)
    case 'ticket.subject':
      return ticket.subject
    case 'ticket.status':
      return of('status')
    case 'ticket.priority':
      return of('priority')
    case 'ticket.type':
      return of('type')
    case 'technician.name':
      return me?.name ?? null
    case 'technician.firstName':
      return first(me?.name)
    case 'technician.email':
      return me?.email ?? null
    case 'client.name':
      return client.name
    case 'client.shortName':
      return client.shortName
    case 'today':
      return dateText(new Date(now).toISOString())
  }
  const key = name.startsWith('field.') ? name.slice('field.'.length) : null
  const value = key === null ? null : (ticket.customFields[key] ?? null)
  return value === null || value === '' ? null : valueText(`customFields.${key}`, value, desk, detail.ownFields?.people)
}

/** A macro's text for a ticket, or null where it has none. */
export function textOf({ text }: Macro, filling: Filling): string | null {
  return text === undefined ? null : filled(text, (name) => valueOf(name, filling))
}

/** What a macro sets, or one sentence why it sets nothing today: a time that it has in words may be over. */
export type Setting = { change: BulkChange | null } | { problem: string }

/**
 * What a macro sets; null where it sets nothing.
 * @param moment when and where it is used: times in words are of then
 */
export function changeOf(
  macro: Macro,
  { me, configuration }: Pick<Desk, 'me' | 'configuration'>,
  moment: Moment,
): Setting {
  const { set = {}, tasks = [], watch = [], fields = {} } = macro
  const { assignee, addTags = [], removeTags = [], ...words } = set
  const values: Record<string, FieldValue> = {}
  // What the client does not have any more is left out, and the rest is done.
  for (const field of configuration.customFields) {
    if (!Object.hasOwn(fields, field.key)) continue
    const value = valueNow(field, fields[field.key] ?? null, me, moment)
    if (typeof value === 'object' && value !== null && 'problem' in value)
      return { problem: `${field.label}: ${value.problem}` }
    values[field.key] = value
  }
  const patch = {
    ...words,
    ...(assignee && { assigneeId: assignee === 'me' ? me : assignee === 'nobody' ? null : assignee }),
    ...(Object.keys(values).length > 0 && { customFields: values }),
  }
  if ([Object.keys(patch), addTags, removeTags, tasks, watch].every(({ length }) => length === 0))
    return { change: null }
  const change = {
    ...{ patch, addTags, removeTags },
    ...(tasks.length > 0 && { addTasks: tasks }),
    ...(watch.length > 0 && { addWatchers: [...new Set(watch.map((who) => (who === 'me' ? me : who)))] }),
  }
  return { change }
}

/** A value of a macro's field as a ticket gets it. */
function valueNow(
  { type }: CustomField,
  value: FieldValue,
  me: string,
  moment: Moment,
): FieldValue | { problem: string } {
  if (type === 'person' && value === 'me') return me
  if ((type !== 'date' && type !== 'date-time') || typeof value !== 'string') return value
  const when = readWhen(value, moment)
  if ('problem' in when) return { problem: `“${value}”: ${when.problem}` }
  return type === 'date'
    ? new Date(moment.zone.wallAt(when.at)).toISOString().slice(0, 10)
    : new Date(when.at).toISOString()
}

function first(name: string | undefined): string | null {
  return name?.trim().split(/\s+/)[0] || null
}
