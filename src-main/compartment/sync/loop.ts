import type { SyncReport, SyncState } from '../../../src-shared/domain/views.ts'
import { problemOf, type Problem } from '../../../src-shared/problem.ts'
import { refreshViews, touchedBy } from '../cache/overlay.ts'
import type { Holdings } from '../holdings.ts'
import type { OutboxItem } from '../ledger/outbox.ts'
import type { Assignment } from '../port.ts'
import { isDamage, isDiskFull, storageProblem } from '../../storage/open.ts'
import { Busy, stopsSync, type Cloud } from './cloud.ts'
import { DriftCheck } from './drift.ts'
import { offerLost } from './lost.ts'
import { MissingIndexes } from './missing-indexes.ts'
import { newKindsWait } from './new-kinds.ts'
import { nextTryOf, phaseOf, Progress } from './progress.ts'
import { pullWhole, startOver, type PullEvents } from './pull.ts'
import { Pusher } from './push.ts'
import { newBackoff, Task } from './task.ts'
import type { Turn, Turns } from './turns.ts'

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
  readonly #turns: Turns
  readonly #events: LoopEvents
  readonly #abort = new AbortController()
  readonly #pull: Task
  readonly #push: Task
  readonly #pusher: Pusher
  readonly #drift: DriftCheck
  readonly #indexes: MissingIndexes
  readonly #slow: NodeJS.Timeout
  readonly #watchdog: NodeJS.Timeout
  readonly #stall: number
  /** Ends the runs of now, and no later ones. */
  #runs = new AbortController()
  #movedAt = performance.now()
  #mayEmpty = false
  #head: number | null = null
  #online: boolean
  #problem: Problem | null = null
  /** Whether the last pull came to its end. */
  #pulled = false
  #progress: SyncState['progress'] = null
  #inStepAt: string | null

  /**
   * @param compareAfter milliseconds in step before the copy is compared with the cloud
   * @param stall milliseconds without progress after which a run is started anew
   */
  constructor(
    held: Holdings,
    cloud: Cloud,
    turns: Turns,
    { online, compareAfter }: Pick<Assignment, 'online' | 'compareAfter'>,
    events: LoopEvents,
    stall = STALL,
  ) {
    this.#held = held
    this.#cloud = cloud
    this.#turns = turns
    this.#events = events
    this.#stall = stall
    this.#pusher = new Pusher(held, cloud)
    this.#online = online
    this.#inStepAt = held.cache.meta('in_step_at', String) ?? null
    this.#pull = new Task(
      () => this.#pullOnce(),
      newBackoff,
      () => this.#pullMoved(),
    )
    this.#push = new Task(
      () => this.#pushOnce(),
      newBackoff,
      () => this.#tell(),
    )
    this.#indexes = new MissingIndexes(held, () => {
      this.#movedAt = performance.now()
      events.changed('all', true)
    })
    this.#drift = new DriftCheck(
      held,
      cloud,
      turns,
      {
        ready: () => this.#inStep,
        stored: ({ tickets, desk }) => events.changed(tickets, desk),
        told: () => this.#tell(),
        pull: () => this.#wantPull(),
        resync: () => this.resync(),
        damaged: () => this.#damaged(),
      },
      compareAfter,
    )
    this.#slow = setInterval(() => this.#slowPull(), SLOW_PULL * (0.75 + Math.random() / 2))
    this.#watchdog = setInterval(() => this.#watch(), stall / 5)
    if (online) this.now()
    else if (this.#indexes.missing) this.#wantPull()
  }

  get state(): SyncState {
    const { ledger } = this.#held
    return {
      phase: phaseOf({
        stopped: this.#stopped,
        paused: ledger.paused,
        unreachable: this.#problem?.code === 'cloud-unreachable',
        online: this.#online,
        loaded: this.#held.cache.loaded,
        pulling: this.#pull.running,
        progress: this.#progress !== null,
        pushing: this.#push.running && ledger.count('queued') > 0,
      }),
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
    return {
      state: this.state,
      paused: ledger.paused,
      breaker: this.#cloud.breaker,
      lastPullAt: this.#inStepAt,
      lastPushAt: cache.meta('pushed_at', String) ?? null,
      nextTry: nextTryOf([this.#pull.dueAt, this.#push.dueAt], this.#problem),
      cursor: cache.place.cursor,
      head: this.#head,
      compared: this.#drift.last,
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

  /** The machine slept, or its network is another: what is under way hangs on connections that are gone. */
  resumed(): void {
    this.#endRuns()
    this.#drift.resumed()
    if (this.#online) this.now()
  }

  /** Nothing may be asked of the cloud for so many milliseconds. */
  quiet(wait: number): void {
    this.#cloud.quiet(wait)
  }

  /** Ends the sync; resolves when nothing of it runs any more. */
  async stop(): Promise<void> {
    clearInterval(this.#slow)
    clearInterval(this.#watchdog)
    this.#abort.abort()
    await Promise.all([this.#pull.stop(), this.#push.stop(), this.#drift.stop()])
  }

  /** The copy is as a pull left it that came to its end, and nothing changes it; whatever becomes of edits. */
  get #inStep(): boolean {
    return this.#online && !this.#halted && !this.#pull.running && this.#pulled && !this.#indexes.missing
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
    if (this.#halted || this.#indexes.making) return
    const { running, dueAt } = this.#push
    if ((running || this.#pull.running) && performance.now() - this.#movedAt > this.#stall) {
      this.#movedAt = performance.now()
      this.#endRuns()
      this.now()
    } else if (!running && dueAt === null && this.#online && this.#held.ledger.count('queued') > 0) this.#wantPush()
  }

  #runSignal(): AbortSignal {
    this.#movedAt = performance.now()
    return AbortSignal.any([this.#abort.signal, this.#runs.signal])
  }

  get #stopped(): boolean {
    return this.#problem !== null && stopsSync(this.#problem)
  }

  async #pullOnce(): Promise<number | null> {
    if (this.#held.ledger.paused) return null
    const signal = this.#runSignal()
    const turn = await this.#turns.take('pull', signal)
    this.#movedAt = performance.now()
    try {
      // A load that was interrupted after its last row needs no cloud to end.
      await this.#indexes.finish(this.#abort.signal)
      const { cursor } = this.#held.cache.place
      await pullWhole(this.#held, this.#cloud, this.#pullEvents(turn), signal, this.#mayEmpty)
      await this.#indexes.finish(this.#abort.signal)
      this.#mayEmpty = false
      this.#offerLost()
      this.#succeeded(cursor !== this.#held.cache.place.cursor)
      return newKindsWait(this.#held.cache) ? 0 : null
    } catch (error) {
      this.#pulled = false
      if (signal.aborted) return null
      return this.#failed(error, this.#pull)
    } finally {
      turn.end()
      this.#progress = null
    }
  }

  async #pushOnce(): Promise<number | null> {
    if (this.#held.ledger.paused) return null
    const signal = this.#runSignal()
    this.#pusher.begin()
    try {
      for (let more = true; more && !signal.aborted;) {
        const turn = await this.#turns.take('push', signal)
        const done = await this.#pusher.push(signal).finally(() => turn.end())
        more = done.more
        if (done.settled.length === 0) continue
        this.#movedAt = performance.now()
        this.#held.cache.setMeta('pushed_at', new Date().toISOString())
        this.#show(done.settled)
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

  /** Once everything of a cloud that was set back is here: what it lost. */
  #offerLost(): void {
    if (this.#held.ledger.setBack) this.#show(offerLost(this.#held))
  }

  #pullEvents(turn: Turn): PullEvents {
    const going = new Progress()
    return {
      anew: () => this.#events.changed('all', true),
      between: () => turn.yield(),
      opened: (head) => {
        this.#movedAt = performance.now()
        this.#head = head
      },
      stored: (touched) => {
        this.#movedAt = performance.now()
        if (this.#held.cache.loaded) this.#events.changed(touched.tickets, touched.desk)
      },
      progress: (rows, total) => {
        const progress = going.moved(rows, total)
        if (!progress) return
        this.#progress = progress
        if (!this.#held.cache.loaded) this.#events.changed('all', true)
        this.#tell()
      },
    }
  }

  /** Tells of writes that were answered. What the cloud did not take shows the cloud's value again. */
  #show(settled: readonly OutboxItem[]): void {
    const { cache, ledger } = this.#held
    const refused = settled.filter((item) => item.state === 'failed').map(({ body }) => body)
    if (refused.length > 0) cache.write(() => refreshViews(cache, ledger, refused))
    const { tickets, desk } = touchedBy(
      cache,
      settled.map(({ body }) => body),
    )
    this.#events.changed(tickets, desk)
  }

  #slowPull(): void {
    this.#wantPull()
    if (this.#held.ledger.count('queued') > 0) this.#wantPush()
  }

  #damaged(): void {
    this.#held.resetCache()
    this.#events.changed('all', true)
    this.#wantPull()
  }

  #succeeded(moved: boolean): void {
    this.#problem = null
    this.#pulled = true
    this.#online = true
    const last = this.#inStepAt
    this.#inStepAt = new Date().toISOString()
    // Written rarely where nothing moves, so that an idle client leaves the disk alone.
    if (moved || last === null) this.#held.cache.setMeta('in_step_at', this.#inStepAt)
  }

  #failed(error: unknown, task: Task): number | null {
    if (isDamage(error)) this.#damaged()
    const found = problemOf(isDiskFull(error) ? storageProblem(error, '') : error)
    this.#problem = found
    if (stopsSync(found) || this.#held.ledger.paused) return null
    return error instanceof Busy ? error.wait : task.nextDelay()
  }

  #pullMoved(): void {
    this.#tell()
    this.#drift.inStep()
  }

  #tell(): void {
    if (!this.#abort.signal.aborted) this.#events.state(this.state)
  }
}
