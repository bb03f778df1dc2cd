import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PresenceReport, Present } from '../../src-shared/protocol/presence.ts'
import type { SyncReport } from '../../src-shared/domain/views.ts'
import { deskChanges, idOf } from './desk.ts'
import { Driven, temporaryFolder } from './driver.ts'
import { ScriptedCloud } from './scripted-cloud.ts'

const SOON = { timeout: 10_000 }
const CONSOLE = randomUUID()
const [TICKET, OTHER] = [idOf('ticket 1'), idOf('ticket 2')]

let cloud: ScriptedCloud
let place: ReturnType<typeof temporaryFolder>
let driven: Driven
/** What the cloud was told of presence, and how it answers that. */
let said: PresenceReport[]
let status: number
let seconds: number

beforeEach(async () => {
  cloud = await ScriptedCloud.start(deskChanges(5))
  said = []
  status = 200
  seconds = 60
  cloud.intercept = (request, response, { pathname }) => {
    if (pathname !== '/v1/presence') return false
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      said.push(JSON.parse(body) as PresenceReport)
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ seconds }))
    })
    return true
  }
  place = temporaryFolder()
  driven = await Driven.open({ folder: place.folder, cloudUrl: cloud.url, online: true, console: CONSOLE })
  await driven.sync()
})
afterEach(async () => {
  if (!driven.closed) await driven.close()
  await cloud.stop()
  place.remove()
})

const inTicket = (ticket: string, doing: string) => driven.follow('presence.here', () => undefined, { ticket, doing })
const last = () => said.at(-1)?.tickets

test('the cloud hears what is on screen, once as it changes and once as it ends; nobody is known without a connection', async () => {
  const heard: Present[][] = []
  const there = { ticket: TICKET, technician: idOf('technician 3'), doing: 'reply' } as const
  // Nothing of it is on screen yet: what the cloud tells all the same is nobody's.
  driven.post({ op: 'presence', present: [there] })
  const leave = driven.follow<Present[]>('presence.others', (present) => heard.push(present))
  await vi.waitFor(() => expect(said).toEqual([{ console: CONSOLE, tickets: [], fresh: true }]), SOON)
  driven.post({ op: 'presence', present: [there] })
  await vi.waitFor(() => expect(heard).toEqual([[], [there]]), SOON)

  // From one ticket to the next, and from looking to writing, in one go.
  inTicket(TICKET, 'view')()
  inTicket(OTHER, 'view')()
  const write = inTicket(OTHER, 'reply')
  const look = inTicket(OTHER, 'view')
  const writing = [{ ticket: OTHER, doing: 'reply' }]
  await vi.waitFor(() => expect(said.slice(1)).toEqual([{ console: CONSOLE, tickets: writing, fresh: false }]), SOON)

  driven.post({ op: 'online', online: false, cloudUrl: cloud.url })
  await vi.waitFor(() => expect(heard.at(-1)).toEqual([]), SOON)
  driven.post({ op: 'online', online: true, cloudUrl: cloud.url })
  await vi.waitFor(() => expect(said.at(2)).toEqual({ console: CONSOLE, tickets: writing, fresh: true }), SOON)
  write()
  await vi.waitFor(() => expect(last()).toEqual([{ ticket: OTHER, doing: 'view' }]), SOON)
  look()
  leave()
  await vi.waitFor(() => expect(last()).toBeNull(), SOON)
  expect(said).toHaveLength(5)
  // A compartment that closes says so too.
  inTicket(TICKET, 'view')
  await vi.waitFor(() => expect(said.at(5)).toMatchObject({ tickets: [{ ticket: TICKET }] }), SOON)
  await driven.close()
  expect(said.slice(6)).toMatchObject([{ tickets: null }])
}, 30_000)

test('what stands is said again before the cloud forgets it, until it is left', async () => {
  seconds = 1
  const look = inTicket(TICKET, 'view')
  const standing = { console: CONSOLE, tickets: [{ ticket: TICKET, doing: 'view' }], fresh: false }
  await vi.waitFor(() => expect(said.slice(1, 4)).toEqual([standing, standing, standing]), SOON)
  look()
  await vi.waitFor(() => expect(last()).toBeNull(), SOON)
  const told = said.length
  await wait(1000)
  expect(said).toHaveLength(told)
})

test('a cloud that knows nothing of it, or fails, is asked once, and the sync is none the worse', async () => {
  status = 404
  const leave = inTicket(TICKET, 'view')
  await vi.waitFor(() => expect(said).toHaveLength(1), SOON)
  const note = inTicket(TICKET, 'note')
  // Longer than it takes to say what has changed.
  await wait(700)
  expect(said).toHaveLength(1)
  await driven.edit(TICKET, { subject: 'Edited' })
  await vi.waitFor(() => expect(cloud.received).toHaveLength(1), SOON)
  status = 500
  driven.post({ op: 'online', online: true, cloudUrl: cloud.url })
  await vi.waitFor(() => expect(said).toHaveLength(2), SOON)
  await wait(700)
  expect(said).toHaveLength(2)
  // It is asked again only because something changes, as often as would break a circuit.
  for (let round = 0; round < 2; round++) {
    const reply = inTicket(TICKET, 'reply')
    await vi.waitFor(() => expect(last()).toMatchObject([{ doing: 'reply' }]), SOON)
    reply()
    await vi.waitFor(() => expect(last()).toMatchObject([{ doing: 'note' }]), SOON)
  }
  expect(said).toHaveLength(6)
  expect((await driven.call<SyncReport>('query', 'sync.report')).breaker).toBe('closed')
  await driven.edit(TICKET, { subject: 'Edited again' })
  await vi.waitFor(() => expect(cloud.received).toHaveLength(2), SOON)
  const report = await driven.call<SyncReport>('query', 'sync.report')
  expect(report.state.problem).toBeNull()
  note()
  leave()
}, 30_000)
