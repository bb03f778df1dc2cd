const WINDOW = 60_000
const MAX_KEYS = 10_000

/** Counts attempts of a minute per key, such as those to sign in per email and address. */
export class Throttle {
  readonly #most: number
  readonly #attempts = new Map<string, { count: number; until: number }>()

  /** @param most attempts of one key in a minute */
  constructor(most: number) {
    this.#most = most
  }

  /**
   * Takes one attempt.
   * @returns 0 where it may go on, else the seconds to wait
   */
  take(key: string): number {
    const now = performance.now()
    const known = this.#attempts.get(key)
    if (!known || known.until <= now) {
      this.#attempts.delete(key)
      this.#makeRoom(now)
      this.#attempts.set(key, { count: 1, until: now + WINDOW })
      return 0
    }
    if (known.count >= this.#most) return Math.ceil((known.until - now) / 1000)
    known.count++
    return 0
  }

  /** A right password forgives the wrong ones before it. */
  forgive(key: string): void {
    this.#attempts.delete(key)
  }

  #makeRoom(now: number): void {
    if (this.#attempts.size < MAX_KEYS) return
    for (const [key, { until }] of this.#attempts) {
      // Insertion order is order of expiry; the oldest goes even unexpired, so that memory stays bounded.
      this.#attempts.delete(key)
      if (until > now) return
    }
  }
}
