import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openCount } from '../../src-shared/domain/rollup.ts'
import type { Change } from '../../src-shared/domain/views.ts'
import { configuration, contactOf, entryOf, idOf, ticketOf } from './desk.ts'
import { Driven, ME, temporaryFolder, type Outputs } from './driver.ts'
import { ScriptedCloud } from './scripted-cloud.ts'

let cloud: ScriptedCloud
let place: ReturnType<typeof temporaryFolder>
const open: Driven[] = []

const OPEN = { open: true } as const
const AT = '2026-03-05T20:00:00.000Z'
const soon = (ms: number): string => new Date(Date.now() + ms).toISOString()
const LATER = soon(3 * 86_400_000)

beforeEach(async () => {
  cloud = await ScriptedCloud.start()
  place = temporaryFolder()
  cloud.add('configuration', 'configuration', configuration)
  cloud.add('contact', contactOf(1).id, contactOf(1))
  for (let number = 1; number <= 6; number++) add(number)
  cloud.decide = ({ sequence, body }) => {
    if (body.kind !== 'ticket.update') return { sequence, outcome: 'applied', version: cloud.head }
    const there = cloud.changes.find(({ id }) => id === body.ticketId)
    const before = there && 'data' in there ? there.data : {}
    const now = new Date().toISOString()
    const data = { ...before, ...body.patch, updatedAt: now, snoozedAt: now }
    return { sequence, outcome: 'applied', version: cloud.add('ticket', body.ticketId, data) }
  }
})
afterEach(async () => {
  for (const driven of open.splice(0)) await driven.close()
  await cloud.stop()
  place.remove()
})

function add(number: number, more: object = {}): void {
  const fresh = { status: 'working', assigneeId: ME, createdAt: AT, updatedAt: AT, dueAt: null }
  cloud.add('ticket', idOf(`ticket ${number}`), { ...ticketOf(number, fresh), ...more })
}

/** The requester, or a technician, writes to a ticket, as the cloud tells it. */
function write(number: number, kind: 'contact' | 'technician', createdAt: string): void {
  const entry = entryOf(number, 0, 'Any news?')
  const author = kind === 'contact' ? { kind, id: contactOf(1).id, name: 'Contact 1' } : entry.author
  cloud.add('entry', entry.id, { ...entry, author, createdAt })
}

async function started(): Promise<Driven> {
  const driven = await Driven.open({ folder: place.folder, cloudUrl: cloud.url })
  open.push(driven)
  await driven.sync()
  return driven
}

async function numbers(driven: Driven, filter: object = OPEN): Promise<number[]> {
  return (await driven.page({ filter })).rows.map(({ number }) => number).sort((a, b) => a - b)
}
async function found(driven: Driven, text: string, filter: object = {}): Promise<number[]> {
  const input = { text, filter, order: 'newest', sort: { by: 'wakes', direction: 'ascending' }, limit: 50 }
  const hits = await driven.call<Outputs['tickets']['search']>('query', 'tickets.search', input)
  return hits.map(({ row }) => row.number)
}
const snooze = (driven: Driven, number: number, until: string | null) =>
  driven.edit(idOf(`ticket ${number}`), { snoozedUntil: until })

test('a snoozed ticket leaves every list of open ones and their counts, and is found by its own operator, soonest first', async () => {
  const driven = await started()
  await snooze(driven, 2, LATER)
  const detail = await snooze(driven, 4, soon(3_600_000))
  expect(detail).toMatchObject({ pendingFields: ['snoozedUntil'], snoozedUntil: detail.ticket['snoozedUntil'] })
  const awake = [1, 3, 5, 6]
  expect(await numbers(driven)).toEqual(awake)
  expect(await numbers(driven, { statuses: ['working'], snoozed: false })).toEqual(awake)
  expect((await driven.outline({ filter: OPEN })).total).toBe(4)
  expect(await numbers(driven, { snoozed: true })).toEqual([2, 4])
  expect(await numbers(driven, {})).toEqual([1, 2, 3, 4, 5, 6])
  expect(await found(driven, 'is:snoozed')).toEqual([4, 2])
  expect(await found(driven, 'is:snoozed', OPEN)).toEqual([4, 2])
  expect(await found(driven, '-is:snoozed')).toHaveLength(4)
  expect(await found(driven, 'assignee:me', OPEN)).toHaveLength(4)
  const lists = [OPEN, { query: 'is:snoozed' }, { ...OPEN, assignees: [ME] }]
  expect(await driven.call('query', 'tickets.tally', { lists })).toEqual([4, 2, 4])
  expect(await driven.call('query', 'tickets.counts')).toMatchObject({ mine: 4 })
  await vi.waitFor(() =>
    expect(driven.rollups.at(-1)).toMatchObject({ open: 4, wakes: [expect.any(Number), Date.parse(LATER)] }),
  )
  // Also of a client whose compartment has gone to sleep since.
  expect(openCount(driven.rollups.at(-1)!, Date.now() + 7_200_000)).toBe(5)
  // Nobody need be reminded of what is done.
  await driven.edit(idOf('ticket 2'), { status: 'fixed' })
  expect(await found(driven, 'is:snoozed')).toEqual([4])
})

test('what was promised by a time does not sleep', async () => {
  add(2, { dueAt: soon(60_000) })
  const driven = await started()
  await snooze(driven, 2, LATER)
  expect(await found(driven, 'is:at-risk', OPEN)).toEqual([2])
})

