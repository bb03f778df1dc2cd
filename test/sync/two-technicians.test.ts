import { createServer, connect as dial, type Server } from 'node:net'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { TicketActivity } from '../../src-shared/domain/ticket-change.ts'
import { Driven, temporaryFolder, type Start } from '../compartment/driver.ts'
import { sampleData, withCloud, type TestCloud } from '../support/cloud.ts'
import { releasePostgres } from '../support/postgres.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'

let cloud: TestCloud
let token: string
let me: string
const folders: ReturnType<typeof temporaryFolder>[] = []
const open: Driven[] = []
let proxy: Server | null = null

beforeAll(async () => {
  const data = [sampleOrganisation('Alpha', [sampleClient('Acme', 300, 400), sampleClient('Zephyr', 5)])]
  cloud = await withCloud([...data, ...sampleData().slice(1)])
  token = await cloud.tenantToken()
  me = (await cloud.signIn()).technician.id
})
afterEach(async () => {
  for (const driven of open.splice(0)) await driven.close()
  for (const { remove } of folders.splice(0)) remove()
  await new Promise<void>((resolve) => (proxy ? proxy.close(() => resolve()) : resolve()))
  proxy = null
})
afterAll(async () => {
  await cloud.close()
  await releasePostgres()
})

async function compartment(more: Partial<Start> = {}): Promise<Driven> {
  const place = temporaryFolder()
  folders.push(place)
  const driven = await Driven.open({
    folder: place.folder,
    cloudUrl: cloud.url,
    token: () => token,
    me,
    online: false,
    ...more,
  })
  open.push(driven)
  await driven.sync()
  return driven
}
async function sentAll(driven: Driven): Promise<void> {
  await vi.waitFor(async () => {
    await driven.sync()
    expect((await driven.state()).pending).toBe(0)
  })
}
const ticket = (number: number): string => uuid('Acme', 'ticket', number)

test('what one technician does the other sees, and both end with the same ticket', async () => {
  const [a, b] = await Promise.all([compartment(), compartment()])
  expect((await a.outline()).total).toBe(300)
  await a.edit(ticket(1), { status: 'vendor', customFields: { site: 'Harbour' } })
  await a.call('mutation', 'tickets.addEntry', { ticketId: ticket(1), kind: 'note', body: 'Waits for the supplier' })
  await sentAll(a)
  await b.sync()
  const [atA, atB] = await Promise.all([a.ticket(ticket(1)), b.ticket(ticket(1))])
  expect(atB.ticket).toMatchObject({ status: 'vendor', customFields: { site: 'Harbour' } })
  expect(atB.entries.filter((entry) => entry.body === 'Waits for the supplier')).toHaveLength(1)
  expect(atA.ticket).toEqual(atB.ticket)
  expect(atA.entries).toEqual(atB.entries)
  expect([atA.unread, atB.unread]).toEqual([false, true])
})

test('who changed what is told at once where it was done, and to the other technician without a network afterwards', async () => {
  const [a, b] = await Promise.all([compartment(), compartment()])
  const activity = (driven: Driven, limit = 100, before: TicketActivity['older'] = null): Promise<TicketActivity> =>
    driven.call('query', 'tickets.activity', { id: ticket(9), limit, before })
  expect(await activity(b)).toMatchObject({ lines: [], older: null })
  const { status, priority } = (await a.ticket(ticket(9))).ticket
  await a.call('mutation', 'sync.pause', { paused: true })
  await a.edit(ticket(9), { status: 'vendor' })
  expect((await activity(a)).lines).toMatchObject([
    { pending: true, by: { id: me }, acts: [{ field: 'status', from: status, to: 'vendor' }] },
  ])
  await a.call('mutation', 'sync.pause', { paused: false })
  await sentAll(a)
  await b.sync()
  await b.edit(ticket(9), { priority: 'p1' })
  await sentAll(b)
  for (const driven of [a, b]) {
    await driven.sync()
    await vi.waitFor(async () =>
      expect((await activity(driven)).lines).toMatchObject([
        { pending: false, acts: [{ field: 'status', from: status, to: 'vendor' }] },
        { pending: false, acts: [{ field: 'priority', from: priority, to: 'p1' }] },
      ]),
    )
  }
  const newest = await activity(b, 1)
  expect(newest).toMatchObject({ lines: [{ acts: [{ field: 'priority' }] }] })
  expect(await activity(b, 1, newest.older)).toMatchObject({ older: null, lines: [{ acts: [{ field: 'status' }] }] })
  expect(await activity(a)).toEqual(await activity(b))

  // What was merged into it tells its own, also from before that, and where it is still here alone.
  await a.edit(ticket(8), { priority: 'p1' })
  await sentAll(a)
  await a.call('mutation', 'sync.pause', { paused: true })
  await a.call('mutation', 'tickets.merge', { id: ticket(8), intoId: ticket(9), status: null })
  const merged = await activity(a)
  expect(merged.lines.slice(2)).toMatchObject([
    { from: { number: 8 }, pending: false, acts: [{ field: 'priority' }] },
    { from: { number: 8 }, pending: true, acts: [{ field: 'mergedInto', to: ticket(9) }] },
  ])
  expect(merged.tickets).toMatchObject({ [ticket(9)]: 9 })
  await a.call('mutation', 'tickets.unmerge', { id: ticket(8), status: null })
})

