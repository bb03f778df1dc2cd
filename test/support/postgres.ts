import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { connect, type DatabaseAddress, type Sql } from '../../src-cloud/database/connect.ts'
import { startEmbeddedPostgres } from '../../src-cloud/embedded/embedded-postgres.ts'
import { databaseIn } from '../../src-cloud/embedded/folder.ts'
import { readPostmaster } from '../../src-cloud/embedded/postmaster.ts'

/** A database server's owner, without a database. */
export type PostgresServer = Exclude<DatabaseAddress, string>

declare module 'vitest' {
  interface ProvidedContext {
    postgres: PostgresServer
  }
}

export interface TestPostgres {
  address: PostgresServer
  /** Ends all its processes by `kill -9` and starts it again over what they left; the address stays the same. */
  crash(): Promise<void>
  stop(): Promise<void>
}

/** Starts a Postgres in a folder of its own. */
export async function startPostgres(): Promise<TestPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'bulkhead-postgres-'))
  // The user that Postgres runs as must get there.
  await chmod(folder, 0o755)
  const start = () => startEmbeddedPostgres(folder, () => undefined)
  let postgres = await start()
  const address = postgres.address as PostgresServer
  // What a killed Postgres wrote the system still has: nothing here waits for a disk.
  await onServer(address, async (sql) => {
    await sql`alter system set fsync = off`
    await sql`select pg_reload_conf()`
  })
  return {
    address,
    crash: async () => {
      const sql = connect(address, 1)
      const children = await sql<{ pid: number }[]>`select pid from pg_stat_activity where pid <> pg_backend_pid()`
      const main = await readPostmaster(databaseIn(postgres.folder))
      // The main process first: it would start others in place of those that end. Without it some end by themselves.
      if (main) process.kill(main.pid, 'SIGKILL')
      for (const { pid } of children) killed(pid)
      await sql.end({ timeout: 0 })
      await postgres.stop()
      postgres = await start()
    },
    stop: async () => {
      await postgres.stop()
      await Promise.all([folder, postgres.folder].map((path) => rm(path, { recursive: true, force: true })))
    },
  }
}

function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as { code?: string }).code !== 'ESRCH') throw error
  }
}

let own: ReturnType<typeof startPostgres> | null = null

/** The run's Postgres where the global setup started one, else one for this test file. */
async function server(): Promise<PostgresServer> {
  const shared = inject('postgres') as PostgresServer | undefined
  if (shared) return shared
  own ??= startPostgres()
  return (await own).address
}

/** Stops what this file started; nothing where the server is shared. */
export async function releasePostgres(): Promise<void> {
  const started = own
  own = null
  await (await started)?.stop()
}

export interface FreshDatabase {
  address: PostgresServer
  drop(): Promise<void>
}

/** Makes an empty database. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const address = await server()
  return onServer(address, (sql) => made(address, sql, ''))
}

/**
 * Makes a copy of a database, and that one where nobody has yet.
 * @param fill makes its content, once on each server; nothing is connected to it afterwards
 */
export async function copyOf(
  template: string,
  fill: (address: PostgresServer) => Promise<void>,
): Promise<FreshDatabase> {
  const address = await server()
  return onServer(address, async (sql) => {
    // Whoever comes second waits for the first.
    await sql`select pg_advisory_lock(${TEMPLATES})`
    const [known] = await sql`select from pg_database where datname = ${template}`
    if (!known) {
      const filled = await made(address, sql, '')
      await fill(filled.address)
      await sql`alter database ${sql(filled.address.database ?? '')} rename to ${sql(template)}`
    }
    await sql`select pg_advisory_unlock(${TEMPLATES})`
    // Its files are copied, not written a second time as changes.
    return made(address, sql, `template ${template} strategy file_copy`)
  })
}

/** Of the advisory lock under which templates are made. */
const TEMPLATES = 7_260_002

async function made(address: PostgresServer, sql: Sql, how: string): Promise<FreshDatabase> {
  const database = `test_${randomBytes(6).toString('hex')}`
  await sql.unsafe(`create database ${database} ${how}`)
  return {
    address: { ...address, database },
    drop: () =>
      onServer(address, async (end) => void (await end.unsafe(`drop database if exists ${database} with (force)`))),
  }
}

async function onServer<Value>(address: PostgresServer, work: (sql: Sql) => Promise<Value>): Promise<Value> {
  const sql = connect(address, 1)
  try {
    return await work(sql)
  } finally {
    await sql.end()
  }
}
