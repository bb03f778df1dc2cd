import type { Worker } from 'node:worker_threads'
import type { CallType } from '../../src-shared/channel/frame.ts'
import type { Rollup } from '../../src-shared/domain/rollup.ts'
import type { SyncState } from '../../src-shared/domain/views.ts'
import type { TenantToken } from '../../src-shared/protocol/session.ts'
import { problem, problemOf, ProblemError, type Problem } from '../../src-shared/problem.ts'
import type { Assignment, ToWorker, WorkLane } from '../compartment/port.ts'
import { failureOf, NONSENSE, problemOfFailure, UNRESPONSIVE, type Failure } from './failure.ts'
import { Heartbeat } from './heartbeat.ts'
import { readMessage } from './read-message.ts'
import type { Turn } from './schedule.ts'

/** Receives the answers to one call. `payload` is JSON text, passed on as it came. */
export type Receiver = (op: 'data' | 'next' | 'error' | 'done', payload: string) => void

/** What a compartment's owner wants to know, and grants. */
export interface CompartmentOwner {
  tokenWanted(): Promise<TenantToken>
  rollup(rollup: Rollup): void
  syncState(state: SyncState): void
  /** Asks for the turn of a piece of work. */
  turn(lane: WorkLane, begin: () => void): Turn
  /** Whatever stands before the cloud asked for so many milliseconds of patience. */
  quiet(wait: number): void
  /** Nobody asked it to end, and yet it does, or has to: it does not answer, and {@link CompartmentProcess.close} runs. */
  failed(failure: Failure): void
  /** The worker ended, or its files are held by a thread that cannot be ended: `stuck` resolves should it end yet. */
  ended(stuck: Promise<void> | null): void
  /** Milliseconds between two questions whether it is there. */
  beat: number
  /** Milliseconds that it gets to close its files before it is forced. */
  closeDeadline: number
}

/** What an assigned worker is told. */
export type Order = Exclude<ToWorker, { op: 'assign' | 'rekey' }>

/** One awake compartment: a worker, its calls in flight, and the way to close it. */
export class CompartmentProcess {
  readonly #worker: Worker
  readonly #owner: CompartmentOwner
  readonly #calls = new Map<number, Receiver>()
  readonly #synced: ((ended: boolean) => void)[] = []
  readonly #turns = new Map<number, Turn>()
  readonly opened: Promise<void>
  readonly #gone: Promise<void>
  readonly #left = Promise.withResolvers<void>()
  readonly #heartbeat: Heartbeat
  #resolveOpened!: () => void
  #rejectOpened!: (error: Error) => void
  #nextCall = 1
  #failure: Failure | null = null
  #force: NodeJS.Timeout | null = null
  #refused = false
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
    worker.on('message', (message: unknown) => this.#receive(message))
    // An uncaught exception in the compartment: its text may hold data, so it goes nowhere.
    worker.on('error', (error) => (this.#failure ??= failureOf(error)))
    worker.once('exit', () => this.#end(null))
    this.#heartbeat = new Heartbeat(
      owner.beat,
      () => this.post({ op: 'ping' }),
      () => this.#giveUp(UNRESPONSIVE),
    )
    // The root key is transferred: this side's copy is detached from here on.
    worker.postMessage({ op: 'assign', assignment } satisfies ToWorker, [assignment.rootKey])
  }

  /** Its files could not be opened: it said why, and ends. */
  get refused(): boolean {
    return this.#refused
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
      receive('error', JSON.stringify(this.#problem))
      return () => undefined
    }
    const id = this.#nextCall++
    this.#calls.set(id, receive)
    this.post({ op: 'call', id, type, path, payload })
    return () => {
      if (this.#calls.delete(id)) this.post({ op: 'stop', id })
    }
  }

  post(message: Order): void {
    if (!this.#ended) this.#worker.postMessage(message)
  }

  /**
   * Asks for one pull and push.
   * @returns whether it ended, well or not; false where the compartment ended before
   */
  sync(): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.closing) return resolve(false)
      this.#synced.push(resolve)
      this.post({ op: 'sync' })
    })
  }

  /**
   * Lets the compartment checkpoint and close its files; forces it only after the deadline. A thread inside of SQLite
   * cannot be forced either: it is given up after a second deadline, and ends with the process at the latest.
   */
  async close(): Promise<void> {
    if (this.#ended) return
    this.#heartbeat.stop()
    if (!this.#closing) {
      this.#closing = true
      this.post({ op: 'close' })
    }
    this.#force ??= setTimeout(() => this.#forceEnd(), this.#owner.closeDeadline)
    await this.#left.promise
  }

  #receive(said: unknown): void {
    const message = readMessage(said)
    if (!message) return this.#giveUp(NONSENSE)
    switch (message.op) {
      case 'open':
        this.#heartbeat.long = false
        return this.#resolveOpened()
      case 'pong':
        return this.#heartbeat.answered()
      case 'failed':
        this.#heartbeat.stop()
        this.#closing = true
        this.#refused = true
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
        this.#heartbeat.long = message.state.progress !== null
        return this.#owner.syncState(message.state)
      case 'turn-wanted':
        return void this.#turns.set(
          message.id,
          this.#owner.turn(message.lane, () => this.post({ op: 'turn', id: message.id })),
        )
      case 'turn-done':
        this.#turns.get(message.id)?.end()
        return void this.#turns.delete(message.id)
      case 'quiet':
        return this.#owner.quiet(message.wait)
      case 'synced':
        for (const resolve of this.#synced.splice(0)) resolve(true)
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

  get #problem(): Problem {
    return this.#failure ? problemOfFailure(this.#failure) : problem('compartment-crashed')
  }

  /** It hangs or went wrong: nobody waits for it any longer, and it gets its time to close all the same. */
  #giveUp(failure: Failure): void {
    if (this.closing) return
    this.#failure = failure
    void this.close()
    this.#owner.failed(failure)
    this.#letGo()
  }

  #forceEnd(): void {
    void this.#worker.terminate()
    this.#force = setTimeout(() => {
      // The process waits for its threads when it ends, and would wait for this one for ever.
      process.once('exit', killThisProcess)
      void this.#gone.then(() => process.off('exit', killThisProcess))
      this.#end(this.#gone)
    }, this.#owner.closeDeadline)
  }

  #end(stuck: Promise<void> | null): void {
    if (this.#ended) return
    this.#ended = true
    this.#heartbeat.stop()
    if (this.#force) clearTimeout(this.#force)
    if (!this.#closing) this.#owner.failed((this.#failure ??= failureOf(null)))
    this.#letGo()
    this.#owner.ended(stuck)
    this.#left.resolve()
  }

  /** Answers everybody who waits. */
  #letGo(): void {
    const found = this.#problem
    this.#rejectOpened(new CompartmentFailed(found))
    const answer = JSON.stringify(found)
    for (const receive of this.#calls.values()) receive('error', answer)
    this.#calls.clear()
    for (const resolve of this.#synced.splice(0)) resolve(false)
    for (const turn of this.#turns.values()) turn.end()
    this.#turns.clear()
  }
}

function killThisProcess(): void {
  process.kill(process.pid, 'SIGKILL')
}

/** The compartment could not be opened. */
export class CompartmentFailed extends ProblemError {
  constructor(found: Problem) {
    super(found.code)
    Object.assign(this.problem, found)
    this.message = found.message
  }
}
