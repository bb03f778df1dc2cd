import { randomUUID } from 'node:crypto'
import { basename, join } from 'node:path'
import { subjectsOf, type MutationBody, type MutationResult } from '../../../src-shared/protocol/mutation.ts'
import { ProblemError, type Problem } from '../../../src-shared/problem.ts'
import { migrate } from '../../storage/migrate.ts'
import { closeDatabase, isDamage, isDiskFull, openEncrypted, storageProblem, type Db } from '../../storage/open.ts'
import { appendAudit, type AuditDetail, type AuditRow } from './audit.ts'
import { flatten, isUpdate, unflatten, withFields } from './coalesce.ts'
import { Drafts } from './drafts.ts'
import { readMeta, writeMeta } from './meta.ts'
import { Outbox, type OutboxItem } from './outbox.ts'
import { record } from './recording.ts'
import { entityOf, subjectOf, withFollowers } from './subjects.ts'
import { ledgerSteps } from './steps.ts'
import { Timers } from './timers.ts'
import { Uploads } from './uploads.ts'

export const LEDGER_FILE = 'ledger.db'
/** Milliseconds that a person is told of a salvage. */
const SALVAGE_TOLD = 3 * 86_400_000

/** What a transaction of the ledger can do; see {@link Ledger.change}. */
export interface Change {
  /** Records an intended write and its audit row; see {@link record}. */
  record(body: MutationBody, detail: AuditDetail, needs?: OutboxItem | null): OutboxItem | null
  /** Queues a write as it is. */
  add(body: MutationBody, answers?: string | null): OutboxItem
  put(item: OutboxItem, changes: Partial<OutboxItem>): void
  remove(item: OutboxItem): void
  audit(action: string, entity: string, detail: AuditDetail): void
}

/** Outbox and audit trail of one compartment: the file whose content exists nowhere else. */
export class Ledger {
  /** What went wrong with the file lately and was put right, for a person to know. */
  readonly salvaged: Problem | null
  /** Contents that are to be sent. */
  readonly uploads: Uploads
  /** Texts that were typed and not sent. */
  readonly drafts: Drafts
  /** Work that is being timed. */
  readonly timers: Timers
  readonly #db: Db
  readonly #file: string
  readonly #actor: string
  readonly #outbox: Outbox
  /** Whether the client id was made since the file was opened. */
  #fresh = false

  private constructor(db: Db, file: string, actor: string) {
    this.#db = db
    this.#file = file
    this.#actor = actor
    this.#outbox = new Outbox(db)
    this.uploads = new Uploads(db)
    this.drafts = new Drafts(db)
    this.timers = new Timers(db)
    const salvaged = JSON.parse(readMeta(db, 'salvaged') ?? 'null') as { at: number; told: Problem } | null
    this.salvaged = salvaged && Date.now() - salvaged.at < SALVAGE_TOLD ? salvaged.told : null
  }

  /**
   * Opens the ledger, makes it where there is none, and migrates it.
   * @param actor id of the technician, for the audit trail
   * @throws ProblemError as {@link openEncrypted} and {@link migrate} do
   */
  static open(folder: string, key: Buffer, actor: string, maxPages?: number): Ledger {
    const file = join(folder, LEDGER_FILE)
    const db = openEncrypted({ file, key, synchronous: 'FULL', pageSize: 4096, cacheKiB: 2000, maxPages })
    try {
      migrate(db, file, ledgerSteps)
      db.transaction(() => {
        if (readMeta(db, 'client_id')) return
        writeMeta(db, 'client_id', randomUUID())
        writeMeta(db, 'next_sequence', '1')
        appendAudit(db, 'system', 'genesis', 'ledger', { schema: ledgerSteps.length })
      }).immediate()
      // The end of the audit trail must be readable, or no edit can be taken.
      db.prepare('SELECT hash FROM audit ORDER BY seq DESC LIMIT 1').get()
      return new Ledger(db, file, actor)
    } catch (error) {
      db.close()
      throw storageProblem(error, file)
    }
  }

