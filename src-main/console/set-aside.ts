import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { replaceFile } from './files.ts'
import { KEYRING_FILE, type Keyring } from './keyring.ts'

const TENANTS = 'tenants'
const REGISTRY = ['console.db', 'console.db-wal', 'console.db-shm']

/** Whether a profile holds files that some key sealed. */
export function holdsFiles(profile: string): boolean {
  return existsSync(join(profile, 'console.db')) || tenantFolders(profile).length > 0
}

/** Ids of the tenants whose files are in a profile. */
export function tenantFolders(profile: string): string[] {
  const folder = join(profile, TENANTS)
  return existsSync(folder) ? readdirSync(folder).filter((id) => existsSync(join(folder, id, 'ledger.db'))) : []
}

/**
 * Moves everything that was sealed out of the way, under a dated name. The keyring goes last: until then it is the same
 * problem as before.
 * @returns the folder
 */
export function setProfileAside(profile: string): string {
  const folder = newFolder(profile)
  for (const name of [TENANTS, ...REGISTRY, KEYRING_FILE])
    if (existsSync(join(profile, name))) renameSync(join(profile, name), join(folder, name))
  return folder
}

/** Moves one tenant's files out of the way under a dated name, and its key as it is sealed. */
export async function setTenantAside(profile: string, keyring: Keyring, tenantId: string): Promise<void> {
  const folder = newFolder(profile)
  const sealed = keyring.sealed(tenantId)
  const { passphrase } = keyring.sealedBy
  const kept = { schema: 2, backend: keyring.backend, passphrase, secrets: { ...(sealed && { [tenantId]: sealed }) } }
  replaceFile(join(folder, KEYRING_FILE), `${JSON.stringify(kept, null, 2)}\n`)
  const files = join(profile, TENANTS, tenantId)
  if (existsSync(files)) renameSync(files, join(folder, tenantId))
  // Last: files without their key would be a problem of their own.
  await keyring.removeSecret(tenantId)
}

/** Keeps a copy of keyring.json under a dated name before keys in it are replaced. */
export function keepKeyring(profile: string): void {
  const file = join(profile, KEYRING_FILE)
  if (existsSync(file)) copyFileSync(file, join(newFolder(profile), KEYRING_FILE))
}

function newFolder(profile: string): string {
  const date = new Date().toISOString().slice(0, 19).replaceAll(':', '-')
  for (let n = 1; ; n++) {
    const folder = join(profile, `set-aside-${date}${n > 1 ? `-${n}` : ''}`)
    if (existsSync(folder)) continue
    mkdirSync(folder, { mode: 0o700 })
    return folder
  }
}
