import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { BulkChange, BulkPreview, BulkResult } from '../../src-shared/domain/bulk.ts'
import { tasksInOrder } from '../../src-shared/domain/task-list.ts'
import type { Tasks } from '../../src-shared/domain/tasks.ts'
import { deskChanges, idOf, technicianOf, ticketOf } from './desk.ts'
import { Driven, temporaryFolder, type Inputs } from './driver.ts'
import { ScriptedCloud } from './scripted-cloud.ts'

let cloud: ScriptedCloud
let place: ReturnType<typeof temporaryFolder>
const open: Driven[] = []

beforeEach(async () => {
  cloud = await ScriptedCloud.start(deskChanges(60))
  place = temporaryFolder()
})
afterEach(async () => {
  for (const driven of open.splice(0)) await driven.close()
  await cloud.stop()
  place.remove()
})

async function synced(online = true): Promise<Driven> {
  const driven = await Driven.open({ folder: place.folder, cloudUrl: cloud.url })
  open.push(driven)
  await driven.sync()
  if (!online) await cloud.stop()
  return driven
}
const numbers = Array.from({ length: 14 }, (_, i) => i + 1)
const ids = numbers.map((number) => idOf(`ticket ${number}`))
const of = (part: Partial<BulkChange>): BulkChange => ({ patch: {}, addTags: [], removeTags: [], ...part })
const bulk = (driven: Driven, change: BulkChange, some = ids): Promise<BulkResult> =>
  driven.call('mutation', 'tickets.bulk', { ids: some, change })
const statuses = async (driven: Driven): Promise<string[]> =>
  Promise.all(ids.map(async (id) => (await driven.ticket(id)).ticket.status))

test('a preview counts what changes, what has it already and what is gone, and changes nothing', async () => {
  const driven = await synced(false)
  const closed = numbers.filter((number) => ticketOf(number).status === 'closed').length
  expect(closed).toBeGreaterThan(0)
  const preview = await driven.call('query', 'tickets.bulkPreview', {
    ids: [...ids, ids[0], idOf('nobody')],
    change: of({ patch: { status: 'closed' } }),
  })
  const none = { count: 0, first: [] }
  const parts = { status: 14 - closed }
  expect(preview).toEqual({ change: 14 - closed, same: closed, gone: 1, parts, openParts: none, openTasks: none })
  expect(await statuses(driven)).toEqual(numbers.map((number) => ticketOf(number).status))
  expect(await driven.state()).toMatchObject({ pending: 0 })
})

test('a bulk change is one ordinary edit for each ticket that differs, shown at once and sent', async () => {
  const driven = await synced()
  const { id: assigneeId } = technicianOf(3)
  const result = await bulk(driven, of({ patch: { status: 'vendor', assigneeId } }))
  expect(result.change).toBe(14)
  expect(new Set(await statuses(driven))).toEqual(new Set(['vendor']))
  await vi.waitFor(() => expect(cloud.received.flatMap(({ mutations }) => mutations)).toHaveLength(14))
  const [first] = cloud.received.flatMap(({ mutations }) => mutations)
  expect(first?.body).toMatchObject({ kind: 'ticket.update', ticketId: ids[0], base: { status: ticketOf(1).status } })
})

test('a bulk change that is taken back before it was sent leaves nothing to send', async () => {
  const driven = await synced()
  await driven.call('mutation', 'sync.pause', { paused: true })
  const before = await statuses(driven)
  const { back } = await bulk(driven, of({ patch: { status: 'vendor' }, addTags: ['moved'], removeTags: ['vip'] }))
  expect((await driven.ticket(ids[0]!)).ticket.tags).toContain('moved')
  await driven.call('mutation', 'tickets.bulkBack', { back })
  expect(await statuses(driven)).toEqual(before)
  for (const number of numbers) {
    expect((await driven.ticket(idOf(`ticket ${number}`))).ticket.tags).toEqual(ticketOf(number).tags)
  }
  expect(await driven.state()).toMatchObject({ pending: 0 })
})