test('it wakes at its time without a cloud, says so, and is where it would be had it been touched then', async () => {
  const driven = await started()
  await cloud.stop()
  const changes: Change[] = []
  driven.follow<Change>('changes', (change) => changes.push(change))
  const until = soon(1500)
  await snooze(driven, 1, until)
  await vi.waitFor(() => expect(changes.flatMap(({ tickets }) => tickets)).toContain(idOf('ticket 1')))
  changes.length = 0
  expect(await numbers(driven)).toEqual([2, 3, 4, 5, 6])
  await vi.waitFor(async () => expect(await numbers(driven)).toHaveLength(6), 10_000)
  await vi.waitFor(() => expect(changes.flatMap(({ tickets }) => tickets)).toContain(idOf('ticket 1')), 10_000)
  const { rows } = await driven.page({ filter: OPEN })
  expect(rows[0]).toMatchObject({ number: 1, snoozedUntil: until, updatedAt: until })
  // The ticket itself was touched when it was snoozed, and not since.
  expect(Date.parse((await driven.ticket(idOf('ticket 1'))).ticket.updatedAt)).toBeLessThan(Date.parse(until))
})

test('it wakes although nobody was there at its time', async () => {
  const driven = await started()
  await snooze(driven, 1, soon(3000))
  expect(await numbers(driven)).not.toContain(1)
  await driven.close()
  open.length = 0
  const again = await Driven.open({ folder: place.folder })
  open.push(again)
  await vi.waitFor(async () => expect(await numbers(again)).toContain(1), 10_000)
})

test('the requester’s word wakes it at once, a colleague’s does not', async () => {
  add(1, { snoozedUntil: LATER, snoozedAt: soon(-3_600_000) })
  add(2, { snoozedUntil: LATER, snoozedAt: soon(-3_600_000) })
  const driven = await started()
  expect(await numbers(driven)).toEqual([3, 4, 5, 6])
  write(1, 'contact', soon(-60_000))
  write(2, 'technician', soon(-60_000))
  await driven.sync()
  expect(await numbers(driven)).toEqual([1, 3, 4, 5, 6])
  const row = (await driven.page({ filter: OPEN })).rows.find(({ number }) => number === 1)
  expect(row).toMatchObject({ unread: true, snoozedUntil: null })
  // And it stays so when the ticket comes again for another reason.
  add(1, { snoozedUntil: LATER, snoozedAt: soon(-3_600_000), priority: 'p1' })
  await driven.sync()
  expect(await numbers(driven)).toContain(1)
  // Until it is snoozed anew.
  await snooze(driven, 1, soon(7_200_000))
  expect(await numbers(driven)).toEqual([3, 4, 5, 6])
})

test('the requester’s word wakes what the ticket is part of, over every merge, and what is taken apart sleeps on', async () => {
  const asleep = { snoozedUntil: LATER, snoozedAt: soon(-3_600_000) }
  const into = { mergedInto: idOf('ticket 1') }
  add(1, asleep)
  add(2, { ...into, status: 'done' })
  add(3, { mergedInto: idOf('ticket 2'), status: 'done' })
  const driven = await started()
  expect(await numbers(driven)).toEqual([4, 5, 6])
  const changes: Change[] = []
  driven.follow<Change>('changes', (change) => changes.push(change))
  write(3, 'contact', soon(-60_000))
  await driven.sync()
  expect(await numbers(driven)).toEqual([1, 4, 5, 6])
  // Its page shows what was written there.
  await vi.waitFor(() => expect(changes.flatMap(({ tickets }) => tickets)).toContain(idOf('ticket 1')))
  add(2, { mergedInto: null })
  await driven.sync()
  expect(await numbers(driven)).toEqual([2, 4, 5, 6])
  add(2, into)
  await driven.sync()
  expect(await numbers(driven)).toContain(1)
  const round = driven.call('mutation', 'tickets.merge', {
    id: idOf('ticket 1'),
    intoId: idOf('ticket 3'),
    status: null,
  })
  await expect(round).rejects.toThrow('invalid-input')
  // A load from nothing comes to the same.
  await driven.close()
  place.remove()
  place = temporaryFolder()
  expect(await numbers(await started())).toContain(1)
})

test('a load from nothing knows who wrote since, whatever came first', async () => {
  write(1, 'contact', soon(-60_000))
  write(2, 'contact', soon(-7_200_000))
  for (const number of [1, 2]) add(number, { snoozedUntil: LATER, snoozedAt: soon(-3_600_000) })
  expect(await numbers(await started())).toEqual([1, 3, 4, 5, 6])
})

test('snooze and wake before either was sent leave nothing to send; many at once are taken back at once', async () => {
  const driven = await started()
  await driven.call('mutation', 'sync.pause', { paused: true })
  await snooze(driven, 1, LATER)
  await snooze(driven, 1, null)
  expect(await driven.call('query', 'outbox.list')).toEqual([])
  const ids = [1, 2, 3].map((number) => idOf(`ticket ${number}`))
  const change = { patch: { snoozedUntil: LATER } }
  const { back } = await driven.call<Outputs['tickets']['bulk']>('mutation', 'tickets.bulk', { ids, change })
  expect(await numbers(driven)).toEqual([4, 5, 6])
  await driven.call('mutation', 'tickets.bulkBack', { back })
  expect(await numbers(driven)).toHaveLength(6)
  expect(await driven.call('query', 'outbox.list')).toEqual([])
  await snooze(driven, 1, LATER)
  await driven.call('mutation', 'sync.pause', { paused: false })
  await vi.waitFor(() => expect(cloud.received).toHaveLength(1))
  // A cloud that does not know of it waits rather than refuses.
  expect(cloud.received[0]?.mutations).toMatchObject([{ schema: 3, body: { patch: { snoozedUntil: LATER } } }])
})
