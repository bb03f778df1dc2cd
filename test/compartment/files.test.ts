import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { deriveKeys } from '../../src-main/compartment/keys.ts'
import { brokenAuditRow, type AuditRow } from '../../src-main/compartment/ledger/audit.ts'
import { Ledger } from '../../src-main/compartment/ledger/ledger.ts'
import { openEncrypted, type Db } from '../../src-main/storage/open.ts'
import { deskChanges, entryOf, idOf, ticketOf } from './desk.ts'
import { Driven, temporaryFolder, type Start } from './driver.ts'
import { ScriptedCloud } from './scripted-cloud.ts'

let cloud: ScriptedCloud
let place: ReturnType<typeof temporaryFolder>
const open: Driven[] = []
const seven = idOf('ticket 7')

beforeEach(async () => {
  cloud = await ScriptedCloud.start(deskChanges(200))
  cloud.decide = ({ sequence }) => ({ sequence, outcome: 'retry', message: 'Later.' })
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
async function syncedAndEdited(): Promise<Driven> {
  const driven = await start()
  await driven.sync()
  await driven.edit(seven, { status: 'vendor' })
  return driven
}
/** The databases and what belongs to them: contents of attachments have a folder of their own. */
function filesIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile())
}
function hashes(folder = place.folder): string[] {
  // Neither the -shm file, which is shared memory, nor an empty log is content.
  return filesIn(folder)
    .filter((name) => !name.endsWith('-shm') && readFileSync(join(folder, name)).length > 0)
    .sort()
    .map(
      (name) =>
        `${name} ${createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex')}`,
    )
}
function raw(file: 'ledger' | 'cache'): Db {
  const keys = deriveKeys(new Uint8Array(32).fill(7))
  const name = join(place.folder, `${file}.db`)
  return openEncrypted({ file: name, key: keys[file], synchronous: 'FULL', pageSize: 4096, cacheKiB: 1000 })
}
function flip(file: string, at: number): void {
  const path = join(place.folder, file)
  const bytes = readFileSync(path)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(path, bytes)
}

test('a wrong key is said and changes no byte of any file', async () => {
  await (await syncedAndEdited()).close()
  const before = hashes()
  await expect(start({ keyByte: 8 })).rejects.toThrow('key-wrong')
  expect(hashes()).toEqual(before)
  expect((await (await start()).ticket(seven)).ticket.status).toBe('vendor')
})

test('a wrong key changes no byte after an unclean end either', async () => {
  await syncedAndEdited()
  // As a power cut leaves them: what was committed last is in the logs only.
  const found = join(place.folder, 'found')
  mkdirSync(found)
  for (const name of ['cache.db', 'cache.db-wal', 'ledger.db', 'ledger.db-wal'])
    copyFileSync(join(place.folder, name), join(found, name))
  const before = hashes(found)
  expect(before).toHaveLength(4)
  await expect(start({ folder: found, keyByte: 8 })).rejects.toThrow('key-wrong')
  expect(hashes(found)).toEqual(before)
  expect((await (await start({ folder: found })).ticket(seven)).ticket.status).toBe('vendor')
})

test.each(['ledger', 'cache'] as const)('a %s from a newer version is said and left as it is', async (file) => {
  await (await syncedAndEdited()).close()
  const db = raw(file)
  db.pragma('user_version = 99')
  db.close()
  const before = hashes()
  await expect(start()).rejects.toMatchObject({ problem: { code: 'file-newer' } })
  expect(hashes().filter((line) => line.startsWith(file))).toEqual(before.filter((line) => line.startsWith(file)))
})

test('a cache of an older version is loaded again', async () => {
  await (await syncedAndEdited()).close()
  const db = raw('cache')
  db.pragma('user_version = 12345')
  db.pragma('user_version = 0')
  db.close()
  const driven = await start()
  expect((await driven.page()).rows).toHaveLength(0)
  await driven.sync()
  expect((await driven.page({ limit: 200 })).rows).toHaveLength(200)
  expect((await driven.ticket(seven)).ticket.status).toBe('vendor')
})

