import { join } from 'node:path'
import type { CallType } from '../../src-shared/channel/frame.ts'
import type { Rollup, SyncState } from '../../src-shared/domain/views.ts'
import type { TenantToken } from '../../src-shared/protocol/session.ts'
import { problem, problemOf, ProblemError, type Problem } from '../../src-shared/problem.ts'
import type { Assignment } from '../compartment/port.ts'
import { CompartmentProcess, type Receiver } from './compartment-process.ts'
import { CrashHistory } from './crash-history.ts'
import { Scopes } from './scopes.ts'
import { WorkerPool } from './worker-pool.ts'

export interface SupervisorOptions {
  /** Script of the compartment worker. */
  worker: string
  /** The profile's folder of compartments. */
  folder: string
  /** At most this many compartments are awake, the least recently used hibernate. */
  maxAwake?: number
  /** Blank workers kept ready. */
  warm?: number
  /** A fresh copy of the tenant's root key; the supervisor hands it on and keeps none. */
  rootKey(tenantId: string): Promise<Uint8Array>
  token(tenantId: string): Promise<TenantToken>
  assignment(): Pick<Assignment, 'cloudUrl' | 'technician' | 'online'>
  rollup(tenantId: string, rollup: Rollup): void
  syncState(tenantId: string, state: SyncState): void
  /** A compartment ended unasked; it starts again with its next call, or stays stopped. */
  crashed(tenantId: string, found: Problem): void
  /** Milliseconds that a compartment gets to close its files. */
  closeDeadline?: number
}

const CLOSE_DEADLINE = 10_000

/** Wakes, routes to, hibernates and restarts compartments. Knows that tenants are many, and nothing of what they hold. */
export class Supervisor {
  readonly scopes = new Scopes()
  readonly #options: SupervisorOptions
  readonly #pool: WorkerPool
  readonly #crashes = new CrashHistory()
  readonly #maxAwake: number
  /** Awake compartments, least recently used first. */
  readonly #awake = new Map<string, Promise<CompartmentProcess>>()
  /** Compartments whose files are still open; a tenant wakes again only after. */
  readonly #leaving = new Map<string, Promise<void>>()
  /** Tenants that are awake for a sync in the background. */
  readonly #syncing = new Set<string>()
  #closed = false

  constructor(options: SupervisorOptions) {
    this.#options = options
    this.#maxAwake = options.maxAwake ?? 16
    this.#pool = new WorkerPool(options.worker, options.warm ?? 2)
    this.#pool.fill()
  }

  /**
   * Gives one window a scope on one tenant, valid at once; resolves when the compartment is awake. A scope whose
   * compartment does not open stays: each call to it tries again, and says why not.
   */
  async open(scope: string, tenantId: string, window: symbol): Promise<void> {
    this.scopes.open(scope, tenantId, window)
    this.#crashes.forgive(tenantId)
    await this.wake(tenantId)
  }

  /**
   * Sends a call to the compartment that a scope of this window leads to; wakes it if it sleeps.
   * @returns a function that stops the call
   */
  call(scope: string, window: symbol, type: CallType, path: string, payload: string, receive: Receiver): () => void {
    const tenantId = this.scopes.tenantOf(scope, window)
    if (!tenantId) {
      receive('error', JSON.stringify(problem('scope-closed')))
      return () => undefined
    }
    let stopCall: (() => void) | null = null
    let over = false
    const stop = () => {
      over = true
      stopCall?.()
      release()
    }
    const release = this.scopes.onRevoke(scope, () => {
      stop()
      receive('error', JSON.stringify(problem('scope-closed')))
    })
    const answer: Receiver = (op, answered) => {
      if (over) return
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

  /** Tells every awake compartment whether the cloud answers, and at which address. */
  setOnline(online: boolean, cloudUrl: string): void {
    for (const compartment of this.#awake.values())
      compartment.then((c) => c.post({ op: 'online', online, cloudUrl })).catch(() => undefined)
  }

  /** Wakes a tenant for one sync in the background; it does not hibernate before that has ended. */
  async syncInBackground(tenantId: string): Promise<void> {
    this.#syncing.add(tenantId)
    try {
      const compartment = await this.wake(tenantId)
      await compartment.sync()
    } finally {
      this.#syncing.delete(tenantId)
      void this.#hibernateSurplus()
    }
  }

  async hibernate(tenantId: string): Promise<void> {
    const compartment = this.#awake.get(tenantId)
    if (!compartment) return this.#leaving.get(tenantId)
    this.#forget(tenantId, compartment)
    const left = compartment
      .then((c) => c.close())
      .catch(() => undefined)
      .finally(() => {
        if (this.#leaving.get(tenantId) === left) this.#leaving.delete(tenantId)
      })
    this.#leaving.set(tenantId, left)
    return left
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
    await this.#leaving.get(tenantId)
    await this.#crashes.wait(tenantId)
    const [rootKey, worker] = await Promise.all([this.#options.rootKey(tenantId), this.#pool.take()])
    if (this.#closed) {
      rootKey.fill(0)
      await worker.terminate()
      throw new ProblemError('scope-closed')
    }
    const folder = join(this.#options.folder, tenantId)
    const transferred = new Uint8Array(rootKey).buffer
    rootKey.fill(0)
    const assignment = { folder, rootKey: transferred, ...this.#options.assignment() }
    const compartment = new CompartmentProcess(worker, assignment, {
      tokenWanted: () => this.#options.token(tenantId),
      rollup: (rollup) => this.#options.rollup(tenantId, rollup),
      syncState: (state) => this.#options.syncState(tenantId, state),
      ended: (crashed) => this.#onEnd(tenantId, compartment, crashed),
      closeDeadline: this.#options.closeDeadline ?? CLOSE_DEADLINE,
    })
    await compartment.opened
    return compartment
  }

  #onEnd(tenantId: string, compartment: CompartmentProcess, crashed: boolean): void {
    const current = this.#awake.get(tenantId)
    current?.then((c) => c === compartment && this.#forget(tenantId, current)).catch(() => undefined)
    if (!crashed) return
    this.#crashes.record(tenantId)
    const stopped = this.#crashes.isStopped(tenantId)
    this.#options.crashed(tenantId, problem(stopped ? 'compartment-stopped' : 'compartment-crashed'))
  }

  #forget(tenantId: string, compartment: Promise<CompartmentProcess>): void {
    if (this.#awake.get(tenantId) === compartment) this.#awake.delete(tenantId)
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
