import type { Worker } from 'node:worker_threads'
import type { CallType } from '../../src-shared/channel/frame.ts'
import type { Rollup, SyncState } from '../../src-shared/domain/views.ts'
import type { TenantToken } from '../../src-shared/protocol/session.ts'
import { problem, problemOf, ProblemError, type Problem } from '../../src-shared/problem.ts'
import type { Assignment, FromWorker, ToWorker } from '../compartment/port.ts'

/** Receives the answers to one call. `payload` is JSON text, passed on as it came. */
export type Receiver = (op: 'data' | 'next' | 'error' | 'done', payload: string) => void

/** What a compartment's owner wants to know, and grants. */
export interface CompartmentOwner {
  tokenWanted(): Promise<TenantToken>
  rollup(rollup: Rollup): void
  syncState(state: SyncState): void
  /** The worker ended; `crashed` where nobody had asked it to. */
  ended(crashed: boolean): void
  /** Milliseconds that it gets to close its files before it is forced. */
  closeDeadline: number
}

/** One awake compartment: a worker, its calls in flight, and the way to close it. */
export class CompartmentProcess {
  readonly #worker: Worker
  readonly #owner: CompartmentOwner
  readonly #calls = new Map<number, Receiver>()
  readonly #synced: (() => void)[] = []
  readonly opened: Promise<void>
  readonly #gone: Promise<void>
  #resolveOpened!: () => void
  #rejectOpened!: (error: Error) => void
  #nextCall = 1
  #closing = false
  #ended = false

  constructor(worker: Worker, assignment: Assignment, owner: CompartmentOwner) {
    this.#worker = worker
    this.#owner = owner
    this.opened = new Promise((resolve, reject) => {
      this.#resolveOpened = resolve
      this.#rejectOpened = reject
    })
    this.opened.catch(() => undefined)
    this.#gone = new Promise((resolve) => worker.once('exit', () => resolve()))
    worker.on('message', (message: FromWorker) => this.#receive(message))
    // An uncaught exception in the compartment: its text may hold data, so it goes nowhere.
    worker.on('error', () => undefined)
    worker.once('exit', () => this.#end())
    // The root key is transferred: this side's copy is detached from here on.
    worker.postMessage({ op: 'assign', assignment } satisfies ToWorker, [assignment.rootKey])
  }

  get closing(): boolean {
    return this.#closing || this.#ended
  }

  /**
   * Sends a call in.
   * @returns a function that stops it
   */
  call(type: CallType, path: string, payload: string, receive: Receiver): () => void {
    if (this.closing) {
      receive('error', JSON.stringify(problem('compartment-crashed')))
      return () => undefined
    }
    const id = this.#nextCall++
    this.#calls.set(id, receive)
    this.post({ op: 'call', id, type, path, payload })
    return () => {
      if (this.#calls.delete(id)) this.post({ op: 'stop', id })
    }
  }

  post(message: Exclude<ToWorker, { op: 'assign' }>): void {
    if (!this.#ended) this.#worker.postMessage(message)
  }

  /** Asks for one pull and push; resolves when it ended, well or not, or when the compartment did. */
  sync(): Promise<void> {
    return new Promise((resolve) => {
      if (this.closing) return resolve()
      this.#synced.push(resolve)
      this.post({ op: 'sync' })
    })
  }

  /** Lets the compartment checkpoint and close its files; forces it only after the deadline. */
  async close(): Promise<void> {
    if (this.#ended) return
    if (!this.#closing) {
      this.#closing = true
      this.post({ op: 'close' })
    }
    const deadline = setTimeout(() => void this.#worker.terminate(), this.#owner.closeDeadline)
    await this.#gone
    clearTimeout(deadline)
  }

  #receive(message: FromWorker): void {
    switch (message.op) {
      case 'open':
        return this.#resolveOpened()
      case 'failed':
        this.#closing = true
        return this.#rejectOpened(new CompartmentFailed(message.problem))
      case 'answer': {
        const receive = this.#calls.get(message.id)
        if (message.kind !== 'next') this.#calls.delete(message.id)
        return receive?.(message.kind, message.payload)
      }
      case 'token-wanted':
        return void this.#giveToken()
      case 'rollup':
        return this.#owner.rollup(message.rollup)
      case 'sync-state':
        return this.#owner.syncState(message.state)
      case 'synced':
        for (const resolve of this.#synced.splice(0)) resolve()
    }
  }

  async #giveToken(): Promise<void> {
    try {
      const { token, expiresIn } = await this.#owner.tokenWanted()
      this.post({ op: 'token', token, expiresIn })
    } catch (error) {
      this.post({ op: 'token-refused', problem: problemOf(error) })
    }
  }

  #end(): void {
    this.#ended = true
    const crashed = !this.#closing
    this.#rejectOpened(new ProblemError('compartment-crashed'))
    const answer = JSON.stringify(problem('compartment-crashed'))
    for (const receive of this.#calls.values()) receive('error', answer)
    this.#calls.clear()
    for (const resolve of this.#synced.splice(0)) resolve()
    this.#owner.ended(crashed)
  }
}

/** The compartment's files could not be opened. */
class CompartmentFailed extends ProblemError {
  constructor(found: Problem) {
    super(found.code)
    Object.assign(this.problem, found)
    this.message = found.message
  }
}
