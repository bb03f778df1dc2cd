/** Beats without an answer after which a compartment hangs. */
const PATIENCE = 6
/** The same while it opens its files or loads everything: an index of a large client is made in one go. */
const LONG_PATIENCE = 150

/**
 * Asks a worker whether it is there, beat by beat. What counts is beats of this side and no clock: a machine that slept,
 * or a main thread that was busy, misses its own beats too.
 */
export class Heartbeat {
  /** Whether the worker does something that can take long. */
  long = true
  readonly #timer: NodeJS.Timeout
  #unanswered = 0

  /**
   * @param beat milliseconds
   * @param ask sends the question; {@link Heartbeat.answered} is its answer
   * @param silent is called once, when the answer is too late
   */
  constructor(beat: number, ask: () => void, silent: () => void) {
    this.#timer = setInterval(() => {
      if (this.#unanswered === 0) ask()
      this.#unanswered += 1
      if (this.#unanswered <= (this.long ? LONG_PATIENCE : PATIENCE)) return
      this.stop()
      silent()
    }, beat)
    this.#timer.unref()
  }

  answered(): void {
    this.#unanswered = 0
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
