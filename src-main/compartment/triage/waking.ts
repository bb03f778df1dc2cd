import { ProblemError } from '../../../src-shared/problem.ts'
import { ASLEEP } from '../cache/schema.ts'
import type { Holdings } from '../holdings.ts'

/** The longest nap, in ms: the machine may sleep too, or its clock be set. */
const MAX_NAP = 30_000

/**
 * Tells when snoozed tickets wake. That they do follows from the time alone, whether anybody tells or not; windows that
 * show lists have to hear of it.
 */
export class Waking {
  readonly #read: <Result>(work: (held: Holdings) => Result) => Result
  readonly #woke: (tickets: string[]) => void
  #timer: NodeJS.Timeout | null = null
  #told = Date.now()
  #stopped = false

  constructor(read: <Result>(work: (held: Holdings) => Result) => Result, woke: (tickets: string[]) => void) {
    this.#read = read
    this.#woke = woke
  }

  /** Looks when the next one wakes; call it when tickets have changed. @throws ProblemError as reading does */
  look(): void {
    if (this.#stopped) return
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    const next = this.#read(({ cache }) =>
      cache
        .statement<{ next: number | null }>(`SELECT min(snoozed) AS next FROM ticket WHERE number IN (${ASLEEP})`)
        .get(),
    )?.next
    // One that woke between two looks is told at once.
    const wait = this.#missed() ? 0 : next ? Math.min(Math.max(0, next - Date.now()) + 1, MAX_NAP) : null
    if (wait !== null) this.#timer = setTimeout(() => this.#wake(), wait)
  }

  stop(): void {
    this.#stopped = true
    if (this.#timer) clearTimeout(this.#timer)
  }

  #missed(): boolean {
    return this.#since(this.#told, Date.now()).length > 0
  }

  #wake(): void {
    this.#timer = null
    try {
      this.#tell()
    } catch (error) {
      // A damaged cache is being loaded again by now; whoever reads it then looks again.
      if (!(error instanceof ProblemError)) throw error
    }
  }

  #tell(): void {
    const now = Date.now()
    const woken = this.#since(this.#told, now)
    this.#told = now
    if (woken.length > 0) this.#woke(woken)
    this.look()
  }

  #since(from: number, to: number): string[] {
    return this.#read(({ cache }) =>
      cache
        .statement<{ id: string }>('SELECT id FROM ticket WHERE snoozed > 0 AND snoozed > ? AND snoozed <= ?')
        .all(from, to)
        .map(({ id }) => id),
    )
  }
}
