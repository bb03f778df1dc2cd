import { ExponentialBackoff, type IBackoff } from 'cockatiel'
import type { SyncState } from '../../../src-shared/domain/views.ts'
import { problemOf, type Problem } from '../../../src-shared/problem.ts'
import { finishLoading } from '../cache/loading.ts'
import { refreshView } from '../cache/overlay.ts'
import type { Holdings } from '../holdings.ts'
import type { OutboxItem } from '../ledger/ledger.ts'
import { isDamage, isDiskFull, storageProblem } from '../../storage/open.ts'
import { Busy, stopsSync, type Cloud } from './cloud.ts'
import { pull, type PullEvents } from './pull.ts'
import { push } from './push.ts'
import { Task } from './task.ts'

/** Milliseconds between pulls that nobody asked for. */
const SLOW_PULL = 60_000

export interface LoopEvents {
  /** Tickets or the desk moved; `all` where it was too much to name. */
  changed(tickets: Iterable<string> | 'all', desk: boolean): void
  state(state: SyncState): void
}

/** Keeps a compartment in step with the cloud. Pull and push run side by side; neither waits for the other. */
export class SyncLoop {
  readonly #held: Holdings
  readonly #cloud: Cloud
  readonly #events: LoopEvents
  readonly #abort = new AbortController()
  readonly #pull: Task
  readonly #push: Task
  readonly #slow: NodeJS.Timeout
  #online: boolean
  #problem: Problem | null = null
  #progress: SyncState['progress'] = null
  #inStepAt: string | null
  #toldAt = 0

