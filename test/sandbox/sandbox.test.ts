import { describe, expect, test } from 'vitest'
import type { SandboxClient } from '../../src-cloud/load.ts'
import { sandbox } from '../../src-cloud/sandbox/sandbox.ts'
import { publicHolidays } from '../../src-cloud/holidays.ts'
import { Configuration } from '../../src-shared/domain/configuration.ts'
import { Entry } from '../../src-shared/domain/entry.ts'
import { Contact, Technician } from '../../src-shared/domain/people.ts'
import { Tenant } from '../../src-shared/domain/tenant.ts'
import { SavedView } from '../../src-shared/domain/saved-view.ts'
import { inverseRelation, Ticket } from '../../src-shared/domain/ticket.ts'
import type { ServiceLevels } from '../../src-shared/sla/schema.ts'
import { ServiceDesk } from '../../src-shared/sla/service-desk.ts'

const now = new Date('2026-03-17T09:30:00Z')
const { organisation, technicians, clients } = sandbox(now)
const loaded = clients.map((client) => ({ ...client, tickets: [...client.tickets] }))

function textsOf(tickets: SandboxClient['tickets']): unknown[] {
  return [...tickets].map(({ ticket: { id, number, subject, description, status }, entries }) => [
    [id, number, subject, description, status],
    entries.map((entry) => [entry.id, entry.author, entry.body]),
  ])
}

describe('the sample clients', () => {
  test('are the same on every call, and tickets on every iteration', () => {
    const again = sandbox(now)
    expect(again.technicians).toEqual(technicians)
    for (const [i, client] of again.clients.entries()) {
      expect({ ...client, tickets: [...client.tickets] }).toEqual(loaded[i])
    }
    for (const [i, client] of clients.entries()) expect([...client.tickets]).toEqual(loaded[i]?.tickets)
  })

  test('keep their ids and texts on another day', () => {
    const later = sandbox(new Date('2027-08-01T22:15:00Z'))
    for (const [i, client] of later.clients.entries()) {
      expect(textsOf(client.tickets)).toEqual(textsOf(loaded[i]?.tickets ?? []))
    }
  })

  test('are at least fourteen, from 3 to 20,000 tickets, below 35,000 in all and 60,000 entries', () => {
    const sizes = loaded.map(({ tickets }) => tickets.length)
    expect(sizes.length).toBeGreaterThanOrEqual(14)
    expect(Math.min(...sizes)).toBe(3)
    expect(Math.max(...sizes)).toBe(20_000)
    expect(sizes.reduce((a, b) => a + b)).toBeLessThan(35_000)
    const entries = loaded.flatMap(({ tickets }) => tickets.map((t) => t.entries.length))
    expect(entries.reduce((a, b) => a + b)).toBeLessThan(60_000)
    expect(entries.filter((count) => count >= 40)).toHaveLength(2)
  })

  test('let dana@sandbox.example sign in first', () => {
    expect(organisation.name).not.toBe('')
    expect(technicians[0]).toMatchObject({ email: 'dana@sandbox.example', password: 'sandbox' })
    expect(new Set(technicians.map(({ id }) => id)).size).toBe(8)
  })

  test('differ in name, colour, statuses, and live on several continents', () => {
    const different = (of: (client: (typeof loaded)[number]) => string): number => new Set(loaded.map(of)).size
    expect(different(({ tenant }) => tenant.name)).toBe(loaded.length)
    expect(different(({ tenant }) => tenant.colour)).toBe(loaded.length)
    expect(different(({ tenant }) => tenant.shortName)).toBe(loaded.length)
    expect(different(({ configuration }) => configuration.statuses.map(({ label }) => label).join())).toBe(
      loaded.length,
    )
    expect(different(({ tenant }) => tenant.timeZone.split('/')[0] ?? '')).toBeGreaterThanOrEqual(6)
  })

  test('hold tickets that no configuration explains: an unknown status and an unknown field', () => {
    const odd = loaded.map(({ configuration, tickets }) => ({
      status: tickets.filter(({ ticket }) => !configuration.statuses.some(({ key }) => key === ticket.status)).length,
      field: tickets.filter(({ ticket }) =>
        Object.keys(ticket.customFields).some((key) => !configuration.customFields.some((field) => field.key === key)),
      ).length,
    }))
    expect(odd.map(({ status }) => status).filter(Boolean)).toEqual([2])
    expect(odd.map(({ field }) => field).filter(Boolean)).toEqual([2])
  })

  test('have work, links and merged tickets to look at, among the newest too', () => {
    const newest = loaded.flatMap(({ tickets }) => tickets.slice(-60))
    expect(newest.filter(({ entries }) => entries.some(({ kind }) => kind === 'time')).length).toBeGreaterThan(20)
    expect(newest.filter(({ ticket }) => (ticket.links ?? []).length > 0).length).toBeGreaterThan(10)
    expect(loaded.flatMap(({ tickets }) => tickets).filter(({ ticket }) => ticket.mergedInto).length).toBeGreaterThan(
      20,
    )
  })

  test('have tickets at risk and past due, and none due while the clock stands', () => {
    const tickets = loaded.flatMap(({ configuration, tickets: all }) =>
      all.map(({ ticket }) => ({
        ticket,
        stands: configuration.statuses.find(({ key }) => key === ticket.status)?.stopsClock,
      })),
    )
    const due = tickets.filter(({ ticket }) => ticket.dueAt !== null)
    expect(due.filter(({ stands }) => stands)).toEqual([])
    expect(due.filter(({ ticket }) => Date.parse(ticket.dueAt ?? '') < now.getTime()).length).toBeGreaterThan(20)
    expect(due.filter(({ ticket }) => Date.parse(ticket.dueAt ?? '') > now.getTime()).length).toBeGreaterThan(200)
  })
})

