import { existsSync } from 'node:fs'
import { hkdfSync } from 'node:crypto'
import { join } from 'node:path'
import { migrate } from '../storage/migrate.ts'
import { openEncrypted, opensWith, type Db } from '../storage/open.ts'
import type { Keyring } from './keyring.ts'
import { Registry, registryMigrations } from './registry.ts'

/** Name of the root key of console.db. */
export const CONSOLE_KEY = 'console'
const REGISTRY_FILE = 'console.db'

/**
 * Opens console.db of a profile, or makes it.
 * @throws ProblemError `key-missing`, `key-wrong`, `file-newer`, `file-damaged`, `disk-full`
 */
export async function openRegistry(profile: string, keyring: Keyring): Promise<Registry> {
  const file = join(profile, REGISTRY_FILE)
  const rootKey = await keyring.rootKey(CONSOLE_KEY, existsSync(file))
  try {
    const db = openRegistryFile(profile, rootKey)
    try {
      migrate(db, file, registryMigrations)
      return new Registry(db)
    } catch (error) {
      db.close()
      throw error
    }
  } finally {
    rootKey.fill(0)
  }
}

/** Opens console.db with its root key, whatever its schema; makes it where there is none. */
export function openRegistryFile(profile: string, rootKey: Uint8Array): Db {
  const key = deriveKey(rootKey)
  try {
    return openEncrypted({
      ...{ file: join(profile, REGISTRY_FILE), key },
      ...{ synchronous: 'FULL', pageSize: 4096, cacheKiB: 2048 },
    })
  } finally {
    key.fill(0)
  }
}

/** Whether a root key is the one of this profile's console.db; true where there is none. */
export function fitsRegistry(profile: string, rootKey: Uint8Array): boolean {
  const file = join(profile, REGISTRY_FILE)
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
