import { ExponentialBackoff } from 'cockatiel'
import { againstPolicy, type AttachmentPolicy } from '../../../src-shared/domain/attachment.ts'
import type { AttachmentPiece, AttachmentView, SyncState, UploadPlace } from '../../../src-shared/domain/views.ts'
import { problemOf, ProblemError } from '../../../src-shared/problem.ts'
import type { Holdings } from '../holdings.ts'
import type { Upload } from '../ledger/uploads.ts'
import { Busy, stopsSync, type Cloud } from '../sync/cloud.ts'
import { Task } from '../sync/task.ts'
import { asError } from '../sync/token.ts'
import { Fetcher, type Wanted } from './fetcher.ts'
import { safeFileName } from './file-name.ts'
import { Intake, isMissing, type Brought } from './intake.ts'
import { Damaged } from './sealed-file.ts'
import { damaged, Sender, type Step } from './sender.ts'

/** Milliseconds that a client which is awake for one sync only stays so for its files. */
const BACKGROUND = 15_000

/** What is known of an attachment that is to be read. */
export interface Readable extends Wanted {
  /** The cloud has all of it. */
  available: boolean
}

/**
 * The files of a compartment: taken from windows, kept encrypted, sent and fetched beside the sync. Their way to the
 * cloud has a breaker of its own, so whatever happens to a file, edits go.
 */
export class Attachments {
  readonly #held: Holdings
  readonly #cloud: Cloud
  readonly #changed: (ticketId: string) => void
  readonly #abort = new AbortController()
  readonly #intake: Intake
  readonly #sender: Sender
  readonly #fetcher: Fetcher
  readonly #task: Task
  /** Ends the sending of now, and nothing later. */
  #runs = new AbortController()
  #open: boolean
  #tidying: Promise<void>
  /** Files that are on the disk, or about to be, and not in the ledger yet: none is to be taken for a copy. */
  #finishing = 0

