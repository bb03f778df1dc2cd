import { setImmediate as nextTurn } from 'node:timers/promises'
import { removeFound } from '../sync/apply.ts'
import type { Cache } from './cache.ts'
import type { Touched } from './overlay.ts'
import type { StoredTicket } from './tickets.ts'
import {
  ASLEEP,
  firstIndexes,
  lastIndex,
  listIndexes,
  mentionIndex,
  statusIndex,
  taskIndex,
  termIndex,
} from './schema.ts'

/** Tickets that get into the text index in one go, between answers to calls: each go ends a segment of the index. */
const SLICE = 1000
/** Tickets per transaction of that build. */
const TRANSACTION = 20_000

/**
 * Ends the first load: indexes, then the text index, in small steps between which calls are answered. Interrupted, it
 * goes on where it was.
 * @param usable is called once lists are fast
 */
export async function finishLoading(cache: Cache, signal: AbortSignal, usable: () => void): Promise<void> {
  if (!cache.loaded) {
    dropDoubles(cache)
    await make(cache, statusIndex, signal)
    markUntaken(cache)
    for (const index of firstIndexes) await make(cache, index, signal)
    usable()
    // The windows hear of it, and read their lists, before the next index is made.
    await nextTurn()
    signal.throwIfAborted()
    for (const index of [...listIndexes, mentionIndex, taskIndex]) await make(cache, index, signal)
    makeTerms(cache)
    await make(cache, lastIndex, signal)
    cache.write(() => {
      removeGone(cache)
      cache.setMeta('loaded', '1')
      wakeAnswered(cache)
    })
  }
  if (!cache.text.ready) await buildText(cache, signal)
}

async function make(cache: Cache, index: string, signal: AbortSignal): Promise<void> {
  cache.db.exec(index.replace('INDEX ', 'INDEX IF NOT EXISTS '))
  await nextTurn()
  signal.throwIfAborted()
}

function makeTerms(cache: Cache): void {
  const made = cache.db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'ticket_term'").get()
  if (!made) cache.write(() => cache.db.exec(termIndex))
}

async function buildText(cache: Cache, signal: AbortSignal): Promise<void> {
  const { db, text } = cache
  cache.write(() => text.create())
  for (let done = false; !done;) {
    // Open over several turns: edits made meanwhile join it, and the ledger has them should it be lost.
    db.exec('BEGIN IMMEDIATE')
    try {
      for (let count = 0; count < TRANSACTION && !done; count += SLICE) {
        done = text.buildSlice(SLICE)
        await nextTurn()
        if (!db.open) return
        signal.throwIfAborted()
      }
      db.exec('COMMIT')
    } catch (error) {
      if (db.open && db.inTransaction) db.exec('ROLLBACK')
      throw error
    }
  }
}

// Resumed after a cut, the feed may have repeated entries of the last version, and there was no index to notice.
function dropDoubles(cache: Cache): void {
  if (cache.meta('resumed', Number) !== 1) return
  cache.write(() => {
    cache.db.exec('DELETE FROM entry WHERE key NOT IN (SELECT max(key) FROM entry GROUP BY id)')
    cache.db.exec('DELETE FROM ticket WHERE number NOT IN (SELECT max(number) FROM ticket GROUP BY id)')
    cache.setMeta('resumed', '0')
  })
}

/** What a load brings counts as read, but for new tickets that nobody has taken: those wait for a first look. */
function markUntaken(cache: Cache): void {
  const fresh = cache.configuration.statuses.filter(({ category }) => category === 'new')
  cache.write(() => {
    const mark = cache.db.prepare('UPDATE ticket SET seen = 0 WHERE status = ? AND assignee = 0')
    for (const { key } of fresh) mark.run(cache.words.key('status', key) ?? -1)
  })
}

// What a contact wrote since a ticket was snoozed could not be found by it before.
function wakeAnswered(cache: Cache): void {
  const asleep = cache.statement<StoredTicket>(`SELECT * FROM ticket WHERE number IN (${ASLEEP})`).all()
  for (const row of asleep) cache.tickets.put(cache.tickets.toTicket(row), row.version, row.seen, row.fed)
}

function removeGone(cache: Cache): void {
  const touched: Touched = { tickets: new Set(), desk: false }
  const gone = cache.statement<{ id: string; kind: 'ticket' | 'entry' }>('SELECT id, kind FROM gone').all()
  for (const { id, kind } of gone) removeFound(cache, kind, id, touched, new Set())
  cache.db.exec('DELETE FROM gone')
}
