import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { CallType } from '../../src-shared/channel/frame.ts'
import type { Rollup } from '../../src-shared/domain/rollup.ts'
import type { SyncState } from '../../src-shared/domain/views.ts'
import type { Present } from '../../src-shared/protocol/presence.ts'
import type { TenantToken } from '../../src-shared/protocol/session.ts'
import { problem, problemOf, ProblemError, type Problem } from '../../src-shared/problem.ts'
import type { Assignment, WorkLane } from '../compartment/port.ts'
import { CompartmentProcess, type Order, type Receiver } from './compartment-process.ts'
import { CrashHistory, type RecordedFailure } from './crash-history.ts'
import type { Failure } from './failure.ts'
import { rekeyIn } from './rekey.ts'
import { Schedule, type Lane } from './schedule.ts'
import { Scopes } from './scopes.ts'
import { WorkerPool } from './worker-pool.ts'

export interface SupervisorOptions {
  /** Script of the compartment worker. */
  worker: string
  /** The profile's folder of compartments. */
  folder: string
  /** At most this many compartments are awake, the least recently used hibernate. */
  maxAwake?: number
  /** Blank workers kept ready, at most. */
  warm?: number
  /** How many tenants there are: no worker is kept ready for which none sleeps. */
  tenants?: () => number
  /** A fresh copy of the tenant's root key; the supervisor hands it on and keeps none. */
  rootKey(tenantId: string): Promise<Uint8Array>
  token(tenantId: string): Promise<TenantToken>
  assignment(): Pick<Assignment, 'cloudUrl' | 'technician' | 'online' | 'console'>
  rollup(tenantId: string, rollup: Rollup): void
  syncState(tenantId: string, state: SyncState): void
  /** A compartment ended unasked or did not open; the next call starts it again, unless it stays stopped. */
  crashed(tenantId: string, found: Problem): void
  /** A compartment is open: whatever kept it from that is over. */
  opened?(tenantId: string): void
  /** Milliseconds that a compartment gets to close its files; one that is forced gets them once more. */
  closeDeadline?: number
  /** Milliseconds between two questions whether a compartment is there. */
  beat?: number
}

const CLOSE_DEADLINE = 10_000
const BEAT = 2_000

/**
 * Turns of all compartments. Half of a turn is waiting for the cloud, so there are more than the machine has cores; one
 * is kept for edits and the client on screen. A turn that lasts longer hangs on the network.
 */
const TURNS = { places: 8, kept: 1, perTenant: 1, quantum: 50, longest: 2_000 }

/** Wakes, routes to, hibernates and restarts compartments. Knows that tenants are many, and nothing of what they hold. */
export class Supervisor {
  readonly scopes = new Scopes()
  readonly #options: SupervisorOptions
  readonly #pool: WorkerPool
  readonly #crashes = new CrashHistory()
  readonly #turns = new Schedule(TURNS)
  readonly #maxAwake: number
  /** Nothing may be asked of the cloud before (monotonic ms). */
  #quietUntil = 0
  /** Awake compartments, least recently used first. */
  readonly #awake = new Map<string, Promise<CompartmentProcess>>()
  /** Compartments whose files are still open; a tenant wakes again only after. */
  readonly #leaving = new Map<string, Promise<void>>()
  /** Tenants whose files are held by a thread that cannot be ended: they are not opened beside it. */
  readonly #stuck = new Set<string>()
  /** Tenants that are awake for a sync in the background. */
  readonly #syncing = new Set<string>()
  #closed = false

  constructor(options: SupervisorOptions) {
    this.#options = options
    this.#maxAwake = options.maxAwake ?? 16
    const { worker, warm = 2, tenants = () => Infinity } = options
    this.#pool = new WorkerPool(worker, () => Math.min(warm, tenants() - this.#awake.size))
    this.#pool.fill()
  }

  /**
   * Gives one window a scope on one tenant, valid at once; resolves when the compartment is awake. A scope whose
   * compartment does not open stays: each call to it tries again, and says why not.
   */
  async open(scope: string, tenantId: string, window: symbol): Promise<void> {
    this.scopes.open(scope, tenantId, window)
    this.#crashes.forgive(tenantId)
    this.#turns.move(tenantId, 'background', 'screen')
    await this.wake(tenantId)
  }

  /**
   * Sends a call to the compartment that a scope of this window leads to; wakes it if it sleeps.
   * @returns a function that stops the call
   */
  call(scope: string, window: symbol, type: CallType, path: string, payload: string, receive: Receiver): () => void {
    const found = this.scopes.find(scope, window, type !== 'subscription')
    if (!found) {
      receive('error', JSON.stringify(problem('scope-closed')))
      return () => undefined
    }
    const { tenantId, generation } = found
    if (type !== 'subscription') this.#turns.asked()
    let stopCall: (() => void) | null = null
    let over = false
    const stop = () => {
      over = true
      stopCall?.()
      release()
    }
    const release = this.scopes.onRevoke(scope, (reason) => {
      stop()
      receive('error', JSON.stringify(problem(reason)))
    })
    const answer: Receiver = (op, answered) => {
      if (over || !this.scopes.isCurrent(scope, generation)) return
      if (op !== 'next') {
        over = true
        release()
      }
      receive(op, answered)
    }
    this.wake(tenantId).then(
      (compartment) => {
        if (!over) stopCall = compartment.call(type, path, payload, answer)
      },
      (error: unknown) => answer('error', JSON.stringify(problemOf(error))),
    )
    return stop
  }

