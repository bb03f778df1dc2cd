import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Change } from '../../src-shared/domain/views.ts'
import { deriveKeys } from '../../src-main/compartment/keys.ts'
import { Ledger } from '../../src-main/compartment/ledger/ledger.ts'
import { contactOf, deskChanges, entryOf, idOf, ticketOf } from './desk.ts'
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
  const driven = await Driven.open({ folder: place.folder, cloudUrl: cloud.url, ...more })
  open.push(driven)
  return driven
}
async function synced(more: Partial<Start> = {}): Promise<Driven> {
  const driven = await start(more)
  await driven.sync()
  return driven
}
const seven = idOf('ticket 7')

test('after the first sync a client can be listed, read and searched, and only new tickets that nobody has taken are unread', async () => {
  const driven = await synced()
  const page = await driven.page({ limit: 10 })
  expect(page.rows).toHaveLength(10)
  expect(page.rows.every((row) => !row.pending && row.requesterName?.startsWith('Contact'))).toBe(true)
  const all = (await driven.page({ limit: 200 })).rows
  const untaken = all.filter((row) => row.status === 'new' && row.assigneeId === null).map((row) => row.number)
  expect(untaken.length).toBeGreaterThan(0)
  expect(all.filter((row) => row.unread).map((row) => row.number)).toEqual(untaken)
  const { ticket, requester } = await driven.ticket(seven)
  expect(ticket).toEqual(ticketOf(7))
  expect(requester?.id).toBe(ticketOf(7).requesterId)
  const hits = await driven.search('zeppel')
  expect(hits.map((hit) => hit.row.number)).toEqual([60, 50, 40, 30, 20, 10])
  expect(hits[0]?.excerpt).toContain('\ue000zeppelin\ue001')
  const desk = await driven.call<{ technicians: unknown[]; configuration: unknown }>('query', 'desk')
  expect(desk.technicians).toHaveLength(8)
  expect(await driven.state()).toMatchObject({ phase: 'idle', pending: 0, problem: null })
  await vi.waitFor(() =>
    expect(driven.rollups.at(-1)).toMatchObject({ version: cloud.head, unread: untaken.length, pending: 0 }),
  )
})

test('a ticket that changed in the cloud is unread until it is marked seen', async () => {
  const driven = await synced()
  cloud.add('ticket', seven, ticketOf(7, { status: 'vendor', subject: 'Changed by somebody' }))
  await driven.sync()
  expect((await driven.ticket(seven)).unread).toBe(true)
  expect(await driven.search('somebody')).toHaveLength(1)
  await driven.call('mutation', 'tickets.markSeen', { id: seven })
  expect((await driven.ticket(seven)).unread).toBe(false)
})

test('a new entry makes its ticket unread and can be searched; a deleted ticket is gone from everywhere', async () => {
  const driven = await synced()
  const entry = entryOf(7, 3, 'The quokka called again')
  cloud.add('entry', entry.id, entry)
  await driven.sync()
  expect((await driven.ticket(seven)).unread).toBe(true)
  expect((await driven.search('quokka')).map((hit) => hit.row.number)).toEqual([7])
  cloud.add('ticket', seven, null)
  await driven.sync()
  await expect(driven.ticket(seven)).rejects.toThrow('not-found')
  expect(await driven.search('quokka')).toEqual([])
})

test('an edit shows at once, is pending, and is there after closing and opening again', async () => {
  await cloud.stop()
  cloud.url = 'http://127.0.0.1:9'
  await cloud.listen(0)
  const driven = await synced()
  await cloud.stop()
  const after = await driven.edit(seven, { status: 'vendor', customFields: { room: 'B12' } })
  expect(after.ticket).toMatchObject({ status: 'vendor', customFields: { room: 'B12' } })
  expect(after.pendingFields).toEqual(['status', 'customFields.room'])
  const noted = await driven.call<typeof after>('mutation', 'tickets.addEntry', {
    ticketId: seven,
    kind: 'note',
    body: 'Left a message',
  })
  expect(noted.entries.at(-1)).toMatchObject({ body: 'Left a message', pending: true, kind: 'note' })
  await driven.close()
  expect(driven.closed).toBe(true)

  const again = await start({ online: false })
  const detail = await again.ticket(seven)
  expect(detail.ticket.status).toBe('vendor')
  expect(detail.entries.at(-1)).toMatchObject({ body: 'Left a message', pending: true })
  const page = await again.page({ filter: { statuses: ['vendor'] } })
  expect(page.rows.find((row) => row.id === seven)).toMatchObject({ pending: true, unread: false })
})

test('an edit made before the thread was killed goes out, once, when the cloud is there again', async () => {
  const driven = await synced()
  await cloud.stop()
  await driven.edit(seven, { priority: 'p1', assigneeId: null })
  await driven.crash()

  const again = await start({ online: false })
  await again.sync()
  expect(await again.state()).toMatchObject({ phase: 'offline', pending: 1, problem: { code: 'cloud-unreachable' } })
  await cloud.listen()
  again.post({ op: 'online', online: true, cloudUrl: cloud.url })
  await vi.waitFor(async () => expect((await again.state()).pending).toBe(0))
  const bodies = cloud.received.flatMap((batch) => batch.mutations)
  expect(bodies).toHaveLength(1)
  expect(bodies[0]?.body).toMatchObject({ ticketId: seven, patch: { priority: 'p1' } })
})

