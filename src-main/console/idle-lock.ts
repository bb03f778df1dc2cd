/** Milliseconds between two looks. */
const INTERVAL = 15_000

/** Clocks, in ms. */
export interface Clocks {
  /** Goes on while the machine sleeps. */
  wall(): number
  /** Nobody can set it. */
  monotonic(): number
}

/** Locks after a time without a sign of the person. The greater of both clocks counts: a sleep is a time without. */
export class IdleLock {
  readonly #minutes: () => number | null
  readonly #lock: () => void
  readonly #clocks: Clocks
  readonly #timer: NodeJS.Timeout
  #wall = 0
  #monotonic = 0

  /**
   * @param minutes is asked at each look; null for never
   * @param interval milliseconds between two looks
   */
  constructor(
    minutes: () => number | null,
    lock: () => void,
    { clocks, interval }: { clocks: Clocks; interval: number } = { clocks: machine, interval: INTERVAL },
  ) {
    this.#minutes = minutes
    this.#lock = lock
    this.#clocks = clocks
    this.touch()
    this.#timer = setInterval(() => this.#look(), interval)
    this.#timer.unref()
  }

  /** The person is there. */
  touch(): void {
    this.#wall = this.#clocks.wall()
    this.#monotonic = this.#clocks.monotonic()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const minutes = this.#minutes()
    if (minutes === null) return
    const idle = Math.max(this.#clocks.wall() - this.#wall, this.#clocks.monotonic() - this.#monotonic)
    if (idle >= minutes * 60_000) this.#lock()
  }
}

const machine: Clocks = { wall: () => Date.now(), monotonic: () => performance.now() }
