import type { Attachment } from '../../../src-shared/domain/attachment.ts'
import type { Db } from '../../storage/open.ts'

/** Reads and writes what is known of files at tickets; their content is elsewhere. Writes belong inside a transaction. */
export class Attached {
  readonly #put
  readonly #byId
  readonly #ofTicket
  readonly #remove
  readonly #removeOfTicket

  constructor(db: Db) {
    this.#put = db.prepare('INSERT OR REPLACE INTO attachment (id, fed, ticket_id, body) VALUES (?, ?, ?, ?)')
    this.#byId = db.prepare<[string], string>('SELECT body FROM attachment WHERE id = ?').pluck()
    this.#ofTicket = db.prepare<[string], string>('SELECT body FROM attachment WHERE ticket_id = ?').pluck()
    this.#remove = db.prepare<[string]>('DELETE FROM attachment WHERE id = ?')
    this.#removeOfTicket = db.prepare<[string]>('DELETE FROM attachment WHERE ticket_id = ?')
  }

  /** @param version of the feed */
  put(attachment: Attachment, version: number): void {
    this.#put.run(attachment.id, version, attachment.ticketId, JSON.stringify(attachment))
  }

  get(id: string): Attachment | null {
    const body = this.#byId.get(id)
    return body === undefined ? null : (JSON.parse(body) as Attachment)
  }

  /** Oldest first. */
  ofTicket(ticketId: string): Attachment[] {
    const found = this.#ofTicket.all(ticketId).map((body) => JSON.parse(body) as Attachment)
    return found.sort((x, y) => Date.parse(x.createdAt) - Date.parse(y.createdAt) || (x.id < y.id ? -1 : 1))
  }

  remove(id: string): void {
    this.#remove.run(id)
  }

  removeOfTicket(ticketId: string): void {
    this.#removeOfTicket.run(ticketId)
  }
}
