import { setImmediate as nextTurn } from 'node:timers/promises'
import { paths } from '../../../src-shared/protocol/api.ts'
import type { FeedClosing, FeedOpening } from '../../../src-shared/protocol/feed.ts'
import { problemOf, ProblemError } from '../../../src-shared/problem.ts'
import type { Cache } from '../cache/cache.ts'
import { refreshViews, type Touched } from '../cache/overlay.ts'
import type { Holdings } from '../holdings.ts'
import { isDamage, isDiskFull } from '../../storage/open.ts'
import { Applying } from './apply.ts'
import type { Cloud } from './cloud.ts'
import { Leaving, RESYNC } from './leaving.ts'
import { lineGroups } from './lines.ts'
import { askedApart, noteApart, pullNewKinds, passedOver, setPassedOver } from './new-kinds.ts'
import { parseLine, parseOpening, type CheckedChange } from './parse.ts'
import { asFeedProblem, whileAlive } from './part.ts'

/** The cloud's newest version when the first load began. */
const FIRST_HEAD = 'first_head'
/** Milliseconds that reading and storing a batch should take: calls wait for no longer. */
const BATCH_TIME = 20

export interface PullEvents {
  /** Nothing of what was here counts any more: everything is read from the start. */
  anew(): void
  /** The feed was opened; the cloud's newest version. */
  opened(head: number): void
  /** A batch was stored. */
  stored(touched: Touched): void
  progress(rows: number, total: number): void
  /** Between two batches: others may have their turn. */
  between(): Promise<void>
}

/**
 * Reads the change feed from where the last pull ended and stores it. What was read before a failure stays stored; the
 * next pull goes on there. A full one reads everything behind the present view, and ends with taking away what was not
 * named.
 * @param mayEmpty whether nearly all tickets may be taken away
 * @throws ProblemError `feed-malformed`, `feed-cut`, `feed-gone` (pull again), `feed-would-empty` (and nothing was taken
 * away), `disk-full`, and what {@link Cloud.request} throws
 */
export async function pull(
  held: Holdings,
  cloud: Cloud,
  events: PullEvents,
  signal: AbortSignal,
  mayEmpty: boolean,
): Promise<void> {
  const full = isFull(held.cache)
  const cursor = full ? 0 : held.cache.place.cursor
  const client = held.ledger.clientId
  const apart = askedApart(held.cache, full)
  const more = `${apart.length > 0 ? `&with=${apart.join(',')}` : ''}${begun(held.cache, cursor)}`
  const path = `${paths.changes}?after=${cursor}&client=${client}${more}`
  const answer = await cloud.request(path, {}, signal, [410])
  try {
    if (answer.status === 410 || !answer.response.body) {
      startOver(held)
      throw new ProblemError('feed-gone')
    }
    await new Reading(held, events, signal, { client, full, mayEmpty, apart }).read(
      whileAlive(answer.response.body, answer.alive),
    )
  } catch (error) {
    throw asFeedProblem(error, signal)
  } finally {
    answer.end()
  }
  if (held.cache.loaded) await pullNewKinds(held, cloud, events, signal)
}

/**
 * A pull as {@link pull}; and one more, from nothing, where the cloud no longer knew our place or the cache was damaged.
 */
export async function pullWhole(...how: Parameters<typeof pull>): Promise<void> {
  const [held, , events] = how
  try {
    await pull(...how)
  } catch (error) {
    if (isDamage(error)) held.resetCache()
    else if (problemOf(error).code !== 'feed-gone') throw error
    events.anew()
    await pull(...how)
  }
}

/** Whether the next pull reads everything again. Without indexes the rows that are here cannot be found: it cannot then. */
export function isFull(cache: Cache): boolean {
  return cache.loaded && cache.meta(RESYNC, Number) === 1
}

/** Has everything read again, behind the present view where there is a whole one. */
export function startOver(held: Holdings): void {
  if (held.cache.loaded) held.cache.setMeta(RESYNC, '1')
  else held.resetCache()
}

/** A first load that was cut says up to where it cannot have missed a deletion: it held nothing then. */
function begun(cache: Cache, cursor: number): string {
  const head = cache.meta(FIRST_HEAD, Number)
  return cursor > 0 && head !== undefined && cache.meta('fed', Number) !== 1 ? `&began=${head}` : ''
}

class Reading {
  readonly #held: Holdings
  /** As it was when the feed was asked for: another one does not hold what came before. */
  readonly #cache: Cache
  readonly #events: PullEvents
  readonly #signal: AbortSignal
  #opening: FeedOpening | null = null
  #closing: FeedClosing | null = null
  #batch: CheckedChange[] = []
  #batchLimit = 1000
  #began = 0
  #version: number
  /** Rows of one version may be cut apart; only a version that was passed counts as read. */
  #passed: number
  #rows = 0
  readonly #passedOver: Set<string>
  readonly #client: string
  readonly #full: boolean
  /** Kinds that were asked for, of those that not every feed tells. */
  readonly #apart: string[]
  /** The rows that are here came from another epoch. */
  #anew = false
  readonly #leaving: Leaving

