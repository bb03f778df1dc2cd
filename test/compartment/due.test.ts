import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Configuration } from '../../src-shared/domain/configuration.ts'
import { begunHistory, movedHistory } from '../../src-shared/domain/history.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import { atRiskCount } from '../../src-shared/domain/rollup.ts'
import type { Change } from '../../src-shared/domain/views.ts'
import type { ServiceTarget } from '../../src-shared/sla/schema.ts'
import { configuration, idOf, ticketOf } from './desk.ts'
import { Driven, temporaryFolder } from './driver.ts'
import { ScriptedCloud } from './scripted-cloud.ts'

let cloud: ScriptedCloud
let place: ReturnType<typeof temporaryFolder>
const open: Driven[] = []

/** A Friday morning in Auckland. */
const OPENED = '2026-03-05T20:00:00.000Z'
const GIVEN = '2026-03-20T00:00:00.000Z'
const desk = [{ from: '09:00', to: '17:00' }]

beforeEach(async () => {
  cloud = await ScriptedCloud.start()
  place = temporaryFolder()
})
afterEach(async () => {
  for (const driven of open.splice(0)) await driven.close()
  await cloud.stop()
  place.remove()
})

async function synced(): Promise<Driven> {
  const driven = await Driven.open({ folder: place.folder, cloudUrl: cloud.url })
  open.push(driven)
  await driven.sync()
  return driven
}

function agreed(targets: ServiceTarget[], more: Partial<Configuration> = {}): Configuration {
  const week = { monday: desk, tuesday: desk, wednesday: desk, thursday: desk, friday: desk }
  const calendars = [
    { key: 'office', label: 'Office', timeZone: 'Pacific/Auckland', hours: week },
    { key: 'always', label: 'Always', timeZone: 'UTC', hours: '24x7' as const },
  ]
  return Configuration.parse({ ...configuration, ...more, sla: { calendars, targets } })
}

function add(number: number, changes: Partial<Ticket> = {}): string {
  const fresh = {
    status: 'working',
    priority: 'p3',
    type: null,
    assigneeId: null,
    createdAt: OPENED,
    updatedAt: OPENED,
    dueAt: null,
  }
  const begun = ticketOf(number, { ...fresh, ...changes })
  const ticket = { ...begun, history: begunHistory(begun) }
  cloud.add('ticket', ticket.id, ticket)
  return ticket.id
}

async function dues(driven: Driven): Promise<[number, string | null, string | null][]> {
  const sort = { by: 'due', direction: 'ascending' } as const
  const { rows } = await driven.page({ filter: { open: true }, sort })
  return rows.map(({ number, dueAt, riskAt }) => [number, dueAt, riskAt])
}

test('tickets are due by the service levels and their past, and lists are in that order; else by the word of the cloud', async () => {
  cloud.add(
    'configuration',
    'configuration',
    agreed([
      { priorities: ['p1'], calendar: 'always', resolution: 60 },
      { priorities: ['p2', 'p3'], calendar: 'office', resolution: 480 },
    ]),
  )
  add(1)
  add(2, { priority: 'p1', dueAt: GIVEN })
  add(3, { priority: 'p4', dueAt: GIVEN })
  add(4, { priority: 'p4' })
  add(5, { priority: 'p2', createdAt: '2026-03-05T22:00:00.000Z' })
  add(6, { status: 'vendor', dueAt: GIVEN })
  const driven = await synced()
  expect(await dues(driven)).toEqual([
    [2, '2026-03-05T21:00:00.000Z', '2026-03-05T20:00:00.000Z'],
    [1, '2026-03-06T04:00:00.000Z', '2026-03-06T03:00:00.000Z'],
    // Over the weekend.
    [5, '2026-03-08T22:00:00.000Z', '2026-03-08T21:00:00.000Z'],
    [3, GIVEN, '2026-03-19T23:00:00.000Z'],
    [4, null, null],
    // Its clock stands.
    [6, null, null],
  ])
  // What the cloud said is kept beside it.
  expect((await driven.ticket(idOf('ticket 2'))).ticket.dueAt).toBe(GIVEN)
  expect((await driven.ticket(idOf('ticket 2'))).dueAt).toBe('2026-03-05T21:00:00.000Z')
})

