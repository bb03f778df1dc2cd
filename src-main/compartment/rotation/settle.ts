import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ProblemError } from '../../../src-shared/problem.ts'
import { opensWith } from '../../storage/open.ts'
import { FILES_FOLDER } from '../attachments/file-store.ts'
import { CACHE_FILE } from '../cache/cache.ts'
import type { CompartmentKeys } from '../keys.ts'
import { LEDGER_FILE } from '../ledger/ledger.ts'
import { VAULT_FILE } from '../vault/store.ts'

/** Copies that are being made; never worth anything. */
export const MAKING = 'rekey.making'
/** Copies that are whole, under the next root key. */
export const READY = 'rekey'

/**
 * Ends a rotation of the root key that was cut off, by what is there: where the given keys open the copies, those take
 * the place of the files; where they open the files, the copies go. A kill at any point, in here too, leaves what the
 * next call ends in the same way. Before the files are opened.
 * @throws ProblemError `key-wrong` where the keys open neither; then nothing is touched
 */
export function settleRotation(folder: string, keys: CompartmentKeys): void {
  rmSync(join(folder, MAKING), { recursive: true, force: true })
  const ready = join(folder, READY)
  if (!existsSync(ready)) return
  if (opensWith(join(ready, LEDGER_FILE), keys.ledger)) return takeCopies(folder, keys)
  // The copy of the ledger is the last to take its place, so without one everything has.
  if (!opensWith(join(folder, LEDGER_FILE), keys.ledger)) throw new ProblemError('key-wrong')
  // Under another name first: half of the copies must not look like all.
  renameSync(ready, join(folder, MAKING))
  rmSync(join(folder, MAKING), { recursive: true, force: true })
}

function takeCopies(folder: string, keys: CompartmentKeys): void {
  const ready = join(folder, READY)
  if (existsSync(join(ready, FILES_FOLDER))) {
    rmSync(join(folder, FILES_FOLDER), { recursive: true, force: true })
    renameSync(join(ready, FILES_FOLDER), join(folder, FILES_FOLDER))
  }
  takeDatabase(folder, VAULT_FILE)
  takeDatabase(folder, CACHE_FILE)
  if (!opensWith(join(folder, CACHE_FILE), keys.cache)) removeDatabase(folder, CACHE_FILE)
  // What a salvage left behind was read as far as it can be, and no key is left for it.
  for (const name of readdirSync(folder))
    if (name.startsWith(`${LEDGER_FILE}.damaged-`)) rmSync(join(folder, name), { force: true })
  takeDatabase(folder, LEDGER_FILE)
  rmSync(ready, { recursive: true, force: true })
}

function takeDatabase(folder: string, name: string): void {
  if (!existsSync(join(folder, READY, name))) return
  // An old log must not be taken for the new file's.
  for (const suffix of ['-wal', '-shm']) rmSync(join(folder, name + suffix), { force: true })
  renameSync(join(folder, READY, name), join(folder, name))
}

function removeDatabase(folder: string, name: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, name + suffix), { force: true })
}
