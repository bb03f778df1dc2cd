import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import Database from 'better-sqlite3'
import envPaths from 'env-paths'
import { ProblemError } from '../../src-shared/problem.ts'
import { canReach, type RunAs } from './system-user.ts'

/** Where root keeps what the user `postgres` must reach. */
export const SHARED_FOLDER = '/var/lib/bulkhead-cloud'

/** The folder for data where none is given. */
export function defaultFolder(): string {
  return process.getuid?.() === 0 ? join(SHARED_FOLDER, 'default') : envPaths('bulkhead-cloud', { suffix: '' }).data
}

/**
 * Makes the data folder. Where the user that runs Postgres cannot reach it (a 0700
 * folder above), one below /var/lib takes its place, always the same one for the same wish.
 * @returns the folder in use
 * @throws ProblemError `database-unreachable-folder`
 */
export async function prepareFolder(wish: string, runAs: RunAs, note: (line: string) => void): Promise<string> {
  const wanted = resolve(wish)
  await mkdir(wanted, { recursive: true, mode: 0o755 })
  let folder = wanted
  if (!canReach(wanted, runAs)) {
    folder = join(SHARED_FOLDER, createHash('sha256').update(wanted).digest('hex').slice(0, 16))
    note(`Postgres cannot reach ${wanted}; the data is kept in ${folder}.`)
    try {
      await mkdir(folder, { recursive: true, mode: 0o755 })
    } catch (cause) {
      throw new ProblemError('database-unreachable-folder', { folder: wanted }, { cause })
    }
    if (!canReach(folder, runAs)) throw new ProblemError('database-unreachable-folder', { folder: wanted })
  }
  return folder
}

/** Postgres's own folder in a data folder. */
export function databaseIn(folder: string): string {
  return join(folder, 'database')
}

/**
 * Holds a data folder for this process, by SQLite's file lock: the system frees it also after a `kill -9`.
 * @returns a function that lets it go
 * @throws ProblemError `database-in-use`
 */
export function lockFolder(folder: string): () => void {
  const lock = new Database(join(folder, 'lock'), { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    lock.close()
    throw new ProblemError('database-in-use', { folder }, { cause })
  }
  return () => lock.close()
}