  /** The tenant's compartment, woken where it sleeps, marked as most recently used. */
  wake(tenantId: string): Promise<CompartmentProcess> {
    const running = this.#awake.get(tenantId)
    this.#awake.delete(tenantId)
    const compartment = running ?? this.#start(tenantId)
    this.#awake.set(tenantId, compartment)
    if (!running) {
      compartment.catch(() => this.#forget(tenantId, compartment))
      void this.#hibernateSurplus()
    }
    return compartment
  }

  isAwake(tenantId: string): boolean {
    return this.#awake.has(tenantId)
  }

  get awakeCount(): number {
    return this.#awake.size
  }

  /** Tells an awake compartment that its feed has moved. @returns false where it sleeps */
  poke(tenantId: string, version: number): boolean {
    const compartment = this.#awake.get(tenantId)
    compartment?.then((c) => c.post({ op: 'poke', version })).catch(() => undefined)
    return compartment !== undefined
  }

  /** Tells an awake compartment who else has tickets open; one that sleeps has no use for it. */
  tellPresence(tenantId: string, present: Present[]): void {
    this.#awake
      .get(tenantId)
      ?.then((c) => c.post({ op: 'presence', present }))
      .catch(() => undefined)
  }

  /** Nobody tells who has tickets open any more, though the cloud answers. */
  forgetPresence(): void {
    this.#tellAll({ op: 'presence', present: [] })
  }

  /** Tells every awake compartment whether the cloud answers, and at which address. */
  setOnline(online: boolean, cloudUrl: string): void {
    this.#tellAll({ op: 'online', online, cloudUrl })
  }

  /** The machine slept, or its network is another: connections of before are worth nothing. */
  resumed(): void {
    this.#tellAll({ op: 'resumed' })
  }

  /** Whatever stands before the cloud wants to hear nothing from anybody for so many milliseconds. */
  quiet(wait: number): void {
    this.#quietUntil = Math.max(this.#quietUntil, performance.now() + wait)
    this.#tellAll({ op: 'quiet', wait })
  }

  /**
   * Wakes a tenant for one sync in the background; it does not hibernate before that has ended.
   * @returns whether it ended; false where {@link mayHibernate} let it be put to sleep before
   */
  async syncInBackground(tenantId: string): Promise<boolean> {
    this.#syncing.add(tenantId)
    try {
      const compartment = await this.wake(tenantId)
      return await compartment.sync()
    } finally {
      this.mayHibernate(tenantId)
    }
  }

  /** There may be more tenants than before: a blank worker is kept ready for whoever is opened next. */
  keepReady(): void {
    this.#pool.fill()
  }

  /** A sync in the background goes on for as long as nobody needs the compartment's place. */
  mayHibernate(tenantId: string): void {
    this.#syncing.delete(tenantId)
    void this.#hibernateSurplus()
  }

  async hibernate(tenantId: string): Promise<void> {
    const compartment = this.#awake.get(tenantId)
    if (!compartment) return this.#leaving.get(tenantId)
    this.#forget(tenantId, compartment)
    return this.#leave(
      tenantId,
      compartment.then((c) => c.close()),
    )
  }

  /** How a tenant's compartment failed since the console was started, oldest first. */
  failures(tenantId: string): RecordedFailure[] {
    return this.#crashes.of(tenantId)
  }

