import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Compartment } from '../../src-main/compartment/compartment.ts'
import { deriveKeys } from '../../src-main/compartment/keys.ts'
import { Keyring } from '../../src-main/console/keyring.ts'
import { openRegistry } from '../../src-main/console/open-registry.ts'
import { sealWithKey } from '../../src-main/console/sealing.ts'
import { isDamage, openEncrypted } from '../../src-main/storage/open.ts'
import { problemOf } from '../../src-shared/problem.ts'
import { deskChanges, idOf, randomOf } from '../compartment/desk.ts'
import { Driven, temporaryFolder } from '../compartment/driver.ts'
import { ScriptedCloud } from '../compartment/scripted-cloud.ts'
import { cases, ran, seedOf } from './cases.ts'

const TICKETS = cases(120, 1500)
/** Share of the pages of a file that get a flipped bit. */
const SHARE = cases(0.5, 1)
const HELD_TO_BE_DAMAGE = ['file-damaged', 'key-wrong', 'file-newer']

let place: ReturnType<typeof temporaryFolder>
let sound: string
let copy: string
let keyring: Keyring
beforeAll(async () => {
  place = temporaryFolder()
  sound = join(place.folder, 'sound')
  copy = join(place.folder, 'copy')
  const cloud = await ScriptedCloud.start(deskChanges(TICKETS, 2))
  cloud.decide = ({ sequence }) => ({ sequence, outcome: 'retry', message: 'Later.' })
  const driven = await Driven.open({ folder: sound, cloudUrl: cloud.url, online: false })
  await driven.sync()
  for (let number = 1; number <= cases(60, 900); number++)
    await driven.edit(idOf(`ticket ${number}`), { priority: 'p1', tags: ['x'] })
  await driven.close()
  await cloud.stop()
  keyring = Keyring.create(sound, sealWithKey('test', new Uint8Array(32)))
  const registry = await openRegistry(sound, keyring)
  const tenants = Array.from({ length: 30 }, (_, i) => ({
    id: idOf(`tenant ${i}`),
    name: `Client ${i} ${'of the harbour '.repeat(10)}`,
    shortName: `C${i}`,
    domains: [],
    aliases: [],
    industry: '',
    colour: '#112233',
    timeZone: 'Europe/Berlin',
    head: i,
  }))
  registry.replaceTenants(tenants)
  registry.close()
})
afterAll(() => place.remove())

/** Reads everything that a file holds: its text, or the code of the problem that it ended in. */
type Reading = (folder: string) => unknown

async function flipPages(file: string, read: Reading, pageSize: number): Promise<void> {
  const random = randomOf(seedOf(`bits of ${file}`))
  const bytes = readFileSync(join(sound, file))
  const truth = JSON.stringify(await read(fresh()))
  const pages = Math.ceil(bytes.length / pageSize)
  const found = { problem: 0, same: 0 }
  for (let page = 0; page < pages; page++) {
    if (random() >= SHARE && page > 0 && page < pages - 1) continue
    const folder = fresh()
    const at = page * pageSize + Math.floor(random() * pageSize)
    const flipped = Buffer.from(bytes)
    flipped[at] = (flipped[at] ?? 0) ^ (1 << Math.floor(random() * 8))
    writeFileSync(join(folder, file), flipped)
    const seen = await (async () => read(folder))().catch((error: unknown) => {
      if (isDamage(error)) return null
      const { code } = problemOf(error)
      expect(HELD_TO_BE_DAMAGE, `byte ${at}: ${String(error)}`).toContain(code)
      return null
    })
    if (seen !== null) expect(JSON.stringify(seen) === truth, `byte ${at} of ${file} gave other data`).toBe(true)
    found[seen === null ? 'problem' : 'same'] += 1
  }
  expect(found.problem).toBeGreaterThan(0)
  ran(`bit flips in ${file}`, found.problem + found.same)
}

function fresh(): string {
  rmSync(copy, { recursive: true, force: true })
  mkdirSync(copy)
  for (const name of readdirSync(sound).filter((one) => statSync(join(sound, one)).isFile()))
    copyFileSync(join(sound, name), join(copy, name))
  return copy
}

/** All that a window can read of a compartment; null where damage was found and the cache is loaded again. */
async function readCompartment(folder: string): Promise<unknown> {
  const rootKey = new ArrayBuffer(32)
  new Uint8Array(rootKey).fill(7)
  const technician = { id: idOf('me'), name: 'Robin Vale', email: 'robin@example.com' }
  const nothing = (): void => undefined
  const compartment = new Compartment(
    { folder, rootKey, binding: new Uint8Array(32), cloudUrl: 'http://127.0.0.1:9', technician, online: false },
    {
      tokenWanted: nothing,
      rollup: nothing,
      syncState: nothing,
      turnWanted: nothing,
      turnDone: nothing,
      quiet: nothing,
    },
  )
  try {
    // What could be read of a damaged ledger was saved, and the person is told what could not.
    if (compartment.api.syncState().problem?.code === 'ledger-salvaged') {
      expect(readdirSync(folder).join(' ')).toContain('ledger.db.damaged')
      return null
    }
    const sort = { by: 'created' as const, direction: 'ascending' as const }
    const { rows } = compartment.api.page({ filter: {}, sort, limit: 200 })
    // A cache that could not be read at all is empty, and says that it has to be loaded.
    if (rows.length === 0 && compartment.api.syncState().lastSuccessAt === null) return null
    return {
      rows,
      desk: compartment.api.desk(),
      counts: compartment.api.counts(),
      found: compartment.api.search({ text: 'zeppelin', filter: {}, order: 'newest', limit: 200 }),
      tickets: rows.map(({ id }) => compartment.api.ticket(id)),
    }
  } finally {
    await compartment.close()
  }
}

function readLedger(folder: string): unknown {
  const { ledger: key } = deriveKeys(new Uint8Array(32).fill(7))
  const file = join(folder, 'ledger.db')
  const db = openEncrypted({ file, key, synchronous: 'FULL', pageSize: 4096, cacheKiB: 1000 })
  try {
    const tables = db
      .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
      .pluck()
      .all()
    return tables.map((name) => [name, db.prepare(`SELECT * FROM "${name}" ORDER BY 1`).all()])
  } finally {
    db.close()
  }
}

test(
  'one flipped bit in a page of the cache is found or harmless, never another answer',
  async () => {
    await flipPages('cache.db', readCompartment, 8192)
  },
  30 * 60_000,
)

test(
  'one flipped bit in a page of the ledger is found or harmless, to a reader of all of it',
  async () => {
    await flipPages('ledger.db', readLedger, 4096)
  },
  30 * 60_000,
)

test(
  'one flipped bit in the ledger never lets a compartment show other edits',
  async () => {
    await flipPages('ledger.db', readCompartment, 4096)
  },
  30 * 60_000,
)

test(
  'one flipped bit in a page of console.db is found or harmless',
  async () => {
    await flipPages(
      'console.db',
      async (folder) => {
        const registry = await openRegistry(folder, keyring)
        try {
          return registry.all()
        } finally {
          registry.close()
        }
      },
      4096,
    )
  },
  30 * 60_000,
)
