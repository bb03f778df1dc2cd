import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import type { LeftBehind } from '../../src-shared/domain/left-behind.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import type { Supervisor } from '../supervisor/supervisor.ts'
import type { Keyring } from './keyring.ts'

export const departedMigration = 'CREATE TABLE departed (id TEXT PRIMARY KEY, name TEXT NOT NULL, at TEXT NOT NULL)'
export const undecidedMigration = 'ALTER TABLE departed ADD COLUMN undecided INTEGER NOT NULL DEFAULT 0'

interface Row {
  id: string
  name: string
  at: string
  /** Edits that could not be saved, and that nobody decided about. */
  undecided: number
}

/** The names of clients that left the list, until somebody decides about their files. */
export class Departed {
  readonly #db: Database.Database

  constructor(db: Database.Database) {
    this.#db = db
  }

  /** The newest first. */
  all(): Row[] {
    return this.#db.prepare<[], Row>('SELECT id, name, at, undecided FROM departed ORDER BY at DESC, id').all()
  }

  add(id: string, name: string, undecided: number): void {
    this.#db
      .prepare('INSERT OR REPLACE INTO departed (id, name, at, undecided) VALUES (?, ?, ?, ?)')
      .run(id, name, new Date().toISOString(), undecided)
  }

  forget(id: string): void {
    this.#db.prepare('DELETE FROM departed WHERE id = ?').run(id)
  }
}

/** What deciding about the files of clients that left takes. */
export interface DepartedDesk {
  profile: string
  keyring: Keyring
  departed: Departed
  supervisor: Pick<Supervisor, 'whileClosed'>
}

/** Clients that are not in the list any more and whose files are still here, each with what it is about. */
export function leftBehind({ profile, departed }: DepartedDesk): LeftBehind[] {
  return departed.all().flatMap(({ id, name, at, undecided }) => {
    const folder = join(profile, 'tenants', id)
    if (!existsSync(folder)) return []
    const bytes = sizeOf(folder)
    const size = bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
    const sentence = `${name} is not in your list any more, and its files are still on this machine (${size}, encrypted). Keep them in case it comes back, or remove them with their key: nobody can read them afterwards.`
    return [{ id, name, at, bytes, undecided, sentence }]
  })
}

/** Keeps the files of a client that left, and asks no more. @throws ProblemError `not-found` */
export function keepFiles({ departed }: DepartedDesk, tenantId: string): void {
  mustBeDeparted(departed, tenantId)
  departed.forget(tenantId)
}

/**
 * Removes the files of a client that left, its secrets and audit trail included, and then its key: without that, also
 * copies of the files that lie elsewhere say nothing any more, but for a recovery file that has it.
 * @throws ProblemError `not-found`, `compartment-stuck`
 */
export async function removeFiles(
  { profile, keyring, departed, supervisor }: DepartedDesk,
  tenantId: string,
): Promise<void> {
  mustBeDeparted(departed, tenantId)
  await supervisor.whileClosed(tenantId, async () => {
    rmSync(join(profile, 'tenants', tenantId), { recursive: true, force: true })
    // Last: files without their key would be a problem of their own.
    await keyring.removeSecret(tenantId)
  })
  departed.forget(tenantId)
}

function mustBeDeparted(departed: Departed, tenantId: string): void {
  if (!departed.all().some(({ id }) => id === tenantId)) throw new ProblemError('not-found', { what: 'This client' })
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce(
      (sum, entry) => sum + (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    )
}
