import type { Draft, DraftKind } from '../../../src-shared/domain/views.ts'
import type { Db } from '../../storage/open.ts'

/** The table `draft`. Writing belongs in a transaction of the ledger, see `Ledger.change`. */
export class Drafts {
  readonly #of
  readonly #put
  readonly #remove

  constructor(db: Db) {
    this.#of = db.prepare<[string], Draft>('SELECT kind, body, at FROM draft WHERE ticket_id = ? ORDER BY place')
    // When it was begun stays.
    this.#put = db.prepare(
      `INSERT INTO draft (ticket_id, kind, body, at) VALUES (?, ?, ?, ?)
       ON CONFLICT (ticket_id, kind) DO UPDATE SET body = excluded.body`,
    )
    this.#remove = db.prepare<[string, string]>('DELETE FROM draft WHERE ticket_id = ? AND kind = ?')
  }

  /** @param ticketId null for a ticket that is not there yet */
  of(ticketId: string | null): Draft[] {
    return this.#of.all(ticketId ?? '')
  }

  put(ticketId: string | null, kind: DraftKind, body: string): void {
    this.#put.run(ticketId ?? '', kind, body, new Date().toISOString())
  }

  remove(ticketId: string | null, kind: DraftKind): void {
    this.#remove.run(ticketId ?? '', kind)
  }
}
