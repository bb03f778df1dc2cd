import { Schedule } from './schedule.ts'

/**
 * Clients that are awake for a sync in the background at the same time. What such a sync costs the others is the
 * business of the turns that it asks for; this bounds the compartments that are open for it.
 */
const AWAKE = { places: 4, kept: 0, perTenant: 1, quantum: 1000, longest: 5_000 }

export interface BackgroundWork {
  /** Brings one tenant up to date. @returns false where it was put to sleep before it was done */
  sync(tenantId: string): Promise<boolean>
  /** Its sync takes long: it goes on as long as nobody needs its place. */
  slow(tenantId: string): void
}

/**
 * Wakes sleeping tenants for a sync, each in its turn: a tenant that asks often, or whose sync takes long, does not keep
 * the others waiting.
 */
export class BackgroundSync {
  readonly #work: BackgroundWork
  readonly #schedule = new Schedule(AWAKE)
  readonly #wanted = new Set<string>()
  readonly #again = new Set<string>()
  #paused = true
  #giving: ReturnType<typeof setTimeout> | null = null

  /** A rejected sync is that tenant's own affair. */
  constructor(work: BackgroundWork) {
    this.#work = work
    this.#schedule.pause(true)
  }

  request(tenantId: string): void {
    if (this.#wanted.has(tenantId)) return void this.#again.add(tenantId)
    this.#wanted.add(tenantId)
    const turn = this.#schedule.want(
      tenantId,
      'background',
      () => void this.#run(tenantId).then(() => turn.end()),
      () => this.#work.slow(tenantId),
    )
  }

  /** Starts nothing new while paused (offline); what was asked for is kept. */
  pause(paused: boolean): void {
    this.#paused = paused
    this.#follow()
  }

  /** Starts nothing new for so many ms: starting four compartments takes what one on screen needs to open. */
  giveWay(ms: number): void {
    if (this.#giving) clearTimeout(this.#giving)
    this.#giving = setTimeout(() => {
      this.#giving = null
      this.#follow()
    }, ms).unref()
    this.#follow()
  }

  #follow(): void {
    this.#schedule.pause(this.#paused || this.#giving !== null)
  }

  async #run(tenantId: string): Promise<void> {
    // What is asked for from now on may be news to this sync.
    this.#again.delete(tenantId)
    const done = await this.#work.sync(tenantId).catch(() => true)
    this.#wanted.delete(tenantId)
    if (this.#again.delete(tenantId) || !done) this.request(tenantId)
  }
}
