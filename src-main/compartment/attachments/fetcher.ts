import { createHash } from 'node:crypto'
import { paths } from '../../../src-shared/protocol/api.ts'
import { ProblemError } from '../../../src-shared/problem.ts'
import { isDiskFull } from '../../storage/open.ts'
import type { Cloud } from '../sync/cloud.ts'
import type { FileStore } from './file-store.ts'
import { isMissing } from './intake.ts'
import { Damaged, type SealedFile, type SealedMeta } from './sealed-file.ts'

/** What is to be fetched. */
export interface Wanted {
  id: string
  ticketId: string
  sha256: string
  /** Bytes. */
  size: number
}

/** A content that is being fetched: the whole chunks that are here, and their hash. */
interface Arriving {
  file: SealedFile
  hash: ReturnType<typeof createHash>
  chunks: number
}

/**
 * Brings contents from the cloud into the store. Each is fetched once at a time, goes on where it was cut, and is a
 * file of the store, readable, only when all of it came and its hash is right.
 */
export class Fetcher {
  readonly #store: FileStore
  readonly #cloud: Cloud
  readonly #signal: AbortSignal
  readonly #under = new Map<string, Promise<void>>()

  constructor(store: FileStore, cloud: Cloud, signal: AbortSignal) {
    this.#store = store
    this.#cloud = cloud
    this.#signal = signal
  }

  /** Resolves when nothing is being fetched any more; the signal has to end what is. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#under.values())
  }

  /** @throws ProblemError as {@link Cloud.request}, `not-found`, `disk-full`, `content-mismatch` */
  async fetch(wanted: Wanted): Promise<void> {
    const { sha256 } = wanted
    let under = this.#under.get(sha256)
    if (!under) {
      under = this.#fetch(wanted).finally(() => this.#under.delete(sha256))
      this.#under.set(sha256, under)
    }
    return under
  }

  async #fetch(wanted: Wanted): Promise<void> {
    const name = `fetch ${wanted.sha256}`
    if (!(await this.#store.hasRoom(wanted.size))) throw new ProblemError('disk-full')
    const arriving = await this.#open(name, wanted)
    let open = true
    try {
      while (arriving.chunks < arriving.file.chunks) await this.#receiveSome(wanted, arriving)
      open = false
      if (arriving.hash.digest('hex') === wanted.sha256) {
        return await this.#store.keep(name, arriving.file, wanted.sha256)
      }
      await arriving.file.close()
      await this.#store.drop(name)
      throw new ProblemError('content-mismatch')
    } catch (error) {
      if (open) await arriving.file.close()
      if (!isDiskFull(error)) throw error
      await this.#store.drop(name)
      throw new ProblemError('disk-full', {}, { cause: error })
    }
  }

  /** A connection that breaks after it brought something is worth another at once; without a word, none is. */
  async #receiveSome(wanted: Wanted, arriving: Arriving): Promise<void> {
    const before = arriving.chunks
    let cause: unknown
    try {
      await this.#receive(wanted, arriving)
    } catch (error) {
      if (this.#signal.aborted) throw new ProblemError('cancelled', {}, { cause: error })
      if (error instanceof ProblemError || isDiskFull(error)) throw error
      cause = error
    }
    if (arriving.chunks === before) throw new ProblemError('cloud-unreachable', { url: this.#cloud.url }, { cause })
  }

  async #open(name: string, { size }: Wanted): Promise<Arriving> {
    const hash = createHash('sha256')
    const resumed = await this.#store.resume<SealedMeta>(name).catch((error: unknown) => {
      if (error instanceof Damaged || isMissing(error)) return null
      throw error
    })
    if (resumed?.meta.size !== size) {
      await resumed?.close()
      return { file: await this.#store.begin(name, { size }), hash, chunks: 0 }
    }
    const arriving = { file: resumed, hash, chunks: 0 }
    for await (const chunk of resumed.sound()) {
      hash.update(chunk)
      arriving.chunks += 1
    }
    return arriving
  }

  /** Takes what one answer brings; it may end anywhere. */
  async #receive({ id, size }: Wanted, arriving: Arriving): Promise<void> {
    const { file } = arriving
    if (size === 0) return this.#take(arriving, Buffer.alloc(0))
    const from = arriving.chunks * file.sizeOf(0)
    const headers = { range: `bytes=${from}-`, 'accept-encoding': 'identity' }
    const answer = await this.#cloud.request(paths.attachmentContent(id), { headers }, this.#signal, [404, 409, 416])
    try {
      const { status, response, alive } = answer
      if (status === 404) throw new ProblemError('not-found', { what: 'This file' })
      if (status === 409) throw new ProblemError('content-unavailable')
      if (status === 416) throw new ProblemError('content-mismatch')
      const start = status === 206 ? Number(/^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1]) : 0
      // Whole where a part was asked for: what is here already is passed over.
      let skip = from - start
      if (!(skip >= 0) || !response.body) throw new ProblemError('cloud-failed', { status })
      let rest = Buffer.alloc(0)
      for await (const bytes of response.body) {
        alive()
        const fresh = bytes.subarray(Math.min(skip, bytes.length))
        skip -= bytes.length - fresh.length
        rest = rest.length === 0 ? Buffer.from(fresh) : Buffer.concat([rest, fresh])
        while (arriving.chunks < file.chunks && rest.length >= file.sizeOf(arriving.chunks)) {
          const length = file.sizeOf(arriving.chunks)
          await this.#take(arriving, rest.subarray(0, length))
          rest = rest.subarray(length)
        }
      }
    } finally {
      answer.end()
    }
  }

  async #take(arriving: Arriving, chunk: Buffer): Promise<void> {
    await arriving.file.writeChunk(arriving.chunks, chunk)
    arriving.hash.update(chunk)
    arriving.chunks += 1
  }
}
