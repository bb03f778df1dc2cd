import { ProblemError, type Problem } from '../../../src-shared/problem.ts'

/** Milliseconds to wait for the console to bring a token. */
const PATIENCE = 30_000
/** A token is asked for anew this long before it ends. */
const MARGIN = 30_000

interface Waiting {
  resolve: (token: string) => void
  reject: (error: Error) => void
}

/** The bearer token of this compartment, brought by the console when asked. */
export class TokenHolder {
  readonly #want: () => void
  #token: string | null = null
  #endsAt = 0
  #waiting: Waiting[] = []

  /** @param want asks the console for a token */
  constructor(want: () => void) {
    this.#want = want
  }

  /** Whether there is one at hand. */
  get ready(): boolean {
    return this.#token !== null && performance.now() < this.#endsAt
  }

  /** @throws ProblemError the reason why there is none, such as `sign-in-expired` */
  async get(): Promise<string> {
    if (this.#token !== null && this.ready) return this.#token
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    this.#waiting.push({ resolve, reject })
    if (this.#waiting.length === 1) this.#want()
    const timer = setTimeout(() => this.refuse(new ProblemError('cloud-unreachable', { url: 'its address' })), PATIENCE)
    try {
      return await promise
    } finally {
      clearTimeout(timer)
    }
  }

  /** @param expiresIn seconds */
  bring(token: string, expiresIn: number): void {
    this.#token = token
    this.#endsAt = performance.now() + Math.max(expiresIn * 1000 - MARGIN, 1000)
    for (const { resolve } of this.#waiting.splice(0)) resolve(token)
  }

  refuse(reason: ProblemError): void {
    for (const { reject } of this.#waiting.splice(0)) reject(reason)
  }

  /** Forgets a token that the cloud did not take, unless a newer one came meanwhile. */
  drop(token: string): void {
    if (this.#token === token) this.#token = null
  }
}

/** A problem that came over a port as an error again. */
export function asError(found: Problem): ProblemError {
  const error = new ProblemError(found.code)
  Object.assign(error.problem, found)
  error.message = found.message
  return error
}
