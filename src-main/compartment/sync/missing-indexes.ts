import { finishLoading } from '../cache/loading.ts'
import type { Holdings } from '../holdings.ts'

/** The end of a first load, which needs no cloud: all rows came, and the indexes are made. */
export class MissingIndexes {
  /** They are being made: nothing else moves meanwhile. */
  making = false
  readonly #held: Holdings
  readonly #moved: () => void

  /** @param moved is told when more can be shown than before */
  constructor(held: Holdings, moved: () => void) {
    this.#held = held
    this.#moved = moved
  }

  /** All rows came, but indexes are missing. */
  get missing(): boolean {
    const { cache } = this.#held
    return cache.meta('fed', Number) === 1 && !(cache.loaded && cache.text.ready)
  }

  /** Makes what is missing, if anything is. */
  async finish(signal: AbortSignal): Promise<void> {
    if (!this.missing) return
    this.making = true
    try {
      await finishLoading(this.#held.cache, signal, this.#moved)
    } finally {
      this.making = false
    }
    this.#moved()
  }
}
