import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { PART_BYTES, partsOf } from '../../../src-shared/domain/attachment.ts'
import { paths } from '../../../src-shared/protocol/api.ts'
import { AttachmentParts } from '../../../src-shared/protocol/attachment.ts'
import { ProblemError, problems, type Problem, type ProblemCode } from '../../../src-shared/problem.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { OutboxItem } from '../ledger/outbox.ts'
import type { Upload } from '../ledger/uploads.ts'
import type { Cloud, CloudRequest } from '../sync/cloud.ts'
import type { FileStore } from './file-store.ts'
import { isMissing } from './intake.ts'
import { CHUNK, Damaged } from './sealed-file.ts'

/** Milliseconds that a part on its way waits after an edit, as the line is the edit's; and for all edits, at most. */
const GIVE_WAY = 250
const GIVE_WAY_AT_MOST = 1000
/** Answers that say that this content will not be taken as it is. */
const REFUSED = [400, 404, 409, 413, 415, 422]

/** What became of one step. */
export type Step =
  /** Something went over, or was found out. */
  | 'moved'
  /** The cloud has all of it. */
  | 'done'
  /** It is not to be sent any more: a person decides. */
  | 'failed'
  /** Its ticket, or the word of it, is not in the cloud any more. */
  | 'gone'

/** Sends contents that the cloud does not have, one part at a time. The cloud says which parts it holds. */
export class Sender {
  readonly #ledger: Ledger
  readonly #store: FileStore
  readonly #cloud: Cloud
  /** Parts that the cloud holds, as far as it was asked, by attachment. */
  readonly #received = new Map<string, Set<number>>()
  /** Attachments whose content once did not arrive as it is here. */
  readonly #mismatched = new Set<string>()
  #wayUntil = 0

  constructor(ledger: Ledger, store: FileStore, cloud: Cloud) {
    this.#ledger = ledger
    this.#store = store
    this.#cloud = cloud
  }

  /** An edit is about to be pushed. */
  giveWay(): void {
    this.#wayUntil = performance.now() + GIVE_WAY
  }

  /** Bytes that the cloud holds; null where it was not asked since the start. */
  sentBytes({ attachmentId, size }: Upload): number | null {
    const received = this.#received.get(attachmentId)
    if (!received) return null
    return [...received].reduce((sum, part) => sum + sizeOfPart(size, part), 0)
  }

  /** The one to go on with: the one with the least left to send, so that no small file waits for a large one. */
  next(besides: ReadonlySet<string>): Upload | undefined {
    const left = (upload: Upload): number => upload.size - (this.sentBytes(upload) ?? 0)
    return this.#ledger.uploads
      .all()
      .filter((upload) => upload.problem === null && !besides.has(upload.attachmentId) && this.#isKnown(upload))
      .sort((x, y) => left(x) - left(y))[0]
  }

  /** Forgets what the cloud said that it holds. */
  forget(attachmentId: string): void {
    this.#received.delete(attachmentId)
  }

  /**
   * One request: which parts are there, one that is missing, or the end.
   * @throws ProblemError as {@link Cloud.request}
   */
  async step(upload: Upload, signal: AbortSignal): Promise<{ step: Step; problem?: Problem }> {
    const { attachmentId, size } = upload
    const received = this.#received.get(attachmentId)
    if (!received) return this.#ask(upload, paths.attachmentParts(attachmentId), {}, signal)
    const missing = Array.from({ length: partsOf(size) }, (_, part) => part).find((part) => !received.has(part))
    if (missing === undefined) {
      const done = await this.#ask(upload, paths.attachmentComplete(attachmentId), { method: 'POST' }, signal)
      // What it held before, it does not hold now: it is asked again, and what is missing is sent again.
      if (done.step === 'moved') this.forget(attachmentId)
      return done
    }
    const bytes = await this.#part(upload, missing)
    if (!bytes) return { step: 'failed', problem: damaged().problem }
    const digest = createHash('sha256').update(bytes).digest('base64')
    const headers = {
      'content-type': 'application/octet-stream',
      'content-length': String(bytes.length),
      'content-digest': `sha-256=:${digest}:`,
    }
    const init: CloudRequest = {
      method: 'PUT',
      headers,
      body: bytes.length === 0 ? '' : (alive) => this.#stream(bytes, alive, signal),
    }
    const sent = await this.#ask(upload, paths.attachmentPart(attachmentId, missing), init, signal)
    if (sent.step === 'moved') received.add(missing)
    return sent
  }

  /** What tells the cloud of it; what was refused and sent again is another mutation. */
  mutationOf({ mutationId }: Upload): OutboxItem | undefined {
    let item = this.#ledger.find(mutationId)
    while (item?.state === 'decided') {
      const answer = this.#ledger.answersTo(item.id).at(-1)
      if (!answer) break
      item = answer
    }
    return item
  }

  /** Whether the cloud knows of it. An outbox row that is kept no more was taken long ago, or given up: it will say. */
  #isKnown(upload: Upload): boolean {
    const item = this.mutationOf(upload)
    return item === undefined || item.state === 'acked' || item.state === 'sent'
  }