  get clientId(): string {
    return readMeta(this.#db, 'client_id') ?? ''
  }

  /** The sequence that the next write on its way will have. */
  get nextSequence(): number {
    return Number(readMeta(this.#db, 'next_sequence'))
  }

  /** Whether the technician has paused the sync. */
  get paused(): boolean {
    return readMeta(this.#db, 'paused') === '1'
  }

  set paused(paused: boolean) {
    this.#write(() => writeMeta(this.#db, 'paused', paused ? '1' : '0'))
  }

  /** How the technician draws lists, as text; null where as usual. */
  get layout(): string | null {
    return readMeta(this.#db, 'layout') ?? null
  }

  set layout(layout: string) {
    this.#write(() => writeMeta(this.#db, 'layout', layout))
  }

  /** The cloud was set back: what it lost has to be found once everything was pulled again. */
  get setBack(): boolean {
    return readMeta(this.#db, 'set_back') === '1'
  }

  /** Writes whose effect is shown over the server's state of a ticket, contact or view, oldest first. */
  overlay(id: string): OutboxItem[] {
    return this.#outbox.about(id).filter((item) => item.state !== 'failed')
  }

  /** All writes about a ticket, contact or view that are not done, oldest first. */
  about(id: string): readonly OutboxItem[] {
    return this.#outbox.about(id)
  }

  /** Any write that is still kept, done ones included. */
  find(id: string): OutboxItem | undefined {
    return this.#outbox.find(id)
  }

  /** The writes that answered an undecided one, oldest first. */
  answersTo(id: string): OutboxItem[] {
    return this.#outbox.answersTo(id)
  }

  /** The last writes that the cloud took, newest first. */
  sent(): OutboxItem[] {
    return this.#outbox.sent()
  }

  /** Writes in one state that is not done, oldest first. */
  inState(state: 'queued' | 'acked' | 'failed', limit = Infinity): OutboxItem[] {
    const found: OutboxItem[] = []
    for (const item of this.#outbox.values()) {
      if (found.length >= limit) break
      if (item.state === state) found.push(item)
    }
    return found
  }

  isPending(ticketId: string): boolean {
    return this.#outbox.about(ticketId).some((item) => item.state === 'queued')
  }

  /** Writes whose effect is, or may be, shown over the server's state, oldest first. */
  overlaid(): OutboxItem[] {
    return [...this.#outbox.values()].filter((item) => item.state !== 'failed')
  }

  count(state: 'queued' | 'acked' | 'failed'): number {
    let count = 0
    for (const item of this.#outbox.values()) if (item.state === state) count += 1
    return count
  }

  /**
   * Records an intended write and its audit row, both or neither, and waits for the disk; see {@link record}.
   * @throws ProblemError `disk-full`, and then nothing is recorded
   */
  append(body: MutationBody, detail: AuditDetail): OutboxItem | null {
    return this.change((change) => change.record(body, detail))
  }

  /**
   * The next writes to send, under {@link Ledger.clientId}. What was sent without an answer goes first and unchanged.
   * A client id and sequence stand for one and the same write for ever, whatever is restored or delayed: sequences are
   * only given under a client id that was made since the file was opened, and one that is left out needs a new id.
   * @param held as for {@link Ledger.free}
   */
  take(limit: number, held: ReadonlySet<string>): OutboxItem[] {
    const free = this.free(held)
    const flying = this.inState('queued').filter((item) => item.sequence !== null)
    if (free.length === 0) return []
    // Given in another order than now, where some waited while others went.
    flying.sort((x, y) => (x.sequence ?? 0) - (y.sequence ?? 0))
    const going = new Set(free)
    const again = flying.length > 0 && flying.every((item) => going.has(item))
    const taken = (again ? flying : free).slice(0, limit)
    this.change(({ put }) => {
      if (!again && (flying.length > 0 || !this.#fresh)) this.#newClient(put)
      let next = this.nextSequence
      for (const item of taken) {
        put(item, { sequence: again ? item.sequence : next++, attempts: item.attempts + 1 })
      }
      if (!again) writeMeta(this.#db, 'next_sequence', String(next))
    })
    if (!again) this.#fresh = true
    return taken
  }

  /**
   * The writes that can go now, oldest first: neither do they wait, nor an earlier one that shares a subject with them,
   * nor one that they are bound to.
   * @param held ids of writes that wait
   */
  free(held: ReadonlySet<string>): OutboxItem[] {
    const before = new Set<string>()
    const waiting = new Set<string>()
    return this.inState('queued').filter((item) => {
      const subjects = subjectsOf(item.body)
      const early = item.needs !== null && before.has(item.needs)
      before.add(item.id)
      const goes = !early && !held.has(item.id) && !subjects.some((id) => waiting.has(id))
      if (!goes) for (const id of subjects) waiting.add(id)
      return goes
    })
  }

  /** Takes back that writes were sent: no cloud can have seen them. They can be changed again. */
  notSent(items: readonly OutboxItem[]): void {
    this.change(({ put }) => {
      for (const item of items) {
        if (item.state !== 'queued' || item.attempts === 0) continue
        const attempts = item.attempts - 1
        put(item, { attempts, sequence: attempts === 0 ? null : item.sequence })
      }
    })
    this.#fresh = false
  }

  /**
   * Records what the cloud made of writes. What it refused or found in conflict stays, for a person to decide.
   * @returns the items that were answered for good
   */
  settle(results: readonly MutationResult[]): OutboxItem[] {
    const flying = new Map(this.inState('queued').map((item) => [item.sequence, item]))
    const settled: OutboxItem[] = []
    this.change((change) => {
      for (const result of results) {
        const item = flying.get(result.sequence)
        if (!item || item.sequence === null) continue
        // An answer, but none that counts: the cloud has not recorded it.
        if (result.outcome === 'retry') change.put(item, { attempts: item.attempts - 1 })
        else settled.push(item, ...this.#settleOne(change, item, result))
      }
    })
    return [...new Set(settled)]
  }

  /** Puts a write that no request can carry where a person decides. */
  setAside(item: OutboxItem, code: string, message: string): OutboxItem[] {
    return this.change((change) => {
      const dependants = this.#settleOne(change, item, { sequence: 0, outcome: 'rejected', code, message })
      this.#newClient(change.put)
      return [item, ...dependants]
    })
  }

  /**
   * Lets go of acknowledged writes that the pull has caught up with: the server's state includes them.
   * @returns those writes
   */
  release(cursor: number): OutboxItem[] {
    const done = this.inState('acked').filter((item) => (item.version ?? 0) <= cursor)
    if (done.length === 0) return []
    this.change(({ put }) => {
      for (const item of done) put(item, { state: 'sent' })
      if (done.some((item) => item.place % 32 === 0)) this.#outbox.prune()
    })
    return done
  }

  /** Starts again under a new client id; for a cloud that knows fewer, or more, of our writes than we sent. */
  renumber(): void {
    this.change((change) => {
      this.#newClient(change.put)
      change.audit('client.renewed', 'ledger', { queued: this.count('queued') })
    })
    this.#fresh = true
  }

  /** The feed is of another epoch: no version that was acknowledged means anything. */
  cloudSetBack(): void {
    this.change(({ put, audit }) => {
      for (const item of this.inState('acked')) put(item, { state: 'sent' })
      this.#newClient(put)
      writeMeta(this.#db, 'set_back', '1')
      audit('cloud.set-back', 'ledger', {})
    })
    this.#fresh = true
  }

  /** Offers writes again that a cloud which was set back has lost. */
  offerAgain(lost: readonly OutboxItem[], message: string): void {
    this.change(({ put, audit }) => {
      for (const item of lost) {
        put(item, { state: 'failed', outcome: { sequence: 0, outcome: 'rejected', code: 'edit-lost', message } })
        audit('mutation.lost', entityOf(item.body), { id: item.id })
      }
      writeMeta(this.#db, 'set_back', '0')
    })
  }

  /**
   * Does several things in one transaction: all or nothing, and on the disk when it returns.
   * @throws ProblemError `disk-full`, `file-damaged`, and then nothing is recorded
   */
  change<Result>(work: (change: Change) => Result): Result {
    const change: Change = {
      record: (body, detail, needs = null) =>
        record(change, this.#outbox.becoming(subjectOf(body).id), body, detail, needs),
      add: (body, answers = null) => {
        const item = this.#newItem(body, answers)
        this.#outbox.put(item)
        return item
      },
      put: (item, changes) => this.#outbox.put(item, changes),
      remove: (item) => {
        this.#outbox.remove(item)
        // Its sequence would be a gap.
        if (item.sequence !== null) this.#newClient(change.put)
      },
      audit: (action, entity, detail) => appendAudit(this.#db, this.#actor, action, entity, detail),
    }
    return this.#write(() => work(change))
  }

  /** The audit trail, oldest first. */
  get auditRows(): Iterable<AuditRow> {
    return this.#db.prepare<[], AuditRow>('SELECT * FROM audit ORDER BY seq').iterate()
  }

  close(): void {
    closeDatabase(this.#db)
  }

  #newItem(body: MutationBody, answers: string | null): OutboxItem {
    const place = Number(readMeta(this.#db, 'next_place'))
    writeMeta(this.#db, 'next_place', String(place + 1))
    const fresh = { at: new Date().toISOString(), sequence: null, version: null, outcome: null, attempts: 0 }
    return { place, id: randomUUID(), body, state: 'queued', ...fresh, answers, needs: null }
  }

  /** @returns the writes that fail with it */
  #settleOne({ put, audit }: Change, item: OutboxItem, result: MutationResult): OutboxItem[] {
    const version = 'version' in result ? result.version : null
    const state = result.outcome === 'applied' || result.outcome === 'merged' ? 'acked' : 'failed'
    put(item, { state, version, outcome: result, sequence: null, attempts: 0 })
    audit(`mutation.${result.outcome}`, entityOf(item.body), { id: item.id, version })
    if (result.outcome === 'conflict') this.#keepMerged(item, result)
    if (state === 'acked') return []
    const followers = withFollowers(item, this.inState('queued')).slice(1)
    const dependants = followers.filter((other) => other.sequence === null)
    const what = item.body.kind === 'ticket.merge' ? 'merge' : subjectOf(item.body).kind
    const message = `The ${what} that this belongs to was not taken.`
    for (const other of dependants) {
      put(other, { state: 'failed', outcome: { sequence: 0, outcome: 'rejected', code: 'not-created', message } })
      audit('mutation.rejected', entityOf(other.body), { id: other.id, version: null })
    }
    return dependants
  }

  /** What was taken of an edit in conflict stays on view until the pull has it. */
  #keepMerged({ body }: OutboxItem, { version, conflicts }: MutationResult & { outcome: 'conflict' }): void {
    if (!isUpdate(body)) return
    const undecided = new Set(conflicts.map(({ field }) => field))
    const merged = [...flatten(body.patch)].filter(([field]) => !undecided.has(field))
    if (merged.length === 0) return
    const base = [...flatten(body.base)].filter(([field]) => !undecided.has(field))
    const item = this.#newItem(withFields(body, base, unflatten(merged)), null)
    this.#outbox.put(item, { state: 'acked', version })
  }

  #newClient(put: Change['put']): void {
    for (const item of this.inState('queued')) if (item.sequence !== null) put(item, { sequence: null })
    writeMeta(this.#db, 'client_id', randomUUID())
    writeMeta(this.#db, 'next_sequence', '1')
  }

  #write<Result>(work: () => Result): Result {
    try {
      const result = this.#db.transaction(work).immediate()
      this.#outbox.committed()
      return result
    } catch (error) {
      this.#outbox.rolledBack()
      if (isDiskFull(error)) throw new ProblemError('disk-full', {}, { cause: error })
      if (isDamage(error)) {
        const remedy = 'Open the client again: what can be read is recovered.'
        throw new ProblemError('file-damaged', { file: basename(this.#file), remedy }, { cause: error })
      }
      throw error
    }
  }
}
