import { setTimeout as sleep } from 'node:timers/promises'
import { ProblemError } from '../../src-shared/problem.ts'

/** Crashes within this time (ms, monotonic) count together. */
const WINDOW = 60_000
/** After so many a compartment is stopped until a person opens it again. */
const LIMIT = 4

/** How often each compartment crashed of late, and how long its restart waits. */
export class CrashHistory {
  readonly #crashes = new Map<string, number[]>()

  record(tenantId: string): void {
    this.#crashes.set(tenantId, [...this.#recent(tenantId), performance.now()])
  }

  forgive(tenantId: string): void {
    this.#crashes.delete(tenantId)
  }

  isStopped(tenantId: string): boolean {
    return this.#recent(tenantId).length >= LIMIT
  }

  /**
   * Waits as long as a restart should: not at all after the first crash, then longer each time.
   * @throws ProblemError `compartment-stopped` after too many
   */
  async wait(tenantId: string): Promise<void> {
    const crashes = this.#recent(tenantId).length
    if (crashes >= LIMIT) throw new ProblemError('compartment-stopped')
    if (crashes > 1) await sleep(250 * 4 ** (crashes - 2))
  }

  #recent(tenantId: string): number[] {
    const since = performance.now() - WINDOW
    return (this.#crashes.get(tenantId) ?? []).filter((at) => at > since)
  }
}
