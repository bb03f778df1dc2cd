import type { TicketChange } from '../../../src-shared/domain/ticket-change.ts'
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
    this.#newest = db
      .prepare<[string, number], string>(
        'SELECT body FROM ticket_change WHERE ticket_id = ? ORDER BY fed DESC, id DESC LIMIT ?',
      )
      .pluck()
    this.#ticketOf = db.prepare<[string], string>('SELECT ticket_id FROM ticket_change WHERE id = ?').pluck()
    this.#remove = db.prepare<[string]>('DELETE FROM ticket_change WHERE id = ?')
    this.#removeOfTicket = db.prepare<[string]>('DELETE FROM ticket_change WHERE ticket_id = ?')
  }

  /** @param version of the feed */
  put(change: TicketChange, version: number): void {
    this.#put.run(change.id, version, change.ticketId, JSON.stringify(change))
  }

  /** The last changes of a ticket, the newest first: in the order in which the cloud made them. */
  newest(ticketId: string, limit: number): TicketChange[] {
    return this.#newest.all(ticketId, limit).map((body) => JSON.parse(body) as TicketChange)
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
