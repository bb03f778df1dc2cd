import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { CloudWatch } from '../../src-main/console/cloud-watch.ts'
import { Keyring } from '../../src-main/console/keyring.ts'
import { sealWithKey } from '../../src-main/console/sealing.ts'
import { TechnicianSession } from '../../src-main/console/technician-session.ts'
import { deskChanges, idOf } from '../compartment/desk.ts'
import { Driven, temporaryFolder, type Start } from '../compartment/driver.ts'
import { ScriptedCloud } from '../compartment/scripted-cloud.ts'
import { withCloud, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'
import { ran } from './cases.ts'
import { serverTickets, settled, viewOf } from './equal.ts'
import { FaultProxy, FAULTS, type Fault } from './proxy.ts'

const ACME = uuid('tenant', 'Acme')
const YEAR = 365 * 86_400_000
let cloud: TestCloud
let token: string
let me: string
const undo: (() => unknown)[] = []
beforeAll(async () => {
  cloud = await withCloud([sampleOrganisation('Alpha', [sampleClient('Acme', 30)])])
  token = await cloud.tenantToken()
  me = (await cloud.signIn()).technician.id
})
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})
afterAll(() => cloud.close())

async function compartment(cloudUrl: string, more: Partial<Start> = {}): Promise<Driven> {
  const { folder, remove } = temporaryFolder()
  const driven = await Driven.open({ folder, cloudUrl, token: () => token, me, online: false, ...more })
  undo.push(remove, () => driven.close())
  await driven.sync()
  return driven
}
const ticket = (number: number): string => uuid('Acme', 'ticket', number)
const note = (driven: Driven, number: number, body: string): Promise<unknown> =>
  driven.call('mutation', 'tickets.addEntry', { ticketId: ticket(number), kind: 'note', body })

test.each(FAULTS.map((fault, i) => [fault, i] as const))(
  'when every exchange suffers %s, what was done arrives once as soon as the network is good',
  async (fault: Fault, i) => {
    const proxy = await FaultProxy.start(cloud.url, i, { rate: 1, faults: [fault] })
    undo.push(() => proxy.close())
    const driven = await compartment(cloud.url)
    driven.post({ op: 'online', online: true, cloudUrl: proxy.url })
    for (let n = 1; n <= 8; n++) {
      await note(driven, n, `${fault} ${n}`)
      await driven.edit(ticket(n), { subject: `${fault} ${n}` })
      if (n % 3 === 0) await driven.sync()
    }
    proxy.good()
    driven.post({ op: 'online', online: true, cloudUrl: proxy.url })
    await settled([driven])
    expect(proxy.counts[fault]).toBeGreaterThan(0)
    const server = await serverTickets(cloud.owner, ACME)
    expect(await viewOf(driven, server)).toEqual(server)
    for (let n = 1; n <= 8; n++) {
      const found = server.find((one) => one.ticket.number === n)
      expect(found?.ticket.subject).toBe(`${fault} ${n}`)
      expect(found?.bodies.filter((body) => body === `${fault} ${n}`)).toHaveLength(1)
    }
    ran(`fault ${fault} on every exchange`, 16)
  },
)

test.each([
  ['a year ahead', YEAR, 0],
  ['a year behind', -YEAR, 0],
  ['running backwards', 0, -3_600_000],
  ['jumping an hour ahead at every look', 0, 3_600_000],
])('a clock %s changes nothing of what is synced, nor of its order', async (name, offset, drift) => {
  const entry = new URL('skewed-worker.ts', import.meta.url)
  const skewed = await compartment(cloud.url, { worker: { entry, data: { offset, drift } } })
  const other = await compartment(cloud.url)
  for (let n = 1; n <= 10; n++) {
    await note(skewed, 20, `${name} ${n}`)
    await skewed.edit(ticket(21), { subject: `${name} ${n}` })
    await other.edit(ticket(22), { subject: `meanwhile, ${name} ${n}` })
  }
  await settled([skewed, other])
  const server = await serverTickets(cloud.owner, ACME)
  for (const driven of [skewed, other]) expect(await viewOf(driven, server)).toEqual(server)
  const mine = (await skewed.ticket(ticket(20))).entries.filter(({ body }) => body.startsWith(`${name} `))
  expect(mine.map(({ body }) => body)).toEqual(Array.from({ length: 10 }, (_, n) => `${name} ${n + 1}`))
  expect(server.find((one) => one.ticket.number === 21)?.ticket.subject).toBe(`${name} 10`)
})

