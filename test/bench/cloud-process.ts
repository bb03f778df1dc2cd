/** Run by the bench as a process of its own: real clouds on one embedded Postgres. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { connect, type DatabaseAddress } from '../../src-cloud/database/connect.ts'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src-cloud/embedded/embedded-postgres.ts'
import { startCloud, type Cloud } from '../../src-cloud/start.ts'
import { makeFolder, noteElsewhere } from './folders.ts'
import { answerQuestions } from './forked.ts'
import { measurePush } from './push.ts'
import { seedOf, type SeedSize } from './seed.ts'

export type CloudQuestion =
  | { op: 'cloud'; size: SeedSize }
  | { op: 'change'; url: string }
  | { op: 'push'; rounds: number }
  | { op: 'usage' }
  | { op: 'aside'; aside: boolean }
  | { op: 'rows'; count: number }

const wish = makeFolder()
const clouds: { cloud: Cloud; address: DatabaseAddress }[] = []
let postgres: Promise<EmbeddedPostgres> | null = null

answerQuestions(answer, async () => {
  for (const one of clouds) await one.cloud.close()
  const started = await postgres
  await started?.stop()
  for (const folder of [wish, started?.folder ?? wish]) await rm(folder, { recursive: true, force: true })
})

function answer(question: CloudQuestion): unknown {
  switch (question.op) {
    case 'cloud':
      return cloud(question.size)
    case 'change':
      return change(question.url)
    case 'push':
      return database('push').then((address) => measurePush(address, 1000, question.rounds))
    case 'usage':
      return usage()
    case 'aside':
      return standAside(question.aside)
    case 'rows':
      return rows(question.count)
  }
}

/** @returns its address */
async function cloud(size: SeedSize): Promise<string> {
  const address = await database(`bench_${clouds.length}`)
  const started = await startCloud({ database: address, seed: seedOf(size) })
  clouds.push({ cloud: started, address })
  return started.url
}

/** Makes an empty database. @returns its address, as its owner */
async function database(name: string): Promise<DatabaseAddress> {
  const { address, folder } = await (postgres ??= startEmbeddedPostgres(wish, () => undefined))
  if (folder !== wish) noteElsewhere(wish, folder)
  const owner = connect(address, 1)
  await owner.unsafe(`create database ${name}`)
  await owner.end()
  return { ...(address as Exclude<DatabaseAddress, string>), database: name }
}

/** Every ticket of every client becomes new, each as a change of its own. @returns by client, its version before */
async function change(url: string): Promise<Record<string, number>> {
  const found = clouds.find((one) => one.cloud.url === url)
  if (!found) throw new Error(`no cloud at ${url}`)
  const owner = connect(found.address, 1)
  const feeds = await owner<{ tenant_id: string; version: number }[]>`select tenant_id, version from tenant_feed`
  for (const { tenant_id: tenant } of feeds)
    await owner.begin(async (tx) => {
      await tx`
        update ticket t set version = f.version + n.place,
          data = (t.data::jsonb || '{"status":"new"}' || jsonb_build_object('updatedAt', to_char(now() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::json
        from tenant_feed f, (select id, row_number() over (order by number) as place from ticket where tenant_id = ${tenant}) n
        where t.tenant_id = ${tenant} and f.tenant_id = ${tenant} and n.id = t.id`
      await tx`
        update tenant_feed set version = (select max(version) from ticket where tenant_id = ${tenant})
        where tenant_id = ${tenant}`
    })
  await owner.end()
  return Object.fromEntries(feeds.map(({ tenant_id, version }) => [tenant_id, version]))
}

/** So many rows of text by plain statements of a thousand, a commit each. @returns milliseconds */
async function rows(count: number): Promise<number> {
  const owner = connect(await database(`rows_${Date.now()}`), 1)
  await owner`create table plain (id uuid primary key default gen_random_uuid(), data json not null)`
  const began = performance.now()
  for (let from = 0; from < count; from += 1000) {
    const some = Array.from({ length: Math.min(1000, count - from) }, (_, i) => ({
      ...{ subject: `Imported ticket ${from + i}`, description: 'Came with an export of the product before.' },
      ...{ status: 'open', priority: 'p2', createdAt: '2026-01-05T09:15:00.000Z' },
    }))
    await owner`insert into plain (data) select value from json_array_elements(${JSON.stringify(some)}::text::json)`
  }
  const took = performance.now() - began
  await owner.end()
  return took
}

/** @returns milliseconds of processor time of this process and of every process of its Postgres */
function usage(): number {
  const { user, system } = process.cpuUsage()
  if (process.platform !== 'linux') return NaN
  // A tick of /proc is 10 ms on every Linux that Node runs on.
  return (user + system) / 1000 + postgresProcesses().reduce((sum, one) => sum + one.ticks * 10, 0)
}

/**
 * Lets this process and its Postgres run only when nobody else wants a processor, which is as near as one machine comes to
 * a cloud that is elsewhere; or as usual again.
 * @returns whether the system can: a Linux with chrt
 */
function standAside(aside: boolean): boolean {
  if (process.platform !== 'linux') return false
  return [String(process.pid), ...postgresProcesses().map(({ pid }) => pid)].every(
    (pid) => spawnSync('chrt', ['--all-tasks', aside ? '--idle' : '--other', '--pid', '0', pid]).status === 0,
  )
}

/** @returns every process of this one's Postgres with the ticks that it has used; from Linux' /proc */
function postgresProcesses(): { pid: string; ticks: number }[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        // After the name in brackets: 1 the parent, 11 and 12 its own ticks.
        const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
        return [{ pid, parent: fields[1], ticks: Number(fields[11]) + Number(fields[12]) }]
      } catch {
        return []
      }
    })
  const main = all.find(({ parent }) => parent === String(process.pid))
  return all.filter(({ pid, parent }) => pid === main?.pid || parent === main?.pid)
}
