import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { ProblemError } from '../../src-shared/problem.ts'
import { replaceFile } from './files.ts'
import type { Sealing } from './host.ts'

const SCHEMA = 1

const KeyringFile = z.object({
  schema: z.literal(SCHEMA),
  /** Name of the sealing backend that wrote the values below. */
  backend: z.string(),
  /** Where the backend is a passphrase: how its key is made. */
  passphrase: z.object({ salt: z.string(), memory: z.number(), passes: z.number(), lanes: z.number() }).optional(),
  /** One sealed secret per name: a tenant id, or one of the console's own. */
  secrets: z.record(z.string(), z.string()),
})
export type KeyringFile = z.infer<typeof KeyringFile>

const ROOT_KEY_BYTES = 32

/** Reads keyring.json. @returns null where there is none yet @throws ProblemError where it cannot be used */
export function readKeyring(profile: string): KeyringFile | null {
  const file = join(profile, 'keyring.json')
  if (!existsSync(file)) return null
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new ProblemError('profile-unreadable', { file: 'keyring.json', reason: 'it is not JSON' }, { cause })
  }
  const theirs = (content as { schema?: unknown } | null)?.schema
  if (typeof theirs === 'number' && theirs > SCHEMA)
    throw new ProblemError('file-newer', { file: 'keyring.json', theirs, ours: SCHEMA })
  const parsed = KeyringFile.safeParse(content)
  if (!parsed.success)
    throw new ProblemError('profile-unreadable', { file: 'keyring.json', reason: 'it has the wrong form' })
  return parsed.data
}

/** The profile's secrets, each sealed by itself and bound to its name. */
export class Keyring {
  readonly #path: string
  readonly #sealing: Sealing
  readonly #file: KeyringFile

  private constructor(profile: string, sealing: Sealing, file: KeyringFile) {
    this.#path = join(profile, 'keyring.json')
    this.#sealing = sealing
    this.#file = file
  }

  /** Makes the keyring of a new profile; written with the first secret. */
  static create(profile: string, sealing: Sealing, passphrase?: KeyringFile['passphrase']): Keyring {
    return new Keyring(profile, sealing, { schema: SCHEMA, backend: sealing.backend, passphrase, secrets: {} })
  }

  /**
   * Takes up an existing keyring, checking that the sealing opens it.
   * @throws ProblemError `sealing-changed` for another backend, `passphrase-wrong` or `key-wrong` where it does not open
   */
  static async open(profile: string, sealing: Sealing, file: KeyringFile): Promise<Keyring> {
    if (file.backend !== sealing.backend)
      throw new ProblemError('sealing-changed', { was: file.backend, now: sealing.backend })
    const keyring = new Keyring(profile, sealing, file)
    const [name] = Object.keys(file.secrets)
    if (name === undefined) return keyring
    try {
      const probe = await keyring.secret(name)
      probe?.fill(0)
    } catch (cause) {
      throw new ProblemError(file.passphrase ? 'passphrase-wrong' : 'key-wrong', {}, { cause })
    }
    return keyring
  }

  has(name: string): boolean {
    return name in this.#file.secrets
  }

  /** Opens a secret; the caller zeroes it. @returns null where there is none */
  async secret(name: string): Promise<Uint8Array | null> {
    const sealed = this.#file.secrets[name]
    if (sealed === undefined) return null
    const opened = await this.#sealing.open(sealed)
    const prefix = Buffer.from(`${name}\0`)
    if (!Buffer.from(opened.subarray(0, prefix.length)).equals(prefix)) throw new ProblemError('key-wrong')
    const secret = new Uint8Array(opened.subarray(prefix.length))
    opened.fill(0)
    return secret
  }

  async setSecret(name: string, secret: Uint8Array): Promise<void> {
    // The name is sealed in, so that a value moved to another name does not open.
    const bound = Buffer.concat([Buffer.from(`${name}\0`), secret])
    this.#file.secrets[name] = await this.#sealing.seal(bound)
    bound.fill(0)
    this.#write()
  }

  removeSecret(name: string): void {
    delete this.#file.secrets[name]
    this.#write()
  }

  /**
   * A copy of the root key under this name. A new one is made only where nothing is sealed by it yet.
   * @param filesExist whether files sealed with this key are there already
   * @throws ProblemError `key-missing` where files exist but their key does not
   */
  async rootKey(name: string, filesExist: boolean): Promise<Uint8Array> {
    const known = await this.secret(name)
    if (known) return known
    if (filesExist) throw new ProblemError('key-missing')
    const made = new Uint8Array(randomBytes(ROOT_KEY_BYTES))
    await this.setSecret(name, made)
    return made
  }

  #write(): void {
    replaceFile(this.#path, `${JSON.stringify(this.#file, null, 2)}\n`)
  }
}
