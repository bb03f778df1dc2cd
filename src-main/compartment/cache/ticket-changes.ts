import type { ChangePlace, TicketChange } from '../../../src-shared/domain/ticket-change.ts'
import type { Db } from '../../storage/open.ts'

/** Reads and writes what was changed of tickets. Writes belong inside a transaction. */
export class TicketChanges {
  readonly #put
  readonly #newest
  readonly #ticketOf
  readonly #remove
  readonly #removeOfTicket

  constructor(db: Db) {
    this.#put = db.prepare('INSERT OR REPLACE INTO ticket_change (id, fed, ticket_id, body) VALUES (?, ?, ?, ?)')
    this.#newest = db.prepare<[string, number, string, number], { fed: number; body: string }>(
      `SELECT fed, body FROM ticket_change WHERE ticket_id IN (SELECT value FROM json_each(?)) AND (fed, id) < (?, ?)
         ORDER BY fed DESC, id DESC LIMIT ?`,
    )
    this.#ticketOf = db.prepare<[string], string>('SELECT ticket_id FROM ticket_change WHERE id = ?').pluck()
    this.#remove = db.prepare<[string]>('DELETE FROM ticket_change WHERE id = ?')
    this.#removeOfTicket = db.prepare<[string]>('DELETE FROM ticket_change WHERE ticket_id = ?')
  }

  /** @param version of the feed */
  put(change: TicketChange, version: number): void {
    this.#put.run(change.id, version, change.ticketId, JSON.stringify(change))
  }

  /**
   * The last changes of some tickets, the newest first: in the order in which the cloud made them.
   * @param before those before this one; null for the last of all
   */
  newest(
    ticketIds: readonly string[],
    limit: number,
    before: ChangePlace | null,
  ): { version: number; change: TicketChange }[] {
    const [version, id] = before ?? [Number.MAX_SAFE_INTEGER, '']
    return this.#newest
      .all(JSON.stringify(ticketIds), version, id, limit)
      .map(({ fed, body }) => ({ version: fed, change: JSON.parse(body) as TicketChange }))
  }

  ticketOf(id: string): string | undefined {
    return this.#ticketOf.get(id)
  }

  remove(id: string): void {
    this.#remove.run(id)
  }

  removeOfTicket(ticketId: string): void {
    this.#removeOfTicket.run(ticketId)
  }
}
