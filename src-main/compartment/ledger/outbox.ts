import { subjectsOf, type MutationBody, type MutationResult } from '../../../src-shared/protocol/mutation.ts'
import type { Db } from '../../storage/open.ts'

/** A write on its way to the cloud, or one that the cloud did not take. */
export interface OutboxItem {
  /** In the order of writing; never given twice. */
  place: number
  /** Stays the same for as long as the edit exists. */
  id: string
  at: string
  body: MutationBody
  /** `sent` and `decided` are done, and kept for a while. */
  state: 'queued' | 'acked' | 'failed' | 'sent' | 'decided'
  /** Under the client id of now, from the first time that it is sent until it is answered. */
  sequence: number | null
  /** The feed version that includes it, once acknowledged. */
  version: number | null
  outcome: MutationResult | null
  /** Times that it was sent without an answer. */
  attempts: number
  /** Id of the undecided edit that this one answers. */
  answers: string | null
  /** Id of the write that this one means nothing without. */
  needs: string | null
}

/** An item in a transaction: changes are made to `item`, `now` is what it has become by those so far. */
export interface Becoming {
  item: OutboxItem
  now: OutboxItem
}

type Stored = Omit<OutboxItem, 'body' | 'outcome'> & { body: string; outcome: string | null }

const COLUMNS = 'place id at body state sequence version outcome attempts answers needs'.split(' ')
/** Done edits that are kept. */
const KEPT = 1000

/**
 * The table `outbox`, with what is not done also in memory. Memory follows when the transaction was committed: call
 * {@link Outbox.committed} or {@link Outbox.rolledBack} after each.
 */
export class Outbox {
  readonly #db: Db
  readonly #items = new Map<number, OutboxItem>()
  readonly #bySubject = new Map<string, OutboxItem[]>()
  readonly #put
  readonly #delete
  /** What the transaction under way does; null for removed. */
  readonly #staged = new Map<OutboxItem, Partial<OutboxItem> | null>()

  constructor(db: Db) {
    this.#db = db
    this.#put = db.prepare(
      `INSERT OR REPLACE INTO outbox (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map((name) => `@${name}`).join(', ')})`,
    )
    this.#delete = db.prepare<[number]>('DELETE FROM outbox WHERE place = ?')
    const active = db.prepare<[], Stored>(
      "SELECT * FROM outbox WHERE state IN ('queued', 'acked', 'failed') ORDER BY place",
    )
    for (const row of active.iterate()) this.#remember(itemOf(row))
  }

  /** What is not done, oldest first. */
  values(): Iterable<OutboxItem> {
    return this.#items.values()
  }

  /** What is not done about one ticket, contact or view, oldest first. */
  about(id: string): readonly OutboxItem[] {
    return this.#bySubject.get(id) ?? []
  }

  /** The same as the transaction under way leaves it. */
  becoming(id: string): Becoming[] {
    const fresh = [...this.#staged.keys()].filter((item) => !this.#items.has(item.place) && isAbout(item, id))
    return [...this.about(id), ...fresh].flatMap((item) => {
      const changes = this.#staged.get(item)
      return changes === null ? [] : [{ item, now: { ...item, ...changes } }]
    })
  }

  /** Any edit that is still kept. */
  find(id: string): OutboxItem | undefined {
    for (const item of this.#items.values()) if (item.id === id) return item
    const row = this.#db.prepare<[string], Stored>('SELECT * FROM outbox WHERE id = ?').get(id)
    return row && itemOf(row)
  }

  /** The edits that answered an undecided one, oldest first. */
  answersTo(id: string): OutboxItem[] {
    const rows = this.#db.prepare<[string], Stored>('SELECT * FROM outbox WHERE answers = ? ORDER BY place').all(id)
    return rows.map((row) => this.#items.get(row.place) ?? itemOf(row))
  }

  /** What the cloud has taken, newest first. */
  sent(): OutboxItem[] {
    const rows = this.#db.prepare<[], Stored>("SELECT * FROM outbox WHERE state = 'sent' ORDER BY place DESC").all()
    return rows.map(itemOf)
  }

  /** Writes an item, new or changed; one that was removed before in the same transaction stays away. */
  put(item: OutboxItem, changes: Partial<OutboxItem> = {}): void {
    const before = this.#staged.get(item)
    if (before === null) return
    const all = { ...before, ...changes }
    const next = { ...item, ...all }
    this.#put.run({
      ...next,
      body: JSON.stringify(next.body),
      outcome: next.outcome === null ? null : JSON.stringify(next.outcome),
    })
    this.#staged.set(item, all)
  }

  remove(item: OutboxItem): void {
    this.#delete.run(item.place)
    this.#staged.set(item, null)
  }

  /** Lets go of the oldest done edits beyond those that are kept. */
  prune(): void {
    this.#db
      .prepare(
        `DELETE FROM outbox WHERE state IN ('sent', 'decided') AND place <=
           (SELECT place FROM outbox WHERE state IN ('sent', 'decided') ORDER BY place DESC LIMIT 1 OFFSET ${KEPT})`,
      )
      .run()
  }

  committed(): void {
    for (const [item, changes] of this.#staged) {
      Object.assign(item, changes)
      const kept = changes !== null && item.state !== 'sent' && item.state !== 'decided'
      if (!kept) this.#forget(item)
      else if (!this.#items.has(item.place)) this.#remember(item)
    }
    this.#staged.clear()
  }

  rolledBack(): void {
    this.#staged.clear()
  }

  #remember(item: OutboxItem): void {
    this.#items.set(item.place, item)
    for (const id of subjectsOf(item.body)) {
      const about = this.#bySubject.get(id)
      if (about) about.push(item)
      else this.#bySubject.set(id, [item])
    }
  }

  #forget(item: OutboxItem): void {
    this.#items.delete(item.place)
    for (const id of subjectsOf(item.body)) {
      const left = this.about(id).filter((other) => other.place !== item.place)
      if (left.length > 0) this.#bySubject.set(id, left)
      else this.#bySubject.delete(id)
    }
  }
}

function isAbout(item: OutboxItem, id: string): boolean {
  return subjectsOf(item.body).includes(id)
}

function itemOf(row: Stored): OutboxItem {
  return {
    ...row,
    body: JSON.parse(row.body) as MutationBody,
    outcome: row.outcome === null ? null : (JSON.parse(row.outcome) as MutationResult),
  }
}
