import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { InboxItem, SyncReport } from '../../src-shared/domain/views.ts'
import { Holdings } from '../../src-main/compartment/holdings.ts'
import { Ledger } from '../../src-main/compartment/ledger/ledger.ts'
import { deriveKeys } from '../../src-main/compartment/keys.ts'
import { Cloud } from '../../src-main/compartment/sync/cloud.ts'
import { SyncLoop } from '../../src-main/compartment/sync/loop.ts'
import { TokenHolder } from '../../src-main/compartment/sync/token.ts'
import { Turns } from '../../src-main/compartment/sync/turns.ts'
import { deskChanges, idOf, ticketOf } from './desk.ts'
import { Driven, ME, temporaryFolder, type Start } from './driver.ts'
import { ModelCloud } from './model-cloud.ts'
import { ScriptedCloud } from './scripted-cloud.ts'

let cloud: ScriptedCloud
let model: ModelCloud
let place: ReturnType<typeof temporaryFolder>
const open: Driven[] = []
const id = (number: number): string => idOf(`ticket ${number}`)

beforeEach(async () => {
  cloud = await ScriptedCloud.start(deskChanges(60))
  model = new ModelCloud(cloud)
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
async function synced(): Promise<Driven> {
  const driven = await start()
  await driven.sync()
  return driven
}
const inbox = (driven: Driven): Promise<InboxItem[]> => driven.call('query', 'inbox.list')
const report = (driven: Driven): Promise<SyncReport> => driven.call('query', 'sync.report')
const note = (driven: Driven, ticketId: string, body: string): Promise<unknown> =>
  driven.call('mutation', 'tickets.addEntry', { ticketId, kind: 'note', body })
const pause = (driven: Driven, paused: boolean): Promise<void> => driven.call('mutation', 'sync.pause', { paused })

test('edits that a cloud which was set back has lost are offered again, and only those', async () => {
  const driven = await synced()
  await driven.edit(id(1), { subject: 'Kept' })
  await driven.sync()
  const backup = { changes: [...cloud.changes], model }
  await driven.edit(id(2), { subject: 'Lost' })
  await note(driven, id(3), 'Lost too')
  await driven.sync()
  await driven.sync()
  expect(await driven.state()).toMatchObject({ pending: 0, failed: 0 })
  cloud.changes = backup.changes
  cloud.epoch = 'epoch-2'
  cloud.forget()
  model = new ModelCloud(cloud)
  // Others went on meanwhile: its versions are beyond ours again.
  for (let i = 10; i < 16; i++) cloud.add('ticket', id(i), ticketOf(i, { subject: `After ${i}` }))
  await driven.sync()
  const items = await inbox(driven)
  expect(items.map((item) => [item.kind, item.ticket?.number, item.text])).toEqual([
    ['rejected', 3, 'Lost too'],
    ['rejected', 2, null],
  ])
  expect(items[1]?.reason).toBe('The cloud was set back and no longer has this edit.')
  expect((await driven.ticket(id(2))).ticket.subject).toBe(ticketOf(2).subject)
  expect((await driven.ticket(id(12))).ticket.subject).toBe('After 12')
  for (const item of items) await driven.call('mutation', 'inbox.resend', { id: item.id })
  await driven.sync()
  await driven.sync()
  expect(model.ticket(id(2))?.subject).toBe('Lost')
  expect((await driven.ticket(id(3))).entries).toMatchObject([{ body: 'Lost too', pending: false }])
  expect((await driven.ticket(id(1))).ticket.subject).toBe('Kept')
  expect(await driven.state()).toMatchObject({ pending: 0, failed: 0, problem: null })
})

test('a client restored from an older disk image takes no old answer for a new edit and applies nothing twice', async () => {
  const driven = await synced()
  await driven.edit(id(1), { subject: 'One' })
  await driven.sync()
  await driven.close()
  const image = join(place.folder, 'image')
  copyFileSync(join(place.folder, 'ledger.db'), image)
  const later = await start()
  for (const number of [2, 3, 4])
    await driven.crash().then(() => later.edit(id(number), { subject: `Later ${number}` }))
  await note(later, id(5), 'Later')
  await later.sync()
  await later.sync()
  await later.close()
  copyFileSync(image, join(place.folder, 'ledger.db'))
  const restored = await start()
  await pause(restored, true)
  for (const number of [6, 7, 8, 9]) await restored.edit(id(number), { subject: `Restored ${number}` })
  await note(restored, id(5), 'Restored')
  await pause(restored, false)
  await restored.sync()
  await vi.waitFor(async () => expect((await restored.state()).pending).toBe(0))
  for (const number of [6, 7, 8, 9]) expect(model.ticket(id(number))?.subject).toBe(`Restored ${number}`)
  expect(model.mistaken).toBe(0)
  expect(model.applied).toHaveLength(10)
})

test('a feed that would take nearly all away stops and asks; allowed, it goes on', async () => {
  const driven = await synced()
  await pause(driven, true)
  await driven.edit(id(60), { subject: 'Unsent' })
  await pause(driven, false)
  await driven.sync()
  for (let number = 1; number <= 58; number++) cloud.add('ticket', id(number), null)
  await driven.sync()
  const state = await driven.state()
  expect(state).toMatchObject({ phase: 'stopped', problem: { code: 'feed-would-empty' } })
  expect(state.problem?.message).toContain('58 of 60')
  expect((await driven.page({ limit: 200 })).rows).toHaveLength(60)
  // Neither the next try nor the next start forgets it.
  await driven.close()
  const again = await start()
  await again.sync()
  expect((await again.page({ limit: 200 })).rows).toHaveLength(60)
  await again.call('mutation', 'sync.allowDeletes')
  await vi.waitFor(async () => expect((await again.page({ limit: 200 })).rows).toHaveLength(2))
  await vi.waitFor(async () => expect(await again.state()).toMatchObject({ phase: 'idle', problem: null }))
})

test('deletes of a feed that was cut are not forgotten', async () => {
  const driven = await synced()
  cloud.add('ticket', id(1), null)
  for (let number = 2; number <= 30; number++) cloud.add('ticket', id(number), ticketOf(number, { subject: 'New' }))
  cloud.intercept = (_, response, url) => {
    if (url.pathname !== '/v1/changes') return false
    response.end(
      cloud
        .feed(Number(url.searchParams.get('after')))
        .slice(0, -5)
        .join(''),
    )
    return true
  }
  await driven.sync()
  cloud.intercept = () => false
  await driven.sync()
  expect((await driven.page({ limit: 200 })).rows).toHaveLength(59)
})

async function unread(driven: Driven): Promise<number[]> {
  const { rows } = await driven.page({ limit: 200 })
  return rows
    .filter((row) => row.unread)
    .map((row) => row.number)
    .sort((x, y) => x - y)
}

test('a full resync brings back what was missing, removes what was too much, keeps unsent edits and what was read', async () => {
  const driven = await synced()
  cloud.add('ticket', id(4), ticketOf(4, { subject: 'Not read yet' }))
  await driven.sync()
  const unreadBefore = await unread(driven)
  expect(unreadBefore).toContain(4)
  await pause(driven, true)
  await driven.edit(id(7), { status: 'vendor' })
  await pause(driven, false)
  cloud.decide = ({ sequence }) => ({ sequence, outcome: 'retry', message: 'Later.' })
  // Drift: the cloud has other content at versions that are held here.
  cloud.changes = cloud.changes
    .filter((change) => change.id !== id(5))
    .map((change) => (change.id === id(6) ? { ...change, data: ticketOf(6, { subject: 'Drifted' }) } : change))
  const sizes: number[] = []
  const stop = driven.follow('changes', () => void driven.outline().then(({ total }) => sizes.push(total)))
  await driven.call('mutation', 'sync.resync')
  await vi.waitFor(async () => expect((await driven.outline()).total).toBe(59))
  stop()
  for (const size of sizes) expect([59, 60]).toContain(size)
  expect((await driven.ticket(id(6))).ticket.subject).toBe('Drifted')
  expect((await driven.ticket(id(7))).ticket.status).toBe('vendor')
  expect(await unread(driven)).toEqual(unreadBefore)
  expect(await driven.state()).toMatchObject({ pending: 1 })
  expect((await driven.search('zeppelin')).length).toBe(6)
})

test('a paused client asks the cloud for nothing, takes edits, and stays paused after a restart', async () => {
  const driven = await synced()
  await pause(driven, true)
  expect(await driven.state()).toMatchObject({ phase: 'paused' })
  const asked = cloud.requests.length
  await driven.edit(id(7), { status: 'vendor' })
  driven.post({ op: 'poke', version: cloud.head + 5 })
  await driven.sync()
  await driven.close()
  const again = await start({ online: true })
  await again.call('mutation', 'sync.now')
  await again.sync()
  expect(await again.state()).toMatchObject({ phase: 'paused', pending: 1 })
  expect(cloud.requests).toHaveLength(asked)
  await pause(again, false)
  await vi.waitFor(async () => expect(await again.state()).toMatchObject({ phase: 'idle', pending: 0 }))
})

test('the report tells backlog, next try and why, breaker and sizes; the diagnostics hold nothing of the client', async () => {
  const driven = await synced()
  expect(await report(driven)).toMatchObject({
    paused: false,
    breaker: 'closed',
    cursor: cloud.head,
    head: cloud.head,
    nextTry: null,
    outbox: [],
  })
  await cloud.stop()
  await driven.edit(id(7), { subject: 'Xylophone', status: 'vendor' })
  await note(driven, id(7), 'Wombat')
  for (let i = 0; i < 4; i++) await driven.sync()
  await vi.waitFor(async () => expect((await report(driven)).nextTry).not.toBeNull())
  const told = await report(driven)
  expect(['closed', 'open', 'half-open']).toContain(told.breaker)
  expect(told.nextTry?.reason).toContain('does not answer')
  expect(told.outbox).toHaveLength(2)
  expect(told.files.cacheBytes).toBeGreaterThan(10_000)
  expect(told.files.ledgerBytes).toBeGreaterThan(4_000)
  const text = await driven.call<string>('query', 'sync.diagnostics')
  expect(text).toContain('problem: cloud-unreachable\n')
  expect(text).toContain('kinds of unsent: ticket.update 1, entry.create 1\n')
  for (const secret of ['Xylophone', 'Wombat', 'vendor', 'Robin', ME, id(7), cloud.url])
    expect(text).not.toContain(secret)
})

test('a sync that gets bytes but gets nowhere is started anew over another connection', async () => {
  let trickling = 0
  cloud.intercept = (_, response, url) => {
    if (url.pathname !== '/v1/changes' || trickling > 0) return false
    const timer = setInterval(() => response.write(' '), 20)
    trickling += 1
    response.on('close', () => clearInterval(timer))
    return true
  }
  const rootKey = new ArrayBuffer(32)
  const binding = new Uint8Array(32)
  const technician = { id: ME, name: 'Robin', email: 'r@example.com' }
  const held = new Holdings({ folder: place.folder, rootKey, binding, cloudUrl: cloud.url, technician, online: true })
  const tokens = new TokenHolder(() => tokens.bring('token', 3600))
  const events = { changed: () => undefined, state: () => undefined }
  const turns = new Turns({ turnWanted: (turn) => turns.given(turn), turnDone: () => undefined })
  const loop = new SyncLoop(held, new Cloud(cloud.url, tokens), turns, { online: true }, events, 300)
  await vi.waitFor(
    () => expect(loop.state).toMatchObject({ phase: 'idle', lastSuccessAt: expect.any(String) as string }),
    5000,
  )
  expect(trickling).toBe(1)
  expect(held.cache.place.cursor).toBe(cloud.head)
  await loop.stop()
  held.close()
})

test('a damaged ledger keeps every edit that can be read, is put aside, and the person is told', async () => {
  const { ledger: key } = deriveKeys(new Uint8Array(32).fill(7))
  const ledger = Ledger.open(place.folder, key, 'tester')
  const bodies = Array.from({ length: 120 }, (_, i) => `${i} ${'x'.repeat(300)}`)
  for (const [i, body] of bodies.entries())
    ledger.append(
      { kind: 'entry.create', ticketId: id(1 + (i % 3)), entryId: idOf(`note ${i}`), entryKind: 'note', body },
      {},
    )
  ledger.close()
  const file = join(place.folder, 'ledger.db')
  const sound = readFileSync(file)
  const pages = sound.length / 4096
  const technician = { id: ME, name: 'Robin', email: 'r@example.com' }
  let told = 0
  for (let page = 1; page < pages; page++) {
    const bytes = Buffer.from(sound)
    bytes[page * 4096 + 1000] = (bytes[page * 4096 + 1000] ?? 0) ^ 1
    writeFileSync(file, bytes)
    const rootKey = new Uint8Array(32).fill(7).buffer
    const binding = new Uint8Array(32)
    const held = new Holdings({ folder: place.folder, rootKey, binding, cloudUrl: '', technician, online: false })
    const left = held.ledger.inState('queued').map(({ body }) => ('body' in body ? body.body : ''))
    expect(left).toEqual(bodies.filter((body) => left.includes(body)))
    const problem = held.ledger.salvaged
    const lost = bodies.length - left.length
    if (lost > 0) expect(problem).not.toBeNull()
    if (problem) {
      told += 1
      expect(problem.message).toContain(`${left.length} edits were recovered, ${lost} places`)
      expect(problem.message).toContain(`ledger.db.damaged-${told}.`)
      expect(readFileSync(join(place.folder, `ledger.db.damaged-${told}`)).equals(bytes)).toBe(true)
      // Edits go on, after all places that were ever given.
      const next = { kind: 'entry.create', ticketId: id(1), entryId: id(1), entryKind: 'note', body: 'n' } as const
      expect(held.ledger.append(next, {})?.place).toBeGreaterThan(120)
    }
    held.close()
  }
  expect(told).toBeGreaterThan(5)
})
