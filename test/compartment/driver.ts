import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'
import type { CallType } from '../../src-shared/channel/frame.ts'
import type { Rollup } from '../../src-shared/domain/rollup.ts'
import type { SyncState } from '../../src-shared/domain/views.ts'
import type { Problem } from '../../src-shared/problem.ts'
import type { Assignment, FromWorker, ToWorker, WorkLane } from '../../src-main/compartment/port.ts'
import type { TenantRouter } from '../../src-main/compartment/router.ts'

export type Outputs = inferRouterOutputs<TenantRouter>
export type Inputs = inferRouterInputs<TenantRouter>

const entry = new URL('../support/crashing-worker.ts', import.meta.url)
/** Id of the technician who acts where a test does not say otherwise. */
export const ME = '00000000-0000-4000-8000-0000000000aa'

export interface Start {
  folder: string
  /** Fills the root key. */
  keyByte?: number
  /** Fills what secrets are bound to. */
  bindingByte?: number
  cloudUrl?: string
  online?: boolean
  maxPages?: Assignment['maxPages']
  maxBytes?: Assignment['maxBytes']
  compareAfter?: number
  /** Id of the technician who acts. */
  me?: string
  /** Under which the cloud's events are followed. */
  console?: string
  /** Answers `token-wanted`; null refuses it as an ended sign-in. */
  token?: () => string | null
  /** Another entry around the worker's, and what it is given. */
  worker?: { entry: URL; data: unknown }
}

/** What a compartment is given when it is opened. */
export function assignmentOf(start: Start): Assignment {
  const rootKey = new ArrayBuffer(32)
  new Uint8Array(rootKey).fill(start.keyByte ?? 7)
  const assignment: Assignment = {
    folder: start.folder,
    rootKey,
    binding: new Uint8Array(32).fill(start.bindingByte ?? 1),
    cloudUrl: start.cloudUrl ?? 'http://127.0.0.1:9',
    technician: { id: start.me ?? ME, name: 'Robin Vale', email: 'robin@example.com' },
    online: start.online ?? start.cloudUrl !== undefined,
  }
  if (start.maxPages) assignment.maxPages = start.maxPages
  if (start.maxBytes) assignment.maxBytes = start.maxBytes
  if (start.console !== undefined) assignment.console = start.console
  if (start.compareAfter !== undefined) assignment.compareAfter = start.compareAfter
  return assignment
}

/** A compartment in its real worker, driven as the supervisor drives it. */
export class Driven {
  readonly states: SyncState[] = []
  readonly rollups: Rollup[] = []
  tokensWanted = 0
  /** Pieces of work that asked for a turn, by lane, and how many turns have ended. */
  readonly turns: string[] = []
  turnsEnded = 0
  /** Decides when a turn comes: at once where a test does not say otherwise. */
  turn: (lane: WorkLane, give: () => void) => unknown = (_, give) => give()
  /** Milliseconds of patience that were asked of everybody. */
  readonly quiets: number[] = []
  readonly #worker: Worker
  readonly #calls = new Map<number, { resolve: (value: unknown) => void; reject: (problem: CallFailed) => void }>()
  readonly #streams = new Map<number, (value: unknown) => void>()
  readonly #synced: (() => void)[] = []
  readonly #exit: Promise<void>
  #next = 1
  closed = false

