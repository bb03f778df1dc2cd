import { readdir, readFile } from 'node:fs/promises'
import { ProblemError } from '../../src-shared/problem.ts'
import { API_ROLE, connect, type DatabaseAddress, type Sql } from './connect.ts'

const FOLDER = new URL('../migrations/', import.meta.url)
/** Of the advisory lock that lets one cloud migrate at a time. */
const LOCK = 7_260_001

/**
 * Brings a database to this version: makes the API role and runs the migrations it lacks, each in its own transaction.
 * @param address as the owner
 * @throws ProblemError `database-newer` where it holds migrations that this cloud does not know
 */
export async function migrate(address: DatabaseAddress, password: string): Promise<void> {
  const files = (await readdir(FOLDER)).filter((name) => /^\d{3}_\w+\.sql$/.test(name)).sort()
  // One connection: the lock and the transactions belong to it.
  const connection = connect(address, 1)
  try {
    await connection`select pg_advisory_lock(${LOCK})`
    await connection`create table if not exists schema_migration (number integer primary key, applied_at timestamptz not null default now())`
    const [row] = await connection<
      { newest: number }[]
    >`select coalesce(max(number), 0) as newest from schema_migration`
    const newest = row?.newest ?? 0
    const ours = Number(files.at(-1)?.slice(0, 3))
    if (newest > ours) throw new ProblemError('database-newer', { theirs: newest, ours })
    await ensureApiRole(connection, password)
    for (const file of files) {
      const number = Number(file.slice(0, 3))
      if (number <= newest) continue
      const text = await readFile(new URL(file, FOLDER), 'utf8')
      await connection
        .unsafe(`begin;\n${text};\ninsert into schema_migration (number) values (${number});\ncommit`)
        .simple()
    }
  } finally {
    await connection.end({ timeout: 5 })
  }
}

/** Roles belong to the whole server: another cloud on another database of it may be at the same work. */
async function ensureApiRole(sql: Sql, password: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await sql
        .unsafe(
          `do $$ begin
           if not exists (select from pg_roles where rolname = '${API_ROLE}') then create role ${API_ROLE}; end if;
         end $$;
         alter role ${API_ROLE} login password '${password.replaceAll("'", "''")}'`,
        )
        .simple()
      break
    } catch (error) {
      const code = (error as { code?: string }).code ?? ''
      // duplicate_object, unique_violation, tuple concurrently updated
      if (attempt === 5 || !['42710', '23505', 'XX000'].includes(code)) throw error
      await new Promise((resolve) => setTimeout(resolve, 50 * attempt))
    }
  }
  const [role] = await sql<{ strong: boolean }[]>`
    select rolsuper or rolbypassrls as strong from pg_roles where rolname = ${API_ROLE}`
  if (role?.strong) throw new Error(`role ${API_ROLE} must be neither superuser nor exempt from row-level security`)
}