describe('what the sample clients were promised', () => {
  const promised = loaded.filter(({ configuration }) => configuration.sla)
  const partsOf = (part: (levels: ServiceLevels, configuration: Configuration) => unknown): Set<string> =>
    new Set(
      promised.map(({ configuration }) => JSON.stringify(part(configuration.sla ?? expect.fail(), configuration))),
    )

  test('differs in every part, and others were promised nothing', () => {
    expect(promised.length).toBeGreaterThanOrEqual(5)
    expect(promised.length).toBeLessThan(loaded.length)
    for (const part of [
      partsOf(({ calendars }) => calendars.map(({ timeZone }) => timeZone)),
      partsOf(({ calendars }) => calendars.map(({ hours }) => hours)),
      partsOf(({ calendars }) => calendars.map(({ holidays }) => holidays)),
      partsOf(({ targets }) => targets),
      partsOf((_, { statuses }) => statuses),
      partsOf((_, { priorities }) => priorities),
    ])
      expect(part.size).toBe(promised.length)
  })

  test('names only words, calendars, rotations and technicians that are there', () => {
    for (const { configuration } of promised) {
      const { calendars, targets, escalations, onCall } = configuration.sla ?? expect.fail()
      const keys = (list: { key: string }[]): string[] => list.map(({ key }) => key)
      for (const { priorities = [], types = [], calendar } of [
        ...targets,
        ...escalations.map((rule) => ({ ...rule, calendar: undefined })),
      ]) {
        expect(keys(configuration.priorities)).toEqual(expect.arrayContaining(priorities))
        expect(keys(configuration.types)).toEqual(expect.arrayContaining(types))
        if (calendar) expect(keys(calendars)).toContain(calendar)
      }
      for (const action of escalations.flatMap(({ actions }) => actions))
        if ('onCall' in action && action.onCall) expect(keys(onCall)).toContain(action.onCall)
      const crew = onCall.flatMap(({ layers }) => layers.flatMap((layer) => layer.technicians))
      expect(keys(technicians.map(({ id }) => ({ key: id })))).toEqual(expect.arrayContaining([...new Set(crew)]))
    }
  })

  test('is kept for most of the tickets at work, close to its end for some, and past it for others', () => {
    const counts = { late: 0, risk: 0, fine: 0, paused: 0 }
    for (const { configuration, tickets } of promised) {
      const desk = new ServiceDesk(configuration)
      for (const { ticket } of tickets) {
        const due = desk.isOver(ticket) ? null : desk.dueOf(ticket)
        if (!due) continue
        if (due.dueAt === null) counts.paused++
        else if (due.dueAt < now.getTime()) counts.late++
        else if ((due.riskAt ?? Infinity) < now.getTime()) counts.risk++
        else counts.fine++
      }
    }
    expect(Math.min(...Object.values(counts))).toBeGreaterThan(20)
    expect(counts.fine).toBeGreaterThan(2 * counts.late)
  })

  test('knows the public holidays of its place as plain dates', () => {
    const dates = (name: string): string[] =>
      promised
        .find(({ tenant }) => tenant.name.startsWith(name))
        ?.configuration.sla?.calendars.flatMap(({ holidays }) => holidays.map(({ date }) => date)) ?? []
    expect(dates('Atelier Voss')).toEqual(expect.arrayContaining(['2026-03-08', '2026-05-14', '2026-12-24']))
    expect(dates('Harbor')).toEqual(expect.arrayContaining(['2026-07-03', '2026-11-26']))
    expect(publicHolidays({ country: 'nowhere' }, [2026])).toEqual([])
  })
})

