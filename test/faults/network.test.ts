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
// Of workers too that are started from here on: a place whose clocks change.
process.env['TZ'] = 'Europe/Berlin'
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
  // Some 20 s at every look, so that the hour comes, or comes again, while it works.
  ['going from winter to summer time', Date.UTC(2026, 2, 29, 0, 59) - Date.now(), 20_000],
  ['going from summer to winter time', Date.UTC(2026, 9, 25, 0, 59) - Date.now(), 20_000],
])('a clock %s changes nothing of what is synced, nor of its order', async (name, offset, drift) => {
  const entry = new URL('skewed-worker.ts', import.meta.url)
  const skewed = await compartment(cloud.url, { worker: { entry, data: { offset, drift } } })
  const other = await compartment(cloud.url)
  // All of it waits, so that its order is nobody else's.
  for (const driven of [skewed, other]) driven.post({ op: 'online', online: false, cloudUrl: 'http://127.0.0.1:9' })
  for (let n = 1; n <= 10; n++) {
    await note(skewed, 20, `${name} ${n}`)
    await skewed.edit(ticket(21), { subject: `${name} ${n}` })
    await other.edit(ticket(22), { subject: `meanwhile, ${name} ${n}` })
  }
  for (const driven of [skewed, other]) driven.post({ op: 'online', online: true, cloudUrl: cloud.url })
  await settled([skewed, other])
  const server = await serverTickets(cloud.owner, ACME)
  for (const driven of [skewed, other]) expect(await viewOf(driven, server)).toEqual(server)
  const mine = (await skewed.ticket(ticket(20))).entries.filter(({ body }) => body.startsWith(`${name} `))
  expect(mine.map(({ body }) => body)).toEqual(Array.from({ length: 10 }, (_, n) => `${name} ${n + 1}`))
  expect(server.find((one) => one.ticket.number === 21)?.ticket.subject).toBe(`${name} 10`)
})

test.each(['/v1/changes', '/v1/mutations'])(
  'after a Retry-After for %s nothing goes out before its time, whatever it is and whoever wants it',
  async (path) => {
    const scripted = await ScriptedCloud.start(deskChanges(20))
    undo.push(() => scripted.stop())
    const { folder, remove } = temporaryFolder()
    const driven = await Driven.open({ folder, cloudUrl: scripted.url, online: false })
    undo.push(remove, () => driven.close())
    await driven.sync()
    const came: number[] = []
    let refusedAt = 0
    scripted.intercept = (request, response, url) => {
      if (refusedAt > 0) came.push(performance.now())
      if (refusedAt > 0 || url.pathname !== path) return false
      request.resume()
      refusedAt = performance.now()
      response.writeHead(path === '/v1/changes' ? 503 : 429, { 'retry-after': '1' }).end()
      return true
    }
    if (path === '/v1/changes') driven.post({ op: 'poke', version: scripted.head + 1 })
    else await driven.edit(idOf('ticket 7'), { subject: `first ${path}` })
    await vi.waitFor(async () => expect((await driven.state()).problem?.code).toBe('cloud-busy'))
    // What would make it ask again: edits, news of a newer version, and a person.
    for (let n = 0; n < 5; n++) {
      await driven.edit(idOf('ticket 8'), { subject: `more ${path} ${n}` })
      driven.post({ op: 'poke', version: scripted.head + 2 + n })
      await driven.call('mutation', 'sync.now')
    }
    await vi.waitFor(() => expect(scripted.received.at(-1)?.mutations.length ?? 0).toBeGreaterThan(0), 10_000)
    expect((came[0] ?? 0) - refusedAt).toBeGreaterThanOrEqual(999)
  },
)

