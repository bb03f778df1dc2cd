import { ExponentialBackoff, type IBackoff } from 'cockatiel'

/**
 * Work that runs one at a time, and once more where it was wanted while it ran. It answers how many milliseconds later
 * it wants to run again, or null.
 */
export class Task {
  readonly #work: () => Promise<number | null>
  readonly #newBackoff: () => IBackoff<unknown>
  readonly #moved: () => void
  #backoff: IBackoff<unknown> | null = null
  #timer: NodeJS.Timeout | null = null
  #dueAt = 0
  #run: Promise<void> | null = null
  #again: PromiseWithResolvers<void> | null = null
  #stopped = false

  /** @param moved is called when a run starts and when it ended */
  constructor(work: () => Promise<number | null>, backoff: () => IBackoff<unknown>, moved: () => void) {
    this.#work = work
    this.#newBackoff = backoff
    this.#moved = moved
  }

  get running(): boolean {
    return this.#run !== null
  }

  /** When it runs again after a wait, in ms since 1970 for display; null where nothing waits. */
  get dueAt(): number | null {
    return this.#timer === null ? null : this.#dueAt
  }

  /** Gives up a run that waits. */
  rest(): void {
    this.#clearTimer()
  }

  /** Runs soon; while it waits after a failure, that wait goes on. */
  want(): void {
    if (this.#timer === null) void this.wantNow()
  }

  /** Runs now, or once more after the run that is under way. Resolves when that run ended. */
  wantNow(): Promise<void> {
    if (this.#stopped) return Promise.resolve()
    this.#clearTimer()
    if (this.#run) return (this.#again ??= Promise.withResolvers<void>()).promise
    this.#run = this.#loop()
    return this.#run
  }

  /** Milliseconds to wait after one more failure in a row, with full jitter. */
  nextDelay(): number {
    this.#backoff = this.#backoff ? this.#backoff.next(undefined) : this.#newBackoff()
    return Math.random() * this.#backoff.duration + 50
  }

  /** Starts no more runs; resolves when the last one ended. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#clearTimer()
    await this.#run
  }

  async #loop(): Promise<void> {
    // The caller sees `running` before the work begins.
    await Promise.resolve()
    this.#moved()
    const delay = await this.#work()
    this.#run = null
    const again = this.#again
    this.#again = null
    if (delay === null) this.#backoff = null
    if (this.#stopped) return again?.resolve()
    if (again) void this.wantNow().then(again.resolve)
    else if (delay !== null) {
      this.#dueAt = Date.now() + delay
      this.#timer = setTimeout(() => this.#wake(), delay)
    }
    this.#moved()
  }

  #wake(): void {
    this.#timer = null
    void this.wantNow()
  }

  #clearTimer(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }
}

/** Growing waits after failures, up to a minute. */
export function newBackoff(): IBackoff<unknown> {
  return new ExponentialBackoff({ initialDelay: 500, maxDelay: 60_000 }).next()
}
