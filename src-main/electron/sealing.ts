import { safeStorage, systemPreferences } from 'electron'
import { problem, ProblemError, type Problem } from '../../src-shared/problem.ts'
import type { Keychain, SealingSource } from '../console/host.ts'

/**
 * Seals with Electron's safeStorage, whose key the system keeps: Keychain, DPAPI, or on Linux a secret service. Where
 * Linux has none, Chromium uses a key that everybody knows (`basic_text`): that keychain hides nothing.
 * Only after the app is ready.
 * @returns null where the system keeps no key
 */
export async function openKeychain(platform: NodeJS.Platform): Promise<Keychain | null> {
  const store = storeName(platform)
  if (store === 'unknown' || !(await safeStorage.isAsyncEncryptionAvailable())) return null
  return {
    backend: `safeStorage/${store}`,
    exposed: store === 'basic_text',
    async seal(secret) {
      const encrypted = await safeStorage.encryptStringAsync(Buffer.from(secret).toString('base64'))
      return encrypted.toString('base64')
    },
    async open(sealed) {
      try {
        const { result } = await safeStorage.decryptStringAsync(Buffer.from(sealed, 'base64'))
        return new Uint8Array(Buffer.from(result, 'base64'))
      } catch {
        // Without the cause: a decryption error may quote what it read.
        throw new ProblemError('key-wrong')
      }
    },
    // The system holds the key.
    forget: () => undefined,
  }
}

/**
 * The keychain, looked for anew each time, or a passphrase where there is none that is fit or where one was given.
 * @param given `BULKHEAD_PASSPHRASE`
 * @returns the source, and why it is not the keychain where nobody chose that
 */
export async function findSealing(
  platform: NodeJS.Platform,
  given: string | null,
): Promise<{ source: SealingSource; refused: Problem | null }> {
  const source = { given, keychain: () => openKeychain(platform) }
  if (given !== null) return { source, refused: null }
  const keychain = await openKeychain(platform)
  const fit = keychain !== null && !keychain.exposed
  return { source, refused: fit ? null : problem('keychain-missing', { store: storeName(platform) }) }
}

/** Asks the person for a fingerprint; only macOS can. @returns null where the system cannot ask */
export function findPresence(platform: NodeJS.Platform): (() => Promise<boolean>) | null {
  if (platform !== 'darwin' || !systemPreferences.canPromptTouchID()) return null
  return () =>
    systemPreferences.promptTouchID('unlock your clients').then(
      () => true,
      () => false,
    )
}

function storeName(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'keychain'
  if (platform === 'win32') return 'dpapi'
  return safeStorage.getSelectedStorageBackend()
}
