import type { BulkChange } from '../../../src-shared/domain/bulk.ts'
import { filled, type Macro } from '../../../src-shared/domain/macros.ts'
import type { ClientSummary, Desk, TicketDetail } from '../../../src-shared/domain/views.ts'
import { dateText } from '../../ui/time.ts'
import { valueText } from '../inbox/value-text.ts'

/** What variables are filled from. */
export interface Filling {
  detail: TicketDetail
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

/** What a macro sets; null where it sets nothing. */
export function changeOf({ set = {}, tasks = [], watch = [] }: Macro, { me }: Pick<Desk, 'me'>): BulkChange | null {
  const { assignee, addTags = [], removeTags = [], ...fields } = set
  const assigned = assignee && { assigneeId: assignee === 'me' ? me : assignee === 'nobody' ? null : assignee }
  const patch = { ...fields, ...assigned }
  if ([Object.keys(patch), addTags, removeTags, tasks, watch].every(({ length }) => length === 0)) return null
  return {
    ...{ patch, addTags, removeTags },
    ...(tasks.length > 0 && { addTasks: tasks }),
    ...(watch.length > 0 && { addWatchers: [...new Set(watch.map((who) => (who === 'me' ? me : who)))] }),
  }
}

function first(name: string | undefined): string | null {
  return name?.trim().split(/\s+/)[0] || null
}