test('tasks, watchers and own fields come with it, and one way back takes all of them off again', async () => {
  const driven = await synced(false)
  const [first = '', second = ''] = ids
  const [me, other] = [technicianOf(1).id, technicianOf(2).id]
  await driven.call('mutation', 'tickets.watch', { id: second, add: [other] })
  await driven.edit(second, { tasks: { [idOf('mine')]: { text: 'Mine', done: false, position: 4 } } })
  const change = of({
    ...{ patch: { customFields: { site: 'Quay' } }, addTasks: ['Order it', 'Call back'] },
    ...{ addWatchers: [me, other], removeWatchers: [technicianOf(3).id] },
  })
  const { back } = await bulk(driven, change, [first, second])
  const now = await Promise.all([first, second].map(async (id) => (await driven.ticket(id)).ticket))
  expect(now.map(({ watchers }) => watchers)).toEqual([
    [me, other],
    [other, me],
  ])
  expect(now.map(({ tasks }) => tasksInOrder(tasks as Tasks).map(({ text }) => text))).toEqual([
    ['Order it', 'Call back'],
    ['Mine', 'Order it', 'Call back'],
  ])
  expect(now[1]?.customFields).toEqual({ site: 'Quay' })
  await driven.call('mutation', 'tickets.bulkBack', { back })
  const then = await Promise.all([first, second].map(async (id) => (await driven.ticket(id)).ticket))
  expect(then.map(({ watchers }) => watchers ?? [])).toEqual([[], [other]])
  expect(then.map(({ tasks }) => tasksInOrder(tasks as Tasks).map(({ text }) => text))).toEqual([[], ['Mine']])
  expect(then[1]?.customFields['site'] ?? null).toBe(null)
})

test('texts are written with it, on the tickets that get one, and stay when the rest is taken back', async () => {
  const driven = await synced(false)
  const [first = '', second = '', third = ''] = ids
  const other = technicianOf(2)
  await driven.edit(first, { status: 'vendor' })
  await driven.call('mutation', 'tickets.watch', { id: third, add: [other.id] })
  const texts = [first, third].map((id) => ({ id, kind: 'note' as const, body: `For @${other.name}: ${id}` }))
  const input = { ids: [first, second, third], change: of({ patch: { status: 'vendor' } }), texts }
  const counted = { change: 3, same: 0, parts: { status: 2, text: 2 } }
  expect(await driven.call('query', 'tickets.bulkPreview', input)).toMatchObject(counted)
  const { back } = await driven.call<BulkResult>('mutation', 'tickets.bulk', input)
  expect(back.map(({ id }) => id)).toEqual([second, third])
  const written = async (): Promise<object> =>
    Promise.all(
      [first, second, third].map(async (id) => {
        const { entries, ticket } = await driven.ticket(id)
        const notes = entries.filter(({ kind, body }) => kind === 'note' && body.endsWith(id))
        return [ticket.status, notes.length, ticket.watchers ?? []]
      }),
    )
  expect(await written()).toEqual([
    ['vendor', 1, [other.id]],
    ['vendor', 0, []],
    ['vendor', 1, [other.id]],
  ])
  await driven.call('mutation', 'tickets.bulkBack', { back })
  expect(await written()).toEqual([
    ['vendor', 1, [other.id]],
    [ticketOf(2).status, 0, []],
    [ticketOf(3).status, 1, [other.id]],
  ])
  const fillings = await driven.call('query', 'tickets.fillings', { ids: [second, idOf('nobody')] })
  expect(fillings).toMatchObject([{ ticket: { number: 2, subject: ticketOf(2).subject }, requester: { name: /./ } }])
})

test('taking back leaves alone what was changed since then', async () => {
  const driven = await synced(false)
  const { back } = await bulk(driven, of({ patch: { status: 'vendor', priority: 'p1' } }))
  await driven.edit(ids[0]!, { status: 'working' })
  await driven.call('mutation', 'tickets.bulkBack', { back })
  const { ticket } = await driven.ticket(ids[0]!)
  expect(ticket).toMatchObject({ status: 'working', priority: ticketOf(1).priority })
  expect((await statuses(driven)).slice(1)).toEqual(numbers.slice(1).map((number) => ticketOf(number).status))
})

