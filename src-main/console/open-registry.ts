import { existsSync } from 'node:fs'
import { hkdfSync } from 'node:crypto'
import { join } from 'node:path'
import { migrate } from '../storage/migrate.ts'
import { openEncrypted, opensWith } from '../storage/open.ts'
import type { Keyring } from './keyring.ts'
import { Registry, registryMigrations } from './registry.ts'

/** Name of the root key of console.db. */
export const CONSOLE_KEY = 'console'

/**
 * Opens console.db of a profile, or makes it.
 * @throws ProblemError `key-missing`, `key-wrong`, `file-newer`, `file-damaged`, `disk-full`
 */
export async function openRegistry(profile: string, keyring: Keyring): Promise<Registry> {
  const file = join(profile, 'console.db')
  const rootKey = await keyring.rootKey(CONSOLE_KEY, existsSync(file))
  const key = deriveKey(rootKey)
  rootKey.fill(0)
  try {
    const db = openEncrypted({ file, key, synchronous: 'FULL', pageSize: 4096, cacheKiB: 2048 })
    try {
      migrate(db, file, registryMigrations)
      return new Registry(db)
    } catch (error) {
      db.close()
      throw error
    }
  } finally {
    key.fill(0)
  }
}

/** Whether a root key is the one of this profile's console.db; true where there is none. */
export function fitsRegistry(profile: string, rootKey: Uint8Array): boolean {
  const file = join(profile, 'console.db')
  if (!existsSync(file)) return true
  const key = deriveKey(rootKey)
  try {
    return opensWith(file, key)
  } finally {
    key.fill(0)
  }
}

function deriveKey(rootKey: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', rootKey, '', 'bulkhead/console/1', 32))
}
