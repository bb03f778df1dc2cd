import { randomBytes } from 'node:crypto'
import { AsyncEntry } from '@napi-rs/keyring'
import type { SealingSource } from '../console/host.ts'
import { sealWithKey } from '../console/sealing.ts'

const SERVICE = 'Bulkhead'
const ACCOUNT = 'profile key'
const BACKENDS: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'macos-keychain',
  win32: 'windows-credential-manager',
  linux: 'secret-service',
}

/**
 * The OS keychain as sealing, where there is one that lasts: it holds one random key that seals the profile's secrets.
 * On Linux only the Secret Service counts; the kernel's keyring forgets at the next start of the machine.
 * @param given BULKHEAD_PASSPHRASE, which comes first where it is set
 */
export async function findSealing(given: string | null): Promise<SealingSource> {
  const backend = BACKENDS[process.platform]
  if (given !== null || !backend || (process.platform === 'linux' && !process.env['DBUS_SESSION_BUS_ADDRESS']))
    return { kind: 'passphrase', given }
  try {
    const entry = new AsyncEntry(SERVICE, ACCOUNT, { linux: { store: 'secret-service' } })
    const known = await entry.getSecret()
    const key = known ? new Uint8Array(known) : new Uint8Array(randomBytes(32))
    if (!known) await entry.setSecret(key)
    return { kind: 'keychain', backend, sealing: sealWithKey(backend, key) }
  } catch {
    return { kind: 'passphrase', given }
  }
}
