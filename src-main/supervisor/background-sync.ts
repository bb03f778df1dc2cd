/** Tenants that are synced in the background at the same time. */
const AT_ONCE = 2

/**
 * Wakes sleeping tenants for a sync, each in its turn: a tenant that asks again goes to the end of the queue,
 * so one busy client cannot keep the others waiting.
 */
export class BackgroundSync {
  readonly #sync: (tenantId: string) => Promise<void>
  readonly #queue = new Set<string>()
  readonly #running = new Set<string>()
  readonly #again = new Set<string>()
  #paused = true

  /** @param sync brings one tenant up to date; a rejection is that tenant's own affair */
  constructor(sync: (tenantId: string) => Promise<void>) {
    this.#sync = sync
  }

  request(tenantId: string): void {
    if (this.#running.has(tenantId)) this.#again.add(tenantId)
    else this.#queue.add(tenantId)
    this.#next()
  }

  /** Starts nothing new while paused (offline); what was asked for is kept. */
  pause(paused: boolean): void {
    this.#paused = paused
    this.#next()
  }

  clear(): void {
    this.#queue.clear()
    this.#again.clear()
    this.#paused = true
  }

  #next(): void {
    for (const tenantId of this.#queue) {
      if (this.#paused || this.#running.size >= AT_ONCE) return
      this.#queue.delete(tenantId)
      this.#running.add(tenantId)
      void this.#sync(tenantId)
        .catch(() => undefined)
        .finally(() => {
          this.#running.delete(tenantId)
          if (this.#again.delete(tenantId)) this.#queue.add(tenantId)
          this.#next()
        })
    }
  }
}
