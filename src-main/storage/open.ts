import Database from 'better-sqlite3'
import { basename } from 'node:path'
import { existsSync } from 'node:fs'
import { ProblemError } from '../../src-shared/problem.ts'

export type Db = Database.Database

export interface OpenOptions {
  file: string
  /** 32 bytes. */
  key: Buffer
  /** FULL where a commit must survive a power cut, NORMAL where the content can be fetched again. */
  synchronous: 'FULL' | 'NORMAL'
  /** Bytes; applies to a new file only. */
  pageSize: number
  /** Memory for pages, in KiB. */
  cacheKiB: number
  /** The file never grows beyond so many pages: stands in for a full disk in tests. */
  maxPages?: number | undefined
}

/**
 * Opens an encrypted database, or makes it. The content of every page is authenticated (AEGIS), so a changed bit is an
 * error and never a wrong answer.
 * @throws ProblemError `key-wrong` where the file cannot be read with the key (nothing was written to it),
 * `disk-full`, `file-damaged`
 */
export function openEncrypted(options: OpenOptions): Db {
  const db = new Database(options.file)
  try {
    unlock(db, options.key)
    db.pragma(`page_size = ${options.pageSize}`)
    // Before anything that writes: a wrong key ends here.
    readSchema(db)
    db.pragma('journal_mode = WAL')
    db.pragma(`synchronous = ${options.synchronous}`)
    db.pragma('temp_store = MEMORY')
    db.pragma('mmap_size = 0')
    db.pragma('trusted_schema = OFF')
    db.pragma(`cache_size = -${options.cacheKiB}`)
    if (options.maxPages) db.pragma(`max_page_count = ${options.maxPages}`)
    return db
  } catch (error) {
    db.close()
    throw storageProblem(error, options.file)
  }
}

/** Whether a file is there and can be read with the key; nothing is written. */
export function opensWith(file: string, key: Buffer): boolean {
  if (!existsSync(file)) return false
  const db = new Database(file, { readonly: true })
  try {
    unlock(db, key)
    readSchema(db)
    return true
  } catch {
    return false
  } finally {
    db.close()
  }
}

/**
 * Encrypts a closed file anew under another key, in place. Not safe against a crash: for copies.
 * @throws ProblemError as {@link openEncrypted} does
 */
export function rekeyDatabase(file: string, from: Buffer, to: Buffer): void {
  const db = new Database(file)
  try {
    unlock(db, from)
    readSchema(db)
    // With a log it cannot be done, and a journal beside it would hold pages under the old key.
    db.pragma('journal_mode = DELETE')
    db.pragma('journal_mode = MEMORY')
    setKey(db, 'rekey', to)
  } catch (error) {
    throw storageProblem(error, file)
  } finally {
    db.close()
  }
}

/** The schema version written in the file; 0 for a new one. */
export function schemaVersion(db: Db): number {
  return Number(db.pragma('user_version', { simple: true }))
}

/** Moves what the write-ahead log holds into the file and closes it. */
export function closeDatabase(db: Db): void {
  if (!db.open) return
  try {
    db.pragma('wal_checkpoint(TRUNCATE)')
  } finally {
    db.close()
  }
}

/** Whether SQLite says that the content of a file cannot be trusted. */
export function isDamage(error: unknown): boolean {
  const code = codeOf(error)
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_IOERR_DATA')
}

/** Whether a write failed because the disk, or the quota, is used up. */
export function isDiskFull(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'SQLITE_IOERR_WRITE'
}

/** The typed problem of a storage error; other errors come back as they are. */
export function storageProblem(error: unknown, file: string): unknown {
  if (error instanceof ProblemError) return error
  if (codeOf(error) === 'SQLITE_NOTADB') return new ProblemError('key-wrong', {}, { cause: error })
  if (isDiskFull(error)) return new ProblemError('disk-full', {}, { cause: error })
  if (isDamage(error))
    return new ProblemError(
      'file-damaged',
      { file: basename(file), remedy: 'Restore it from a backup; it was left as it is.' },
      { cause: error },
    )
  return error
}

function unlock(db: Db, key: Buffer): void {
  db.pragma("cipher = 'aegis'")
  setKey(db, 'key', key)
}

function setKey(db: Db, pragma: 'key' | 'rekey', key: Buffer): void {
  try {
    db.pragma(`${pragma} = "x'${key.toString('hex')}'"`)
  } catch {
    // Whatever SQLite says here could quote the statement, and so the key.
    throw new ProblemError('internal')
  }
}

function readSchema(db: Db): void {
  db.prepare('SELECT count(*) FROM sqlite_master').get()
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
