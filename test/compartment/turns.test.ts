import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Turns } from '../../src-main/compartment/sync/turns.ts'
import { deskChanges, idOf, ticketOf } from './desk.ts'
import { Driven, temporaryFolder, type Start } from './driver.ts'
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

async function start(more: Partial<Start> = {}): Promise<Driven> {
  const driven = await Driven.open({ folder: place.folder, cloudUrl: cloud.url, online: false, ...more })
  open.push(driven)
  return driven
}

test('nothing goes out before its turn; reading and editing do not wait for one; a push is asked for as such', async () => {
  const withheld: { lane: string; give: () => void }[] = []
  const driven = await start()
  await driven.sync()
  driven.turn = (lane, give) => withheld.push({ lane, give })
  const before = cloud.requests.length
  await driven.edit(idOf('ticket 7'), { subject: 'Edited' })
  driven.post({ op: 'poke', version: cloud.head + 1 })
  await vi.waitFor(() => expect(withheld.map(({ lane }) => lane).sort()).toEqual(['pull', 'push']))
  expect((await driven.ticket(idOf('ticket 7'))).ticket.subject).toBe('Edited')
  expect(cloud.requests).toHaveLength(before)
  withheld.find(({ lane }) => lane === 'push')?.give()
  await vi.waitFor(() => expect(cloud.received).toHaveLength(1))
  expect(cloud.requests.slice(before).map(({ path }) => path)).toEqual(['/v1/mutations'])
  for (const { give } of withheld) give()
  driven.turn = (_, give) => give()
})

test('a compartment that waits for its turn closes at once', async () => {
  const driven = await start()
  driven.turn = () => undefined
  driven.post({ op: 'online', online: true, cloudUrl: cloud.url })
  await vi.waitFor(() => expect(driven.turns).toContain('pull'))
  await driven.close()
  expect([driven.closed, cloud.requests.length]).toEqual([true, 0])
})

test('a long load asks for its turn again and again, and ends every one', async () => {
  cloud.changes = deskChanges(20_000)
  const driven = await start()
  await driven.sync()
  expect(driven.turns.length).toBeGreaterThan(4)
  await vi.waitFor(() => expect(driven.turnsEnded).toBe(driven.turns.length))
  expect((await driven.outline()).total).toBe(20_000)
})

test('a supervisor that never answers holds nothing up for ever, and one that is not waited for any more is told', async () => {
  const port = { turnWanted: vi.fn(), turnDone: vi.fn() }
  const turn = await new Turns(port, 20).take('pull', new AbortController().signal)
  expect(port.turnWanted).toHaveBeenCalledWith(1, 'pull')
  turn.end()
  turn.end()
  expect(port.turnDone.mock.calls).toEqual([[1]])
  const stop = new AbortController()
  const waiting = new Turns(port, 60_000).take('push', stop.signal)
  stop.abort()
  ;(await waiting).end()
  expect(port.turnDone).toHaveBeenCalledTimes(2)
})

test('a first sync is paused in its middle, tells how it went, and goes on from its page when it is resumed', async () => {
  cloud.changes = deskChanges(8_000)
  const lines = cloud.feed(0)
  let cut = false
  cloud.intercept = (_, response, url) => {
    if (cut || url.pathname !== '/v1/changes') return false
    cut = true
    // Half of it, a moment, enough for one more batch at least, and then nothing until the compartment hangs up.
    response.write(lines.slice(0, 4000).join(''))
    setTimeout(() => response.write(lines.slice(4000, 7500).join('')), 400)
    return true
  }
  const driven = await start({ online: true })
  await vi.waitFor(() => expect(driven.states.some(({ progress }) => (progress?.rows ?? 0) > 4000)).toBe(true))
  const { progress } = driven.states.findLast((state) => state.progress) ?? {}
  expect(progress?.perSecond).toBeGreaterThan(0)
  expect(progress?.secondsLeft).toBeGreaterThan(0)
  await driven.call('mutation', 'sync.pause', { paused: true })
  await vi.waitFor(async () => expect(await driven.state()).toMatchObject({ phase: 'paused', progress: null }))
  const asked = cloud.requests.length
  driven.post({ op: 'poke', version: cloud.head + 1 })
  driven.post({ op: 'online', online: true, cloudUrl: cloud.url })
  await driven.sync()
  expect(cloud.requests).toHaveLength(asked)
  await driven.call('mutation', 'sync.pause', { paused: false })
  await vi.waitFor(async () => expect(await driven.state()).toMatchObject({ phase: 'idle', progress: null }))
  expect(cloud.requests[asked]?.after).toBeGreaterThan(3000)
  expect((await driven.outline()).total).toBe(8_000)
})

test('after sleep what hangs on a dead connection is begun anew at once', async () => {
  let hung = 0
  const driven = await start()
  await driven.sync()
  driven.post({ op: 'online', online: true, cloudUrl: cloud.url })
  cloud.intercept = (_, __, url) => url.pathname === '/v1/changes' && ++hung === 1
  const version = cloud.add('ticket', idOf('ticket 8'), ticketOf(8, { subject: 'Slept' }))
  driven.post({ op: 'poke', version })
  await vi.waitFor(() => expect(hung).toBeGreaterThan(0))
  driven.post({ op: 'resumed' })
  await vi.waitFor(async () => expect((await driven.ticket(idOf('ticket 8'))).ticket.subject).toBe('Slept'), 5_000)
})
