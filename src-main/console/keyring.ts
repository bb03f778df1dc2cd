import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { ProblemError } from '../../src-shared/problem.ts'
import { replaceFile } from './files.ts'
import type { Sealing } from './host.ts'
import { PASSPHRASE } from './sealing.ts'

export const KEYRING_FILE = 'keyring.json'
/** The one secret that is no root key. */
export const REFRESH_TOKEN = 'refresh-token'
/** Since 2 a value may be sealed twice, by the keychain and a passphrase. */
const SCHEMA = 2
const ONE_LINE = /^[A-Za-z0-9+/]+={0,2}$/

const KeyringFile = z.object({
  schema: z.union([z.literal(1), z.literal(SCHEMA)]),
  /** Name of the sealing backend that wrote the values below. */
  backend: z.string(),
  /** Where a passphrase seals, alone or together with the backend: how its key is made. */
  passphrase: z.object({ salt: z.string(), memory: z.number(), passes: z.number(), lanes: z.number() }).optional(),
  /** When a person accepted a keychain that any program of this account can read. */
  consent: z.string().optional(),
  /** When a recovery file was last written, and the names of the root keys that it has as they are here. */
  recovery: z.object({ at: z.string(), names: z.array(z.string()) }).optional(),
  /** One sealed secret per name: a tenant id, or one of the console's own. */
  secrets: z.record(z.string(), z.string()),
})
export type KeyringFile = z.infer<typeof KeyringFile>

/** How a keyring is sealed. */
export type SealedBy = Pick<KeyringFile, 'passphrase' | 'consent'>

export const ROOT_KEY_BYTES = 32

/** Reads keyring.json. @returns null where there is none yet @throws ProblemError where it cannot be used */
export function readKeyring(profile: string): KeyringFile | null {
  const file = join(profile, KEYRING_FILE)
  if (!existsSync(file)) return null
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new ProblemError('profile-unreadable', { file: KEYRING_FILE, reason: 'it is not JSON' }, { cause })
  }
  const theirs = (content as { schema?: unknown } | null)?.schema
  if (typeof theirs === 'number' && theirs > SCHEMA)
    throw new ProblemError('file-newer', { file: KEYRING_FILE, theirs, ours: SCHEMA })
  const parsed = KeyringFile.safeParse(content)
  if (!parsed.success)
    throw new ProblemError('profile-unreadable', { file: KEYRING_FILE, reason: 'it has the wrong form' })
  return parsed.data
}

/** The profile's secrets, each sealed by itself and bound to its name. */
export class Keyring {
  readonly #path: string
  #sealing: Sealing
  #file: KeyringFile
  /** Writes go one after the other: each begins with what the one before has written. */
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(profile: string, sealing: Sealing, file: KeyringFile) {
    this.#path = join(profile, KEYRING_FILE)
    this.#sealing = sealing
    this.#file = file
  }

  /** Makes the keyring of a new profile; written with the first secret. */
  static create(profile: string, sealing: Sealing, by: SealedBy = {}): Keyring {
    return new Keyring(profile, sealing, { schema: SCHEMA, backend: sealing.backend, ...by, secrets: {} })
  }

  /**
   * Takes up an existing keyring, checking that the sealing opens it. One value that is damaged concerns its owner
   * alone; where none opens it is the sealing.
   * @throws ProblemError `sealing-changed` for another backend, `passphrase-wrong` or `keychain-changed` where it does
   * not open
   */
  static async open(profile: string, sealing: Sealing, file: KeyringFile): Promise<Keyring> {
    if (file.backend !== sealing.backend)
      throw new ProblemError('sealing-changed', { was: file.backend, now: sealing.backend })
    const keyring = new Keyring(profile, sealing, file)
    let wrong = file.backend === PASSPHRASE
    for (const name of Object.keys(file.secrets)) {
      try {
        const probe = await keyring.secret(name)
        probe?.fill(0)
        return keyring
      } catch (error) {
        wrong ||= error instanceof ProblemError && error.problem.code === 'passphrase-wrong'
      }
    }
    if (Object.keys(file.secrets).length === 0) return keyring
    throw new ProblemError(wrong ? 'passphrase-wrong' : 'keychain-changed')
  }

  get backend(): string {
    return this.#file.backend
  }

