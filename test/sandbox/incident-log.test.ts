import { expect, test } from 'vitest'
import { finalStates, readIncidentLog } from '../../src-cloud/sandbox/incident-log.ts'
import {
  incidentConfiguration,
  incidentMutations,
  incidentTicketId,
  incidentTickets,
} from '../../src-cloud/sandbox/incident-tickets.ts'
import { sandboxTechnicians } from '../../src-cloud/sandbox/people.ts'
import type { TicketPatch } from '../../src-shared/domain/ticket.ts'
import { MutationBody } from '../../src-shared/protocol/mutation.ts'

const events = readIncidentLog()
const people = { technicianIds: sandboxTechnicians().map(({ id }) => id) }
const { statuses, priorities, queues } = incidentConfiguration(events)

function labelsOf(ticket: TicketPatch): object {
  const label = (list: { key: string; label: string }[], key: string | null | undefined): string | null =>
    list.find((word) => word.key === key)?.label ?? null
  return {
    status: label(statuses, ticket.status),
    priority: label(priorities, ticket.priority),
    queue: label(queues, ticket.queue),
  }
}

test('the log is read whole, in order of update, with its gaps as null', () => {
  expect(events).toHaveLength(3411)
  expect(new Set(events.map(({ number }) => number)).size).toBe(500)
  const times = events.map((event) => event.sys_updated_at)
  expect(times).toEqual(times.toSorted())
  expect(events[0]).toMatchObject({ number: 'INC0000045', opened_at: '2016-02-29T01:16:00.000Z', assigned_to: null })
})

test('every incident ends as the log says', () => {
  const tickets = incidentTickets(events, people)
  const ended = new Map(tickets.map(({ ticket }) => [ticket.id, labelsOf(ticket)]))
  const expected = finalStates(events)
  expect(expected.size).toBe(500)
  expect(ended).toEqual(new Map([...expected].map(([number, state]) => [incidentTicketId(number), state])))
})

test('the history has one entry for each change of state, group, assignee and priority', () => {
  const columns = ['incident_state', 'assignment_group', 'assigned_to', 'priority'] as const
  const last = new Map<string, (typeof events)[number]>()
  let changes = 0
  for (const event of events) {
    const before = last.get(event.number)
    if (before) changes += columns.filter((column) => before[column] !== event[column]).length
    last.set(event.number, event)
  }
  expect(incidentTickets(events).flatMap(({ entries }) => entries)).toHaveLength(changes)
})

test('the log as mutations, applied in order, comes to the same tickets', () => {
  const state = new Map<string, TicketPatch>()
  for (const body of incidentMutations(events, people)) {
    const mutation = MutationBody.parse(body)
    if (mutation.kind === 'ticket.create') {
      expect(state.has(mutation.ticketId)).toBe(false)
      state.set(mutation.ticketId, mutation.ticket)
    } else if (mutation.kind === 'ticket.update') {
      const before = state.get(mutation.ticketId)
      expect(before).toMatchObject(mutation.base)
      expect(mutation.patch).not.toEqual(mutation.base)
      state.set(mutation.ticketId, { ...before, ...mutation.patch })
    }
  }
  expect(state.size).toBe(500)
  for (const { ticket } of incidentTickets(events, people))
    expect(ticket).toMatchObject(state.get(ticket.id) ?? { id: 'lost' })
  for (const [number, final] of finalStates(events))
    expect(labelsOf(state.get(incidentTicketId(number)) ?? {})).toEqual(final)
})
