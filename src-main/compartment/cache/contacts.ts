import type { Contact } from '../../../src-shared/domain/people.ts'
import type { Db } from '../../storage/open.ts'
import { fold } from './fold.ts'
import type { Words } from './words.ts'

/**
 * Finds contacts by words, in the order of their names. Walks the index and stops when it has enough; exported for the
 * check of its query plan.
 */
export function contactsSql(words: number): string {
  const where = Array.from({ length: words }, () => 'instr(text, ?) > 0').join(' AND ')
  return `SELECT body FROM contact INDEXED BY contact_text ${words > 0 ? `WHERE ${where} ` : ''}ORDER BY text, key LIMIT ?`
}

/** Reads and writes contacts, as the technician sees them and as the cloud has them. Writes belong inside a transaction. */
export class Contacts {
  readonly #db: Db
  readonly #words: Words
  readonly #put
  readonly #get
  readonly #fed
  readonly #remove
  readonly #putServer
  readonly #getServer
  readonly #removeServer

  constructor(db: Db, words: Words) {
    this.#db = db
    this.#words = words
    this.#put = db.prepare('INSERT OR REPLACE INTO contact (key, fed, name, text, body) VALUES (?, ?, ?, ?, ?)')
    this.#get = db.prepare<[number], string>('SELECT body FROM contact WHERE key = ?').pluck()
    this.#fed = db.prepare<[number], number>('SELECT fed FROM contact WHERE key = ?').pluck()
    this.#remove = db.prepare<[number]>('DELETE FROM contact WHERE key = ?')
    this.#putServer = db.prepare('INSERT OR REPLACE INTO contact_server VALUES (?, ?)')
    this.#getServer = db.prepare<[number], string | null>('SELECT body FROM contact_server WHERE key = ?').pluck()
    this.#removeServer = db.prepare<[number]>('DELETE FROM contact_server WHERE key = ?')
  }

  get(id: string): Contact | null {
    return read(this.#get.get(this.#key(id)))
  }

  /** The version of the feed that a contact came with; 0 where the cloud has none of it. */
  fed(id: string): number {
    return this.#fed.get(this.#key(id)) ?? 0
  }

  /** @param version of the feed, see {@link Contacts.fed} */
  put(contact: Contact, version: number): void {
    const text = fold([contact.name, contact.email, contact.site].filter((part) => part !== null).join('\n'))
    this.#put.run(this.#words.put('contact', contact.id), version, contact.name, text, JSON.stringify(contact))
  }

  remove(id: string): void {
    this.#remove.run(this.#key(id))
  }

  /** What the cloud last said of a contact, unsent edits left out; null where it does not have it. */
  server(id: string): Contact | null {
    const kept = this.#getServer.get(this.#key(id))
    return kept === undefined ? this.get(id) : read(kept)
  }

  /** Keeps what the cloud said beside what is on view, for as long as that shows unsent edits. */
  keepServer(id: string, server: Contact | null, overlaid: boolean): void {
    if (overlaid) this.#putServer.run(this.#words.put('contact', id), server && JSON.stringify(server))
    else this.#removeServer.run(this.#key(id))
  }

  /** Ids of the contacts that show, or showed, unsent edits. */
  overlaid(): string[] {
    const sql = 'SELECT word.text FROM contact_server JOIN word ON word.key = contact_server.key'
    return this.#db.prepare<[], string>(sql).pluck().all()
  }

  /** Contacts whose name, address or site has all these parts, by name. */
  find(parts: readonly string[], limit: number): Contact[] {
    const folded = parts.map(fold)
    return this.#db
      .prepare<unknown[], string>(contactsSql(folded.length))
      .pluck()
      .all(...folded, limit)
      .flatMap((body) => read(body) ?? [])
  }

  #key(id: string): number {
    return this.#words.key('contact', id) ?? 0
  }
}

function read(body: string | null | undefined): Contact | null {
  return body === null || body === undefined ? null : (JSON.parse(body) as Contact)
}
