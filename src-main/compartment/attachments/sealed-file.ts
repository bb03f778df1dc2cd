import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'

/** Bytes of content in one chunk; the last one has what is left. */
export const CHUNK = 64 * 1024
const MAGIC = Buffer.from('BHF1')
const HEADER = 4096
const NONCE = 12
const TAG = 16
const KEY = 32
const CIPHER = 'aes-256-gcm'

/** A file was changed, cut, or put in another's place since it was written. */
export class Damaged extends Error {}

/** What the header keeps beside the key of the content. */
export interface SealedMeta {
  /** Bytes of the content. */
  size: number
}

/**
 * One encrypted file. Its content is cut in chunks, each sealed with AES-256-GCM under a random key of this file, with
 * its index and whether it is the last as associated data: the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár:
 * Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance, CRYPTO 2015), by which a chunk that was changed,
 * moved, dropped or added is found. Nonces are random, as a chunk may be written again after a crash. The header holds
 * the file's key and size, sealed under the store's key together with a label that says what the file is: a file in
 * another's place does not open.
 */
export class SealedFile<Meta extends SealedMeta = SealedMeta> {
  readonly meta: Meta
  readonly #handle: FileHandle
  readonly #key: Buffer
  readonly #maxBytes: number

  private constructor(handle: FileHandle, key: Buffer, meta: Meta, maxBytes: number) {
    this.#handle = handle
    this.#key = key
    this.meta = meta
    this.#maxBytes = maxBytes
  }

  /**
   * Makes a file that must not exist.
   * @param maxBytes as if the disk were full beyond them
   */
  static async create<Meta extends SealedMeta>(
    path: string,
    storeKey: Buffer,
    label: string,
    meta: Meta,
    maxBytes = Infinity,
  ): Promise<SealedFile<Meta>> {
    const file = new SealedFile(await open(path, 'wx+', 0o600), randomBytes(KEY), meta, maxBytes)
    try {
      await file.label(storeKey, label, meta)
      return file
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** @throws Damaged where the header cannot be trusted or is another file's; `ENOENT` */
  static async open<Meta extends SealedMeta>(
    path: string,
    storeKey: Buffer,
    label: string,
    mode: 'r' | 'r+' = 'r',
    maxBytes = Infinity,
  ): Promise<SealedFile<Meta>> {
    const handle = await open(path, mode)
    try {
      const header = await readAt(handle, 0, HEADER)
      if (!header.subarray(0, MAGIC.length).equals(MAGIC)) throw new Damaged()
      const plain = unseal(storeKey, header.subarray(MAGIC.length), aadOfHeader(label))
      const end = KEY + 2 + plain.readUInt16BE(KEY)
      const meta = JSON.parse(plain.toString('utf8', KEY + 2, end)) as Meta
      return new SealedFile(handle, Buffer.from(plain.subarray(0, KEY)), meta, maxBytes)
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  get chunks(): number {
    return Math.max(1, Math.ceil(this.meta.size / CHUNK))
  }

  /** Bytes of content in a chunk. */
  sizeOf(index: number): number {
    return Math.min(CHUNK, this.meta.size - index * CHUNK)
  }

  /** Writes the header anew: the file is something else from now on. */
  async label(storeKey: Buffer, label: string, meta: SealedMeta): Promise<void> {
    const json = Buffer.from(JSON.stringify(meta))
    const plain = Buffer.alloc(HEADER - MAGIC.length - NONCE - TAG)
    this.#key.copy(plain)
    plain.writeUInt16BE(json.length, KEY)
    if (json.copy(plain, KEY + 2) < json.length) throw new RangeError('the header is too long')
    await this.#write(0, Buffer.concat([MAGIC, seal(storeKey, plain, aadOfHeader(label))]))
    plain.fill(0)
  }

  async writeChunk(index: number, content: Buffer): Promise<void> {
    await this.#write(placeOf(index), seal(this.#key, content, this.#aadOf(index)))
  }

  /** @throws Damaged */
  async readChunk(index: number): Promise<Buffer> {
    const bytes = await readAt(this.#handle, placeOf(index), NONCE + this.sizeOf(index) + TAG)
    return unseal(this.#key, bytes, this.#aadOf(index))
  }

  /** Content from an offset, fewer bytes at the end of the file. @throws Damaged */
  async read(offset: number, length: number): Promise<Buffer> {
    const end = Math.min(offset + length, this.meta.size)
    if (offset >= end) return Buffer.alloc(0)
    const content = Buffer.allocUnsafe(end - offset)
    for (let index = Math.floor(offset / CHUNK); index * CHUNK < end; index++) {
      const chunk = await this.readChunk(index)
      const from = Math.max(0, offset - index * CHUNK)
      chunk.copy(content, index * CHUNK + from - offset, from, Math.min(chunk.length, end - index * CHUNK))
    }
    return content
  }

  /** Whole chunks from the start of a file that was being written, as far as they are sound. */
  async *sound(): AsyncGenerator<Buffer> {
    for (let index = 0; index < this.chunks; index++) {
      try {
        yield await this.readChunk(index)
      } catch (error) {
        if (error instanceof Damaged) return
        throw error
      }
    }
  }

  /** Marks the file as used now. */
  async touch(): Promise<void> {
    const now = new Date()
    await this.#handle.utimes(now, now)
  }

  /** Waits until everything is on the disk. */
  async sync(): Promise<void> {
    await this.#handle.sync()
  }

  async close(): Promise<void> {
    this.#key.fill(0)
    await this.#handle.close()
  }

  async #write(position: number, bytes: Buffer): Promise<void> {
    if (position + bytes.length > this.#maxBytes) throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
    for (let done = 0; done < bytes.length;) {
      done += (await this.#handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten
    }
  }

  #aadOf(index: number): Buffer {
    const aad = Buffer.alloc(5)
    aad.writeUInt32BE(index)
    aad.writeUInt8(index === this.chunks - 1 ? 1 : 0, 4)
    return aad
  }
}

function aadOfHeader(label: string): Buffer {
  return Buffer.concat([MAGIC, Buffer.from(label)])
}

function placeOf(index: number): number {
  return HEADER + index * (NONCE + CHUNK + TAG)
}

function seal(key: Buffer, plain: Buffer, aad: Buffer): Buffer {
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG }).setAAD(aad)
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

function unseal(key: Buffer, bytes: Buffer, aad: Buffer): Buffer {
  const end = bytes.length - TAG
  const cipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE), { authTagLength: TAG })
  cipher.setAAD(aad).setAuthTag(bytes.subarray(end))
  try {
    return Buffer.concat([cipher.update(bytes.subarray(NONCE, end)), cipher.final()])
  } catch (error) {
    throw new Damaged('not authentic', { cause: error })
  }
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length)
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(bytes, done, length - done, position + done)
    if (bytesRead === 0) throw new Damaged('cut')
    done += bytesRead
  }
  return bytes
}
