import { EventEmitter, once } from 'node:events'

/**
 * A value that people watch: each watcher gets the current one at once, then the newest after every change.
 * A slow watcher skips what was replaced in the meantime, so nothing queues up.
 */
export class Watched<T> {
  readonly #changed = new EventEmitter<{ changed: [] }>()
  #value: T
  #version = 0

  constructor(value: T) {
    this.#value = value
    this.#changed.setMaxListeners(0)
  }

  get(): T {
    return this.#value
  }

  set(value: T): void {
    this.#value = value
    this.#version++
    this.#changed.emit('changed')
  }

  async *watch(signal?: AbortSignal): AsyncGenerator<T> {
    let seen = -1
    while (!signal?.aborted) {
      if (seen === this.#version) {
        const woken = await once(this.#changed, 'changed', signal ? { signal } : {}).catch(() => null)
        if (!woken) return
        continue
      }
      seen = this.#version
      yield this.#value
    }
  }
}

/**
 * Named changes that people watch: each watcher gets the names that changed since it last looked, merged.
 */
export class ChangeSet {
  readonly #watchers = new Set<{ names: Set<string>; wake: () => void }>()

  add(names: Iterable<string>): void {
    const all = [...names]
    if (all.length === 0) return
    for (const watcher of this.#watchers) {
      for (const name of all) watcher.names.add(name)
      watcher.wake()
    }
  }

  /** @param pause milliseconds to gather changes before they are told */
  async *watch(pause: number, signal?: AbortSignal): AsyncGenerator<string[]> {
    const watcher = { names: new Set<string>(), wake: () => undefined as void }
    this.#watchers.add(watcher)
    const stop = () => watcher.wake()
    signal?.addEventListener('abort', stop)
    try {
      while (!signal?.aborted) {
        if (watcher.names.size === 0) await new Promise<void>((resolve) => (watcher.wake = resolve))
        if (pause > 0 && !signal?.aborted) await new Promise((resolve) => setTimeout(resolve, pause))
        if (signal?.aborted) return
        const names = [...watcher.names]
        watcher.names.clear()
        if (names.length > 0) yield names
      }
    } finally {
      this.#watchers.delete(watcher)
      signal?.removeEventListener('abort', stop)
    }
  }
}
