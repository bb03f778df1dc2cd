import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { CredentialKind, SecretField } from '../../../src-shared/domain/vault.ts'
import { ProblemError } from '../../../src-shared/problem.ts'

const CIPHER = 'aes-256-gcm'
const NONCE = 12
const TAG = 16

/** What a sealed secret is bound to: it opens in this place and in no other. */
export interface SecretPlace {
  id: string
  kind: CredentialKind
  version: number
  /** The facts of that version, as the text that is stored: who may see it and where it may go belong to the secret. */
  facts: string
  field: SecretField
}

/**
 * Seals secrets a second time, inside the encrypted file (NIST SP 800-38D: AES-256-GCM, random nonces of 96 bits). The
 * associated data is the compartment's binding and the place, so that a record pasted in from elsewhere does not open
 * even where the keys are the same.
 */
export class RecordSeal {
  readonly #key: Buffer
  readonly #binding: string

  /** @param key 32 bytes; belongs to the caller */
  constructor(key: Buffer, binding: Uint8Array) {
    this.#key = key
    this.#binding = Buffer.from(binding).toString('hex')
  }

  /** @returns nonce, ciphertext and tag */
  seal(text: string, place: SecretPlace): Buffer {
    const plain = Buffer.from(text)
    try {
      const nonce = randomBytes(NONCE)
      const cipher = createCipheriv(CIPHER, this.#key, nonce, { authTagLength: TAG })
      cipher.setAAD(this.#associated(place))
      return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
    } finally {
      plain.fill(0)
    }
  }

  /** @throws ProblemError `secret-unreadable` */
  open(sealed: Buffer, place: SecretPlace): string {
    const parts: Buffer[] = []
    try {
      const decipher = createDecipheriv(CIPHER, this.#key, sealed.subarray(0, NONCE), { authTagLength: TAG })
      decipher.setAAD(this.#associated(place))
      decipher.setAuthTag(sealed.subarray(-TAG))
      parts.push(decipher.update(sealed.subarray(NONCE, -TAG)))
      parts.push(decipher.final())
      const plain = Buffer.concat(parts)
      parts.push(plain)
      return plain.toString()
    } catch (error) {
      throw new ProblemError('secret-unreadable', {}, { cause: error })
    } finally {
      for (const part of parts) part.fill(0)
    }
  }

  #associated({ id, kind, version, facts, field }: SecretPlace): Buffer {
    return Buffer.from(JSON.stringify(['bulkhead/secret/1', this.#binding, id, kind, version, facts, field]))
  }
}