test('edits of different fields of one ticket are both kept', async () => {
  const [a, b] = await Promise.all([compartment(), compartment()])
  await a.edit(ticket(2), { priority: 'p1' })
  await b.edit(ticket(2), { status: 'vendor' })
  await sentAll(a)
  await sentAll(b)
  await a.sync()
  for (const driven of [a, b])
    expect((await driven.ticket(ticket(2))).ticket).toMatchObject({ priority: 'p1', status: 'vendor' })
})

test('edits of the same field are a conflict: the first stays, the second is listed with its field', async () => {
  const [a, b] = await Promise.all([compartment(), compartment()])
  // Whatever it still asks for brings it nothing of what the other writes.
  b.post({ op: 'online', online: false, cloudUrl: 'http://127.0.0.1:9' })
  await a.edit(ticket(3), { subject: 'First' })
  await sentAll(a)
  await b.edit(ticket(3), { subject: 'Second' })
  b.post({ op: 'online', online: true, cloudUrl: cloud.url })
  await vi.waitFor(async () => expect(await b.state()).toMatchObject({ pending: 0, failed: 1 }))
  await b.sync()
  const detail = await b.ticket(ticket(3))
  expect(detail.ticket.subject).toBe('First')
  expect(detail.failed).toMatchObject([{ fields: ['subject'], problem: { code: 'conflict' } }])
})

test('a long line of edits made offline arrives in order, each once', async () => {
  const a = await compartment()
  a.post({ op: 'online', online: false, cloudUrl: 'http://127.0.0.1:9' })
  for (let i = 1; i <= 130; i++)
    await a.call('mutation', 'tickets.addEntry', { ticketId: ticket(4), kind: 'note', body: `Line ${i}` })
  expect((await a.state()).pending).toBe(130)
  a.post({ op: 'online', online: true, cloudUrl: cloud.url })
  await vi.waitFor(async () => expect((await a.state()).pending).toBe(0), 10_000)
  const b = await compartment()
  const lines = (await b.ticket(ticket(4))).entries.filter((entry) => entry.body.startsWith('Line '))
  expect(lines.map((entry) => entry.body).sort()).toEqual(Array.from({ length: 130 }, (_, i) => `Line ${i + 1}`).sort())
})

test('a feed cut at random bytes again and again ends in the same client', async () => {
  const cuts = fc.sample(fc.integer({ min: 300, max: 40_000 }), { numRuns: 10, seed: 3 })
  proxy = createServer((near) => {
    const far = dial(Number(new URL(cloud.url).port), '127.0.0.1')
    let left = cuts.shift() ?? Infinity
    near.on('error', () => far.destroy()).on('close', () => far.destroy())
    far.on('error', () => near.destroy()).on('close', () => near.end())
    near.pipe(far)
    far.on('data', (bytes: Buffer) => {
      near.write(bytes.subarray(0, Math.min(left, bytes.length)))
      left -= bytes.length
      if (left <= 0) near.destroySoon()
    })
  })
  await new Promise<void>((resolve) => proxy?.listen(0, '127.0.0.1', resolve))
  const a = await compartment({ cloudUrl: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` })
  await vi.waitFor(
    async () => {
      await a.sync()
      expect(cuts).toEqual([])
      expect(await a.state()).toMatchObject({ phase: 'idle', problem: null })
    },
    { timeout: 20_000, interval: 10 },
  )
  const b = await compartment()
  for (let number = 1; number <= 300; number += 13) {
    const [atA, atB] = await Promise.all([a.ticket(ticket(number)), b.ticket(ticket(number))])
    expect(atA).toEqual({ ...atB, entries: expect.arrayContaining(atB.entries) })
    expect(atA.entries).toHaveLength(atB.entries.length)
  }
})

test("a compartment with another client's token has that client's tickets and none of these", async () => {
  const other = await cloud.tenantToken(1)
  const a = await compartment({ token: () => other })
  expect((await a.outline()).total).toBe(5)
  await expect(a.ticket(ticket(1))).rejects.toThrow('not-found')
})
