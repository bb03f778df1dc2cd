import type { Configuration } from '../../src-shared/domain/configuration.ts'
import type { Entry } from '../../src-shared/domain/entry.ts'
import type { Contact } from '../../src-shared/domain/people.ts'
import type { Ticket, TicketPatch } from '../../src-shared/domain/ticket.ts'
import type { MutationBody } from '../../src-shared/protocol/mutation.ts'
import type { IncidentEvent } from './incident-log.ts'
import { keyOf } from './profile.ts'
import { idOf, seedOf } from './random.ts'

/** Who stands in for the log's anonymous people; without technicians nobody is assigned. */
export interface IncidentPeople {
  /** Ids of technicians; each resolver of the log is played by one of them, always the same. */
  technicianIds?: string[]
  /** False leaves tickets without requester, for a cloud that does not hold {@link incidentContacts}. */
  requesters?: boolean
}

/** The ticket id of an incident number. */
export function incidentTicketId(number: string): string {
  return idOf(`incident-log/${number}`)
}

/** The callers of the log; they have no other names. */
export function incidentContacts(events: IncidentEvent[]): Contact[] {
  const site = new Map<string, string | null>()
  for (const event of events) if (event.caller_id !== null) site.set(event.caller_id, event.location)
  return [...site].map(([name, location]) => ({
    id: contactId(name),
    name,
    email: null,
    phone: null,
    title: null,
    site: location,
    vip: false,
  }))
}

/** The log's own words as a configuration; statuses that its desk uses but this excerpt does not are there too. */
export function incidentConfiguration(events: IncidentEvent[]): Configuration {
  const words = (of: (event: IncidentEvent) => string | null): { key: string; label: string }[] =>
    [...new Set(events.map(of).filter((word) => word !== null))]
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
      .map((label) => ({ key: keyOf(label), label }))
  const status = (label: string, category: Configuration['statuses'][number]['category'], stopsClock = true) => ({
    key: keyOf(label),
    label,
    category,
    stopsClock,
  })
  const colours = ['#e03131', '#e8590c', '#d08700', '#748091']
  const line = (label: string) => ({ type: 'text' as const, key: keyOf(label), label })
  return {
    statuses: [
      status('New', 'new', false),
      status('Active', 'open', false),
      status('Awaiting User Info', 'waiting'),
      status('Awaiting Problem', 'waiting', false),
      status('Awaiting Vendor', 'waiting'),
      status('Awaiting Evidence', 'waiting'),
      status('Resolved', 'resolved'),
      status('Closed', 'closed'),
    ],
    priorities: words((e) => e.priority).map((p, i) => ({ ...p, rank: i + 1, colour: colours[i] ?? '#748091' })),
    types: [{ key: 'incident', label: 'Incident' }],
    queues: words((e) => e.assignment_group),
    customFields: [
      line('Incident number'),
      { type: 'select', key: 'impact', label: 'Impact', options: words((e) => e.impact) },
      { type: 'select', key: 'urgency', label: 'Urgency', options: words((e) => e.urgency) },
      ...['Location', 'Category', 'Subcategory', 'Symptom', 'Resolver', 'Configuration item'].map(line),
      ...['Contact type', 'Problem', 'Change', 'Closed code'].map(line),
      { type: 'checkbox', key: 'made-sla', label: 'Made SLA' },
      { type: 'number', key: 'reassignments', label: 'Reassignments' },
      { type: 'number', key: 'reopened', label: 'Reopened' },
    ],
    atRiskMinutes: 120,
  }
}

/**
 * The last state of every incident as a ticket, with one `event` entry for each change of state, group, assignee or
 * priority, in order of opening and numbered from 1.
 * @param events in the order of {@link readIncidentLog}
 */
export function incidentTickets(
  events: IncidentEvent[],
  people: IncidentPeople = {},
): { ticket: Ticket; entries: Entry[] }[] {
  const histories = [...Map.groupBy(events, ({ number }) => number).values()]
  return histories
    .sort((a, b) => orderOf(a).localeCompare(orderOf(b)))
    .map((history, i) => {
      const last = history.at(-1) as IncidentEvent
      const first = history[0] as IncidentEvent
      const id = incidentTicketId(last.number)
      const createdAt = openedAt(first)
      const ticket: Ticket = {
        id,
        number: i + 1,
        description: descriptionOf(first),
        requesterId: requesterOf(last, people),
        ...fieldsOf(last, people),
        createdAt,
        updatedAt: last.sys_updated_at,
        dueAt: null,
      }
      return { ticket, entries: entriesOf(id, history) }
    })
}

