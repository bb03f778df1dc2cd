import type { Db } from '../../storage/open.ts'

/** A ticket that is worked on, and since when (ms since 1970). */
export interface RunningTimer {
  ticketId: string
  since: number
}

/** The table `timer`. Writing belongs in a transaction of the ledger, see `Ledger.change`. */
export class Timers {
  readonly #all
  readonly #put
  readonly #remove

  constructor(db: Db) {
    this.#all = db.prepare<[], RunningTimer>('SELECT ticket_id AS ticketId, since FROM timer ORDER BY since, place')
    this.#put = db.prepare('INSERT INTO timer (ticket_id, since) VALUES (?, ?) ON CONFLICT (ticket_id) DO NOTHING')
    this.#remove = db.prepare<[string]>('DELETE FROM timer WHERE ticket_id = ?')
  }

  /** All that run, the longest first. */
  all(): RunningTimer[] {
    return this.#all.all()
  }

  /** Since when a ticket is timed; null where it is not. */
  since(ticketId: string): number | null {
    return this.all().find((one) => one.ticketId === ticketId)?.since ?? null
  }

  /** Starts one; one that runs goes on as it is. */
  start(ticketId: string, since: number): void {
    this.#put.run(ticketId, since)
  }

  stop(ticketId: string): void {
    this.#remove.run(ticketId)
  }
}
