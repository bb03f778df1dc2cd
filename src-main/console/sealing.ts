import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { hashRaw } from '@node-rs/argon2'
import { ProblemError } from '../../src-shared/problem.ts'
import type { Sealing } from './host.ts'

/** Name of the backend that is a passphrase alone. */
export const PASSPHRASE = 'passphrase'

const IV_BYTES = 12
const TAG_BYTES = 16

/**
 * Seals with AES-256-GCM under a key-encryption key of 32 bytes; a sealed value is one line of base64: IV, tag, text.
 * @param backend where the key-encryption key comes from; recorded in keyring.json
 */
export function sealWithKey(backend: string, key: Uint8Array): Sealing {
  let forgotten = false
  return {
    backend,
    async seal(secret) {
      // What a key of zeros would seal is lost, and open to everybody.
      if (forgotten) throw new ProblemError('locked')
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, iv)
      const text = Buffer.concat([cipher.update(secret), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64')
    },
    async open(sealed) {
      const bytes = Buffer.from(sealed, 'base64')
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES))
        decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
        const text = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES))
        return Buffer.concat([text, decipher.final()])
      } catch {
        throw new ProblemError('key-wrong')
      }
    },
    forget() {
      forgotten = true
      key.fill(0)
    },
  }
}

/**
 * Seals with a passphrase, and what comes of it with the keychain: who has the keychain alone opens nothing, nor does
 * who has the passphrase alone.
 */
export function sealTwice(keychain: Sealing, passphrase: Sealing): Sealing {
  return {
    backend: keychain.backend,
    async seal(secret) {
      return keychain.seal(Buffer.from(await passphrase.seal(secret)))
    },
    async open(sealed) {
      const inner = Buffer.from(await keychain.open(sealed)).toString('latin1')
      try {
        return await passphrase.open(inner)
      } catch (cause) {
        throw new ProblemError('passphrase-wrong', {}, { cause })
      }
    },
    forget() {
      keychain.forget()
      passphrase.forget()
    },
  }
}

/** argon2id parameters, kept in keyring.json beside the salt. */
export interface PassphraseParameters {
  salt: string
  /** kB */
  memory: number
  passes: number
  lanes: number
}

/** New parameters with a random salt: RFC 9106's second recommended option (64 MiB, 3 passes, 4 lanes). */
export function newPassphraseParameters(): PassphraseParameters {
  return { salt: randomBytes(16).toString('base64'), memory: 65_536, passes: 3, lanes: 4 }
}

/** Seals with a key made from a passphrase. */
export async function sealWithPassphrase(passphrase: string, parameters: PassphraseParameters): Promise<Sealing> {
  return sealWithKey(PASSPHRASE, await keyFromPassphrase(passphrase, parameters))
}

/** A key of 32 bytes by argon2id (the library's default algorithm). A guess costs as much as the right one. */
export async function keyFromPassphrase(passphrase: string, parameters: PassphraseParameters): Promise<Buffer> {
  return hashRaw(passphrase.normalize('NFC'), {
    salt: Buffer.from(parameters.salt, 'base64'),
    memoryCost: parameters.memory,
    timeCost: parameters.passes,
    parallelism: parameters.lanes,
    outputLen: 32,
  })
}
