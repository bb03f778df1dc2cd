import type { Db } from '../../storage/open.ts'
import { prepared } from '../../storage/prepared.ts'
import type { Entries } from './entries.ts'
import { fulltext } from './schema.ts'

/** FTS5's own default. */
const SEGMENTS = 4
/** During the build: merging as eagerly as for edits takes as long as all the rest of it. */
const BUILD_SEGMENTS = 16

/** The text of tickets and their conversations, found by word. */
export class FullText {
  readonly #db: Db
  readonly #entries: Entries
  #statements: ReturnType<typeof prepare> | null = null

  constructor(db: Db, entries: Entries) {
    this.#db = db
    this.#entries = entries
  }

  /** Whether every ticket is in it. Until then it must not be asked. */
  get ready(): boolean {
    return this.#progress() === null
  }

  /** Makes the table if it is missing. */
  create(): void {
    const exists = this.#db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'ticket_text'").get()
    if (exists) return
    this.#db.exec(fulltext)
    this.#merge(BUILD_SEGMENTS)
  }

  /**
   * Adds the next tickets during the first build, in one transaction.
   * @returns whether the build is done
   */
  buildSlice(limit: number): boolean {
    const after = this.#progress()
    if (after === null) return true
    const { end, slice } = this.#prepared()
    const { last, rows } = end.get(after, limit) ?? { last: null, rows: 0 }
    if (last !== null) slice.run(after, last)
    const done = rows < limit
    if (done) this.#merge(SEGMENTS)
    this.#db.prepare("INSERT OR REPLACE INTO meta VALUES ('text', ?)").run(done ? 'ready' : String(last))
    return done
  }

  /** @param segments of one size that may stand side by side before they are merged */
  #merge(segments: number): void {
    // Bound, it would be a real number, which FTS5 refuses.
    this.#db.exec(`INSERT INTO ticket_text (ticket_text, rank) VALUES ('automerge', ${segments})`)
  }

  /** Brings one ticket up to date; call it in the transaction that changed its text. Before the build it does nothing. */
  update(number: number): void {
    const built = this.#progress()
    if (built !== null && number > built) return
    const { one, insert, remove } = this.#prepared()
    remove.run(number)
    const row = one.get(number)
    if (row) insert.run(row.number, row.subject, this.#body(row))
  }

  #body(row: { id: string; description: string }): string {
    const bodies = this.#entries.bodies(row.id)
    return bodies.length === 0 ? row.description : `${row.description}\n${bodies.join('\n')}`
  }

  /** The number up to which tickets are in it, null where all are. */
  #progress(): number | null {
    const text = prepared<[], { value: string }>(this.#db, "SELECT value FROM meta WHERE name = 'text'").get()?.value
    return text === 'ready' ? null : Number(text ?? -1)
  }

  #prepared(): ReturnType<typeof prepare> {
    return (this.#statements ??= prepare(this.#db))
  }
}

interface TextRow {
  number: number
  id: string
  subject: string
  description: string
}

function prepare(db: Db) {
  const columns = 'number, id, subject, description'
  return {
    end: db.prepare<[number, number], { last: number | null; rows: number }>(
      `SELECT max(number) AS last, count(*) AS rows
       FROM (SELECT number FROM ticket WHERE number > ? ORDER BY number LIMIT ?)`,
    ),
    slice: db.prepare<[number, number]>(
      `INSERT INTO ticket_text (rowid, subject, body)
       SELECT number, subject, description || coalesce(
         char(10) || (SELECT group_concat(body, char(10)) FROM entry WHERE ticket_id = ticket.id), '')
       FROM ticket WHERE number > ? AND number <= ? ORDER BY number`,
    ),
    one: db.prepare<[number], TextRow>(`SELECT ${columns} FROM ticket WHERE number = ?`),
    insert: db.prepare<[number, string, string]>('INSERT INTO ticket_text (rowid, subject, body) VALUES (?, ?, ?)'),
    remove: db.prepare<[number]>('DELETE FROM ticket_text WHERE rowid = ?'),
  }
}