test('where the disk is full a bulk change is recorded as a whole or not at all', async () => {
  const driven = await Driven.open({ folder: place.folder, cloudUrl: cloud.url, maxPages: { ledger: 40 } })
  open.push(driven)
  await driven.sync()
  await cloud.stop()
  const tags = Array.from({ length: 60 }, (_, i) => `a rather long tag to fill the disk with, number ${i}`)
  const all = Array.from({ length: 60 }, (_, i) => idOf(`ticket ${i + 1}`))
  await expect(bulk(driven, of({ addTags: tags }), all)).rejects.toThrow('disk-full')
  expect(await driven.state()).toMatchObject({ pending: 0 })
  expect((await driven.ticket(ids[0]!)).ticket.tags).toEqual(ticketOf(1).tags)
  expect((await bulk(driven, of({ patch: { status: 'vendor' } }), ids.slice(0, 1))).change).toBe(1)
})

test('before tickets are closed, those that they contain and that stay open are named, also without a network', async () => {
  const driven = await synced(false)
  const [whole = 0, ...parts] = numbers.slice(0, 8)
  await bulk(driven, of({ patch: { status: 'working' } }))
  const id = idOf(`ticket ${whole}`)
  for (const part of parts)
    await driven.call('mutation', 'tickets.link', { id, otherId: idOf(`ticket ${part}`), relation: 'child' })
  const preview = (status: string, along: number[] = []): Promise<BulkPreview> => {
    const input = { ids: [id, ...along.map((number) => idOf(`ticket ${number}`))], change: of({ patch: { status } }) }
    return driven.call('query', 'tickets.bulkPreview', input)
  }
  const openParts = async (status: string, along: number[] = []) => (await preview(status, along)).openParts
  const all = await openParts('closed')
  expect(all.count).toBe(7)
  expect(all.first.map(({ number }) => number)).toEqual(parts.slice(0, 5))
  // What is closed along with it or was before is no matter, and neither is a status that closes nothing.
  await driven.edit(idOf(`ticket ${parts[0]}`), { status: 'closed' })
  expect((await openParts('closed', parts.slice(1, 6))).first.map(({ number }) => number)).toEqual([parts[6]])
  expect(await openParts('vendor')).toEqual({ count: 0, first: [] })
  const { rows } = await driven.page({ filter: {}, sort: { by: 'created', direction: 'ascending' }, limit: 200 })
  expect(rows.filter(({ hasParts }) => hasParts).map((row) => row.id)).toEqual([id])
  // Its own tasks, in their order, and those that are done are no matter.
  const task = (text: string, position: number, done = false) => ({ [idOf(text)]: { text, done, position } })
  const other = idOf(`ticket ${parts[6]}`)
  await driven.edit(id, { tasks: { ...task('Second', 2), ...task('First', 1), ...task('Done', 3, true) } })
  await driven.edit(other, { tasks: task('Done', 1, true) })
  expect((await preview('closed', [parts[6] ?? 0])).openTasks).toEqual({ count: 2, first: ['First', 'Second'] })
  expect((await preview('vendor')).openTasks.count).toBe(0)
  await driven.edit(other, { tasks: task('Still open', 1) })
  const after = await driven.page({ filter: {}, sort: { by: 'created', direction: 'ascending' }, limit: 200 })
  expect(new Set(after.rows.filter(({ hasParts }) => hasParts).map((row) => row.id))).toEqual(new Set([id, other]))
})

test('more tickets than can be changed at once are refused', async () => {
  const driven = await synced(false)
  const many = Array.from({ length: 1001 }, (_, i) => idOf(`ticket ${i}`))
  await expect(bulk(driven, of({ patch: { status: 'vendor' } }), many)).rejects.toThrow('invalid-input')
})

test('all tickets of a list can be named in its order', async () => {
  const driven = await synced(false)
  const list: Inputs['tickets']['outline'] = {
    filter: { statuses: ['new', 'working'] },
    sort: { by: 'created', direction: 'ascending' },
  }
  const { rows } = await driven.page({ ...list, limit: 200 })
  expect(rows.length).toBeGreaterThan(2)
  expect(await driven.call('query', 'tickets.ids', list)).toEqual(rows.map(({ id }) => id))
})
