import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
  type CircuitBreakerPolicy,
} from 'cockatiel'
import { API_HEADER, API_VERSION } from '../../../src-shared/protocol/api.ts'
import { retryAfter } from '../../../src-shared/protocol/retry-after.ts'
import { ProblemError, type Problem } from '../../../src-shared/problem.ts'
import type { TokenHolder } from './token.ts'

/** Milliseconds without a byte after which a request has failed. */
const SILENCE = 30_000
const FAILURES_TO_BREAK = 5

/** An answer outside 2xx that the caller decides about. */
export interface CloudAnswer {
  status: number
  response: Response
  /** Call it whenever bytes arrive; silence for too long aborts the answer. */
  alive: () => void
  /** Ends the watch over silence, and the answer if it is still coming. */
  end: () => void
}

/**
 * A request. A body that is a function is made anew for each try; it calls `alive` while it is taken, so that a slow way
 * is not held for a silent one.
 */
export interface CloudRequest extends Omit<RequestInit, 'body'> {
  body?: string | ((alive: () => void) => ReadableStream<Uint8Array>)
}

/** What a caller wants to know of a request that failed. */
export interface Trace {
  /** The cloud may have acted on it. */
  arrived: boolean
}

/** Errors of a connection that was never made. */
const NEVER_CONNECTED = new Set<unknown>([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN'],
  'UND_ERR_CONNECT_TIMEOUT',
])

/** The way to the cloud: one token, one circuit breaker, the checks that every answer gets. */
export class Cloud {
  /** The way that edits take, where this one goes beside it. */
  #main: Cloud | null = null
  readonly #besides: Cloud[] = []
  #url: string
  readonly #tokens: TokenHolder
  readonly #askedOfAll: (wait: number) => void
  /** Nothing goes out before (monotonic ms). */
  #quietUntil = 0
  #breaker: CircuitBreakerPolicy

  /**
   * @param askedOfAll is told of milliseconds of patience that were asked of everybody, not of this compartment alone:
   * by what stands before the cloud, which does not know whose request it turned away
   */
  constructor(url: string, tokens: TokenHolder, askedOfAll: (wait: number) => void = () => undefined) {
    this.#url = url
    this.#tokens = tokens
    this.#askedOfAll = askedOfAll
    this.#breaker = newBreaker()
  }

  /** Base address, without a trailing slash. */
  get url(): string {
    return this.#main?.url ?? this.#url
  }

  set url(url: string) {
    this.#url = url
  }