  private constructor(worker: Worker, start: Start) {
    this.#worker = worker
    this.#exit = new Promise((resolve) => worker.once('exit', () => resolve()))
    worker.on('message', (message: FromWorker) => this.#receive(message, start))
    worker.on('error', () => undefined)
  }

  /** Resolves when the files are open; rejects with {@link CallFailed} where they could not be opened. */
  static async open(start: Start): Promise<Driven> {
    const worker = new Worker(start.worker?.entry ?? entry, { workerData: start.worker?.data })
    const driven = new Driven(worker, start)
    const opened = new Promise<void>((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        if (message.op === 'open') resolve()
        if (message.op === 'failed') reject(new CallFailed(message.problem))
      })
      worker.once('error', reject)
      worker.once('exit', () => reject(new Error('the worker ended')))
    })
    const assignment = assignmentOf(start)
    driven.post({ op: 'assign', assignment }, [assignment.rootKey])
    await opened
    return driven
  }

  post(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer)
  }

  /** @returns what the procedure answered; rejects with {@link CallFailed} */
  call<Value>(type: CallType, path: string, input?: unknown): Promise<Value> {
    const id = this.#next++
    return new Promise<Value>((resolve, reject) => {
      this.#calls.set(id, { resolve: resolve as (value: unknown) => void, reject })
      this.post({ op: 'call', id, type, path, payload: input === undefined ? '' : JSON.stringify(input) })
    })
  }

  /** Follows a subscription. @returns a function that stops it */
  follow<Value>(path: string, receive: (value: Value) => void, input?: unknown): () => void {
    const id = this.#next++
    this.#streams.set(id, receive as (value: unknown) => void)
    this.post({ op: 'call', id, type: 'subscription', path, payload: input === undefined ? '' : JSON.stringify(input) })
    return () => this.post({ op: 'stop', id })
  }

  page(input: Partial<Inputs['tickets']['page']> = {}): Promise<Outputs['tickets']['page']> {
    return this.call('query', 'tickets.page', {
      filter: {},
      sort: { by: 'updated', direction: 'descending' },
      ...input,
    })
  }

  outline(input: Partial<Inputs['tickets']['outline']> = {}): Promise<Outputs['tickets']['outline']> {
    return this.call('query', 'tickets.outline', {
      filter: {},
      sort: { by: 'updated', direction: 'descending' },
      ...input,
    })
  }

  search(text: string, order: 'newest' | 'rank' = 'newest', limit = 50): Promise<Outputs['tickets']['search']> {
    return this.call('query', 'tickets.search', { text, filter: {}, order, limit })
  }

  ticket(id: string): Promise<Outputs['tickets']['get']> {
    return this.call('query', 'tickets.get', { id })
  }

  edit(id: string, patch: Inputs['tickets']['edit']['patch']): Promise<Outputs['tickets']['edit']> {
    return this.call('mutation', 'tickets.edit', { id, patch })
  }

  state(): Promise<SyncState> {
    return this.call('query', 'sync.state')
  }

  /** One pull and push. */
  sync(): Promise<void> {
    return new Promise((resolve) => {
      this.#synced.push(resolve)
      this.post({ op: 'sync' })
    })
  }

  async close(): Promise<void> {
    this.post({ op: 'close' })
    await this.#exit
  }

  /** Ends the thread by an exception that nobody catches, as a bug would: nothing is closed in order. */
  async crash(): Promise<void> {
    this.post({ op: 'call', id: 0, type: 'query', path: 'crash', payload: '' })
    await this.#exit
  }

  #receive(message: FromWorker, start: Start): void {
    switch (message.op) {
      case 'answer': {
        const value = message.payload === '' ? undefined : (JSON.parse(message.payload) as unknown)
        if (message.kind === 'next') return this.#streams.get(message.id)?.(value)
        const waiting = this.#calls.get(message.id)
        this.#calls.delete(message.id)
        if (message.kind === 'error') return waiting?.reject(new CallFailed(value as Problem))
        return waiting?.resolve(value)
      }
      case 'token-wanted': {
        this.tokensWanted += 1
        const token = start.token ? start.token() : 'token-1'
        if (token !== null) return this.post({ op: 'token', token, expiresIn: 3600 })
        const problem = { code: 'sign-in-expired' as const, message: 'ended', retry: false }
        return this.post({ op: 'token-refused', problem })
      }
      case 'turn-wanted':
        this.turns.push(message.lane)
        return void this.turn(message.lane, () => this.post({ op: 'turn', id: message.id }))
      case 'turn-done':
        this.turnsEnded += 1
        return
      case 'quiet':
        return void this.quiets.push(message.wait)
      case 'rollup':
        return void this.rollups.push(message.rollup)
      case 'sync-state':
        return void this.states.push(message.state)
      case 'synced':
        return this.#synced.shift()?.()
      case 'closed':
        this.closed = true
    }
  }
}

/** A procedure, or the opening, ended in a problem. */
export class CallFailed extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.code)
    this.problem = problem
  }
}

/** A folder for one test's files. */
export function temporaryFolder(): { folder: string; remove: () => void; removeFile: (database: string) => void } {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-compartment-'))
  return {
    folder,
    remove: () => rmSync(folder, { recursive: true, force: true }),
    removeFile: (database) => {
      for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, database + suffix), { force: true })
    },
  }
}