test('an edit goes out on its own, with the values that were on screen as its base', async () => {
  const driven = await synced()
  await driven.edit(seven, { status: 'vendor' })
  await vi.waitFor(() => expect(cloud.received).toHaveLength(1))
  expect(cloud.received[0]?.mutations[0]).toMatchObject({
    sequence: 1,
    body: { base: { status: ticketOf(7).status }, patch: { status: 'vendor' } },
  })
})

test('an edit that changes nothing is not recorded', async () => {
  const driven = await synced()
  await driven.edit(seven, { status: ticketOf(7).status, tags: ticketOf(7).tags })
  expect(await driven.state()).toMatchObject({ pending: 0 })
})

test('the view keeps an acknowledged edit until the pull has reached its version', async () => {
  const driven = await synced()
  const acknowledged = cloud.head + 3
  cloud.decide = ({ sequence }) => ({ sequence, outcome: 'applied', version: acknowledged })
  await driven.edit(seven, { status: 'vendor' })
  await driven.sync()
  // The cloud's feed does not hold the edit yet, and somebody else's change comes first.
  cloud.add('ticket', seven, ticketOf(7, { priority: 'p1' }))
  await driven.sync()
  const between = await driven.ticket(seven)
  expect(between.ticket).toMatchObject({ status: 'vendor', priority: 'p1' })
  expect(between.pendingFields).toEqual([])
  cloud.add('contact', idOf('contact 90'), contactOf(90))
  cloud.add('ticket', seven, ticketOf(7, { priority: 'p1', status: 'new' }))
  expect(cloud.head).toBe(acknowledged)
  await driven.sync()
  expect((await driven.ticket(seven)).ticket.status).toBe('new')
})

test('an edit refused by the cloud or in conflict stays listed and shows the value of the cloud', async () => {
  const driven = await synced()
  const at = new Date().toISOString()
  cloud.decide = ({ sequence, body }) =>
    body.kind === 'ticket.update' && body.patch.status
      ? { sequence, outcome: 'rejected', code: 'not-allowed', message: 'No such status.' }
      : {
          sequence,
          outcome: 'conflict',
          version: cloud.head,
          conflicts: [{ field: 'priority', base: 'p4', mine: 'p1', theirs: 'p2', at, by: null }],
        }
  await driven.edit(seven, { status: 'vendor' })
  await driven.edit(seven, { subject: 'Mine' })
  await vi.waitFor(async () => expect((await driven.state()).failed).toBe(2))
  await driven.sync()
  const detail = await driven.ticket(seven)
  expect(detail.ticket).toEqual(ticketOf(7))
  expect(detail.failed.map(({ fields, problem }) => [fields, problem.code])).toEqual([
    [['priority'], 'conflict'],
    [['status'], 'not-allowed'],
  ])
})

test('a cache that was deleted is loaded again and shows the unsent edits', async () => {
  const driven = await synced()
  await cloud.stop()
  await driven.edit(seven, { status: 'vendor' })
  await driven.close()
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(place.folder, `cache.db${suffix}`), { force: true })
  await cloud.listen()
  cloud.decide = ({ sequence }) => ({ sequence, outcome: 'retry', message: 'Later.' })
  const again = await synced()
  expect((await again.ticket(seven)).ticket.status).toBe('vendor')
  expect((await again.page()).rows).toHaveLength(60)
  expect(await again.state()).toMatchObject({ pending: 1 })
})

test('an edit that reached the ledger but not the cache is shown when the files open', async () => {
  await (await synced()).close()
  const { ledger: key } = deriveKeys(new Uint8Array(32).fill(7))
  const ledger = Ledger.open(place.folder, key, 'tester')
  const { status } = ticketOf(7)
  ledger.append({ kind: 'ticket.update', ticketId: seven, base: { status }, patch: { status: 'vendor' } }, {})
  ledger.close()
  const again = await start({ online: false })
  expect((await again.ticket(seven)).ticket.status).toBe('vendor')
  expect((await again.page({ filter: { statuses: ['vendor'] } })).rows.some((row) => row.id === seven)).toBe(true)
})

test('windows are told which tickets moved', async () => {
  const driven = await synced()
  const changes: Change[] = []
  const stop = driven.follow<Change>('changes', (change) => changes.push(change))
  await driven.edit(seven, { status: 'vendor' })
  await vi.waitFor(() => expect(changes.some((change) => change.tickets.includes(seven))).toBe(true))
  stop()
})

test('a poke pulls; one for a version that is held does not', async () => {
  const driven = await synced()
  const asked = cloud.requests.length
  driven.post({ op: 'poke', version: cloud.head })
  await driven.state()
  expect(cloud.requests).toHaveLength(asked)
  const version = cloud.add('ticket', seven, ticketOf(7, { subject: 'Poked' }))
  driven.post({ op: 'poke', version })
  await vi.waitFor(async () => expect((await driven.ticket(seven)).ticket.subject).toBe('Poked'))
})

test('a cloud of another epoch fills the cache from nothing and keeps unsent edits', async () => {
  const driven = await synced()
  cloud.decide = ({ sequence }) => ({ sequence, outcome: 'retry', message: 'Later.' })
  await driven.edit(seven, { status: 'vendor' })
  cloud.epoch = 'epoch-2'
  cloud.changes = deskChanges(20)
  driven.post({ op: 'online', online: true, cloudUrl: cloud.url })
  await vi.waitFor(async () => expect((await driven.page()).rows).toHaveLength(20))
  expect((await driven.ticket(seven)).ticket.status).toBe('vendor')
})
