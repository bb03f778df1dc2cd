import { EntryKind, type Author, type Entry } from '../../../src-shared/domain/entry.ts'
import type { Db } from '../../storage/open.ts'
import { instant } from './tickets.ts'
import type { Words } from './words.ts'

interface StoredEntry {
  id: string
  ticket_id: string
  kind: number
  author: number
  created: number
  body: string
  rest: string | null
}

const kinds = EntryKind.options
const known = new Set(['id', 'ticketId', 'kind', 'author', 'body', 'createdAt'])

/** Reads and writes entries of conversations. Writes belong inside a transaction. */
export class Entries {
  readonly #words: Words
  readonly #insert
  readonly #ofTicket
  readonly #bodies
  readonly #byId
  readonly #remove
  readonly #removeOfTicket

  constructor(db: Db, words: Words) {
    this.#words = words
    this.#insert = db.prepare(
      'INSERT INTO entry (id, fed, ticket_id, kind, author, created, body, rest) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    )
    this.#ofTicket = db.prepare<[string], StoredEntry>('SELECT * FROM entry WHERE ticket_id = ? ORDER BY created, key')
    this.#bodies = db.prepare<[string], string>('SELECT body FROM entry WHERE ticket_id = ?').pluck()
    this.#byId = db.prepare<[string], { ticket_id: string }>('SELECT ticket_id FROM entry WHERE id = ?')
    this.#remove = db.prepare<[string]>('DELETE FROM entry WHERE id = ?')
    this.#removeOfTicket = db.prepare<[string]>('DELETE FROM entry WHERE ticket_id = ?')
  }

  /**
   * Stores an entry whose id is not stored yet.
   * @param version of the feed
   */
  add(entry: Entry, version: number): void {
    const { kind, id, name } = entry.author
    this.#insert.run(
      entry.id,
      version,
      entry.ticketId,
      kinds.indexOf(entry.kind),
      this.#words.put('author', JSON.stringify([kind, id, name])),
      Date.parse(entry.createdAt),
      entry.body,
      restOf(entry),
    )
  }

  /** The conversation of a ticket, oldest first. */
  ofTicket(ticketId: string): Entry[] {
    return this.#ofTicket.all(ticketId).map((row) => {
      const [kind, id, name] = JSON.parse(this.#words.text(row.author) ?? '["system",null,""]') as [
        Author['kind'],
        string | null,
        string,
      ]
      return {
        ...(row.rest === null ? undefined : (JSON.parse(row.rest) as Record<string, unknown>)),
        id: row.id,
        ticketId: row.ticket_id,
        kind: kinds[row.kind] ?? 'event',
        author: { kind, id, name },
        body: row.body,
        createdAt: instant(row.created),
      }
    })
  }

  bodies(ticketId: string): string[] {
    return this.#bodies.all(ticketId)
  }

  ticketOf(entryId: string): string | undefined {
    return this.#byId.get(entryId)?.ticket_id
  }

  remove(entryId: string): void {
    this.#remove.run(entryId)
  }

  removeOfTicket(ticketId: string): void {
    this.#removeOfTicket.run(ticketId)
  }
}

function restOf(entry: Entry): string | null {
  let rest: Record<string, unknown> | null = null
  for (const name in entry) if (!known.has(name)) (rest ??= {})[name] = entry[name]
  return rest === null ? null : JSON.stringify(rest)
}