  constructor(held: Holdings, cloud: Cloud, online: boolean, events: LoopEvents) {
    this.#held = held
    this.#cloud = cloud
    this.#events = events
    this.#online = online
    this.#inStepAt = held.cache.meta('in_step_at', String) ?? null
    this.#pull = new Task(
      () => this.#pullOnce(),
      newBackoff,
      () => this.#tell(),
    )
    this.#push = new Task(
      () => this.#pushOnce(),
      newBackoff,
      () => this.#tell(),
    )
    this.#slow = setInterval(() => this.#slowPull(), SLOW_PULL * (0.75 + Math.random() / 2))
    if (online) this.now()
    else if (this.#unfinished) this.#pull.want()
  }

  get state(): SyncState {
    const { ledger } = this.#held
    return {
      phase: this.#phase(),
      lastSuccessAt: this.#inStepAt,
      pending: ledger.count('queued'),
      failed: ledger.count('failed'),
      progress: this.#progress,
      problem: this.#problem,
    }
  }

  /** Pulls and pushes as soon as can be, whatever failed before. */
  now(): void {
    this.#cloud.reset()
    this.#pull.wantNow()
    this.#push.wantNow()
  }

  /** Pulls and pushes once; resolves when both ended, well or not. */
  async once(): Promise<void> {
    this.#cloud.reset()
    await Promise.all([this.#pull.wantNow(), this.#push.wantNow()])
    if (this.#held.ledger.count('acked') > 0) await this.#pull.wantNow()
  }

  /** There is something to send. */
  edited(): void {
    if (!this.#stopped) this.#push.want()
    this.#tell()
  }

  /** The cloud's feed has reached a version. */
  poke(version: number): void {
    if (version > this.#held.cache.place.cursor && !this.#stopped) this.#pull.want()
  }

  /** @param cloudUrl where the cloud is from now on */
  setOnline(online: boolean, cloudUrl: string): void {
    this.#cloud.url = cloudUrl
    this.#online = online
    if (online) this.now()
    else this.#tell()
  }

  /** Ends the sync; resolves when nothing of it runs any more. */
  async stop(): Promise<void> {
    clearInterval(this.#slow)
    this.#abort.abort()
    await Promise.all([this.#pull.stop(), this.#push.stop()])
  }

  get #stopped(): boolean {
    return this.#problem !== null && stopsSync(this.#problem)
  }

  #phase(): SyncState['phase'] {
    if (this.#stopped) return 'stopped'
    if (this.#problem?.code === 'cloud-unreachable') return 'offline'
    if (this.#pull.running && this.#progress) return this.#held.cache.loaded ? 'pulling' : 'first-sync'
    if (this.#push.running && this.#held.ledger.count('queued') > 0) return 'pushing'
    if (this.#pull.running && !this.#held.cache.loaded) return 'first-sync'
    return this.#online ? 'idle' : 'offline'
  }

  async #pullOnce(): Promise<number | null> {
    const signal = this.#abort.signal
    try {
      // A load that was interrupted after its last row needs no cloud to end.
      await this.#finishLoading()
      const before = this.#held.cache.place.cursor
      await this.#pullAll(signal)
      await this.#finishLoading()
      this.#succeeded(before !== this.#held.cache.place.cursor)
      return null
    } catch (error) {
      if (signal.aborted) return null
      return this.#failed(error, this.#pull)
    } finally {
      this.#progress = null
    }
  }

  /** A pull; and one more, from nothing, where the cloud no longer knew our place or the cache was damaged. */
  async #pullAll(signal: AbortSignal): Promise<void> {
    const once = (): Promise<void> => pull(this.#held, this.#cloud, this.#pullEvents(), signal)
    try {
      await once()
    } catch (error) {
      if (isDamage(error)) this.#held.resetCache()
      else if (problemOf(error).code !== 'feed-gone') throw error
      this.#events.changed('all', true)
      await once()
    }
  }

  async #pushOnce(): Promise<number | null> {
    const signal = this.#abort.signal
    try {
      for (let more = true; more && !signal.aborted;) {
        const done = await push(this.#held, this.#cloud, signal)
        more = done.more
        if (done.settled.length === 0) continue
        this.#show(done.settled)
        this.#events.changed(new Set(done.settled.map((item) => item.body.ticketId)), false)
        // Also where the pull has the result already: it lets go of what was acknowledged.
        this.#pull.want()
      }
      // Left over: what the cloud wants sent again later.
      return this.#held.ledger.count('queued') > 0 ? this.#push.nextDelay() : null
    } catch (error) {
      if (signal.aborted) return null
      return this.#failed(error, this.#push)
    }
  }

  /** All rows came, but indexes are missing. */
  get #unfinished(): boolean {
    const { cache } = this.#held
    return cache.meta('fed', Number) === 1 && !(cache.loaded && cache.text.ready)
  }

  async #finishLoading(): Promise<void> {
    if (!this.#unfinished) return
    await finishLoading(this.#held.cache, this.#abort.signal, () => this.#events.changed('all', true))
    this.#events.changed('all', true)
  }

  #pullEvents(): PullEvents {
    return {
      stored: (touched) => {
        if (this.#held.cache.loaded) this.#events.changed(touched.tickets, touched.desk)
      },
      progress: (rows, total) => {
        const now = performance.now()
        if (now - this.#toldAt < 250) return
        this.#toldAt = now
        this.#progress = { rows, total }
        if (!this.#held.cache.loaded) this.#events.changed('all', true)
        this.#tell()
      },
    }
  }

  /** What the cloud did not take shows the cloud's value again. */
  #show(settled: readonly OutboxItem[]): void {
    const { cache, ledger } = this.#held
    const refused = settled.filter((item) => item.state === 'failed')
    if (refused.length > 0) cache.write(() => refused.forEach(({ body }) => refreshView(cache, ledger, body.ticketId)))
  }

  #slowPull(): void {
    if (!this.#stopped) this.#pull.want()
    if (!this.#stopped && this.#held.ledger.count('queued') > 0) this.#push.want()
  }

  #succeeded(moved: boolean): void {
    this.#problem = null
    this.#online = true
    const last = this.#inStepAt
    this.#inStepAt = new Date().toISOString()
    // Written rarely where nothing moves, so that an idle client leaves the disk alone.
    if (moved || last === null) this.#held.cache.setMeta('in_step_at', this.#inStepAt)
  }

  #failed(error: unknown, task: Task): number | null {
    if (isDamage(error)) {
      this.#held.resetCache()
      this.#events.changed('all', true)
    }
    const found = problemOf(isDiskFull(error) ? storageProblem(error, '') : error)
    this.#problem = found
    if (stopsSync(found)) return null
    return error instanceof Busy ? error.wait : task.nextDelay()
  }

  #tell(): void {
    if (!this.#abort.signal.aborted) this.#events.state(this.state)
  }
}

function newBackoff(): IBackoff<unknown> {
  return new ExponentialBackoff({ initialDelay: 500, maxDelay: 60_000 }).next()
}
