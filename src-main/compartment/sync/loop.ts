import { ExponentialBackoff, type IBackoff } from 'cockatiel'
import type { SyncReport, SyncState } from '../../../src-shared/domain/views.ts'
import { problemOf, type Problem } from '../../../src-shared/problem.ts'
import { finishLoading } from '../cache/loading.ts'
import { refreshView } from '../cache/overlay.ts'
import type { Holdings } from '../holdings.ts'
import type { OutboxItem } from '../ledger/outbox.ts'
import { isDamage, isDiskFull, storageProblem } from '../../storage/open.ts'
import { Busy, stopsSync, type Cloud } from './cloud.ts'
import { offerLost } from './lost.ts'
import { pull, startOver, type PullEvents } from './pull.ts'
import { Pusher } from './push.ts'
import { Task } from './task.ts'

/** Milliseconds between pulls that nobody asked for. */
const SLOW_PULL = 60_000
/** Milliseconds that a run may take without any progress. A request ends by itself sooner where no byte comes. */
const STALL = 75_000

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
  readonly #pusher: Pusher
  readonly #slow: NodeJS.Timeout
  readonly #watchdog: NodeJS.Timeout
  readonly #stall: number
  /** Ends the runs of now, and no later ones. */
  #runs = new AbortController()
  #movedAt = performance.now()
  #indexing = false
  #mayEmpty = false
  #head: number | null = null
  #online: boolean
  #problem: Problem | null = null
  #progress: SyncState['progress'] = null
  #inStepAt: string | null
  #toldAt = 0

  /** @param stall milliseconds without progress after which a run is started anew */
  constructor(held: Holdings, cloud: Cloud, online: boolean, events: LoopEvents, stall = STALL) {
    this.#held = held
    this.#cloud = cloud
    this.#events = events
    this.#stall = stall
    this.#pusher = new Pusher(held, cloud)
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
    this.#watchdog = setInterval(() => this.#watch(), stall / 5)
    if (online) this.now()
    else if (this.#unfinished) this.#wantPull()
  }

  get state(): SyncState {
    const { ledger } = this.#held
    return {
      phase: this.#phase(),
      lastSuccessAt: this.#inStepAt,
      pending: ledger.count('queued'),
      failed: ledger.count('failed'),
      progress: this.#progress,
      problem: this.#problem ?? ledger.salvaged,
    }
  }

  /** What the sync page tells beside what is in the files. */
  get report(): Omit<SyncReport, 'outbox' | 'files'> {
    const { cache, ledger } = this.#held
    const due = [this.#pull.dueAt, this.#push.dueAt].filter((at) => at !== null)
    const at = due.length === 0 ? null : new Date(Math.min(...due)).toISOString()
    const reason = this.#problem?.message ?? 'The cloud asked to send edits again later.'
    return {
      state: this.state,
      paused: ledger.paused,
      breaker: this.#cloud.breaker,
      lastPullAt: this.#inStepAt,
      lastPushAt: cache.meta('pushed_at', String) ?? null,
      nextTry: at === null ? null : { at, reason },
      cursor: cache.place.cursor,
      head: this.#head,
    }
  }

  /** Pulls and pushes as soon as can be, whatever failed before. While paused it does nothing. */
  now(): void {
    if (this.#held.ledger.paused) return
    this.#cloud.reset()
    this.#pusher.release()
    void this.#pull.wantNow()
    void this.#push.wantNow()
  }

  /** Pulls and pushes once; resolves when both ended, well or not. */
  async once(): Promise<void> {
    const { ledger } = this.#held
    if (ledger.paused) return
    this.#cloud.reset()
    this.#pusher.release()
    await Promise.all([this.#pull.wantNow(), this.#push.wantNow()])
    if (ledger.count('acked') > 0 && !ledger.paused) await this.#pull.wantNow()
  }

  /** Stops or resumes the sync, also beyond the next start; edits are taken all the same. */
  pause(paused: boolean): void {
    this.#held.ledger.paused = paused
    if (!paused) return this.now()
    this.#endRuns()
    this.#pull.rest()
    this.#push.rest()
    this.#tell()
  }

  /** Reads everything again, behind the present view. */
  resync(): void {
    startOver(this.#held)
    this.now()
  }

  /** Lets the next pull take away as much as it wants. */
  allowDeletes(): void {
    this.#mayEmpty = true
    this.#problem = null
    this.now()
  }

  /** There is something to send. */
  edited(): void {
    this.#wantPush()
    this.#tell()
  }

  /** The cloud's feed has reached a version. */
  poke(version: number): void {
    this.#head = Math.max(version, this.#head ?? 0)
    if (version > this.#held.cache.place.cursor) this.#wantPull()
  }

  /** @param cloudUrl where the cloud is from now on */
  setOnline(online: boolean, cloudUrl: string): void {
    this.#cloud.url = cloudUrl
    this.#online = online
    if (online) this.now()
    if (!online || this.#held.ledger.paused) this.#tell()
  }

  /** Ends the sync; resolves when nothing of it runs any more. */
  async stop(): Promise<void> {
    clearInterval(this.#slow)
    clearInterval(this.#watchdog)
    this.#abort.abort()
    await Promise.all([this.#pull.stop(), this.#push.stop()])
  }

  get #halted(): boolean {
    return this.#stopped || this.#held.ledger.paused
  }

  #wantPull(): void {
    if (!this.#halted) this.#pull.want()
  }

  #wantPush(): void {
    if (!this.#halted) this.#push.want()
  }

  #endRuns(): void {
    this.#runs.abort()
    this.#runs = new AbortController()
  }

  /** A run that does not get anywhere starts anew, over another connection; work that nothing waits for is taken up. */
  #watch(): void {
    if (this.#halted || this.#indexing) return
    const running = this.#pull.running || this.#push.running
    if (running && performance.now() - this.#movedAt > this.#stall) {
      this.#movedAt = performance.now()
      this.#endRuns()
      this.now()
    } else if (!this.#push.running && this.#push.dueAt === null && this.#online) {
      if (this.#held.ledger.count('queued') > 0) this.#wantPush()
    }
  }

  #runSignal(): AbortSignal {
    this.#movedAt = performance.now()
    return AbortSignal.any([this.#abort.signal, this.#runs.signal])
  }

  get #stopped(): boolean {
    return this.#problem !== null && stopsSync(this.#problem)
  }

  #phase(): SyncState['phase'] {
    if (this.#stopped) return 'stopped'
    if (this.#held.ledger.paused) return 'paused'
    if (this.#problem?.code === 'cloud-unreachable') return 'offline'
    if (this.#pull.running && this.#progress) return this.#held.cache.loaded ? 'pulling' : 'first-sync'
    if (this.#push.running && this.#held.ledger.count('queued') > 0) return 'pushing'
    if (this.#pull.running && !this.#held.cache.loaded) return 'first-sync'
    return this.#online ? 'idle' : 'offline'
  }

  async #pullOnce(): Promise<number | null> {
    if (this.#held.ledger.paused) return null
    const signal = this.#runSignal()
    try {
      // A load that was interrupted after its last row needs no cloud to end.
      await this.#finishLoading()
      const before = this.#held.cache.place.cursor
      await this.#pullAll(signal)
      await this.#finishLoading()
      this.#mayEmpty = false
      this.#offerLost()
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
    const once = (): Promise<void> => pull(this.#held, this.#cloud, this.#pullEvents(), signal, this.#mayEmpty)
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
    if (this.#held.ledger.paused) return null
    const signal = this.#runSignal()
    this.#pusher.begin()
    try {
      for (let more = true; more && !signal.aborted;) {
        const done = await this.#pusher.push(signal)
        more = done.more
        if (done.settled.length === 0) continue
        this.#movedAt = performance.now()
        this.#held.cache.setMeta('pushed_at', new Date().toISOString())
        this.#show(done.settled)
        this.#events.changed(new Set(done.settled.map((item) => item.body.ticketId)), false)
        // Also where the pull has the result already: it lets go of what was acknowledged.
        this.#wantPull()
      }
      // Left over: what the cloud wants sent again later.
      if (signal.aborted || this.#held.ledger.count('queued') === 0) return null
      return this.#pusher.nextHold ?? this.#push.nextDelay()
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
    this.#indexing = true
    try {
      await finishLoading(this.#held.cache, this.#abort.signal, () => this.#events.changed('all', true))
    } finally {
      this.#indexing = false
      this.#movedAt = performance.now()
    }
    this.#events.changed('all', true)
  }

  /** Once everything of a cloud that was set back is here: what it lost. */
  #offerLost(): void {
    const { ledger } = this.#held
    if (!ledger.setBack) return
    const lost = offerLost(this.#held)
    this.#show(lost)
    this.#events.changed(new Set(lost.map(({ body }) => body.ticketId)), false)
  }

  #pullEvents(): PullEvents {
    return {
      opened: (head) => {
        this.#movedAt = performance.now()
        this.#head = head
      },
      stored: (touched) => {
        this.#movedAt = performance.now()
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
    this.#wantPull()
    if (this.#held.ledger.count('queued') > 0) this.#wantPush()
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
    if (stopsSync(found) || this.#held.ledger.paused) return null
    return error instanceof Busy ? error.wait : task.nextDelay()
  }

  #tell(): void {
    if (!this.#abort.signal.aborted) this.#events.state(this.state)
  }
}

function newBackoff(): IBackoff<unknown> {
  return new ExponentialBackoff({ initialDelay: 500, maxDelay: 60_000 }).next()
}
