import { safeStorage } from 'electron'
import { problemOf, ProblemError, type Problem } from '../../src-shared/problem.ts'
import type { Sealing, SealingSource } from '../console/host.ts'

/**
 * Seals with Electron's safeStorage, whose key the system keeps: Keychain, DPAPI, or on Linux a secret service.
 * Only after the app is ready.
 * @throws ProblemError `keychain-missing` where the system keeps no key, or would keep it in the clear (`basic_text`)
 */
export async function openKeychain(platform: NodeJS.Platform): Promise<Sealing> {
  const store = storeName(platform)
  if (store === 'basic_text' || store === 'unknown' || !(await safeStorage.isAsyncEncryptionAvailable()))
    throw new ProblemError('keychain-missing', { store })
  return {
    backend: `safeStorage/${store}`,
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
  }
}

/**
 * The keychain, or a passphrase where there is none that is fit or where one was given on purpose.
 * @param given `BULKHEAD_PASSPHRASE`
 * @returns the source, and why it is not the keychain where nobody chose that
 */
export async function findSealing(
  platform: NodeJS.Platform,
  given: string | null,
): Promise<{ source: SealingSource; refused: Problem | null }> {
  if (given !== null) return { source: { kind: 'passphrase', given }, refused: null }
  try {
    const sealing = await openKeychain(platform)
    return { source: { kind: 'keychain', backend: sealing.backend, sealing }, refused: null }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return { source: { kind: 'passphrase', given: null }, refused: problemOf(error) }
  }
}

function storeName(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'keychain'
  if (platform === 'win32') return 'dpapi'
  return safeStorage.getSelectedStorageBackend()
}