/**
 * The log as intended writes: the first event of an incident opens the ticket, later ones change what differs; an event
 * that changes nothing gives none.
 * @param events in the order of {@link readIncidentLog}
 */
export function incidentMutations(events: IncidentEvent[], people: IncidentPeople = {}): MutationBody[] {
  const seen = new Map<string, Fields>()
  const mutations: MutationBody[] = []
  for (const event of events) {
    const ticketId = incidentTicketId(event.number)
    const fields = fieldsOf(event, people)
    const before = seen.get(event.number)
    seen.set(event.number, fields)
    if (!before) {
      const ticket = { ...fields, description: descriptionOf(event), requesterId: requesterOf(event, people) }
      mutations.push({ kind: 'ticket.create', ticketId, ticket })
      continue
    }
    const changed = (Object.keys(fields) as (keyof Fields)[]).filter((name) => !same(before[name], fields[name]))
    if (changed.length > 0) {
      mutations.push({ kind: 'ticket.update', ticketId, base: only(before, changed), patch: only(fields, changed) })
    }
  }
  return mutations
}

type Fields = Required<Omit<TicketPatch, 'snoozedUntil' | 'tasks'>>

function fieldsOf(event: IncidentEvent, { technicianIds = [] }: IncidentPeople): Fields {
  const { assigned_to: resolver, assignment_group: group } = event
  return {
    subject: `${event.category ?? 'No category'} / ${event.subcategory ?? 'no subcategory'}: ${event.u_symptom ?? 'no symptom'}`,
    status: keyOf(event.incident_state),
    priority: keyOf(event.priority),
    type: 'incident',
    queue: group === null ? null : keyOf(group),
    assigneeId: resolver === null ? null : (technicianIds[seedOf(resolver) % technicianIds.length] ?? null),
    tags: [],
    customFields: {
      'incident-number': event.number,
      impact: keyOf(event.impact),
      urgency: keyOf(event.urgency),
      location: event.location,
      category: event.category,
      subcategory: event.subcategory,
      symptom: event.u_symptom,
      resolver,
      'configuration-item': event.cmdb_ci,
      'contact-type': event.contact_type,
      problem: event.problem_id,
      change: event.rfc,
      'closed-code': event.active ? null : event.closed_code,
      'made-sla': event.made_sla,
      reassignments: event.reassignment_count,
      reopened: event.reopen_count,
    },
  }
}

function descriptionOf(event: IncidentEvent): string {
  return `${event.number}, reported by ${(event.contact_type ?? 'unknown means').toLowerCase()} from ${event.location ?? 'an unknown location'}.`
}

function requesterOf({ caller_id: caller }: IncidentEvent, { requesters = true }: IncidentPeople): string | null {
  return caller === null || !requesters ? null : contactId(caller)
}

function contactId(caller: string): string {
  return idOf(`incident-log/${caller}`)
}

const told = [
  ['State', 'incident_state'],
  ['Group', 'assignment_group'],
  ['Assignee', 'assigned_to'],
  ['Priority', 'priority'],
] as const satisfies [string, keyof IncidentEvent][]

function entriesOf(ticketId: string, history: IncidentEvent[]): Entry[] {
  return history.flatMap((event, i) => {
    const before = history[i - 1]
    return told
      .filter(([, column]) => before && before[column] !== event[column])
      .map(([label, column]) => ({
        id: idOf(`${ticketId}/${i}/${column}`),
        ticketId,
        kind: 'event' as const,
        author: { kind: 'system' as const, id: null, name: event.sys_updated_by },
        body: `${label}: ${before?.[column] ?? 'none'} → ${event[column] ?? 'none'}`,
        createdAt: event.sys_updated_at,
      }))
  })
}

function orderOf([first]: IncidentEvent[]): string {
  return first ? `${openedAt(first)} ${first.number}` : ''
}

/** A few incidents were updated before the time at which the log says that they were opened. */
function openedAt(first: IncidentEvent): string {
  return first.opened_at < first.sys_updated_at ? first.opened_at : first.sys_updated_at
}

function only(fields: Fields, names: (keyof Fields)[]): TicketPatch {
  return Object.fromEntries(names.map((name) => [name, fields[name]]))
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
