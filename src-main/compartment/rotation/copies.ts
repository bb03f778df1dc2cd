import { closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ProblemError } from '../../../src-shared/problem.ts'
import { closeDatabase, openEncrypted, opensWith, rekeyDatabase, type Db } from '../../storage/open.ts'
import { FileStore } from '../attachments/file-store.ts'
import { CACHE_FILE } from '../cache/cache.ts'
import type { CompartmentKeys } from '../keys.ts'
import { LEDGER_FILE } from '../ledger/ledger.ts'
import { resealSecrets } from '../vault/reseal.ts'
import { VAULT_FILE } from '../vault/store.ts'
import { MAKING, READY, settleRotation } from './settle.ts'

/** What a rotation works on. */
export interface Rotation {
  folder: string
  from: CompartmentKeys
  to: CompartmentKeys
  /** As for an assignment. */
  binding: Uint8Array
}

/**
 * Makes copies of a closed compartment's files under other keys, in a folder beside them that has its name only when
 * everything in it was checked and is on the disk. The files themselves stay as they are: which of the two count, the
 * root key in the keyring decides (see {@link settleRotation}). Contents that the cloud has are not copied.
 * @throws ProblemError `rotation-failed`, `key-wrong`, `file-damaged`, `disk-full`
 */
export async function makeCopies({ folder, from, to, binding }: Rotation): Promise<void> {
  settleRotation(folder, from)
  if (!existsSync(join(folder, LEDGER_FILE))) return
  const making = join(folder, MAKING)
  mkdirSync(making, { mode: 0o700 })
  try {
    copyDatabase(folder, LEDGER_FILE, from.ledger, to.ledger)
    if (existsSync(join(folder, VAULT_FILE))) {
      copyDatabase(folder, VAULT_FILE, from.vault, to.vault)
      withCopy(making, VAULT_FILE, to.vault, (db) => resealSecrets(db, from.vaultRecords, to.vaultRecords, binding))
    }
    copyCache(folder, from.cache, to.cache)
    await copyFiles(folder, making, from, to)
    syncPath(making)
    renameSync(making, join(folder, READY))
    syncPath(folder)
  } catch (error) {
    rmSync(making, { recursive: true, force: true })
    throw error
  }
}

function copyDatabase(folder: string, file: string, from: Buffer, to: Buffer): void {
  const original = join(folder, file)
  // What the log holds goes into the file, so that one file is all of it.
  closeDatabase(openEncrypted({ file: original, key: from, synchronous: 'FULL', pageSize: 4096, cacheKiB: 1000 }))
  const copy = join(folder, MAKING, file)
  copyFileSync(original, copy)
  rekeyDatabase(copy, from, to)
  const sound = withCopy(join(folder, MAKING), file, to, (db) => db.pragma('integrity_check', { simple: true }))
  if (sound !== 'ok' || opensWith(copy, from)) throw new ProblemError('rotation-failed')
  syncPath(copy)
}

/** A cache that cannot be copied is loaded again. */
function copyCache(folder: string, from: Buffer, to: Buffer): void {
  if (!opensWith(join(folder, CACHE_FILE), from)) return
  try {
    copyDatabase(folder, CACHE_FILE, from, to)
  } catch {
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, MAKING, CACHE_FILE + suffix), { force: true })
  }
}

async function copyFiles(folder: string, making: string, from: CompartmentKeys, to: CompartmentKeys): Promise<void> {
  const unsent = withCopy(making, LEDGER_FILE, to.ledger, (db) =>
    db.prepare<[], string>('SELECT DISTINCT sha256 FROM upload').pluck().all(),
  )
  const before = new FileStore(folder, from.files, from.fileNames)
  const after = new FileStore(making, to.files, to.fileNames)
  for (const sha256 of unsent) if (before.has(sha256)) await before.copyTo(after, sha256)
  await after.sync()
}

function withCopy<Result>(folder: string, name: string, key: Buffer, work: (db: Db) => Result): Result {
  const file = join(folder, name)
  const db = openEncrypted({ file, key, synchronous: 'FULL', pageSize: 4096, cacheKiB: 1000 })
  try {
    return work(db)
  } finally {
    closeDatabase(db)
  }
}

function syncPath(path: string): void {
  if (process.platform === 'win32') return
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
