import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { randomOf } from '../compartment/desk.ts'
import { Driven, temporaryFolder } from '../compartment/driver.ts'
import { push, withCloud, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'
import { SOAK, cases, ran, seedOf } from './cases.ts'
import { readLedger } from './ledger-file.ts'
import { cutPower, recordLedger } from './power.ts'
import { FaultProxy } from './proxy.ts'
import { serverTickets, settled, viewOf } from './equal.ts'

const ACME = uuid('tenant', 'Acme')
const TICKETS = 12
const ZEPHYR_TICKETS = 4000
const ZEPHYR = uuid('tenant', 'Zephyr')

let cloud: TestCloud
let me: string
let place: ReturnType<typeof temporaryFolder>
let proxy: FaultProxy | null
const children = new Set<ChildProcess>()

beforeAll(async () => {
  cloud = await withCloud([
    sampleOrganisation('Alpha', [sampleClient('Acme', TICKETS), sampleClient('Zephyr', ZEPHYR_TICKETS, 600)]),
  ])
  me = (await cloud.signIn()).technician.id
})
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  await proxy?.close()
  place.remove()
})
afterAll(() => cloud.close())

function host(args: (string | number)[]): ChildProcess {
  const script = fileURLToPath(new URL('editing-host.ts', import.meta.url))
  const child = spawn(process.execPath, [script, ...args.map(String)], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.add(child)
  child.once('exit', () => children.delete(child))
  return child
}
async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

/** The ids of the notes that a ledger has an audit row of, and of those that are in its outbox. */
function readNotes(folder: string): { broken: number | null; audited: string[]; queued: string[] } {
  const { broken, audit, outbox } = readLedger(folder)
  const notes = audit.filter(({ action }) => action === 'entry.create')
  return {
    broken,
    audited: notes.map(({ detail }) => (JSON.parse(detail) as { entry: string }).entry),
    queued: outbox.flatMap(({ body }) => (body.kind === 'entry.create' ? [body.entryId] : [])),
  }
}
async function notesInPostgres(): Promise<{ id: string; body: string }[]> {
  return cloud.owner<{ id: string; body: string }[]>`
    select id::text, data ->> 'body' as body from entry where tenant_id = ${ACME} and data ->> 'body' like 'kill-%'`
}

const KILLS = cases(10, 300)

test(
  'kill -9 at any moment keeps every answered edit with its audit row, and each reaches Postgres once',
  async () => {
    const seed = seedOf('kill -9')
    const random = randomOf(seed)
    place = temporaryFolder()
    const bad = (proxy = await FaultProxy.start(cloud.url, seed, { rate: 0.3 }))
    const notes: string[] = []
    const sites = new Map<number, string>()
    let edited = 0
    for (let round = 1; round <= KILLS; round++) {
      const token = await cloud.tenantToken()
      const child = host([place.folder, bad.url, token, me, `kill-${round}`, seed + round, TICKETS])
      const edits = 1 + Math.floor(random() * 40)
      let answered = 0
      for await (const line of createInterface({ input: child.stdout! })) {
        const [kind, ...rest] = line.split(' ')
        if (kind === 'note') notes.push(rest.join(' '))
        else {
          sites.set(Number(rest[0]), rest.slice(1).join(' '))
          edited += 1
        }
        answered += 1
        // Lines that were on their way when it died count too, so reading goes on to the end.
        if (answered === edits) setTimeout(() => child.kill('SIGKILL'), random() * 12)
      }
      await kill(child).catch(() => undefined)
      const { broken, audited, queued } = readNotes(place.folder)
      const delivered = await notesInPostgres()
      expect(broken).toBeNull()
      const known = new Set([...queued, ...delivered.map(({ id }) => id)])
      expect(audited.filter((id) => !known.has(id))).toEqual([])
      expect([...known].filter((id) => !audited.includes(id))).toEqual([])
      expect(audited.length).toBeGreaterThanOrEqual(notes.length)
    }
    bad.good()
    const token = await cloud.tenantToken()
    const driven = await Driven.open({ folder: place.folder, cloudUrl: bad.url, token: () => token, me })
    await settled([driven])
    const bodies = (await notesInPostgres()).map(({ body }) => body)
    expect(new Set(bodies).size).toBe(bodies.length)
    expect(notes.filter((note) => !bodies.includes(note))).toEqual([])
    const server = await serverTickets(cloud.owner, ACME)
    expect(await viewOf(driven, server)).toEqual(server)
    expect(await driven.state()).toMatchObject({ pending: 0, failed: 0 })
    for (const [number, last] of sites) {
      const site = server.find(({ ticket }) => ticket.number === number)?.ticket.customFields['site'] as string
      expect(order(site)).toBeGreaterThanOrEqual(order(last))
    }
    await driven.close()
    expect(notes.length).toBeGreaterThan(KILLS)
    ran('kill -9 while editing', KILLS)
    ran('edits answered before a kill -9', notes.length + edited)
  },
  30 * 60_000,
)

/** Later edits have greater numbers: `kill-<round> <edit>`. */
function order(site: string): number {
  const [round, edit] = site.replace('kill-', '').split(' ').map(Number)
  return (round ?? 0) * 1e6 + (edit ?? 0)
}

const LOADS = cases(6, 42)

test(
  'kill -9 during a first sync under write load, cut at random bytes, ends in the server’s tickets',
  async () => {
    const seed = seedOf('kill -9 in a first sync')
    const random = randomOf(seed)
    const faults = ['truncate', 'reset', 'throttle', 'drop-after'] as const
    const bad = (proxy = await FaultProxy.start(cloud.url, seed, { rate: 0.6, faults }))
    let writing = true
    let sequence = 0
    const writer = (async () => {
      const clientId = crypto.randomUUID()
      const token = await cloud.tenantToken(1)
      while (writing) {
        sequence += 1
        const ticketId = uuid('Zephyr', 'ticket', 1 + Math.floor(random() * ZEPHYR_TICKETS))
        const body = { kind: 'entry.create' as const, ticketId, entryId: crypto.randomUUID(), body: `w ${sequence}` }
        const done = await push(cloud.url, token, clientId, sequence, [{ ...body, entryKind: 'note' }])
        if (!done.ok) throw new Error(`HTTP ${done.status}`)
        await wait(5)
      }
    })()
    for (let done = 0; done < LOADS;) {
      place = temporaryFolder()
      const token = await cloud.tenantToken(1)
      for (let kills = 0; kills < 3 && done < LOADS; kills++, done++) {
        const child = host([place.folder, bad.url, token, me, 'x', 0, ZEPHYR_TICKETS, 'first-sync'])
        await once(child.stdout!, 'data')
        await wait(random() * 400)
        await kill(child)
      }
      if (done >= LOADS) {
        writing = false
        await writer
        bad.good()
      }
      const driven = await Driven.open({ folder: place.folder, cloudUrl: cloud.url, token: () => token, me })
      await settled([driven])
      // While writers go on, what can be compared is that nothing is missing.
      expect((await driven.outline()).total).toBe(ZEPHYR_TICKETS)
      if (!writing) {
        const server = await serverTickets(cloud.owner, ZEPHYR)
        expect(await viewOf(driven, server)).toEqual(server)
      }
      await driven.close()
      if (writing) place.remove()
    }
    ran('kill -9 in a first sync', LOADS)
  },
  30 * 60_000,
)

// Of the soak only: it needs strace, which not every machine has.
if (SOAK)
  test(
    'a power cut that drops or tears what was not synced leaves every answered edit, and a sound audit chain',
    () => {
      const EDITS = 400
      const CUTS = 200
      const random = randomOf(seedOf('power'))
      proxy = null
      place = temporaryFolder()
      const steps = recordLedger(place.folder, EDITS)
      const first = steps.findIndex(({ what }) => what === 'said')
      for (let cut = 0; cut < CUTS; cut++) {
        const folder = join(place.folder, `cut-${cut}`)
        mkdirSync(folder)
        const end = first + 1 + Math.floor(random() * (steps.length - first))
        const said = cutPower(steps.slice(0, end), folder, random)
        const { broken, audited, queued } = readNotes(folder)
        expect(broken).toBeNull()
        expect([...audited].sort()).toEqual([...queued].sort())
        // One more may have reached the disk without the word of it.
        expect([said, said + 1]).toContain(queued.length)
        rmSync(folder, { recursive: true })
      }
      ran('power cuts', CUTS)
    },
    30 * 60_000,
  )
