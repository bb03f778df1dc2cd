import type { WorkLane } from '../port.ts'

/**
 * Milliseconds to wait for a turn. A supervisor that lives gives it sooner, so work goes on without one after that:
 * below the silence after which a feed counts as broken, and below the watchdog's patience.
 */
const PATIENCE = 20_000
/** Milliseconds of one turn, after which long work asks for another. */
const SLICE = 25

export interface TurnPort {
  turnWanted(id: number, lane: WorkLane): void
  /** It is done, or is not waited for any more. */
  turnDone(id: number): void
}

/** Asks the supervisor, which knows what else there is to do, for the turn of each piece of work. */
export class Turns {
  readonly #port: TurnPort
  readonly #patience: number
  readonly #waiting = new Map<number, () => void>()
  #next = 1

  /** @param patience milliseconds after which work goes on without an answer; for tests */
  constructor(port: TurnPort, patience = PATIENCE) {
    this.#port = port
    this.#patience = patience
  }

  /** Waits for a turn; not beyond the signal, and not for a supervisor that says nothing. End it in any case. */
  async take(lane: WorkLane, signal: AbortSignal): Promise<Turn> {
    const turn = new Turn(this, lane, signal)
    await turn.begin()
    return turn
  }

  /** The turn that was asked for under this number has come. */
  given(id: number): void {
    this.#waiting.get(id)?.()
  }

  /** @returns the number to end it with */
  async wait(lane: WorkLane, signal: AbortSignal): Promise<number> {
    const id = this.#next++
    if (signal.aborted) return id
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.set(id, resolve)
    const stop = (): void => resolve()
    signal.addEventListener('abort', stop)
    const timer = setTimeout(resolve, this.#patience)
    this.#port.turnWanted(id, lane)
    await promise
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    this.#waiting.delete(id)
    return id
  }

  done(id: number): void {
    this.#port.turnDone(id)
  }
}

/** The turn of one piece of work. */
export class Turn {
  readonly #turns: Turns
  readonly #lane: WorkLane
  readonly #signal: AbortSignal
  #id: number | null = null
  #began = 0

  constructor(turns: Turns, lane: WorkLane, signal: AbortSignal) {
    this.#turns = turns
    this.#lane = lane
    this.#signal = signal
  }

  async begin(): Promise<void> {
    this.#id = await this.#turns.wait(this.#lane, this.#signal)
    this.#began = performance.now()
  }

  /** Between two steps of long work: after a slice of it the others come first. */
  async yield(): Promise<void> {
    if (performance.now() - this.#began < SLICE) return
    this.end()
    await this.begin()
  }

  end(): void {
    if (this.#id !== null) this.#turns.done(this.#id)
    this.#id = null
  }
}
