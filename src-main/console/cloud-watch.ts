import { EventEmitter } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { ExponentialBackoff, handleAll, retry } from 'cockatiel'
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { problemOf, ProblemError, type Problem } from '../../src-shared/problem.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { HEARTBEAT_SECONDS, VersionEvent, Versions } from '../../src-shared/protocol/events.ts'
import { OnboardingEvent } from '../../src-shared/protocol/onboarding.ts'
import { PresenceEvent } from '../../src-shared/protocol/presence.ts'
import type { TechnicianSession } from './technician-session.ts'

/** Milliseconds below which a stream that ended counts as one that failed. */
const SHORTEST_STREAM = 2000
/** Milliseconds between two tries to get the stream while it is held back. */
const STREAM_AGAIN = 60_000
/** Milliseconds between two tries to reach a cloud that is away, at most: a person waits for it. */
const LONGEST_WAIT = 10_000
/** Seconds that a long poll waits for something to move, and milliseconds that it may take beyond them. */
const POLL_SECONDS = 25
const POLL_MARGIN = 10_000

/**
 * Follows the organisation's event stream and knows from it whether the cloud answers. Two missed heartbeats mean that
 * the stream is dead. A stream that does not even bring the first one is held back by a proxy: then the long poll stands
 * in for it, and the stream is tried again from time to time. Emits `connected` at every (re)connection: time to pull.
 *
 * How old news gets: while something listens or polls, as old as the network makes it. A stream that goes silent is
 * noticed within two and a half heartbeats (25 s), and within half of one more (5 s) the long poll has begun.
 */