  /**
   * @param cloud the way that edits take; files go beside it
   * @param changed is told of the ticket whose files moved
   */
  constructor(held: Holdings, cloud: Cloud, online: boolean, changed: (ticketId: string) => void) {
    this.#held = held
    this.#cloud = cloud.beside()
    this.#changed = changed
    this.#open = online && !held.ledger.paused
    this.#intake = new Intake(held.files)
    this.#sender = new Sender(held.ledger, held.files, this.#cloud)
    this.#fetcher = new Fetcher(held.files, this.#cloud, this.#abort.signal)
    this.#task = new Task(
      () => this.#send(),
      () => new ExponentialBackoff({ initialDelay: 500, maxDelay: 60_000 }).next(),
      () => undefined,
    )
    this.#tidying = this.#tidy()
    this.#want()
  }

  /** @throws ProblemError `too-large`, `file-refused`, `disk-full` */
  async begin(brought: Brought, policy: AttachmentPolicy): Promise<UploadPlace> {
    const name = safeFileName(brought.name)
    const wrong = againstPolicy(policy, { name, size: brought.size })
    if (wrong) throw asError(wrong)
    return this.#intake.begin({ ...brought, name })
  }

  /** @throws ProblemError as {@link Intake.append} */
  async append(uploadId: string, offset: number, data: string): Promise<UploadPlace> {
    return this.#intake.append(uploadId, offset, Buffer.from(data, 'base64'))
  }

  /**
   * Puts a file that was brought whole to its ticket: the mutation and the content to be sent, in one transaction. The
   * attachment has the upload's id, so finishing it twice does it once.
   * @returns the ticket's id
   * @throws ProblemError as {@link Intake.finish}
   */
  async finish(uploadId: string): Promise<string> {
    const { ledger } = this.#held
    const before = ledger.uploads.find(uploadId)
    if (before) return before.ticketId
    this.#finishing += 1
    try {
      await this.#tidying
      const { ticketId, entryId, name, type, size, sha256 } = await this.#intake.finish(uploadId)
      const attachment = { name, type, size, sha256 }
      ledger.change((change) => {
        const { id } = change.add({ kind: 'attachment.add', attachmentId: uploadId, ticketId, entryId, attachment })
        ledger.uploads.put({ attachmentId: uploadId, ticketId, mutationId: id, sha256, size, problem: null })
        change.audit('attachment.add', `ticket:${ticketId}`, { id, attachment: uploadId, size, sha256 })
      })
      // Now it is the ledger's; what is left of it here goes by itself in a day.
      await this.#intake.abandon(uploadId).catch(() => undefined)
      return ticketId
    } finally {
      this.#finishing -= 1
    }
  }

  async abandon(uploadId: string): Promise<void> {
    await this.#intake.abandon(uploadId)
  }

  /** Where the content of an attachment is. */
  stateOf({ id, sha256 }: { id: string; sha256: string }): Pick<AttachmentView, 'here' | 'upload'> {
    const upload = this.#held.ledger.uploads.find(id)
    const here = this.#held.files.has(sha256)
    if (!upload) return { here, upload: null }
    const sentBytes = this.#sender.sentBytes(upload)
    const state = upload.problem ? 'failed' : sentBytes === null ? 'waiting' : 'sending'
    return { here, upload: { state, sentBytes: sentBytes ?? 0, problem: upload.problem } }
  }

  /** Sends again what the cloud did not take. @returns the ticket's id. @throws ProblemError `not-found` */
  retry(id: string): string {
    const upload = this.#unsent(id)
    this.#held.ledger.change((change) => {
      this.#held.ledger.uploads.put({ ...upload, problem: null })
      change.audit('upload.retried', `ticket:${upload.ticketId}`, { attachment: id })
    })
    this.#sender.forget(id)
    this.now()
    return upload.ticketId
  }

  /**
   * Gives up a content that was not sent. Where the cloud does not know of the attachment it is withdrawn; else it stays
   * at its ticket, without content, for everybody to see.
   * @returns the ticket's id
   * @throws ProblemError `not-found`
   */
  cancel(id: string): string {
    const { ledger } = this.#held
    const upload = this.#unsent(id)
    const item = this.#sender.mutationOf(upload)
    ledger.change((change) => {
      if (item?.state === 'queued' && item.attempts === 0) change.remove(item)
      if (item?.state === 'failed') change.put(item, { state: 'decided' })
      ledger.uploads.remove(id)
      change.audit('upload.cancelled', `ticket:${upload.ticketId}`, { attachment: id })
    })
    this.#runs.abort()
    this.#runs = new AbortController()
    this.#letGo(upload)
    this.#want()
    return upload.ticketId
  }

  /**
   * Bytes of a file. What is not here is fetched whole first: nothing is shown before its hash was right.
   * @throws ProblemError `content-unavailable`, `file-damaged`, `disk-full`, and as {@link Fetcher.fetch}
   */
  async read(wanted: Readable, offset: number, length: number): Promise<AttachmentPiece> {
    for (let fetched = false; ; fetched = true) {
      const found = await this.#readHere(wanted, offset, length)
      if (found instanceof Buffer) return { data: found.toString('base64'), size: wanted.size }
      const unsent = this.#held.ledger.uploads.find(wanted.id) !== undefined
      if (!wanted.available && (unsent || found === 'damaged')) throw damaged()
      if (!wanted.available) throw new ProblemError('content-unavailable')
      if (fetched) throw new ProblemError('file-damaged', { file: 'of this attachment', remedy: 'Try again.' })
      await this.#fetcher.fetch(wanted)
      this.#tidying = this.#tidy()
      this.#changed(wanted.ticketId)
    }
  }

  /** The sync has another state: files follow it. */
  syncMoved({ phase }: SyncState): void {
    const open = phase !== 'paused' && phase !== 'stopped' && phase !== 'offline'
    const opened = open && !this.#open
    this.#open = open
    if (phase === 'paused') {
      this.#runs.abort()
      this.#runs = new AbortController()
      this.#task.rest()
    }
    if (opened) this.now()
    else this.#want()
  }

  /** An edit is about to be pushed: parts on their way wait a little. */
  edited(): void {
    this.#sender.giveWay()
  }

  /** Sends as soon as can be, whatever failed before. */
  now(): void {
    this.#cloud.reset()
    if (this.#open && this.#waiting) void this.#task.wantNow()
  }

  /** Sends what waits, for a while; what is left goes on where it ended. */
  async once(patience = BACKGROUND): Promise<void> {
    if (!this.#open || !this.#waiting) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, patience)
    await Promise.race([this.#task.wantNow(), promise])
    clearTimeout(timer)
  }

  /** Ends everything; resolves when no file is open any more. */
  async stop(): Promise<void> {
    this.#abort.abort()
    await Promise.all([this.#task.stop(), this.#fetcher.ended(), this.#intake.close(), this.#tidying])
  }

  get #waiting(): boolean {
    return this.#held.ledger.uploads.all().some(({ problem }) => problem === null)
  }

  #want(): void {
    if (this.#open && this.#waiting) this.#task.want()
  }

  async #send(): Promise<number | null> {
    const signal = AbortSignal.any([this.#abort.signal, this.#runs.signal])
    const putOff = new Set<string>()
    while (!signal.aborted && this.#open) {
      const upload = this.#sender.next(putOff)
      if (!upload) break
      try {
        this.#settle(upload, await this.#sender.step(upload, signal))
      } catch (error) {
        if (signal.aborted) return null
        if (error instanceof Busy) return error.wait
        const found = problemOf(error)
        // The sync meets the same, and says so; it goes on when that is over.
        if (stopsSync(found)) return null
        if (found.code === 'cloud-unreachable') return this.#task.nextDelay()
        putOff.add(upload.attachmentId)
      }
    }
    return putOff.size > 0 ? this.#task.nextDelay() : null
  }

  #settle(upload: Upload, { step, problem = null }: { step: Step; problem?: Upload['problem'] }): void {
    const { uploads } = this.#held.ledger
    // Given up while the step was under way.
    if (!uploads.find(upload.attachmentId)) return
    const { ledger } = this.#held
    if (step === 'failed') ledger.change(() => uploads.put({ ...upload, problem }))
    if (step === 'done' || step === 'gone') {
      ledger.change((change) => {
        uploads.remove(upload.attachmentId)
        change.audit(step === 'done' ? 'upload.sent' : 'upload.gone', `ticket:${upload.ticketId}`, {
          attachment: upload.attachmentId,
        })
      })
      this.#sender.forget(upload.attachmentId)
      if (step === 'gone') this.#letGo(upload)
      else this.#tidying = this.#tidy()
    }
    this.#changed(upload.ticketId)
  }

  #unsent(id: string): Upload {
    const upload = this.#held.ledger.uploads.find(id)
    if (!upload) throw new ProblemError('not-found', { what: 'This unsent file' })
    return upload
  }

  /** Removes a content that nobody is going to send. */
  #letGo({ attachmentId, sha256 }: Upload): void {
    this.#sender.forget(attachmentId)
    if (this.#finishing > 0 || this.#held.ledger.uploads.all().some((other) => other.sha256 === sha256)) return
    this.#tidying = this.#tidying.then(() => this.#held.files.remove(sha256)).catch(() => undefined)
  }

  async #readHere({ sha256 }: Wanted, offset: number, length: number): Promise<Buffer | 'missing' | 'damaged'> {
    const { files } = this.#held
    try {
      const file = await files.open(sha256)
      try {
        if (offset === 0) await file.touch()
        return await file.read(offset, length)
      } finally {
        await file.close()
      }
    } catch (error) {
      if (error instanceof Damaged) return 'damaged'
      if (isMissing(error)) return 'missing'
      throw error
    }
  }

  /** What cannot be removed now can be later. */
  async #tidy(): Promise<void> {
    if (this.#finishing > 0) return
    const unsent = this.#held.ledger.uploads.all().map(({ sha256 }) => sha256)
    await this.#held.files.tidy(unsent).catch(() => undefined)
  }
}
