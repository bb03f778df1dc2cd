import { existsSync } from 'node:fs'
import { hkdfSync } from 'node:crypto'
import { join } from 'node:path'
import { migrate } from '../storage/migrate.ts'
import { openEncrypted } from '../storage/open.ts'
import type { Keyring } from './keyring.ts'
import { Registry, registryMigrations } from './registry.ts'

const NAME = 'console'

/**
 * Opens console.db of a profile, or makes it.
 * @throws ProblemError `key-missing`, `key-wrong`, `file-newer`, `file-damaged`, `disk-full`
 */
export async function openRegistry(profile: string, keyring: Keyring): Promise<Registry> {
  const file = join(profile, 'console.db')
  const rootKey = await keyring.rootKey(NAME, existsSync(file))
  const key = Buffer.from(hkdfSync('sha256', rootKey, '', 'bulkhead/console/1', 32))
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
