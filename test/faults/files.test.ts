import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { PART_BYTES, partsOf } from '../../src-shared/domain/attachment.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { randomOf } from '../compartment/desk.ts'
import { Driven, temporaryFolder } from '../compartment/driver.ts'
import { attachment, bring, bytesOf, readAll } from '../compartment/files.ts'
import { PassingProxy } from '../compartment/passing-proxy.ts'
import { ask, withCloud, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'
import { cases, ran, seedOf } from './cases.ts'

const TICKET = uuid('Acme', 'ticket', 1)
const OTHER = uuid('Acme', 'ticket', 2)

let cloud: TestCloud
let me: string
let place: ReturnType<typeof temporaryFolder>
let proxy: PassingProxy
const children = new Set<ChildProcess>()

beforeAll(async () => {
  cloud = await withCloud([sampleOrganisation('Alpha', [sampleClient('Acme', 3)])])
  me = (await cloud.signIn()).technician.id
})
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  await proxy.close()
  place.remove()
})
afterAll(() => cloud.close())

interface Ended {
  lines: string[]
  killed: boolean
  /** What it complained of. */
  errors: string
}

/** Runs a host, and kills it so many milliseconds after its first word; null to let it end. */
async function host(args: (string | number)[], killAfter: number | null): Promise<Ended> {
  const script = fileURLToPath(new URL('filing-host.ts', import.meta.url))
  const child = spawn(process.execPath, [script, ...args.map(String)], { stdio: ['ignore', 'pipe', 'pipe'] })
  children.add(child)
  const gone = once(child, 'exit')
  let errors = ''
  child.stderr.on('data', (chunk) => (errors += String(chunk)))
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    if (lines.push(line) === 1 && killAfter !== null) void wait(killAfter).then(() => child.kill('SIGKILL'))
  }
  await gone
  children.delete(child)
  return { lines, killed: child.signalCode === 'SIGKILL', errors }
}

const FILES = cases(2, 20)
const KILLS = 6

test(
  'kill -9 while a file is brought or sent: it goes on, nothing that was put to a ticket is lost, no part goes much twice',
  async () => {
    const seed = seedOf('kill -9 with files')
    const random = randomOf(seed)
    let kills = 0
    let resumed = 0
    for (let file = 0; file < FILES; file++) {
      place = temporaryFolder()
      proxy = await PassingProxy.start(cloud.url)
      const word = `kill ${seed} ${file}`
      const size = 3 * PART_BYTES + Math.floor(random() * 2 * PART_BYTES)
      const token = await cloud.tenantToken()
      let uploadId = ''
      let finished = false
      let killed = 0
      for (let done = false; !done;) {
        const args = [place.folder, proxy.url, token, me, TICKET, word, size, uploadId]
        const ended = await host(args, killed < KILLS ? random() * 700 : null)
        uploadId = ended.lines[0]?.split(' ')[1] ?? uploadId
        const wentOn = ended.lines.find((line) => line.startsWith('goes on'))
        // What was answered is on the disk: once it was put to its ticket it is never brought again.
        if (finished) expect(wentOn).toBeUndefined()
        if (wentOn !== undefined && wentOn !== 'goes on 0') resumed += 1
        finished ||= ended.lines.includes('finished')
        done = ended.lines.includes('sent')
        if (ended.killed) killed += 1
        else expect(done, `it ended early: ${ended.lines.join(', ')} ${ended.errors}`).toBe(true)
      }
      kills += killed
      expect(new Set(proxy.puts.map(({ path }) => path)).size).toBe(partsOf(size))
      expect(proxy.puts.length).toBeLessThanOrEqual(partsOf(size) + killed)
      const content = await ask(cloud.url, paths.attachmentContent(uploadId), { token })
      expect(Buffer.from(await content.arrayBuffer()).equals(bytesOf(word, size))).toBe(true)
      if (file < FILES - 1) {
        await proxy.close()
        place.remove()
      }
    }
    expect(kills).toBeGreaterThan(0)
    process.stdout.write(`uploads that went on after a kill: ${resumed}\n`)
    ran('kill -9 with files', kills)
  },
  30 * 60_000,
)

const PARTS = cases(6, 50)

test(
  'a large file delays no edit: each is answered while parts are on their way, before the next part begins',
  async () => {
    place = temporaryFolder()
    proxy = await PassingProxy.start(cloud.url)
    const token = await cloud.tenantToken()
    const driven = await Driven.open({ folder: place.folder, cloudUrl: proxy.url, token: () => token, me })
    await driven.sync()
    const bytes = bytesOf('a large file', PARTS * PART_BYTES)
    const quiet: number[] = []
    const beside: number[] = []
    const edit = async (site: string, took: number[]): Promise<void> => {
      const began = performance.now()
      await driven.edit(OTHER, { customFields: { site } })
      await vi.waitFor(async () => expect((await driven.state()).pending).toBe(0), { interval: 2 })
      took.push(performance.now() - began)
    }
    for (let i = 0; i < 20; i++) await edit(`quiet ${i}`, quiet)
    const id = await bring(driven, TICKET, 'large.iso', bytes)
    for (let i = 0; (await attachment(driven, TICKET, id)).upload !== null; i++) {
      // An edit for each part that goes, as far as parts go faster than edits.
      const seen = proxy.puts.length
      await edit(`beside ${i}`, beside)
      const mutation = proxy.passed.findLastIndex(({ path }) => path === paths.mutations)
      const behind = proxy.passed.slice(0, mutation).filter(({ method, status }) => method === 'PUT' && status === null)
      expect(behind.length).toBeLessThanOrEqual(1)
      await vi.waitFor(async () => {
        const { upload } = await attachment(driven, TICKET, id)
        expect(upload === null || proxy.puts.length > seen).toBe(true)
      })
    }
    expect(proxy.parts).toEqual(Array.from({ length: PARTS }, (_, part) => part))
    expect(beside.length).toBeGreaterThan(PARTS / 2)
    const median = (all: number[]): string => `${(all.sort((x, y) => x - y)[all.length >> 1] ?? 0).toFixed(0)} ms`
    process.stdout.write(
      `edit to acknowledged: ${median(quiet)}; beside ${PARTS * 4} MiB: ${median(beside)}, ${beside.length} edits\n`,
    )
    await driven.close()
    const again = await Driven.open({ folder: place.folder, cloudUrl: cloud.url, token: () => token, me })
    expect((await readAll(again, id)).equals(bytes)).toBe(true)
    await again.close()
    ran('edits beside a large file', beside.length)
  },
  30 * 60_000,
)
