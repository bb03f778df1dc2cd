import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { CACHE_FILE } from '../../src-main/compartment/cache/cache.ts'
import { deriveKeys } from '../../src-main/compartment/keys.ts'
import { openEncrypted, type Db } from '../../src-main/storage/open.ts'
import type { BucketKind } from '../../src-shared/protocol/feed.ts'
import { FaultProxy } from '../faults/proxy.ts'
import { addDesk, withCloud, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'
import { Driven, temporaryFolder, type Outputs } from './driver.ts'

let cloud: TestCloud
let proxy: FaultProxy
let token: string
let me: string
let place: ReturnType<typeof temporaryFolder>
let driven: Driven | null = null
const acme = uuid('tenant', 'Acme')
const ticket = (number: number): string => uuid('Acme', 'ticket', number)
const asked: string[] = []

beforeAll(async () => {
  cloud = await withCloud([sampleOrganisation('Alpha', [sampleClient('Acme', 300, 400), sampleClient('Zephyr', 2)])])
  token = await cloud.tenantToken()
  me = (await cloud.signIn()).technician.id
  await addDesk(cloud.url, token, 'Acme')
  await cloud.owner`select bulkhead.delete_ticket(${acme}, ${ticket(300)})`
})
beforeEach(async () => {
  place = temporaryFolder()
  proxy = await FaultProxy.start(cloud.url, 1, {})
  proxy.good()
  proxy.status = ({ url }) => {
    asked.push(url ?? '')
    return null
  }
})
afterEach(async () => {
  await driven?.close()
  driven = null
  await proxy.close()
  place.remove()
  asked.length = 0
})
afterAll(() => cloud.close())

/** @param compareAfter milliseconds; without it nothing is compared for the length of a test */
async function start(compareAfter?: number): Promise<Driven> {
  const wait = compareAfter === undefined ? {} : { compareAfter }
  driven = await Driven.open({
    folder: place.folder,
    cloudUrl: proxy.url,
    token: () => token,
    me,
    online: false,
    ...wait,
  })
  await driven.sync()
  return driven
}

/** Changes a closed cache behind its back. */
function corrupt(work: (db: Db) => void): void {
  const key = deriveKeys(new Uint8Array(32).fill(7)).cache
  const db = openEncrypted({
    file: `${place.folder}/${CACHE_FILE}`,
    ...{ key, synchronous: 'FULL', pageSize: 8192, cacheKiB: 1000 },
  })
  work(db)
  db.close()
}

async function compared(one: Driven): Promise<Outputs['sync']['report']> {
  return vi.waitFor(async () => {
    const report = await one.call<Outputs['sync']['report']>('query', 'sync.report')
    expect(report.compared).not.toBeNull()
    return report
  })
}

/** Parts that were read to put something right; the kind that is told apart comes once as a part by itself. */
const parts = (): URLSearchParams[] =>
  asked
    .filter((url) => url.includes('bucket='))
    .map((url) => new URL(url, cloud.url).searchParams)
    .filter((query) => query.get('kind') !== 'change')
const checksums = (): string[] => asked.filter((url) => url.startsWith('/v1/checksums'))

test('a copy that is the cloud’s is compared once, kind by kind, and nothing is read again', async () => {
  const one = await start(1)
  const report = await compared(one)
  expect(report.compared?.mended).toBeNull()
  expect(checksums().map((url) => new URL(url, cloud.url).searchParams.get('kind'))).toEqual([
    'technician',
    'contact',
    'ticket',
    'entry',
    'attachment',
    'view',
    'change',
  ] satisfies BucketKind[])
  expect(parts()).toEqual([])
  expect(await one.call('query', 'sync.diagnostics')).toContain('mended: none')
  for (let round = 0; round < 3; round++) await one.sync()
  expect(checksums()).toHaveLength(7)
})

test.each<[string, BucketKind, (db: Db) => void]>([
  ['changed ticket', 'ticket', (db) => db.exec(`UPDATE ticket SET fed = fed - 1, subject = 'Rot' WHERE number = 7`)],
  ['ticket of a version to come', 'ticket', (db) => db.exec('UPDATE ticket SET fed = 9999999 WHERE number = 7')],
  ['missing ticket', 'ticket', (db) => db.exec('DELETE FROM ticket WHERE number = 7')],
  ['ticket that came back', 'ticket', (db) => db.exec(`UPDATE ticket SET id = '${ticket(300)}' WHERE number = 9`)],
  ['missing entry', 'entry', (db) => db.exec('DELETE FROM entry WHERE key = (SELECT max(key) FROM entry)')],
  ['extra entry', 'entry', (db) => db.exec(`UPDATE entry SET id = '${uuid('extra')}' WHERE key = 9`)],
  [
    'changed contact',
    'contact',
    (db) => db.exec('UPDATE contact SET fed = fed + 1 WHERE key = (SELECT min(key) FROM contact)'),
  ],
  ['missing technician', 'technician', (db) => db.exec('DELETE FROM technician')],
  ['missing view', 'view', (db) => db.exec('DELETE FROM saved_view')],
  ['missing attachment', 'attachment', (db) => db.exec('DELETE FROM attachment')],
])('a %s is found and put right, of that kind alone, with unsent edits as they were', async (_, kind, work) => {
  const first = await start()
  await first.call('mutation', 'sync.pause', { paused: true })
  await first.edit(ticket(8), { status: 'vendor' })
  await first.edit(ticket(7), { priority: 'p1' })
  await first.call('mutation', 'contacts.create', { name: 'Zoë Quist' })
  await first.close()
  corrupt(work)
  // Edits wait on the way, and pulls do not.
  proxy.status = ({ url = '' }) => {
    asked.push(url)
    return url.startsWith('/v1/mutations') ? 500 : null
  }
  const pausedEdits = await start(1)
  asked.length = 0
  await pausedEdits.call('mutation', 'sync.pause', { paused: false })
  const report = await compared(pausedEdits)
  expect(report.compared?.mended?.rows).toBeGreaterThan(0)
  expect(report.outbox.map((edit) => edit.kind)).toEqual(['ticket.update', 'ticket.update', 'contact.create'])
  expect(new Set(parts().map((query) => query.get('kind')))).toEqual(new Set([kind]))
  expect(parts().length).toBeLessThanOrEqual(2)
  expect(asked.filter((url) => url.includes('after=0') && !url.includes('bucket='))).toEqual([])
  expect((await pausedEdits.ticket(ticket(8))).ticket.status).toBe('vendor')
  expect((await pausedEdits.ticket(ticket(7))).ticket).toMatchObject({
    priority: 'p1',
    subject: expect.not.stringMatching('Rot'),
  })
})
