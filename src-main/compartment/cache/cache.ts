import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Configuration } from '../../../src-shared/domain/configuration.ts'
import type { Technician } from '../../../src-shared/domain/people.ts'
import { ServiceDesk } from '../../../src-shared/sla/service-desk.ts'
import { ProblemError } from '../../../src-shared/problem.ts'
import { closeDatabase, isDamage, openEncrypted, schemaVersion, storageProblem, type Db } from '../../storage/open.ts'
import { prepared } from '../../storage/prepared.ts'
import { Attached } from './attached.ts'
import { Contacts } from './contacts.ts'
import { redueTickets } from './due.ts'
import { Entries } from './entries.ts'
import { FullText } from './fulltext.ts'
import { KeptViews } from './kept-views.ts'
import { CACHE_VERSION, tables } from './schema.ts'
import { TicketChanges } from './ticket-changes.ts'
import { Tickets } from './tickets.ts'
import { Words } from './words.ts'

export const CACHE_FILE = 'cache.db'

const NO_CONFIGURATION: Configuration = {
  statuses: [],
  priorities: [],
  types: [],
  queues: [],
  customFields: [],
  atRiskMinutes: 0,
}

/** Where the pull stands: the last version stored, of which epoch of the cloud; `epoch` null before the first feed. */
export interface Place {
  cursor: number
  epoch: string | null
}

/** The copy of what the cloud has, with unsent edits shown over it. May be deleted at any time. */
export class Cache {
  readonly db: Db
  readonly words: Words
  readonly tickets: Tickets
  readonly entries: Entries
  readonly text: FullText
  readonly contacts: Contacts
  readonly attached: Attached
  readonly views: KeptViews
  readonly changes: TicketChanges
  readonly #statements = new Map<string, ReturnType<Db['prepare']>>()
  #configuration: Configuration = NO_CONFIGURATION

  constructor(db: Db) {
    this.db = db
    this.words = new Words(db)
    this.tickets = new Tickets(db, this.words, () => this.loaded)
    this.entries = new Entries(db, this.words)
    this.text = new FullText(db, this.entries)
    this.contacts = new Contacts(db, this.words)
    this.attached = new Attached(db)
    this.views = new KeptViews(db)
    this.changes = new TicketChanges(db)
    this.reload()
  }

