/**
 * Tells several listeners about something that moves. A listener that is busy misses nothing but the steps in between:
 * what came meanwhile is merged into one value, so nothing piles up.
 */
export class Broadcast<Value> {
  readonly #merge: (older: Value, newer: Value) => Value
  readonly #listeners = new Set<{ waiting: Value | null; wake: () => void }>()

  constructor(merge: (older: Value, newer: Value) => Value) {
    this.#merge = merge
  }

  send(value: Value): void {
    for (const listener of this.#listeners) {
      listener.waiting = listener.waiting === null ? value : this.#merge(listener.waiting, value)
      listener.wake()
    }
  }

  /** Values from now on, until the signal; `first` comes before them. */
  async *listen(signal: AbortSignal | undefined, first?: Value): AsyncGenerator<Value> {
    const listener: { waiting: Value | null; wake: () => void } = { waiting: first ?? null, wake: () => undefined }
    const stop = (): void => listener.wake()
    this.#listeners.add(listener)
    signal?.addEventListener('abort', stop)
    try {
      while (!signal?.aborted) {
        if (listener.waiting === null) {
          await new Promise<void>((resolve) => (listener.wake = resolve))
          continue
        }
        const value = listener.waiting
        listener.waiting = null
        yield value
      }
    } finally {
      this.#listeners.delete(listener)
      signal?.removeEventListener('abort', stop)
    }
  }
}