describe.each(loaded.map((client) => [client.tenant.name, client] as const))('%s', (_, client) => {
  const { tickets, contacts, configuration, tenant } = client

  test('passes every schema', () => {
    Tenant.parse({ ...tenant, head: 0 })
    Configuration.parse(configuration)
    for (const contact of contacts) Contact.parse(contact)
    for (const technician of technicians) Technician.parse(technician)
    const stride = Math.ceil(tickets.length / 1000)
    for (const { ticket, entries } of tickets.filter((t, i) => i % stride === 0 || t.entries.length > 15)) {
      Ticket.parse(ticket)
      for (const entry of entries) Entry.parse(entry)
    }
  })

  test('carries each link on both of its tickets, and merges only what is over into what is there', () => {
    const byId = new Map(tickets.map(({ ticket }) => [ticket.id, ticket]))
    const over = configuration.statuses.filter(({ category }) => category === 'resolved' || category === 'closed')
    for (const { ticket } of tickets) {
      for (const { ticketId, relation } of ticket.links ?? [])
        expect(byId.get(ticketId)?.links).toContainEqual({ ticketId: ticket.id, relation: inverseRelation[relation] })
      if (!ticket.mergedInto) continue
      expect(byId.get(ticket.mergedInto)?.mergedInto).toBeUndefined()
      expect(over.map(({ key }) => key)).toContain(ticket.status)
    }
  })

  test('keeps views that hold in its own words', () => {
    for (const view of client.views ?? []) {
      SavedView.parse(view)
      for (const key of view.filter.statuses ?? []) expect(configuration.statuses.map((one) => one.key)).toContain(key)
      for (const key of view.filter.priorities ?? [])
        expect(configuration.priorities.map((one) => one.key)).toContain(key)
    }
  })

  test('numbers its tickets from 1 without a gap, in order of opening', () => {
    expect(tickets.map(({ ticket }) => ticket.number)).toEqual(tickets.map((_ticket, i) => i + 1))
    const opened = tickets.map(({ ticket }) => ticket.createdAt)
    expect(opened).toEqual(opened.toSorted())
  })

  test('refers only to people, words and tickets that exist, and fills every slot of a text', () => {
    const people = new Set([null, ...technicians.map(({ id }) => id)])
    const requesters = new Set([null, ...contacts.map(({ id }) => id)])
    const words = (list: { key: string }[]): Set<string | null> => new Set(list.map(({ key }) => key))
    const [priorities, types, queues] = [configuration.priorities, configuration.types, configuration.queues].map(words)
    const ids = new Set<string>()
    let faults = 0
    for (const { ticket, entries } of tickets) {
      ids.add(ticket.id)
      if (!people.has(ticket.assigneeId) || !requesters.has(ticket.requesterId)) faults++
      if (!priorities?.has(ticket.priority) || !types?.has(ticket.type)) faults++
      if (ticket.queue !== null && !queues?.has(ticket.queue)) faults++
      if (/[{}]|\bundefined\b|^[a-h]+\| /.test(`${ticket.subject}${ticket.description}`)) faults++
      if (ticket.updatedAt < ticket.createdAt || Date.parse(ticket.updatedAt) > now.getTime()) faults++
      for (const entry of entries) {
        ids.add(entry.id)
        if (entry.ticketId !== ticket.id || /[{}]|^[a-h]+\| /.test(entry.body)) faults++
        if (entry.author.id !== null && !people.has(entry.author.id) && !requesters.has(entry.author.id)) faults++
        if (entry.createdAt > ticket.updatedAt) faults++
      }
    }
    expect(faults).toBe(0)
    expect(ids.size).toBe(tickets.reduce((sum, { entries }) => sum + 1 + entries.length, 0))
  })
})