  /** A prepared statement, kept for the next call with the same text. */
  statement<Row>(sql: string): {
    all: (...values: unknown[]) => Row[]
    get: (...values: unknown[]) => Row | undefined
  } {
    let found = this.#statements.get(sql)
    if (!found) {
      // Filters make their own text; so many different ones in use at once mean that old ones are not coming back.
      if (this.#statements.size > 300) this.#statements.clear()
      this.#statements.set(sql, (found = this.db.prepare(sql)))
    }
    return found as never
  }

  /** Runs a write in one transaction; the memory of words follows a rollback. */
  write<Result>(work: () => Result): Result {
    try {
      return this.db.transaction(work).immediate()
    } catch (error) {
      if (this.db.open && !isDamage(error)) this.reload()
      throw error
    }
  }

  reload(): void {
    this.words.reload()
    this.#configuration = this.meta('configuration', (text) => JSON.parse(text) as Configuration) ?? NO_CONFIGURATION
    this.#follow()
  }

  get configuration(): Configuration {
    return this.#configuration
  }

  /**
   * Stores the tenant's words and rules, ranks the tickets again whose priority moved, and works out anew when tickets
   * are due.
   * @returns ids of the tickets whose due time has moved
   */
  putConfiguration(configuration: Configuration): string[] {
    const before = this.#configuration
    this.setMeta('configuration', JSON.stringify(configuration))
    this.#configuration = configuration
    for (const { key } of configuration.statuses) this.words.put('status', key)
    for (const { key, rank } of configuration.priorities) {
      this.db
        .prepare('UPDATE ticket SET rank = ? WHERE priority = ? AND rank <> ?')
        .run(rank, this.words.put('priority', key), rank)
    }
    this.#follow()
    return redueTickets(this, before)
  }

  get technicians(): Technician[] {
    return this.statement<{ body: string }>('SELECT body FROM technician ORDER BY id')
      .all()
      .map((row) => JSON.parse(row.body) as Technician)
  }

  /** What a technician of the client is called; undefined for anybody else. */
  technicianName(id: string): string | undefined {
    const find = this.statement<{ name: string }>("SELECT body ->> '$.name' AS name FROM technician WHERE id = ?")
    return find.get(id)?.name
  }

  /** What somebody is called who does not work for the client any more, where that is known. */
  formerName(id: string): string | undefined {
    return this.statement<{ name: string }>('SELECT name FROM former WHERE id = ?').get(id)?.name
  }

  /** @param version of the feed */
  putTechnician(technician: Technician, version: number): void {
    const put = this.db.prepare('INSERT OR REPLACE INTO technician (id, fed, body) VALUES (?, ?, ?)')
    put.run(technician.id, version, JSON.stringify(technician))
    this.db.prepare('DELETE FROM former WHERE id = ?').run(technician.id)
  }

  /**
   * The name stays, for tickets and their past.
   * @param name as the cloud tells it; an older one does not
   */
  removeTechnician(id: string, name?: string): void {
    const known = name ?? this.technicianName(id)
    if (known !== undefined) this.db.prepare('INSERT OR REPLACE INTO former (id, name) VALUES (?, ?)').run(id, known)
    this.db.prepare('DELETE FROM technician WHERE id = ?').run(id)
  }

  /** Names by id of technicians who do not work for the client any more. */
  get former(): Record<string, string> {
    const rows = this.statement<{ id: string; name: string }>('SELECT id, name FROM former').all()
    return Object.fromEntries(rows.map(({ id, name }) => [id, name]))
  }

  get place(): Place {
    return { cursor: this.meta('cursor', Number) ?? 0, epoch: this.meta('epoch', String) ?? null }
  }

  set place({ cursor, epoch }: Place) {
    this.setMeta('cursor', String(cursor))
    if (epoch !== null) this.setMeta('epoch', epoch)
  }

  /** Whether everything was loaded once; until then indexes may be missing. */
  get loaded(): boolean {
    return this.meta('loaded', Number) === 1
  }

  meta<Value>(name: string, read: (text: string) => Value): Value | undefined {
    const row = this.statement<{ value: string }>('SELECT value FROM meta WHERE name = ?').get(name)
    return row === undefined ? undefined : read(row.value)
  }

  setMeta(name: string, value: string): void {
    prepared<[string, string]>(this.db, 'INSERT OR REPLACE INTO meta VALUES (?, ?)').run(name, value)
  }

  close(): void {
    closeDatabase(this.db)
  }

  /** Tickets that are stored from now on go by the configuration. */
  #follow(): void {
    this.tickets.setService(new ServiceDesk(this.#configuration))
    this.tickets.setRanks(
      this.#configuration.priorities.flatMap(({ key, rank }) => {
        const word = this.words.key('priority', key)
        return word === undefined ? [] : [[word, rank] as const]
      }),
    )
  }
}

/**
 * Opens the cache, or starts a new one where there is none, where it is damaged, or where an older version wrote it.
 * Call it after the ledger opened with a key of the same root: an unreadable cache is then damage, not a wrong key.
 * @throws ProblemError `file-newer`, `disk-full`
 */
export function openCache(folder: string, key: Buffer, maxPages?: number): Cache {
  const file = join(folder, CACHE_FILE)
  try {
    return load(file, key, maxPages)
  } catch (error) {
    const code = error instanceof ProblemError ? error.problem.code : isDamage(error) ? 'file-damaged' : null
    if (code !== 'key-wrong' && code !== 'file-damaged') throw storageProblem(error, file)
  }
  deleteCache(folder)
  return load(file, key, maxPages)
}

/** Deletes the files of a closed cache. */
export function deleteCache(folder: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, CACHE_FILE + suffix), { force: true })
}

function load(file: string, key: Buffer, maxPages: number | undefined): Cache {
  const db = openEncrypted({ file, key, synchronous: 'NORMAL', pageSize: 8192, cacheKiB: 24_000, maxPages })
  try {
    const theirs = schemaVersion(db)
    if (theirs > CACHE_VERSION) throw new ProblemError('file-newer', { file: CACHE_FILE, theirs, ours: CACHE_VERSION })
    if (theirs !== CACHE_VERSION) {
      const empty = Number(db.prepare('SELECT count(*) FROM sqlite_master').pluck().get()) === 0
      if (!empty) throw new ProblemError('file-damaged', { file: CACHE_FILE, remedy: '' })
      db.transaction(() => {
        db.exec(tables)
        db.pragma(`user_version = ${CACHE_VERSION}`)
      }).immediate()
    }
    db.pragma('wal_autocheckpoint = 2000')
    return new Cache(db)
  } catch (error) {
    db.close()
    throw error
  }
}