  async #ask(
    { attachmentId }: Upload,
    path: string,
    init: CloudRequest,
    signal: AbortSignal,
  ): Promise<{ step: Step; problem?: Problem }> {
    const answer = await this.#cloud.request(path, init, signal, REFUSED)
    try {
      const { status } = answer
      const body: unknown = await answer.response.json().catch(() => null)
      if (status === 404) return { step: 'gone' }
      if (status >= 400) return { step: 'failed', problem: this.#refusal(attachmentId, problemIn(body, status)) }
      const parts = AttachmentParts.safeParse(body)
      if (!parts.success) return { step: 'moved' }
      this.#received.set(attachmentId, new Set(parts.data.received))
      return { step: parts.data.available ? 'done' : 'moved' }
    } finally {
      answer.end()
    }
  }

  /**
   * A damaged or missing part goes again, and so does a whole that did not arrive as it is here, once.
   * @throws ProblemError the problem, where trying again can help
   */
  #refusal(attachmentId: string, found: Problem): Problem {
    this.#received.delete(attachmentId)
    if (found.code === 'content-mismatch' && this.#mismatched.has(attachmentId)) {
      this.#mismatched.delete(attachmentId)
      return found
    }
    if (found.code === 'content-mismatch') this.#mismatched.add(attachmentId)
    if (found.retry) throw new ProblemError(found.code)
    return found
  }

  /** @returns null where what is here cannot be sent, now or ever */
  async #part({ sha256, size }: Upload, part: number): Promise<Buffer | null> {
    try {
      const file = await this.#store.open(sha256)
      try {
        return await file.read(part * PART_BYTES, sizeOfPart(size, part))
      } finally {
        await file.close()
      }
    } catch (error) {
      if (error instanceof Damaged || isMissing(error)) return null
      throw error
    }
  }

  #stream(bytes: Buffer, alive: () => void, signal: AbortSignal): ReadableStream<Uint8Array> {
    let at = 0
    let patience = GIVE_WAY_AT_MOST
    return new ReadableStream({
      pull: async (controller) => {
        const left = Math.min(this.#wayUntil - performance.now(), patience)
        if (left > 0) {
          patience -= left
          await wait(left, undefined, { signal }).catch(() => undefined)
        }
        alive()
        controller.enqueue(bytes.subarray(at, at + CHUNK))
        at += CHUNK
        if (at >= bytes.length) controller.close()
      },
    })
  }
}

/** The only copy of a content cannot be read. */
export function damaged(): ProblemError {
  const remedy = 'It had not reached the cloud. Take it off the ticket and add it again.'
  return new ProblemError('file-damaged', { file: 'of this attachment', remedy })
}

function sizeOfPart(size: number, part: number): number {
  return Math.min(PART_BYTES, size - part * PART_BYTES)
}

function problemIn(body: unknown, status: number): Problem {
  const found = (body as { error?: { code?: unknown; message?: unknown } } | null)?.error
  if (typeof found?.code === 'string' && Object.hasOwn(problems, found.code) && typeof found.message === 'string') {
    const code = found.code as ProblemCode
    return { code, message: found.message, retry: problems[code].retry }
  }
  return new ProblemError('cloud-failed', { status }).problem
}