  get sealedBy(): SealedBy {
    return this.#file
  }

  get recovery(): KeyringFile['recovery'] {
    return this.#file.recovery
  }

  /** Names of all root keys: of the console and of each tenant that was ever open here. */
  get rootKeyNames(): string[] {
    return Object.keys(this.#file.secrets).filter((name) => name !== REFRESH_TOKEN)
  }

  has(name: string): boolean {
    return name in this.#file.secrets
  }

  /** What stands in the file under a name, to be kept elsewhere. */
  sealed(name: string): string | undefined {
    return this.#file.secrets[name]
  }

  /** Opens a secret; the caller zeroes it. @returns null where there is none @throws ProblemError `key-wrong` */
  async secret(name: string): Promise<Uint8Array | null> {
    const sealed = this.#file.secrets[name]
    if (sealed === undefined) return null
    if (!ONE_LINE.test(sealed)) throw new ProblemError('key-wrong')
    const opened = await this.#sealing.open(sealed)
    const prefix = Buffer.from(`${name}\0`)
    if (!Buffer.from(opened.subarray(0, prefix.length)).equals(prefix)) throw new ProblemError('key-wrong')
    const secret = new Uint8Array(opened.subarray(prefix.length))
    opened.fill(0)
    return secret
  }

  /** Seals secrets and writes them, all or none. @throws ProblemError `disk-full` */
  async setSecrets(secrets: ReadonlyMap<string, Uint8Array>): Promise<void> {
    await this.#inTurn(async () => {
      const made: Record<string, string> = {}
      for (const [name, secret] of secrets) made[name] = await sealNamed(this.#sealing, name, secret)
      const { recovery } = this.#file
      this.#write({
        ...this.#file,
        secrets: { ...this.#file.secrets, ...made },
        ...(recovery && { recovery: { ...recovery, names: recovery.names.filter((name) => !secrets.has(name)) } }),
      })
    })
  }

  async setSecret(name: string, secret: Uint8Array): Promise<void> {
    await this.setSecrets(new Map([[name, secret]]))
  }

  async removeSecret(name: string): Promise<void> {
    await this.#inTurn(async () => {
      const { [name]: _, ...secrets } = this.#file.secrets
      this.#write({ ...this.#file, secrets })
    })
  }

  /** Notes which root keys a recovery file has. */
  async setRecovery(names: string[]): Promise<void> {
    await this.#inTurn(async () => this.#write({ ...this.#file, recovery: { at: new Date().toISOString(), names } }))
  }

  /**
   * Seals everything anew, in one write: with the one sealing before it, with the other after. A value that does not
   * open stays as it is. The sealing of before is forgotten.
   */
  async reseal(sealing: Sealing, { passphrase, consent }: SealedBy): Promise<void> {
    await this.#inTurn(async () => {
      const secrets = { ...this.#file.secrets }
      for (const name of Object.keys(secrets)) {
        const secret = await this.secret(name).catch(() => null)
        if (!secret) continue
        secrets[name] = await sealNamed(sealing, name, secret)
        secret.fill(0)
      }
      this.#write({ ...this.#file, backend: sealing.backend, passphrase, consent, secrets })
      if (this.#sealing !== sealing) this.#sealing.forget()
      this.#sealing = sealing
    })
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

  /** Forgets the key of the sealing once what is being written is written. */
  async close(): Promise<void> {
    await this.#turn
    this.#sealing.forget()
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const mine = this.#turn.then(work)
    this.#turn = mine.catch(() => undefined)
    await mine
  }

  #write(file: KeyringFile): void {
    const next = { ...file, schema: SCHEMA } as const
    replaceFile(this.#path, `${JSON.stringify(next, null, 2)}\n`)
    this.#file = next
  }
}

/** The name is sealed in, so that a value moved to another name does not open. */
async function sealNamed(sealing: Sealing, name: string, secret: Uint8Array): Promise<string> {
  const bound = Buffer.concat([Buffer.from(`${name}\0`), secret])
  const sealed = await sealing.seal(bound)
  bound.fill(0)
  // A line break inside a value makes it unreadable for some Linux keyrings.
  if (!ONE_LINE.test(sealed)) throw new Error('a sealed value is one line of base64')
  return sealed
}