test('after a Retry-After nothing of that kind goes out before its time', async () => {
  const scripted = await ScriptedCloud.start(deskChanges(20))
  undo.push(() => scripted.stop())
  const { folder, remove } = temporaryFolder()
  const driven = await Driven.open({ folder, cloudUrl: scripted.url, online: false })
  undo.push(remove, () => driven.close())
  await driven.sync()
  for (const path of ['/v1/changes', '/v1/mutations']) {
    const came: number[] = []
    let refusedAt = 0
    scripted.intercept = (request, response, url) => {
      if (url.pathname !== path) return false
      came.push(performance.now())
      if (came.length > 1) return false
      request.resume()
      refusedAt = performance.now()
      response.writeHead(path === '/v1/changes' ? 503 : 429, { 'retry-after': '1' }).end()
      return true
    }
    if (path === '/v1/changes') driven.post({ op: 'poke', version: scripted.head + 1 })
    await driven.edit(idOf('ticket 7'), { subject: `first ${path}` })
    await vi.waitFor(() => expect(came).toHaveLength(1))
    // What would make it ask again: more edits, and news of a newer version.
    for (let n = 0; n < 5; n++) {
      await driven.edit(idOf('ticket 8'), { subject: `more ${path} ${n}` })
      driven.post({ op: 'poke', version: scripted.head + 2 + n })
    }
    await vi.waitFor(() => expect(came.length).toBeGreaterThan(1), 10_000)
    expect((came[1] ?? 0) - refusedAt).toBeGreaterThanOrEqual(999)
    scripted.intercept = () => false
  }
})

test('an event stream that goes silent without closing is noticed, and on the next one it is time to pull', async () => {
  const BEAT = 40
  const streams = new Set<ServerResponse>()
  const server = createServer((request, response) => {
    request.resume()
    const json = { 'content-type': 'application/json', 'bulkhead-api': '1' }
    if (request.url !== '/v1/organisation/events') {
      const who = { id: idOf('me'), name: 'Robin', email: 'robin@example.com' }
      const organisation = { id: idOf('us'), name: 'Alpha' }
      const tokens = { accessToken: 'a', expiresIn: 900, refreshToken: 'r' }
      return void response.writeHead(200, json).end(JSON.stringify({ organisation, technician: who, ...tokens }))
    }
    response.writeHead(200, { ...json, 'content-type': 'text/event-stream' })
    streams.add(response)
    const timer = setInterval(() => response.write('event: heartbeat\ndata: {}\n\n'), BEAT)
    response.on('close', () => clearInterval(timer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const proxy = await FaultProxy.start(target, 1, { rate: 0 })
  const { folder, remove } = temporaryFolder()
  const session = new TechnicianSession(proxy.url, Keyring.create(folder, sealWithKey('test', new Uint8Array(32))))
  await session.signIn('robin@example.com', 'secret')
  const watch = new CloudWatch(session, { heartbeatSeconds: (BEAT * 5) / 1000 })
  undo.push(
    () => new Promise((resolve) => server.close(resolve)),
    () => server.closeAllConnections(),
    () => proxy.close(),
    remove,
    () => watch.stop(),
  )
  const [connected, disconnected] = [vi.fn(), vi.fn()]
  watch.on('connected', connected).on('disconnected', disconnected).start()
  await vi.waitFor(() => expect(connected).toHaveBeenCalledTimes(1))
  // It beats: nothing is wrong for longer than two missed heartbeats would take.
  await new Promise((resolve) => setTimeout(resolve, BEAT * 25))
  expect(disconnected).not.toHaveBeenCalled()
  proxy.silent = true
  await vi.waitFor(() => expect(disconnected).toHaveBeenCalled(), 5_000)
  expect(watch.online).toBe(false)
  proxy.silent = false
  await vi.waitFor(() => expect(connected.mock.calls.length).toBeGreaterThan(1), 5_000)
})
