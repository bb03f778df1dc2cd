import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { ProblemError } from '../../src-shared/problem.ts'
import { keyFromPassphrase, newPassphraseParameters } from './sealing.ts'

const VERSION = 1
const CIPHER = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16

/** What is readable without the passphrase; all of it is authenticated with the keys. */
const Header = z.object({
  bulkhead: z.literal('recovery'),
  version: z.literal(VERSION),
  at: z.string().max(40),
  organisation: z.string().max(500),
  /** Root keys in the file. */
  keys: z.number().int().nonnegative(),
  cipher: z.literal(CIPHER),
  /** argon2id; bounded, so that a made-up file cannot occupy the machine. */
  argon2id: z.object({
    salt: z.string().max(100),
    memory: z.number().int().min(8).max(1_048_576),
    passes: z.number().int().min(1).max(20),
    lanes: z.number().int().min(1).max(16),
  }),
})
type Header = z.infer<typeof Header>
const File = Header.extend({
  /** IV, tag and keys, in base64. */
  sealed: z.base64(),
  /** SHA-256 of the rest: tells a damaged file from a wrong passphrase. */
  checksum: z.string(),
})

/**
 * Makes a recovery file: root keys by name, sealed with a passphrase of its own.
 * @param keys 32 bytes each; they belong to the caller
 */
export async function writeRecoveryFile(
  keys: ReadonlyMap<string, Uint8Array>,
  organisation: string,
  passphrase: string,
): Promise<string> {
  const header: Header = {
    bulkhead: 'recovery',
    version: VERSION,
    at: new Date().toISOString(),
    organisation,
    keys: keys.size,
    cipher: CIPHER,
    argon2id: newPassphraseParameters(),
  }
  const key = await keyFromPassphrase(passphrase, header.argon2id)
  const plain = encode(keys)
  try {
    const iv = randomBytes(IV_BYTES)
    const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES }).setAAD(associated(header))
    const text = Buffer.concat([cipher.update(plain), cipher.final()])
    const sealed = Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64')
    return `${JSON.stringify({ ...header, sealed, checksum: checksumOf(header, sealed) }, null, 2)}\n`
  } finally {
    key.fill(0)
    plain.fill(0)
  }
}

/**
 * Opens a recovery file.
 * @returns the root keys by name; the caller zeroes them
 * @throws ProblemError `recovery-damaged`, `recovery-passphrase-wrong`, `file-newer`
 */
export async function readRecoveryFile(text: string, passphrase: string): Promise<Map<string, Uint8Array>> {
  const { sealed, checksum, ...header } = parse(text)
  if (checksum !== checksumOf(header, sealed)) throw damaged('its checksum does not fit')
  const bytes = Buffer.from(sealed, 'base64')
  const key = await keyFromPassphrase(passphrase, header.argon2id)
  let plain: Buffer
  try {
    const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
    decipher.setAAD(associated(header)).setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
    plain = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()])
  } catch (cause) {
    throw new ProblemError('recovery-passphrase-wrong', {}, { cause })
  } finally {
    key.fill(0)
  }
  try {
    return decode(plain)
  } finally {
    plain.fill(0)
  }
}

function parse(text: string): z.infer<typeof File> {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    throw damaged('it is not JSON')
  }
  const { bulkhead, version } = (content ?? {}) as { bulkhead?: unknown; version?: unknown }
  if (bulkhead === 'recovery' && typeof version === 'number' && version > VERSION)
    throw new ProblemError('file-newer', { file: 'of recovery', theirs: version, ours: VERSION })
  const parsed = File.safeParse(content)
  if (!parsed.success) throw damaged('it has the wrong form')
  return parsed.data
}

/** The header as it is bound to the keys, whatever the order in which it was written. */
function associated({ bulkhead, version, at, organisation, keys, cipher, argon2id }: Header): Buffer {
  const { salt, memory, passes, lanes } = argon2id
  return Buffer.from(JSON.stringify([bulkhead, version, at, organisation, keys, cipher, salt, memory, passes, lanes]))
}

function checksumOf(header: Header, sealed: string): string {
  return createHash('sha256').update(associated(header)).update(sealed).digest('hex')
}

/** Each name and key with its length before it. Not JSON: strings cannot be overwritten. */
function encode(keys: ReadonlyMap<string, Uint8Array>): Buffer {
  const size = [...keys].reduce((sum, [name, key]) => sum + 2 + Buffer.byteLength(name) + 2 + key.length, 0)
  const bytes = Buffer.alloc(size)
  let at = 0
  for (const [name, key] of keys) {
    at = bytes.writeUInt16BE(Buffer.byteLength(name), at)
    at += bytes.write(name, at)
    at = bytes.writeUInt16BE(key.length, at)
    bytes.set(key, at)
    at += key.length
  }
  return bytes
}

function decode(bytes: Buffer): Map<string, Uint8Array> {
  const keys = new Map<string, Uint8Array>()
  for (let at = 0; at < bytes.length;) {
    const named = at + 2 + bytes.readUInt16BE(at)
    const name = bytes.toString('utf8', at + 2, named)
    const end = named + 2 + bytes.readUInt16BE(named)
    keys.set(name, Uint8Array.from(bytes.subarray(named + 2, end)))
    at = end
  }
  return keys
}

function damaged(reason: string): ProblemError {
  return new ProblemError('recovery-damaged', { reason })
}
