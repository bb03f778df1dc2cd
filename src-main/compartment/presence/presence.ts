import { setTimeout as wait } from 'node:timers/promises'
import { paths } from '../../../src-shared/protocol/api.ts'
import {
  Doing,
  MAX_PLACES,
  PRESENCE_AGAIN_SECONDS,
  PRESENCE_SECONDS,
  PresenceTaken,
  type Place,
  type PresenceReport,
  type Present,
} from '../../../src-shared/protocol/presence.ts'
import { Broadcast } from '../broadcast.ts'
import type { Cloud } from '../sync/cloud.ts'
import type { TokenHolder } from '../sync/token.ts'
import type { PresenceCalls } from './router.ts'

/** Milliseconds that what windows do may take to settle: a ticket follows another, a note becomes a reply. */
const SETTLE = 100
/** Milliseconds between two requests, at least. */
const PAUSE = 500
/** Of the time for which the cloud believes it, after which it is said again: once more before it is forgotten. */
const AGAIN_SHARE = 0.4
/** Milliseconds that a request may take. */
const TIMEOUT = 10_000
/** Milliseconds that a compartment which closes gives its last word. */
const LAST_WORD = 500

/**
 * Tells the cloud what the windows have open of this client, and the windows who else has. All of it is in memory. What
 * fails is not tried again before it would be said anyway, and neither holds up the sync nor counts as a failure of it.
 */
export class Presence implements PresenceCalls {
  readonly #cloud: Cloud
  readonly #tokens: TokenHolder
  readonly #console: string | undefined
  readonly #told = new Broadcast<Present[]>((_, newer) => newer)
  readonly #places = new Set<Place>()
  #windows = 0
  #present: Present[] = []
  #online: boolean
  /** A cloud that knows nothing of presence is not asked again on this connection. */
  #unknown = false
  /** What was said last, well or not; undefined where nothing was on this connection. */
  #last: string | null | undefined
  /** Whether the cloud has it. */
  #heard = false
  #saying = false
  /** For which the cloud believes it. */
  #seconds = PRESENCE_SECONDS
  /** Monotonic ms of the last request. */
  #saidAt = -PAUSE
  #soon: NodeJS.Timeout | null = null
  #again: NodeJS.Timeout | null = null
  #stopped = false

  /**
   * @param cloud a way of its own, beside the sync's
   * @param console under which the console follows the cloud's events; without it nothing is said
   */
  constructor(cloud: Cloud, tokens: TokenHolder, { console, online }: { console?: string; online: boolean }) {
    this.#cloud = cloud
    this.#tokens = tokens
    this.#console = console
    this.#online = online
  }

  async *others(signal: AbortSignal | undefined): AsyncGenerator<Present[]> {
    this.#windows += 1
    this.#sayIn(SETTLE)
    try {
      yield* this.#told.listen(signal, this.#present)
    } finally {
      this.#windows -= 1
      this.#sayIn(SETTLE)
    }
  }

  // eslint-disable-next-line require-yield -- it lasts, and says nothing
  async *here(place: Place, signal: AbortSignal | undefined): AsyncGenerator<never> {
    const own = { ...place }
    this.#places.add(own)
    this.#sayIn(SETTLE)
    try {
      await new Promise<void>((resolve) => {
        if (signal?.aborted) resolve()
        signal?.addEventListener('abort', () => resolve(), { once: true })
      })
    } finally {
      this.#places.delete(own)
      this.#sayIn(SETTLE)
    }
  }

  /** The cloud's events say who else is there. */
  tell(present: Present[]): void {
    if (present.length === 0 ? this.#present.length === 0 : this.#tickets === null) return
    this.#present = present
    this.#told.send(present)
  }

  /** Called with every connection: what a cloud was told before it may be forgotten. Without one nobody is known. */
  setOnline(online: boolean): void {
    this.#online = online
    this.#last = undefined
    this.#heard = false
    this.#unknown = false
    if (online) this.#sayIn(SETTLE)
    else this.tell([])
  }

  /** Says that nothing is open any more, if the cloud can be told at once. */
  async stop(): Promise<void> {
    this.#stopped = true
    if (this.#soon) clearTimeout(this.#soon)
    if (this.#again) clearTimeout(this.#again)
    if (!this.#heard || !this.#online || !this.#tokens.ready) return
    const over = new AbortController()
    await Promise.race([this.#send(null, false, over.signal).catch(() => undefined), wait(LAST_WORD)])
    over.abort()
  }

  get #tickets(): Place[] | null {
    if (this.#windows === 0 && this.#places.size === 0) return null
    const most = new Map<string, Doing>()
    for (const { ticket, doing } of this.#places)
      if (Doing.options.indexOf(doing) >= Doing.options.indexOf(most.get(ticket) ?? 'view')) most.set(ticket, doing)
    return [...most].map(([ticket, doing]) => ({ ticket, doing })).slice(-MAX_PLACES)
  }

  #sayIn(ms: number): void {
    if (this.#stopped || this.#soon) return
    const delay = Math.max(ms, this.#saidAt + PAUSE - performance.now())
    this.#soon = setTimeout(() => {
      this.#soon = null
      void this.#say()
    }, delay)
  }

  /** @param again also where nothing has changed */
  async #say(again = false): Promise<void> {
    if (this.#saying || this.#stopped || !this.#online || this.#unknown || this.#console === undefined) return
    const tickets = this.#tickets
    const text = tickets && JSON.stringify(tickets)
    if (text === this.#last && !again) return
    this.#last = text
    if (this.#again) clearTimeout(this.#again)
    if (tickets === null) this.tell([])
    if (tickets === null && !this.#heard) return
    const fresh = !this.#heard
    this.#saying = true
    this.#saidAt = performance.now()
    try {
      this.#unknown = (await this.#send(tickets, fresh, AbortSignal.timeout(TIMEOUT))) === 404
      this.#heard = tickets !== null && !this.#unknown
    } catch {
      // Busy, away, or not ours any more: the sync tells of that. What the cloud still believes it forgets by itself.
      this.#heard = false
    } finally {
      this.#saying = false
      const until = Math.min(PRESENCE_AGAIN_SECONDS, this.#seconds * AGAIN_SHARE)
      if (tickets && !this.#stopped) this.#again = setTimeout(() => void this.#say(true), until * 1000)
      // What has changed meanwhile.
      this.#sayIn(SETTLE)
    }
  }

  /** @returns the status */
  async #send(tickets: Place[] | null, fresh: boolean, signal: AbortSignal): Promise<number> {
    const body = JSON.stringify({ console: this.#console ?? '', tickets, fresh } satisfies PresenceReport)
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
    const answer = await this.#cloud.request(paths.presence, init, signal, [404])
    try {
      const taken = PresenceTaken.safeParse(answer.status === 404 ? null : await answer.response.json())
      if (taken.success) this.#seconds = taken.data.seconds
    } finally {
      answer.end()
    }
    return answer.status
  }
}