export class CloudWatch extends EventEmitter<{
  connected: []
  disconnected: [Problem]
  version: [VersionEvent]
  /** The list of clients, or who works for one, has changed. */
  tenants: []
  /** The onboarding, or offboarding, with this id has moved on. */
  onboarding: [string]
  /** Who else has tickets of a client open that this console shows. */
  presence: [PresenceEvent]
  /** The cloud is only asked from now on: nothing tells of what it does not answer. */
  unheard: []
}> {
  readonly #session: TechnicianSession
  readonly #heartbeat: number
  readonly #again: number
  readonly #path: string
  #stop: AbortController | null = null
  #polling: AbortController | null = null
  online = false
  problem: Problem | null = null

  /**
   * @param console under which its compartments say what they have open; it is told who else has
   * @param heartbeatSeconds between heartbeats, where it is not what the protocol says; for tests
   * @param streamAgain milliseconds between tries to get a stream that is held back; for tests
   */
  constructor(
    session: TechnicianSession,
    {
      heartbeatSeconds = HEARTBEAT_SECONDS,
      streamAgain = STREAM_AGAIN,
      console,
    }: { heartbeatSeconds?: number; streamAgain?: number; console?: string } = {},
  ) {
    super()
    this.#again = streamAgain
    this.#path = console === undefined ? paths.events : `${paths.events}?console=${console}`
    this.#session = session
    this.#heartbeat = heartbeatSeconds
  }

  /** Starts following, or starts anew at once (after a sign-in or when the way to the cloud changed). */
  start(): void {
    this.stop()
    const stop = new AbortController()
    this.#stop = stop
    void this.#run(stop.signal)
  }

  stop(): void {
    this.#stopPolling()
    this.#stop?.abort()
    this.#stop = null
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await untilItWorks(() => this.#follow(signal), signal)
      if (this.#held && !signal.aborted) await sleep(this.#again, signal)
    }
  }

  /** One stream until it ends. Rejects where it could not be had, so that the wait grows. */
  async #follow(signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#session.signInNeeded) return this.#pauseForSignIn(signal)
    const dead = new AbortController()
    // The first heartbeat comes at once: a stream without it is held back by something on the way.
    let watchdog = setTimeout(() => dead.abort(), this.#heartbeat * 500)
    let began: number | null = null
    try {
      const response = await this.#session.stream(this.#path, AbortSignal.any([signal, dead.signal]))
      const parser = createParser({
        onEvent: (event) => {
          if (began === null) {
            began = performance.now()
            clearTimeout(watchdog)
            watchdog = setTimeout(() => dead.abort(), this.#heartbeat * 2500)
            this.#stopPolling()
            this.#setOnline()
          }
          watchdog.refresh()
          this.#receive(event)
        },
      })
      const decoder = new TextDecoder()
      for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }))
      // A cloud ends its streams when the token ends: the next one follows at once, and nothing was away meanwhile.
      if (began === null || performance.now() - began < SHORTEST_STREAM) throw this.#unreachable()
    } catch (error) {
      if (signal.aborted) return
      if (began === null && dead.signal.aborted) return this.#startPolling(signal)
      if (this.#held) throw error
      // A stream that broke after it stood is the connection's fault, whatever the reader threw.
      const wasOnline = this.online
      this.#setOffline(error instanceof ProblemError ? problemOf(error) : this.#unreachable().problem)
      if (!wasOnline) throw error
    } finally {
      clearTimeout(watchdog)
    }
  }

  get #held(): boolean {
    return this.#polling !== null
  }

  /** Asks again and again instead of listening, until a stream tells something. */
  #startPolling(signal: AbortSignal): void {
    if (this.#polling) return
    this.#polling = new AbortController()
    this.emit('unheard')
    void this.#poll(AbortSignal.any([signal, this.#polling.signal]))
  }

  #stopPolling(): void {
    this.#polling?.abort()
    this.#polling = null
  }

  async #poll(signal: AbortSignal): Promise<void> {
    let since: string | null = null
    while (!signal.aborted) {
      await untilItWorks(async () => {
        try {
          const answer: Versions = await this.#session.ask(
            versionsAfter(since, since === null ? 0 : POLL_SECONDS),
            Versions,
            {
              signal,
              timeout: POLL_SECONDS * 1000 + POLL_MARGIN,
            },
          )
          if (signal.aborted) return
          if (since === null || !this.online) this.#setOnline()
          else for (const version of answer.versions) this.emit('version', version)
          since = answer.next
        } catch (error) {
          if (signal.aborted) return
          this.#setOffline(problemOf(error))
          throw error
        }
      }, signal)
    }
  }

  #unreachable(): ProblemError {
    return new ProblemError('cloud-unreachable', { url: this.#session.url })
  }

  #pauseForSignIn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const go = () => resolve()
      this.#session.once('signed-in', go)
      signal.addEventListener('abort', go, { once: true })
      if (signal.aborted) go()
    })
  }

  #receive(event: EventSourceMessage): void {
    if (event.event === 'tenants') return void this.emit('tenants')
    try {
      const data: unknown = JSON.parse(event.data)
      const version = event.event === 'version' && VersionEvent.safeParse(data)
      if (version && version.success) this.emit('version', version.data)
      const presence = event.event === 'presence' && PresenceEvent.safeParse(data)
      if (presence && presence.success) this.emit('presence', presence.data)
      const onboarding = event.event === 'onboarding' && OnboardingEvent.safeParse(data)
      if (onboarding && onboarding.success) this.emit('onboarding', onboarding.data.id)
    } catch {
      // Not ours to understand: the slow timer pulls anyway.
    }
  }

  #setOnline(): void {
    this.online = true
    this.problem = null
    this.emit('connected')
  }

  #setOffline(found: Problem): void {
    const changed = this.online || this.problem?.code !== found.code
    this.online = false
    this.problem = found
    if (changed) this.emit('disconnected', found)
  }
}

/** Tries until it works or the signal comes, with growing, random pauses. */
async function untilItWorks(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
  const again = retry(handleAll, {
    maxAttempts: Number.MAX_SAFE_INTEGER,
    backoff: new ExponentialBackoff({ initialDelay: 300, maxDelay: LONGEST_WAIT }),
  })
  await again.execute(work, signal).catch(() => undefined)
}

function versionsAfter(since: string | null, seconds: number): string {
  return `${paths.versions}?wait=${seconds}${since === null ? '' : `&since=${encodeURIComponent(since)}`}`
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return wait(ms, undefined, { signal, ref: false }).catch(() => undefined)
}