test('another configuration moves what is due at once, and tells the windows which', async () => {
  cloud.add('configuration', 'configuration', configuration)
  add(1)
  add(2, { priority: 'p1', dueAt: GIVEN })
  add(3, { status: 'closed', dueAt: GIVEN })
  const driven = await synced()
  const changes: Change[] = []
  driven.follow<Change>('changes', (change) => changes.push(change))
  expect((await dues(driven)).map(([number, due]) => [number, due])).toEqual([
    [2, GIVEN],
    [1, null],
  ])

  const targets = [{ calendar: 'always', resolution: 120 }]
  cloud.add('configuration', 'configuration', { ...agreed(targets), atRiskMinutes: 10 })
  await driven.sync()
  const both = [
    [1, '2026-03-05T22:00:00.000Z', '2026-03-05T21:50:00.000Z'],
    [2, '2026-03-05T22:00:00.000Z', '2026-03-05T21:50:00.000Z'],
  ]
  expect(await dues(driven)).toEqual(both)
  await vi.waitFor(() =>
    expect(changes.flatMap(({ tickets }) => tickets)).toEqual(
      expect.arrayContaining([idOf('ticket 1'), idOf('ticket 2')]),
    ),
  )
  expect(changes.flatMap(({ tickets }) => tickets)).not.toContain(idOf('ticket 3'))
  await vi.waitFor(() => {
    const rollup = driven.rollups.at(-1) ?? expect.fail('none')
    expect(
      [21 * 60 + 49, 21 * 60 + 51].map((minute) => atRiskCount(rollup, Date.parse('2026-03-05') + minute * 60_000)),
    ).toEqual([0, 2])
  })

  // A status that stops the clock from now on, by configuration alone.
  const statuses = configuration.statuses.map((status) =>
    status.key === 'working' ? { ...status, stopsClock: true } : status,
  )
  cloud.add('configuration', 'configuration', agreed(targets, { statuses }))
  await driven.sync()
  expect((await dues(driven)).map(([, due]) => due)).toEqual([null, null])
  cloud.add('configuration', 'configuration', { ...agreed(targets), atRiskMinutes: 10 })
  await driven.sync()
  expect(await dues(driven)).toEqual(both)
})

test('an edit that was not sent moves it too: a first reply ends the first target, and a pause stops the clock', async () => {
  const targets = [{ calendar: 'always', firstResponse: 30, resolution: 600 }]
  cloud.add('configuration', 'configuration', agreed(targets))
  const createdAt = new Date().toISOString()
  const after = (minutes: number): string => new Date(Date.parse(createdAt) + minutes * 60_000).toISOString()
  const id = add(1, { createdAt, updatedAt: createdAt })
  const driven = await synced()
  await cloud.stop()
  expect((await driven.ticket(id)).dueAt).toBe(after(30))
  await driven.call('mutation', 'tickets.addEntry', { ticketId: id, kind: 'note', body: 'For us only.' })
  expect((await driven.ticket(id)).dueAt).toBe(after(30))
  await driven.call('mutation', 'tickets.addEntry', { ticketId: id, kind: 'reply', body: 'We are on it.' })
  expect((await driven.ticket(id)).dueAt).toBe(after(600))
  expect(await dues(driven)).toEqual([[1, after(600), after(540)]])
  expect((await driven.edit(id, { status: 'vendor' })).dueAt).toBeNull()
  const { dueAt } = await driven.edit(id, { status: 'working' })
  // Later by no more than the pause.
  expect(Date.parse(dueAt ?? '') - Date.parse(after(600))).toSatisfy((ms: number) => ms >= 0 && ms < 60_000)
})

test('a ticket that came back from the cloud with its past is as read as it was', async () => {
  cloud.add('configuration', 'configuration', agreed([{ calendar: 'always', resolution: 600 }]))
  const id = add(1)
  const driven = await synced()
  await driven.call('mutation', 'tickets.markSeen', { id })
  const at = '2026-03-06T01:02:03.000Z'
  const { ticket: before } = await driven.ticket(id)
  const moved = { ...before, status: 'vendor', updatedAt: at }
  cloud.decide = ({ sequence }) => {
    const version = cloud.add('ticket', id, { ...moved, history: movedHistory(before, moved, at) })
    return { sequence, outcome: 'applied', version }
  }
  await driven.edit(id, { status: 'vendor' })
  await vi.waitFor(() => expect(cloud.received).toHaveLength(1))
  await driven.sync()
  const after = await driven.ticket(id)
  expect((after.ticket as Ticket).history?.statuses.at(-1)).toEqual({ status: 'vendor', at })
  expect([after.unread, after.pendingFields]).toEqual([false, []])
})