  /**
   * Another way to the same cloud, for what must not disturb this one. It keeps the quiet that was asked of this one;
   * neither its failures nor its own quiet hold this one up. Where this one forgets its failures, so does it.
   */
  beside(): Cloud {
    const beside = new Cloud(this.#url, this.#tokens, this.#askedOfAll)
    beside.#main = this
    this.#besides.push(beside)
    return beside
  }

  get breaker(): 'closed' | 'open' | 'half-open' {
    const { state } = this.#breaker
    if (state === CircuitState.Closed) return 'closed'
    return state === CircuitState.HalfOpen ? 'half-open' : 'open'
  }

  /** Sends nothing for so many milliseconds, whatever is asked for and by whom. */
  quiet(wait: number): void {
    this.#quietUntil = Math.max(this.#quietUntil, performance.now() + wait)
  }

  /** Forgets past failures: the way may be free again. What the cloud asked for holds. */
  reset(): void {
    this.#breaker = newBreaker()
    for (const beside of this.#besides) beside.reset()
  }

  /**
   * Sends a request with the tenant's token; asks for a new token once where the cloud does not take it.
   * @param passed statuses outside 2xx that the caller handles
   * @param trace is told whether the cloud may have acted on a request that failed
   * @throws ProblemError `cloud-unreachable`, `cloud-not-bulkhead`, `cloud-version`, `cloud-failed`, `sign-in-expired`,
   * `not-allowed`; {@link Busy}
   */
  async request(
    path: string,
    init: CloudRequest,
    signal: AbortSignal,
    passed: number[] = [],
    trace: Trace = { arrived: false },
  ): Promise<CloudAnswer> {
    for (let attempt = 0; ; attempt++) {
      // A compartment that closes brings no token any more: waiting for one would hold it open.
      if (signal.aborted) throw new ProblemError('cancelled')
      this.#mustNotBeQuiet()
      const token = await this.#tokens.get()
      this.#mustNotBeQuiet()
      const answer = await this.#throughBreaker(path, { ...init, signal }, token, passed, trace)
      if (answer.status < 300 || passed.includes(answer.status)) return answer
      answer.end()
      if ([401, 403, 429].includes(answer.status)) trace.arrived = false
      if (answer.status === 401) {
        this.#tokens.drop(token)
        if (attempt === 0) continue
        throw new ProblemError('sign-in-expired')
      }
      if (answer.status === 403) throw new ProblemError('not-allowed')
      if (answer.status === 429 || answer.status === 503) throw this.#busy(answer.response)
      throw new ProblemError('cloud-failed', { status: answer.status })
    }
  }

  /** Whatever is asked of the cloud next waits too: pull and push are one client. */
  #busy(response: Response): Busy {
    const wait = retryAfter(response.headers.get('retry-after'))
    this.quiet(wait)
    if (!response.headers.has(API_HEADER)) this.#askedOfAll(wait)
    return new Busy(wait)
  }

  #mustNotBeQuiet(): void {
    const until = Math.max(this.#quietUntil, this.#main ? this.#main.#quietUntil : 0)
    const left = until - performance.now()
    if (left > 0) throw new Busy(left)
  }

  async #throughBreaker(
    path: string,
    init: CloudRequest & { signal: AbortSignal },
    token: string,
    passed: number[],
    trace: Trace,
  ): Promise<CloudAnswer> {
    try {
      return await this.#breaker.execute(async () => {
        const answer = await this.#send(path, init, token, trace)
        if (answer.status < 500 || answer.status === 503 || passed.includes(answer.status)) return answer
        answer.end()
        throw new ProblemError('cloud-failed', { status: answer.status })
      })
    } catch (error) {
      if (error instanceof BrokenCircuitError) throw this.#unreachable(error)
      throw error
    }
  }

  async #send(
    path: string,
    { signal, body, ...init }: CloudRequest & { signal: AbortSignal },
    token: string,
    trace: Trace,
  ): Promise<CloudAnswer> {
    const abort = new AbortController()
    const stop = (): void => abort.abort()
    signal.addEventListener('abort', stop, { once: true })
    const timer = setTimeout(stop, SILENCE)
    const alive = (): void => void timer.refresh()
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      stop()
    }
    try {
      signal.throwIfAborted()
      trace.arrived = true
      const response = await fetch(this.url + path, {
        ...init,
        ...(typeof body === 'function' ? { body: body(alive), duplex: 'half' } : body === undefined ? {} : { body }),
        headers: { ...init.headers, authorization: `Bearer ${token}` },
        redirect: 'error',
        signal: abort.signal,
      })
      this.#checkVersion(response)
      return { status: response.status, response, alive, end }
    } catch (error) {
      end()
      if (error instanceof ProblemError) throw error
      if (neverConnected(error)) trace.arrived = false
      if (signal.aborted) throw new ProblemError('cancelled', {}, { cause: error })
      throw this.#unreachable(error)
    }
  }

  #checkVersion(response: Response): void {
    const theirs = response.headers.get(API_HEADER)
    if (theirs === String(API_VERSION)) return
    // A proxy on the way answers 5xx and 429 in its own name; that is a failure, not the wrong address.
    if (theirs === null && (response.status >= 500 || response.status === 429)) return
    if (theirs === null) throw new ProblemError('cloud-not-bulkhead', { url: this.url })
    throw new ProblemError('cloud-version', { theirs: theirs.slice(0, 20), ours: API_VERSION })
  }

  #unreachable(cause: unknown): ProblemError {
    return new ProblemError('cloud-unreachable', { url: this.url }, { cause })
  }
}

/** The cloud asked for patience: not a failure. */
export class Busy extends ProblemError {
  /** Milliseconds. */
  readonly wait: number

  constructor(wait: number) {
    super('cloud-busy', { seconds: Math.ceil(wait / 1000) })
    this.wait = wait
  }
}

const stopping = new Set<string>([
  ...['sign-in-expired', 'not-allowed', 'not-signed-in'],
  ...['cloud-not-bulkhead', 'cloud-version', 'feed-would-empty'],
])

/** Problems that end the sync until a person, or the console, did something. */
export function stopsSync({ code }: Problem): boolean {
  return stopping.has(code)
}

function newBreaker(): CircuitBreakerPolicy {
  const counted = handleWhen(
    (error) => error instanceof ProblemError && ['cloud-unreachable', 'cloud-failed'].includes(error.problem.code),
  )
  return circuitBreaker(counted, {
    breaker: new ConsecutiveBreaker(FAILURES_TO_BREAK),
    halfOpenAfter: new ExponentialBackoff({ initialDelay: 2_000, maxDelay: 60_000 }),
  })
}

function neverConnected(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: unknown; errors?: { code?: unknown }[] } }
  // One error for each address that was tried.
  if (cause?.errors && cause.errors.length > 0) return cause.errors.every(({ code }) => NEVER_CONNECTED.has(code))
  return NEVER_CONNECTED.has(cause?.code)
}