test('a cache whose head is damaged is loaded again, with the unsent edits', async () => {
  await (await syncedAndEdited()).close()
  flip('cache.db', 40)
  const driven = await start()
  await driven.sync()
  expect((await driven.page({ limit: 200 })).rows).toHaveLength(200)
  expect((await driven.ticket(seven)).ticket.status).toBe('vendor')
  expect(await driven.state()).toMatchObject({ pending: 1 })
})

test('damage anywhere in the cache never gives a wrong answer and heals by loading again', async () => {
  await (await syncedAndEdited()).close()
  const size = readFileSync(join(place.folder, 'cache.db')).length
  const sound = join(place.folder, 'sound')
  mkdirSync(sound)
  for (const file of ['cache.db', 'ledger.db']) copyFileSync(join(place.folder, file), join(sound, file))
  for (const part of [0.1, 0.3, 0.5, 0.7, 0.9]) {
    for (const file of ['cache.db', 'ledger.db']) copyFileSync(join(sound, file), join(place.folder, file))
    flip('cache.db', Math.floor(size * part))
    const driven = await start()
    const numbers = Array.from({ length: 200 }, (_, i) => i + 1)
    for (const number of numbers) {
      const detail = await driven.ticket(idOf(`ticket ${number}`)).catch(() => null)
      if (detail && number !== 7) expect(detail.ticket).toEqual(ticketOf(number))
    }
    await driven.search('zeppelin').catch(() => null)
    await driven.sync()
    expect((await driven.page({ limit: 200 })).rows).toHaveLength(200)
    expect((await driven.ticket(seven)).ticket.status).toBe('vendor')
    await driven.close()
  }
})

test('a damaged ledger is told from a wrong key, and no file is touched', async () => {
  await (await syncedAndEdited()).close()
  flip('ledger.db', 40)
  const before = hashes()
  await expect(start()).rejects.toMatchObject({ problem: { code: 'file-damaged' } })
  expect(hashes()).toEqual(before)
})

test('a full disk stops the pull, keeps what came, and goes on when there is room', async () => {
  const driven = await start({ maxPages: { cache: 24 } })
  await driven.sync()
  expect(await driven.state()).toMatchObject({ problem: { code: 'disk-full', retry: true } })
  await driven.close()
  const again = await start()
  await again.sync()
  expect((await again.page({ limit: 200 })).rows).toHaveLength(200)
  expect(await again.state()).toMatchObject({ problem: null })
})

test('an edit on a full disk is refused and leaves nothing behind', async () => {
  const driven = await start({ maxPages: { ledger: 18 } })
  await driven.sync()
  const long = 'x'.repeat(9_000)
  const add = (): Promise<unknown> =>
    driven.call('mutation', 'tickets.addEntry', { ticketId: seven, kind: 'note', body: long })
  let taken = 0
  const refused = await (async () => {
    for (; taken < 20; taken++) await add()
  })().catch((error: unknown) => error)
  expect(refused).toMatchObject({ problem: { code: 'disk-full' } })
  expect((await driven.ticket(seven)).entries).toHaveLength(taken)
  expect(await driven.state()).toMatchObject({ pending: taken })
  await driven.close()
  const again = await start()
  expect(await again.state()).toMatchObject({ pending: taken })
  const db = raw('ledger')
  expect(brokenAuditRow(db.prepare<[], AuditRow>('SELECT * FROM audit ORDER BY seq').iterate())).toBeNull()
  expect(db.prepare('SELECT count(*) FROM audit').pluck().get()).toBe(taken + 1)
  db.close()
})