test('patience that something before the cloud asks for is told to the supervisor, and taken from it', async () => {
  const scripted = await ScriptedCloud.start(deskChanges(20))
  undo.push(() => scripted.stop())
  const { folder, remove } = temporaryFolder()
  const driven = await Driven.open({ folder, cloudUrl: scripted.url, online: false })
  undo.push(remove, () => driven.close())
  await driven.sync()
  driven.post({ op: 'quiet', wait: 1000 })
  const asked = scripted.requests.length
  const from = performance.now()
  driven.post({ op: 'online', online: true, cloudUrl: scripted.url })
  await vi.waitFor(() => expect(scripted.requests.length).toBeGreaterThan(asked))
  expect(performance.now() - from).toBeGreaterThanOrEqual(990)
  expect(driven.quiets).toEqual([])
  let turnedAway = false
  scripted.intercept = (request, response) => {
    if (turnedAway) return false
    turnedAway = true
    request.resume()
    response.removeHeader('bulkhead-api')
    response.writeHead(503, { 'retry-after': '2' }).end()
    return true
  }
  driven.post({ op: 'poke', version: scripted.head + 1 })
  await vi.waitFor(() => expect(driven.quiets).toEqual([2000]))
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
    response.write('event: heartbeat\ndata: {}\n\n')
    const timer = setInterval(() => response.write('event: heartbeat\ndata: {}\n\n'), BEAT)
    response.on('close', () => clearInterval(timer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const proxy = await FaultProxy.start(target, 1, { rate: 0 })
  const { folder, remove } = temporaryFolder()
  const session = new TechnicianSession(proxy.url, Keyring.create(folder, sealWithKey('test', new Uint8Array(32))))
  await session.signIn('robin@example.com', 'secret')
  const watch = new CloudWatch(session, { heartbeatSeconds: (BEAT * 20) / 1000, streamAgain: BEAT })
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
  // A machine that is busy may have been too late for the first one.
  disconnected.mockClear()
  // It beats: nothing is wrong for longer than two missed heartbeats would take.
  await new Promise((resolve) => setTimeout(resolve, BEAT * 60))
  expect(disconnected).not.toHaveBeenCalled()
  proxy.silent = true
  await vi.waitFor(() => expect(disconnected).toHaveBeenCalled())
  expect(watch.online).toBe(false)
  proxy.silent = false
  await vi.waitFor(() => expect(connected.mock.calls.length).toBeGreaterThan(1))
})

test('behind a proxy that holds the event stream back the long poll tells, and the stream again once it comes through', async () => {
  const proxy = await FaultProxy.start(cloud.url, 1, { rate: 1, faults: ['buffer'] })
  const { folder, remove } = temporaryFolder()
  const session = new TechnicianSession(proxy.url, Keyring.create(folder, sealWithKey('test', new Uint8Array(32))))
  await session.signIn('robin@alpha.example', 'secret of Alpha')
  // Half a heartbeat is how long the first one is waited for.
  const watch = new CloudWatch(session, { streamAgain: 200, heartbeatSeconds: 4 })
  undo.push(
    () => proxy.close(),
    remove,
    () => watch.stop(),
  )
  const [connected, disconnected, version] = [vi.fn(), vi.fn(), vi.fn()]
  watch.on('connected', connected).on('disconnected', disconnected).on('version', version).start()
  await vi.waitFor(() => expect(connected).toHaveBeenCalledTimes(1))
  const driven = await compartment(cloud.url)
  const polls = () => proxy.arrived.filter(({ path }) => path.startsWith('/v1/organisation/versions')).length
  for (const n of [1, 2]) {
    // It hangs in a poll: what moves now is told by that one.
    await vi.waitFor(() => expect(polls()).toBeGreaterThan(n))
    await note(driven, 23, `told by poll ${n}`)
    await driven.sync()
    const [row] = await cloud.owner<
      { head: string }[]
    >`select version as head from tenant_feed where tenant_id = ${ACME}`
    await vi.waitFor(() => expect(version).toHaveBeenCalledWith({ tenant: ACME, version: Number(row?.head) }))
  }
  expect(connected).toHaveBeenCalledTimes(1)
  proxy.good()
  await vi.waitFor(() => expect(connected).toHaveBeenCalledTimes(2))
  // On the stream alone: nothing polls any more.
  const asked = polls()
  await note(driven, 23, 'told by the stream')
  await driven.sync()
  const [row] = await cloud.owner<{ head: string }[]>`select version as head from tenant_feed where tenant_id = ${ACME}`
  await vi.waitFor(() => expect(version).toHaveBeenCalledWith({ tenant: ACME, version: Number(row?.head) }))
  expect(polls()).toBe(asked)
  expect([disconnected.mock.calls.length, watch.online]).toEqual([0, true])
})
