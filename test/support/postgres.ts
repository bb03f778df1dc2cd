import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { connect, type DatabaseAddress } from '../../src-cloud/database/connect.ts'
import { startEmbeddedPostgres } from '../../src-cloud/embedded/embedded-postgres.ts'

/** A database server's owner, without a database. */
export type PostgresServer = Exclude<DatabaseAddress, string>

declare module 'vitest' {
  interface ProvidedContext {
    postgres: PostgresServer
  }
}

/** Starts a Postgres in a folder of its own. */
export async function startPostgres(): Promise<{ address: PostgresServer; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'bulkhead-postgres-'))
  const postgres = await startEmbeddedPostgres(folder, () => undefined)
  return {
    address: postgres.address as PostgresServer,
    stop: async () => {
      await postgres.stop()
      await Promise.all([folder, postgres.folder].map((path) => rm(path, { recursive: true, force: true })))
    },
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

/** Makes an empty database. */
export async function freshDatabase(): Promise<{ address: PostgresServer; drop(): Promise<void> }> {
  const address = await server()
  const database = `test_${randomBytes(6).toString('hex')}`
  await onServer(address, `create database ${database}`)
  return {
    address: { ...address, database },
    drop: () => onServer(address, `drop database if exists ${database} with (force)`),
  }
}

async function onServer(address: PostgresServer, statement: string): Promise<void> {
  const sql = connect(address, 1)
  try {
    await sql.unsafe(statement)
  } finally {
    await sql.end()
  }
}
