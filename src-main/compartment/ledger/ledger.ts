import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Mutation, MutationBody, MutationResult } from '../../../src-shared/protocol/mutation.ts'
import { ProblemError } from '../../../src-shared/problem.ts'
import { migrate } from '../../storage/migrate.ts'
import { closeDatabase, isDiskFull, openEncrypted, storageProblem, type Db } from '../../storage/open.ts'
import { appendAudit, type AuditDetail } from './audit.ts'
import { sql as genesis } from './migrations/001-genesis.ts'

export const LEDGER_FILE = 'ledger.db'
const steps = [genesis]
/** Sequences that no write ever has, for the time of a change. */
const ASIDE = 2 ** 50

/** A write on its way to the cloud, or one that the cloud did not take. */
export interface OutboxItem {
  sequence: number
  at: string
  body: MutationBody
  state: 'queued' | 'acked' | 'failed'
  /** The feed version that includes it, once acknowledged. */
  version: number | null
  outcome: MutationResult | null
}

/** Outbox and audit trail of one compartment: the file whose content exists nowhere else. */
export class Ledger {
  readonly #db: Db
  readonly #file: string
  readonly #actor: string
  #items = new Map<number, OutboxItem>()
  #byTicket = new Map<string, OutboxItem[]>()

  private constructor(db: Db, file: string, actor: string) {
    this.#db = db
    this.#file = file
    this.#actor = actor
    for (const row of db.prepare<[], StoredItem>('SELECT * FROM outbox ORDER BY sequence').iterate()) {
      this.#remember({
        ...row,
        body: JSON.parse(row.body) as MutationBody,
        outcome: row.outcome === null ? null : (JSON.parse(row.outcome) as MutationResult),
      })
    }
  }

  /**
   * Opens the ledger, makes it where there is none, and migrates it.
   * @param actor id of the technician, for the audit trail
   * @throws ProblemError as {@link openEncrypted} and {@link migrate} do
   */
  static open(folder: string, key: Buffer, actor: string, maxPages?: number): Ledger {
    const file = join(folder, LEDGER_FILE)
    const db = openEncrypted({ file, key, synchronous: 'FULL', pageSize: 4096, cacheKiB: 2000, maxPages })
    try {
      migrate(db, file, steps)
      db.transaction(() => {
        if (readMeta(db, 'client_id')) return
        writeMeta(db, 'client_id', randomUUID())
        writeMeta(db, 'next_sequence', '1')
        appendAudit(db, 'system', 'genesis', 'ledger', { schema: steps.length })
      }).immediate()
      return new Ledger(db, file, actor)
    } catch (error) {
      db.close()
      throw storageProblem(error, file)
    }
  }

  get clientId(): string {
    return readMeta(this.#db, 'client_id') ?? ''
  }

  /** The sequence that the next write will have. */
  get nextSequence(): number {
    return Number(readMeta(this.#db, 'next_sequence'))
  }

  /** Writes whose effect is shown over the server's state of a ticket, oldest first. */
  overlay(ticketId: string): OutboxItem[] {
    return (this.#byTicket.get(ticketId) ?? []).filter((item) => item.state !== 'failed')
  }

  /** All writes about a ticket that the ledger still holds, oldest first. */
  about(ticketId: string): readonly OutboxItem[] {
    return this.#byTicket.get(ticketId) ?? []
  }

  isPending(ticketId: string): boolean {
    return this.#byTicket.get(ticketId)?.some((item) => item.state === 'queued') ?? false
  }

  /** Ids of the tickets whose view differs, or may differ, from the server's state. */
  overlaidTickets(): string[] {
    return [...this.#byTicket.keys()].filter((id) => this.overlay(id).length > 0)
  }

  count(state: OutboxItem['state']): number {
    let count = 0
    for (const item of this.#items.values()) if (item.state === state) count += 1
    return count
  }

  /** The oldest writes that the cloud has not answered, in order. */
  queued(limit: number): Mutation[] {
    const found: Mutation[] = []
    for (const item of this.#items.values()) {
      if (item.state !== 'queued') continue
      found.push({ sequence: item.sequence, schema: 1, at: item.at, body: item.body })
      if (found.length === limit) break
    }
    return found
  }

  /**
   * Records an intended write and its audit row, both or neither, and waits for the disk.
   * @throws ProblemError `disk-full`, and then nothing is recorded
   */
  append(body: MutationBody, detail: AuditDetail): OutboxItem {
    const item: OutboxItem = {
      sequence: 0,
      at: new Date().toISOString(),
      body,
      state: 'queued',
      version: null,
      outcome: null,
    }
    this.#write(() => {
      item.sequence = this.nextSequence
      this.#db
        .prepare("INSERT INTO outbox (sequence, at, body, state) VALUES (?, ?, ?, 'queued')")
        .run(item.sequence, item.at, JSON.stringify(body))
      writeMeta(this.#db, 'next_sequence', String(item.sequence + 1))
      this.#audit(body.kind, `ticket:${body.ticketId}`, { sequence: item.sequence, ...detail })
    })
    this.#remember(item)
    return item
  }

  /** Counts an attempt to send the given writes. */
  attempted(first: number, last: number): void {
    this.#write(() =>
      this.#db
        .prepare("UPDATE outbox SET attempts = attempts + 1 WHERE sequence BETWEEN ? AND ? AND state = 'queued'")
        .run(first, last),
    )
  }

  /**
   * Records what the cloud made of writes. What it refused or found in conflict stays, for a person to decide.
   * @returns the items whose state moved
   */
  settle(results: readonly MutationResult[]): OutboxItem[] {
    const moved: [OutboxItem, OutboxItem['state'], MutationResult][] = []
    for (const result of results) {
      const item = this.#items.get(result.sequence)
      if (!item || item.state !== 'queued' || result.outcome === 'retry') continue
      const state = result.outcome === 'applied' || result.outcome === 'merged' ? 'acked' : 'failed'
      moved.push([item, state, result])
    }
    if (moved.length === 0) return []
    this.#write(() => {
      for (const [item, state, result] of moved) {
        this.#db
          .prepare('UPDATE outbox SET state = ?, version = ?, outcome = ? WHERE sequence = ?')
          .run(state, versionOf(result), JSON.stringify(result), item.sequence)
        this.#audit(`mutation.${result.outcome}`, `ticket:${item.body.ticketId}`, {
          sequence: item.sequence,
          version: versionOf(result),
        })
      }
    })
    for (const [item, state, result] of moved) {
      item.state = state
      item.version = versionOf(result)
      item.outcome = result
    }
    return moved.map(([item]) => item)
  }

  /**
   * Lets go of acknowledged writes that the pull has caught up with: the server's state includes them.
   * @returns ids of the tickets that they were about
   */
  release(cursor: number): string[] {
    const done = [...this.#items.values()].filter((item) => item.state === 'acked' && (item.version ?? 0) <= cursor)
    if (done.length === 0) return []
    this.#write(() => {
      for (const item of done) this.#db.prepare('DELETE FROM outbox WHERE sequence = ?').run(item.sequence)
    })
    for (const item of done) this.#forget(item)
    return [...new Set(done.map((item) => item.body.ticketId))]
  }

  /**
   * Starts again under a new client id, with the unanswered writes numbered from 1: for a cloud that was set back and
   * so knows fewer, or more, of our writes than we sent.
   */
  renumber(): void {
    const items = [...this.#items.values()]
    let up = 0
    // Those that are sent no more count down from -1, out of the way.
    let down = Math.min(0, ...items.map((item) => item.sequence))
    const renumbered = items.map((item): [OutboxItem, number] => {
      if (item.state === 'queued') return [item, ++up]
      return [item, item.sequence < 0 ? item.sequence : --down]
    })
    this.#write(() => {
      // Two passes, because new numbers overlap old ones.
      const move = this.#db.prepare<[number, number]>('UPDATE outbox SET sequence = ? WHERE sequence = ?')
      for (const [i, [item]] of renumbered.entries()) move.run(ASIDE + i, item.sequence)
      for (const [i, [, sequence]] of renumbered.entries()) move.run(sequence, ASIDE + i)
      writeMeta(this.#db, 'client_id', randomUUID())
      writeMeta(this.#db, 'next_sequence', String(up + 1))
      this.#audit('client.renewed', 'ledger', { queued: up })
    })
    for (const [item, sequence] of renumbered) item.sequence = sequence
    this.#items = new Map(items.sort((x, y) => x.sequence - y.sequence).map((item) => [item.sequence, item]))
  }

  close(): void {
    closeDatabase(this.#db)
  }

  #audit(action: string, entity: string, detail: AuditDetail): void {
    appendAudit(this.#db, this.#actor, action, entity, detail)
  }

  #write(work: () => void): void {
    try {
      this.#db.transaction(work).immediate()
    } catch (error) {
      if (isDiskFull(error)) throw new ProblemError('disk-full', {}, { cause: error })
      throw storageProblem(error, this.#file)
    }
  }

  #remember(item: OutboxItem): void {
    this.#items.set(item.sequence, item)
    const about = this.#byTicket.get(item.body.ticketId)
    if (about) about.push(item)
    else this.#byTicket.set(item.body.ticketId, [item])
  }

  #forget(item: OutboxItem): void {
    this.#items.delete(item.sequence)
    const left = (this.#byTicket.get(item.body.ticketId) ?? []).filter((other) => other !== item)
    if (left.length > 0) this.#byTicket.set(item.body.ticketId, left)
    else this.#byTicket.delete(item.body.ticketId)
  }
}

interface StoredItem {
  sequence: number
  at: string
  body: string
  state: OutboxItem['state']
  version: number | null
  outcome: string | null
}

function versionOf(result: MutationResult): number | null {
  return 'version' in result ? result.version : null
}

function readMeta(db: Db, name: string): string | undefined {
  return db.prepare<[string], { value: string }>('SELECT value FROM meta WHERE name = ?').get(name)?.value
}

function writeMeta(db: Db, name: string, value: string): void {
  db.prepare('INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value').run(name, value)
}