  /**
   * Does something with a compartment's files while they are closed. Whoever wants the compartment meanwhile waits.
   * @throws what the work throws
   */
  async whileClosed(tenantId: string, work: () => Promise<void>): Promise<void> {
    const done = this.hibernate(tenantId).then(() => {
      if (this.#stuck.has(tenantId)) throw new ProblemError('compartment-stuck')
      return work()
    })
    void this.#leave(tenantId, done)
    return done
  }

  /**
   * Gives a tenant's files another root key. Copies under it are made beside the files; then `commit` says in one step
   * which key counts, and with it which of the two. A kill before it leaves everything as it was, one after it is ended
   * when the compartment opens next.
   * @param from and `to`, 32 bytes each, are zeros afterwards
   * @throws ProblemError what kept the copies from being made, or what `commit` throws; then nothing has changed
   */
  async rotate(tenantId: string, from: Uint8Array, to: Uint8Array, commit: () => Promise<void>): Promise<void> {
    await this.whileClosed(tenantId, async () => {
      const worker = await this.#pool.take()
      await rekeyIn(worker, {
        folder: join(this.#options.folder, tenantId),
        from: handOver(from),
        to: handOver(to),
        binding: bindingOf(tenantId),
      })
      await commit()
    })
    // The copies take the files' place now, and what the old key opens is gone.
    await this.wake(tenantId)
  }

  /** Revokes every scope and closes every compartment in order. */
  async close(): Promise<void> {
    this.#closed = true
    this.scopes.revokeAll()
    await Promise.all([...this.#awake.keys()].map((tenantId) => this.hibernate(tenantId)))
    await Promise.all(this.#leaving.values())
    await this.#pool.close()
  }

  async #start(tenantId: string): Promise<CompartmentProcess> {
    if (this.#closed) throw new ProblemError('scope-closed')
    // Whoever leaves from here on waits for this start, not the other way round.
    await this.#leaving.get(tenantId)
    if (this.#stuck.has(tenantId)) throw new ProblemError('compartment-stuck')
    await this.#crashes.wait(tenantId)
    const worker = await this.#pool.take()
    let rootKey: ArrayBuffer
    try {
      const key = await this.#options.rootKey(tenantId)
      rootKey = handOver(key)
      if (this.#closed) throw new ProblemError('scope-closed')
    } catch (error) {
      // Blank still, so it has no database open.
      await worker.terminate()
      throw error
    }
    const folder = join(this.#options.folder, tenantId)
    const quiet = Math.max(0, this.#quietUntil - performance.now())
    const assignment = { folder, rootKey, binding: bindingOf(tenantId), quiet, ...this.#options.assignment() }
    const compartment = new CompartmentProcess(worker, assignment, {
      tokenWanted: () => this.#options.token(tenantId),
      rollup: (rollup) => this.#options.rollup(tenantId, rollup),
      syncState: (state) => this.#options.syncState(tenantId, state),
      turn: (lane, begin) => this.#turns.want(tenantId, this.#laneOf(tenantId, lane), begin),
      quiet: (wait) => this.quiet(wait),
      failed: (failure) => this.#onFailure(tenantId, compartment, failure),
      ended: (stuck) => this.#onEnd(tenantId, compartment, stuck),
      closeDeadline: this.#options.closeDeadline ?? CLOSE_DEADLINE,
      beat: this.#options.beat ?? BEAT,
    })
    try {
      await compartment.opened
    } catch (error) {
      // A failure was told as such.
      if (compartment.refused) this.#options.crashed(tenantId, problemOf(error))
      throw error
    }
    this.#options.opened?.(tenantId)
    return compartment
  }

  /** Whoever wants the tenant meanwhile waits until it has left. */
  #leave(tenantId: string, leaving: Promise<void>): Promise<void> {
    const left = leaving
      .catch(() => undefined)
      .finally(() => {
        if (this.#leaving.get(tenantId) === left) this.#leaving.delete(tenantId)
      })
    this.#leaving.set(tenantId, left)
    return left
  }

  #laneOf(tenantId: string, lane: WorkLane): Lane {
    if (lane !== 'pull') return lane
    return this.scopes.isOnScreen(tenantId) ? 'screen' : 'background'
  }

  #tellAll(message: Order): void {
    for (const compartment of this.#awake.values()) compartment.then((c) => c.post(message)).catch(() => undefined)
  }

  #onFailure(tenantId: string, compartment: CompartmentProcess, failure: Failure): void {
    this.#forgetEnded(tenantId, compartment)
    void this.#leave(tenantId, compartment.close())
    this.#options.crashed(tenantId, this.#crashes.record(tenantId, failure))
  }

  #onEnd(tenantId: string, compartment: CompartmentProcess, stuck: Promise<void> | null): void {
    this.#forgetEnded(tenantId, compartment)
    if (!stuck) return
    this.#stuck.add(tenantId)
    this.#options.crashed(tenantId, problem('compartment-stuck'))
    void stuck.then(() => this.#stuck.delete(tenantId))
  }

  #forgetEnded(tenantId: string, compartment: CompartmentProcess): void {
    const current = this.#awake.get(tenantId)
    current?.then((c) => c === compartment && this.#forget(tenantId, current)).catch(() => undefined)
  }

  #forget(tenantId: string, compartment: Promise<CompartmentProcess>): void {
    if (this.#awake.get(tenantId) !== compartment) return
    this.#awake.delete(tenantId)
    this.#pool.refill()
  }

  /** Least recently used first; those on a window last, and their scopes are revoked. */
  async #hibernateSurplus(): Promise<void> {
    const surplus = this.#awake.size - this.#maxAwake
    if (surplus <= 0) return
    const all = [...this.#awake.keys()].slice(0, -1).filter((id) => !this.#syncing.has(id))
    const order = [...all.filter((id) => !this.scopes.has(id)), ...all.filter((id) => this.scopes.has(id))]
    for (const tenantId of order.slice(0, surplus)) {
      this.scopes.revokeTenant(tenantId)
      void this.hibernate(tenantId)
    }
  }
}

/** A copy of a key to be transferred; the one that was given is zeros from here on. */
function handOver(key: Uint8Array): ArrayBuffer {
  const copy = new Uint8Array(key).buffer
  key.fill(0)
  return copy
}

function bindingOf(tenantId: string): Buffer {
  return createHash('sha256').update(`bulkhead/binding/1 ${tenantId}`).digest()
}