test('wherever the disk fills up, a write and its audit row are both there or neither is', () => {
  const { ledger: key } = deriveKeys(new Uint8Array(32).fill(7))
  for (let maxPages = 13; maxPages < 25; maxPages++) {
    const folder = join(place.folder, String(maxPages))
    mkdirSync(folder)
    const ledger = Ledger.open(folder, key, 'tester', maxPages)
    let taken = 0
    expect(() => {
      for (; taken < 500; taken++)
        ledger.append(
          { kind: 'entry.create', ticketId: seven, entryId: seven, entryKind: 'note', body: 'x'.repeat(150) },
          {},
        )
    }).toThrow('disk is full')
    expect(ledger.count('queued')).toBe(taken)
    ledger.close()
    const again = Ledger.open(folder, key, 'tester')
    expect(again.inState('queued').map((item) => item.place)).toEqual(Array.from({ length: taken }, (_, i) => i + 1))
    again.close()
    const db = openEncrypted({
      file: join(folder, 'ledger.db'),
      key,
      synchronous: 'FULL',
      pageSize: 4096,
      cacheKiB: 1000,
    })
    expect(db.prepare('SELECT count(*) FROM audit').pluck().get()).toBe(taken + 1)
    db.close()
  }
})

test('every write has its row in an audit chain that shows any later change', async () => {
  const driven = await syncedAndEdited()
  await driven.call('mutation', 'tickets.addEntry', { ticketId: seven, kind: 'note', body: 'Left a message' })
  await driven.close()
  const db = raw('ledger')
  const rows = db.prepare<[], AuditRow>('SELECT * FROM audit ORDER BY seq').all()
  db.close()
  expect(rows.map((row) => row.action)).toEqual(['genesis', 'ticket.update', 'entry.create'])
  expect(JSON.stringify(rows)).not.toContain('Left a message')
  expect(brokenAuditRow(rows)).toBeNull()
  for (const [i, row] of rows.entries()) {
    for (const name of ['at', 'actor', 'action', 'entity', 'detail', 'prev', 'hash'] as const) {
      expect(brokenAuditRow(rows.with(i, { ...row, [name]: `${row[name]}x` }))).not.toBeNull()
    }
  }
  expect(brokenAuditRow(rows.toSpliced(1, 1))).toBe(2)
  // Changed together with its own hash, a row no longer fits the one after it.
  const { seq, at, actor, action, entity, prev } = rows[1] as AuditRow
  const hash = createHash('sha256')
    .update(JSON.stringify([seq, at, actor, action, entity, '{}', prev]))
    .digest('hex')
  expect(brokenAuditRow(rows.with(1, { ...(rows[1] as AuditRow), detail: '{}', hash }))).toBe(3)
})

test('no file holds readable text, name or key, while open and after closing', async () => {
  const entry = entryOf(7, 0, 'Xylophone confidential remark')
  cloud.add('entry', entry.id, entry)
  const driven = await syncedAndEdited()
  await driven.call('mutation', 'tickets.addEntry', { ticketId: seven, kind: 'note', body: 'Wombat private note' })
  const secrets = [
    'Xylophone',
    'Wombat',
    'zeppelin',
    'printer',
    'Contact 1',
    'Technician',
    'vendor',
    'CREATE TABLE',
    seven,
  ]
  const keys = deriveKeys(new Uint8Array(32).fill(7))
  const look = (): void => {
    for (const name of filesIn(place.folder)) {
      const bytes = readFileSync(join(place.folder, name))
      for (const secret of secrets) expect(bytes.includes(secret), `${secret} in ${name}`).toBe(false)
      for (const key of [keys.cache, keys.ledger, Buffer.alloc(32, 7)]) {
        expect(bytes.includes(key)).toBe(false)
        expect(bytes.includes(key.toString('hex'))).toBe(false)
      }
    }
  }
  expect(existsSync(join(place.folder, 'ledger.db-wal'))).toBe(true)
  look()
  await driven.close()
  expect(filesIn(place.folder).sort()).toEqual(['cache.db', 'ledger.db'])
  look()
})
