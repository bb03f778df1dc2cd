import { randomBytes } from 'node:crypto'
import { AsyncEntry } from '@napi-rs/keyring'
import { ProblemError } from '../../src-shared/problem.ts'
import type { Keychain, Sealing, SealingSource } from '../console/host.ts'
import { sealWithKey } from '../console/sealing.ts'

const SERVICE = 'Bulkhead'
const ACCOUNT = 'profile key'
const BACKENDS: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'macos-keychain',
  win32: 'windows-credential-manager',
  linux: 'secret-service',
}

/**
 * How the browser host seals: with the OS keychain where there is one that lasts, else with a passphrase. On Linux only
 * the Secret Service counts; the kernel's keyring forgets at the next start of the machine.
 * @param given BULKHEAD_PASSPHRASE
 */
export function findSealing(given: string | null): SealingSource {
  const backend = BACKENDS[process.platform]
  const none = !backend || (process.platform === 'linux' && !process.env['DBUS_SESSION_BUS_ADDRESS'])
  return {
    given,
    keychain: async () => {
      if (none) return null
      try {
        return await openKeychain(backend, new AsyncEntry(SERVICE, ACCOUNT, { linux: { store: 'secret-service' } }))
      } catch {
        return null
      }
    },
  }
}

/** The keychain holds one random key that seals a profile's secrets. It is made when something is sealed first. */
async function openKeychain(backend: string, entry: AsyncEntry): Promise<Keychain> {
  const known = await entry.getSecret()
  let sealing: Sealing | null = known ? sealWithKey(backend, Uint8Array.from(known)) : null
  return {
    backend,
    exposed: false,
    async seal(secret) {
      if (!sealing) {
        const key = new Uint8Array(randomBytes(32))
        await entry.setSecret(key)
        sealing = sealWithKey(backend, key)
      }
      return sealing.seal(secret)
    },
    async open(sealed) {
      if (!sealing) throw new ProblemError('key-wrong')
      return sealing.open(sealed)
    },
    forget: () => sealing?.forget(),
  }
}