  constructor(
    held: Holdings,
    events: PullEvents,
    signal: AbortSignal,
    { client, full, mayEmpty, apart }: { client: string; full: boolean; mayEmpty: boolean; apart: string[] },
  ) {
    this.#apart = apart
    this.#client = client
    this.#held = held
    this.#events = events
    this.#signal = signal
    this.#cache = held.cache
    this.#passedOver = new Set(full ? [] : passedOver(held.cache))
    this.#full = full
    this.#leaving = new Leaving(held.cache, full, mayEmpty)
    this.#version = this.#passed = full ? 0 : held.cache.place.cursor
  }

  async read(stream: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const lines of lineGroups(stream)) await this.#lines(lines)
      if (!this.#closing) throw new ProblemError('feed-cut')
    } catch (error) {
      // Lines that came whole are kept, whatever came after them.
      if (!isDiskFull(error) && !isDamage(error)) this.#store()
      throw error
    }
  }

  async #lines(lines: string[]): Promise<void> {
    this.#began = performance.now()
    for (const line of lines) {
      if (!this.#opening) this.#open(parseOpening(line))
      else if (this.#closing) throw new ProblemError('feed-malformed')
      else this.#line(line)
      if (this.#batch.length < this.#batchLimit) continue
      this.#store()
      await this.#breathe()
    }
    if (this.#closing) this.#close(this.#closing)
  }

  #open(opening: FeedOpening): void {
    const { cursor, epoch } = this.#held.cache.place
    if (epoch !== null && epoch !== opening.epoch) {
      const { ledger } = this.#held
      if (!ledger.setBack) ledger.cloudSetBack()
      this.#anew = true
      if (!this.#full) {
        startOver(this.#held)
        throw new ProblemError('feed-gone')
      }
    }
    this.#opening = opening
    for (const kind of noteApart(this.#cache, opening.apart ?? [], this.#apart)) this.#passOver(kind)
    this.#events.opened(opening.head)
    const cache = this.#cache
    if (this.#full) return
    if (epoch === null)
      cache.write(() => {
        cache.place = { cursor, epoch: opening.epoch }
        cache.setMeta(FIRST_HEAD, String(opening.head))
      })
    else if (!cache.loaded) cache.setMeta('resumed', '1')
  }

  #line(line: string): void {
    const change = parseLine(line)
    if ('end' in change) {
      this.#closing = change
      return
    }
    if (change.version < this.#version) throw new ProblemError('feed-malformed')
    if (change.version > this.#version) this.#passed = this.#version
    this.#version = change.version
    if ('unknown' in change) this.#passOver(change.unknown)
    else if (!this.#leaving.holds(change)) this.#batch.push(change)
  }

  /** Remembered before the place moves beyond it. */
  #passOver(kind: string): void {
    if (this.#passedOver.has(kind)) return
    this.#passedOver.add(kind)
    setPassedOver(this.#cache, new Set([...passedOver(this.#cache), kind]))
  }

  #store(): void {
    const batch = this.#batch
    if (batch.length === 0) return
    this.#batch = []
    this.#mustBeSame()
    const cache = this.#cache
    const { ledger, technician } = this.#held
    const applying = new Applying(cache, ledger, technician.id, this.#anew)
    cache.write(() => {
      for (const change of batch) applying.apply(change)
      applying.finish()
      // What is to be taken away waits for the end; until then the place stays before it.
      if (!this.#full) cache.place = { cursor: Math.min(this.#passed, this.#leaving.before), epoch: null }
    })
    this.#rows += batch.length
    this.#events.stored(applying.touched)
    this.#events.progress(this.#rows, Math.max(this.#opening?.rows ?? 0, this.#rows))
  }

  // A call may have found the cache damaged meanwhile, and started a new one.
  #mustBeSame(): void {
    if (this.#held.cache !== this.#cache) throw new ProblemError('feed-gone')
  }

  /** Lets calls in, and sizes the next batch by the time that this one took. */
  async #breathe(): Promise<void> {
    const took = performance.now() - this.#began
    if (took > BATCH_TIME * 1.5) this.#batchLimit = Math.max(50, Math.floor(this.#batchLimit * 0.8))
    else if (took < BATCH_TIME) this.#batchLimit = Math.min(4000, Math.ceil(this.#batchLimit * 1.25))
    await nextTurn()
    await this.#events.between()
    this.#signal.throwIfAborted()
    this.#began = performance.now()
  }

  #close(closing: FeedClosing): void {
    this.#store()
    this.#mustBeSame()
    const cache = this.#cache
    const { ledger, technician } = this.#held
    // A ledger from a backup would number new writes as old ones that the cloud has answered already.
    if (this.#client === ledger.clientId && closing.lastSequence >= ledger.nextSequence) ledger.renumber()
    const leaving = this.#leaving.all()
    const applying = new Applying(cache, ledger, technician.id, this.#anew)
    cache.write(() => {
      for (const change of leaving) applying.apply(change)
      applying.finish()
      cache.place = { cursor: closing.cursor, epoch: this.#full ? (this.#opening?.epoch ?? null) : null }
      cache.setMeta('fed', '1')
      if (this.#full) {
        cache.setMeta(RESYNC, '0')
        setPassedOver(cache, this.#passedOver)
      }
    })
    if (leaving.length > 0) this.#events.stored(applying.touched)
    // The ledger lets go first: should the program end here, the views are computed again when the files open.
    const released = ledger.release(closing.cursor)
    if (released.length === 0) return
    const bodies = released.map(({ body }) => body)
    this.#events.stored(cache.write(() => refreshViews(cache, ledger, bodies)))
  }
}
