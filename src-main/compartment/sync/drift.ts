import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Compared } from '../../../src-shared/domain/views.ts'
import { BucketKind } from '../../../src-shared/protocol/feed.ts'
import { ProblemError } from '../../../src-shared/problem.ts'
import { isDamage } from '../../storage/open.ts'
import type { Touched } from '../cache/overlay.ts'
import type { Holdings } from '../holdings.ts'
import { Busy, type Cloud } from './cloud.ts'
import { compareKind, type Surroundings } from './comparing.ts'
import { isHere } from './new-kinds.ts'
import { isEntityKind } from './parse.ts'
import { newBackoff, Task } from './task.ts'
import type { Turn, Turns } from './turns.ts'

/** Milliseconds in step before the first comparison, after the start and after the machine slept. */
const FIRST = 5 * 60_000
const DAY = 24 * 60 * 60_000
/** Milliseconds until a comparison is tried again that did not come to its end. */
const AGAIN = 15 * 60_000
/** What was compared last; in the cache, as it is about the cache. */
const COMPARED = 'compared'

export interface DriftEvents {
  /** Whether the copy is as a pull left it that came to its end, and no pull is under way. */
  ready(): boolean
  stored(touched: Touched): void
  /** A comparison ended; {@link DriftCheck.last} tells of it. */
  told(): void
  /** The copy is behind what it is to be compared with. */
  pull(): void
  /** Everything is to be read again. */
  resync(): void
  damaged(): void
}

/**
 * Compares the copy with the cloud by checksums, now and then, and reads again what differs. It works between pulls, in
 * the background and in small steps; a pull that comes in between is let through.
 */
export class DriftCheck {
  readonly #held: Holdings
  readonly #cloud: Cloud
  readonly #turns: Turns
  readonly #events: DriftEvents
  readonly #first: number
  readonly #task: Task
  readonly #abort = new AbortController()
  #dueAt: number
  #waiting: PromiseWithResolvers<void> | null = null

  /** @param first milliseconds in step before the first comparison */
  constructor(held: Holdings, cloud: Cloud, turns: Turns, events: DriftEvents, first = FIRST) {
    this.#held = held
    this.#cloud = cloud.beside()
    this.#turns = turns
    this.#events = events
    this.#first = first
    this.#dueAt = performance.now() + spread(first)
    this.#task = new Task(
      () => this.#run(),
      newBackoff,
      () => undefined,
    )
  }

  get last(): Compared | null {
    return this.#held.cache.meta(COMPARED, (text) => JSON.parse(text) as Compared) ?? null
  }

  /** A pull began or ended. */
  inStep(): void {
    if (!this.#events.ready()) return
    this.#waiting?.resolve()
    this.#waiting = null
    this.#task.want()
  }

  /** The machine slept: the clock that this waits by may have stood still. */
  resumed(): void {
    this.#dueAt = Math.min(this.#dueAt, performance.now() + spread(this.#first))
    this.#task.rest()
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    this.#waiting?.resolve()
    await this.#task.stop()
  }

  async #run(): Promise<number | null> {
    const left = this.#dueAt - performance.now()
    if (left > 0) return left
    // The next pull that ends well comes here again.
    if (!this.#events.ready()) return null
    const { signal } = this.#abort
    const turn = await this.#turns.take('background', signal)
    try {
      await this.#compare(turn)
      this.#dueAt = performance.now() + spread(DAY)
    } catch (error) {
      if (isDamage(error)) this.#events.damaged()
      this.#dueAt = performance.now() + (error instanceof Busy ? error.wait : spread(AGAIN))
    } finally {
      turn.end()
    }
    return signal.aborted ? null : Math.max(0, this.#dueAt - performance.now())
  }

  async #compare(turn: Turn): Promise<void> {
    const { cache } = this.#held
    const around = this.#surroundings(turn)
    let rows: number | null = 0
    for (const kind of BucketKind.options) {
      if (!isEntityKind(kind) || !isHere(cache, kind)) continue
      const found = await compareKind(around, kind)
      rows = found === null ? null : rows + found
      if (rows === null) break
    }
    const at = new Date().toISOString()
    const compared: Compared = { at, mended: rows === 0 ? (this.last?.mended ?? null) : { at, rows } }
    cache.setMeta(COMPARED, JSON.stringify(compared))
    if (rows === null) this.#events.resync()
    this.#events.told()
  }

  #surroundings(turn: Turn): Surroundings {
    const { cache } = this.#held
    const { signal } = this.#abort
    const pause = async (): Promise<void> => {
      await nextTurn()
      await turn.yield()
      while (!this.#events.ready() && !signal.aborted) {
        turn.end()
        this.#waiting ??= Promise.withResolvers<void>()
        await this.#waiting.promise
        await turn.begin()
      }
      if (signal.aborted) throw new ProblemError('cancelled')
      if (this.#held.cache !== cache) throw new ProblemError('feed-gone')
    }
    return {
      held: this.#held,
      cache,
      // What fails here is no sign that edits and pulls would fail.
      cloud: this.#cloud,
      signal,
      pause,
      apart: async (asking) => {
        turn.end()
        return asking().finally(() => turn.begin())
      },
      pull: () => {
        this.#events.pull()
        return pause()
      },
      stored: (touched) => this.#events.stored(touched),
    }
  }
}

/** Around so many milliseconds, so that not all clients ask at the same time. */
function spread(around: number): number {
  return around * (0.75 + Math.random() / 2)
}
