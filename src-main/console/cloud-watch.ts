import { EventEmitter } from 'node:events'
import { ExponentialBackoff, handleAll, retry } from 'cockatiel'
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { problemOf, ProblemError, type Problem } from '../../src-shared/problem.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { HEARTBEAT_SECONDS, VersionEvent } from '../../src-shared/protocol/events.ts'
import type { TechnicianSession } from './technician-session.ts'

/** Milliseconds below which a stream that ended counts as one that failed. */
const SHORTEST_STREAM = 2000

/**
 * Follows the organisation's event stream and knows from it whether the cloud answers.
 * Two missed heartbeats mean that the stream is dead. Emits `connected` at every (re)connection: time to pull.
 */
export class CloudWatch extends EventEmitter<{
  connected: []
  disconnected: [Problem]
  version: [VersionEvent]
}> {
  readonly #session: TechnicianSession
  readonly #heartbeat: number
  #stop: AbortController | null = null
  online = false
  problem: Problem | null = null

  /** @param heartbeatSeconds between heartbeats, where it is not what the protocol says; for tests */
  constructor(session: TechnicianSession, { heartbeatSeconds = HEARTBEAT_SECONDS } = {}) {
    super()
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
    this.#stop?.abort()
    this.#stop = null
  }

  async #run(signal: AbortSignal): Promise<void> {
    const again = retry(handleAll, {
      maxAttempts: Number.MAX_SAFE_INTEGER,
      backoff: new ExponentialBackoff({ initialDelay: 300, maxDelay: 30_000 }),
    })
    while (!signal.aborted) {
      await again.execute(() => this.#follow(signal), signal).catch(() => undefined)
    }
  }

  /** One stream until it ends. Rejects where it could not be had, so that the wait grows. */
  async #follow(signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#session.signInNeeded) return this.#pauseForSignIn(signal)
    const dead = new AbortController()
    const watchdog = setTimeout(() => dead.abort(), this.#heartbeat * 2500)
    try {
      const response = await this.#session.stream(paths.events, AbortSignal.any([signal, dead.signal]))
      this.#setOnline()
      const began = performance.now()
      const parser = createParser({
        onEvent: (event) => {
          watchdog.refresh()
          this.#receive(event)
        },
      })
      const decoder = new TextDecoder()
      for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }))
      // A cloud ends its streams when the token ends: the next one follows at once, and nothing was away meanwhile.
      if (performance.now() - began < SHORTEST_STREAM)
        throw new ProblemError('cloud-unreachable', { url: this.#session.url })
    } catch (error) {
      if (signal.aborted) return
      // A stream that broke after it stood is the connection's fault, whatever the reader threw.
      const wasOnline = this.online
      this.#setOffline(
        error instanceof ProblemError
          ? problemOf(error)
          : new ProblemError('cloud-unreachable', { url: this.#session.url }).problem,
      )
      if (!wasOnline) throw error
    } finally {
      clearTimeout(watchdog)
    }
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
    if (event.event !== 'version') return
    try {
      const parsed = VersionEvent.safeParse(JSON.parse(event.data))
      if (parsed.success) this.emit('version', parsed.data)
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
