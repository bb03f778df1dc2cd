import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { ProblemError } from '../../src-shared/problem.ts'

/** Locks of this process. A database that nobody refers to any more is collected, and its lock would go with it. */
const held = new Set<Database.Database>()

/**
 * Holds a profile for this process. The lock is SQLite's own file lock on an empty database, so the system frees it
 * also after a `kill -9`, on every platform; the process id beside it is for the message only.
 * @returns a function that lets the profile go
 * @throws ProblemError `profile-in-use`, `profile-unreadable`
 */
export function lockProfile(profile: string): () => void {
  try {
    mkdirSync(profile, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw unreadable(profile, cause)
  }
  const pidFile = join(profile, 'lock.pid')
  let db: Database.Database | null = null
  try {
    db = new Database(join(profile, 'lock'), { timeout: 0 })
    db.pragma('locking_mode = EXCLUSIVE')
    db.exec('BEGIN EXCLUSIVE')
    writeFileSync(pidFile, String(process.pid))
  } catch (cause) {
    db?.close()
    if ((cause as { code?: string }).code?.startsWith('SQLITE_BUSY'))
      throw new ProblemError(
        'profile-in-use',
        { pid: existsSync(pidFile) ? readFileSync(pidFile, 'utf8') : '?' },
        { cause },
      )
    throw unreadable(profile, cause)
  }
  const lock = db
  held.add(lock)
  return () => {
    held.delete(lock)
    lock.close()
  }
}

function unreadable(profile: string, cause: unknown): ProblemError {
  const reason = (cause as { code?: string }).code ?? 'unknown reason'
  return new ProblemError('profile-unreadable', { file: profile, reason }, { cause })
}
