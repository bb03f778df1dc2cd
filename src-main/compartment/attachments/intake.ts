import { createHash, randomUUID, type Hash } from 'node:crypto'
import type { UploadPlace } from '../../../src-shared/domain/views.ts'
import { ProblemError } from '../../../src-shared/problem.ts'
import { isDiskFull } from '../../storage/open.ts'
import type { FileStore } from './file-store.ts'
import { Damaged, type SealedFile } from './sealed-file.ts'

/** What a window says of a file when it begins to bring it. */
export interface Brought {
  ticketId: string
  entryId: string | null
  name: string
  type: string
  /** Bytes. */
  size: number
}

/** A file that a window is bringing. */
interface Taking {
  file: SealedFile<Brought>
  hash: Hash
  /** Whole chunks that are in the file. */
  chunks: number
  /** What came after them. */
  rest: Buffer
  /** Ends when what was asked of it so far is done: pieces do not overtake each other. */
  turn: Promise<unknown>
}

/**
 * Takes files from the window in pieces, straight into encrypted files. What was taken outlives the process: a window
 * that comes back with the upload's id goes on where the last whole chunk ended.
 */
export class Intake {
  readonly #store: FileStore
  readonly #takings = new Map<string, Promise<Taking>>()

  constructor(store: FileStore) {
    this.#store = store
  }

  /** @throws ProblemError `disk-full` */
  async begin(brought: Brought): Promise<UploadPlace> {
    const uploadId = randomUUID()
    if (!(await this.#store.hasRoom(brought.size))) throw new ProblemError('disk-full')
    const begun = this.#begin(uploadId, brought)
    this.#takings.set(uploadId, begun)
    await begun.catch((error: unknown) => this.#give(uploadId, error))
    return { uploadId, offset: 0 }
  }

  /**
   * Takes the next bytes. A piece from another place than the next is not taken: the answer says where to go on.
   * @throws ProblemError `not-found`, `invalid-input`, `disk-full`: then the file is gone and nothing else is
   */
  async append(uploadId: string, offset: number, data: Buffer): Promise<UploadPlace> {
    return this.#inTurn(uploadId, async (taking) => {
      const { file } = taking
      if (offset === placeOf(taking)) {
        if (offset + data.length > file.meta.size)
          throw new ProblemError('invalid-input', {
            reason: 'The file has grown since it was chosen. Choose it again.',
          })
        let rest = taking.rest.length === 0 ? data : Buffer.concat([taking.rest, data])
        while (taking.chunks < file.chunks && rest.length >= file.sizeOf(taking.chunks) && rest.length > 0) {
          const chunk = rest.subarray(0, file.sizeOf(taking.chunks))
          await file.writeChunk(taking.chunks, chunk)
          taking.hash.update(chunk)
          taking.chunks += 1
          rest = rest.subarray(chunk.length)
        }
        // A piece of its own: the window's whole message is not kept for it.
        taking.rest = Buffer.from(rest)
      }
      return { uploadId, offset: placeOf(taking) }
    })
  }

  /**
   * Makes a file that was brought whole one of the store, where it is on the disk when this resolves.
   * @throws ProblemError as {@link Intake.append}
   */
  async finish(uploadId: string): Promise<Brought & { sha256: string }> {
    return this.#inTurn(uploadId, async (taking) => {
      const { file } = taking
      if (placeOf(taking) < file.meta.size)
        throw new ProblemError('invalid-input', { reason: 'The file ended early. Choose it again.' })
      if (file.meta.size === 0) await file.writeChunk(0, Buffer.alloc(0))
      const sha256 = taking.hash.digest('hex')
      await this.#store.note(nameOf(uploadId), file, sha256)
      await this.#store.keep(nameOf(uploadId), file, sha256)
      this.#takings.delete(uploadId)
      return { ...file.meta, sha256 }
    })
  }

  /** Forgets a file that was not brought to its end. */
  async abandon(uploadId: string): Promise<void> {
    const taking = await this.#takings.get(uploadId)?.catch(() => null)
    this.#takings.delete(uploadId)
    await taking?.turn
    await taking?.file.close()
    await this.#store.drop(nameOf(uploadId))
  }

  /** Lets go of the files; what was taken stays. */
  async close(): Promise<void> {
    for (const one of this.#takings.values()) {
      const taking = await one.catch(() => null)
      await taking?.turn
      await taking?.file.close()
    }
    this.#takings.clear()
  }

  async #inTurn<Result>(uploadId: string, work: (taking: Taking) => Promise<Result>): Promise<Result> {
    let found = this.#takings.get(uploadId)
    if (!found) this.#takings.set(uploadId, (found = this.#resume(uploadId)))
    const taking = await found.catch((error: unknown) => {
      this.#takings.delete(uploadId)
      throw error
    })
    const mine = taking.turn.then(() => {
      if (this.#takings.get(uploadId) !== found) throw gone()
      return work(taking)
    })
    taking.turn = mine.catch(() => undefined)
    return mine.catch((error: unknown) => this.#give(uploadId, error))
  }

  async #begin(uploadId: string, brought: Brought): Promise<Taking> {
    const file = await this.#store.begin(nameOf(uploadId), brought)
    return { file, hash: createHash('sha256'), chunks: 0, rest: Buffer.alloc(0), turn: Promise.resolve() }
  }

  async #resume(uploadId: string): Promise<Taking> {
    await this.#store.takeBack(nameOf(uploadId))
    const file = await this.#store.resume<Brought>(nameOf(uploadId)).catch((error: unknown) => {
      if (error instanceof Damaged || isMissing(error)) throw gone()
      throw error
    })
    const taking = { file, hash: createHash('sha256'), chunks: 0, rest: Buffer.alloc(0), turn: Promise.resolve() }
    for await (const chunk of file.sound()) {
      taking.hash.update(chunk)
      taking.chunks += 1
    }
    return taking
  }

  /** A full disk takes nothing with it but the file that did not fit. */
  async #give(uploadId: string, error: unknown): Promise<never> {
    if (!isDiskFull(error)) throw error
    await this.abandon(uploadId)
    throw new ProblemError('disk-full', {}, { cause: error })
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function nameOf(uploadId: string): string {
  return `upload ${uploadId}`
}

function placeOf({ file, chunks, rest }: Taking): number {
  return chunks === file.chunks ? file.meta.size : chunks * file.sizeOf(0) + rest.length
}

function gone(): ProblemError {
  return new ProblemError('not-found', { what: 'What was brought of this file' })
}
