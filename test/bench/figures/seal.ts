import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { openEncrypted, type Db } from '../../../src-main/storage/open.ts'
import { median, timed, type Bench } from '../bench.ts'

/** Bytes of a row, about those of a ticket. */
const ROW = 400
const PAGE = 50
const PAGE_SIZE = 8192
/** KiB; small, so that pages come from the file and not from memory. */
const CACHE = 256

/**
 * What encrypting costs: the same rows, statements and settings in a file as the product opens it and in a plain one, in
 * turn.
 */
export async function measureSeal(bench: Bench): Promise<void> {
  if (!bench.wants('sealedInsert', 'sealedPage')) return
  const folder = bench.folder()
  const count = bench.size(60_000, 15_000)
  const pair = [
    openEncrypted({
      ...{ file: join(folder, 'sealed.db'), key: randomBytes(32), synchronous: 'NORMAL' },
      ...{ pageSize: PAGE_SIZE, cacheKiB: CACHE },
    }),
    openPlain(join(folder, 'plain.db')),
  ] as const
  const [sealed, plain] = pair.map((db) => new Rows(db))
  if (!sealed || !plain) return
  const batch = count / 10
  const inserts = { sealed: [] as number[], plain: [] as number[] }
  for (let i = 0; i < 10; i++) {
    inserts.sealed.push(await timed(() => sealed.insert(i * batch, batch)))
    inserts.plain.push(await timed(() => plain.insert(i * batch, batch)))
  }
  const pages = { sealed: [] as number[], plain: [] as number[] }
  for (let i = 0; i < bench.size(2000, 400); i++) {
    const from = (i * 7919) % (count - PAGE)
    pages.sealed.push(await timed(() => sealed.page(from)))
    pages.plain.push(await timed(() => plain.page(from)))
  }
  for (const db of pair) db.close()
  bench.report('sealedInsert', median(inserts.sealed), median(inserts.plain))
  bench.report('sealedPage', median(pages.sealed), median(pages.plain))
}

/** A plain file with the settings of {@link openEncrypted}. */
function openPlain(file: string): Db {
  const db = new Database(file)
  db.pragma(`page_size = ${PAGE_SIZE}`)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = NORMAL')
  db.pragma('temp_store = MEMORY')
  db.pragma('mmap_size = 0')
  db.pragma(`cache_size = -${CACHE}`)
  return db
}

class Rows {
  readonly #db: Db
  readonly #insert
  readonly #page

  constructor(db: Db) {
    this.#db = db
    db.exec('CREATE TABLE row (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL)')
    db.exec('CREATE INDEX row_at ON row (at)')
    this.#insert = db.prepare<[number, number, string]>('INSERT INTO row VALUES (?, ?, ?)')
    this.#page = db.prepare<[number]>(`SELECT * FROM row WHERE at >= ? ORDER BY at LIMIT ${PAGE}`)
  }

  insert(from: number, count: number): void {
    const body = 'x'.repeat(ROW)
    this.#db.transaction(() => {
      // Neighbours by time are no neighbours in the file.
      for (let id = from; id < from + count; id++) this.#insert.run(id, (id * 7919) % 60_013, body)
    })()
  }

  page(from: number): void {
    this.#page.all(from)
  }
}
