import { randomUUID } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { problem, type Problem } from '../../../src-shared/problem.ts'
import { migrate } from '../../storage/migrate.ts'
import { closeDatabase, openEncrypted, opensWith, schemaVersion, type Db } from '../../storage/open.ts'
import { appendAudit } from './audit.ts'
import { LEDGER_FILE } from './ledger.ts'
import { ledgerSteps } from './steps.ts'

/** Rows in a row that are not there before the end of a table is believed, where its end cannot be read. */
const GIVE_UP = 2000

/**
 * Replaces a damaged ledger by one with every row that can still be read. The damaged file is kept beside it, and the
 * new ledger remembers what happened (`salvaged` in its table `meta`).
 * @returns what to tell the person, or null where nothing can be read at all: then no file was touched
 */
export function salvageLedger(folder: string, key: Buffer): Problem | null {
  const file = join(folder, LEDGER_FILE)
  // The first page leads to all others, and proves the key.
  if (!opensWith(file, key)) return null
  const aside = copyAside(folder)
  const from = openEncrypted({ file, key, synchronous: 'FULL', pageSize: 4096, cacheKiB: 2000 })
  const work = join(folder, 'salvage')
  try {
    if (schemaVersion(from) !== ledgerSteps.length) return null
    rmSync(work, { recursive: true, force: true })
    mkdirSync(work, { mode: 0o700 })
    const made = join(work, LEDGER_FILE)
    const to = openEncrypted({ file: made, key, synchronous: 'FULL', pageSize: 4096, cacheKiB: 2000 })
    let told: Problem
    try {
      migrate(to, made, ledgerSteps)
      told = to.transaction(() => fill(from, to, aside)).immediate()
    } finally {
      closeDatabase(to)
    }
    // What is left of the old log must not be taken for the new file's.
    from.close()
    for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true })
    renameSync(made, file)
    return told
  } finally {
    if (from.open) from.close()
    rmSync(work, { recursive: true, force: true })
  }
}

function fill(from: Db, to: Db, aside: string): Problem {
  const meta = (name: string): string | undefined => {
    try {
      return from.prepare<[string], string>('SELECT value FROM meta WHERE name = ?').pluck().get(name)
    } catch {
      return undefined
    }
  }
  const nextPlace = Number(meta('next_place') ?? 0)
  const edits = copyRows(from, to, 'outbox', 'place', nextPlace - 1)
  const audit = copyRows(from, to, 'audit', 'seq', 0)
  copyRows(from, to, 'upload', 'place', 0)
  copyRows(from, to, 'draft', 'place', 0)
  copyRows(from, to, 'timer', 'place', 0)
  const lost = edits.lost
  // Under a new client id nothing is on its way.
  to.exec('UPDATE outbox SET sequence = NULL')
  const told = problem('ledger-salvaged', { recovered: edits.unsent, lost, file: aside })
  const set = to.prepare<[string, string]>('INSERT OR REPLACE INTO meta VALUES (?, ?)')
  set.run('client_id', randomUUID())
  set.run('next_sequence', '1')
  // Where it cannot be read: beyond what can have been given.
  set.run('next_place', String(Math.max(nextPlace, edits.last + (nextPlace > 0 ? 1 : GIVE_UP))))
  set.run('paused', meta('paused') ?? '0')
  set.run('set_back', meta('set_back') ?? '0')
  set.run('salvaged', JSON.stringify({ at: Date.now(), told }))
  const counts = { recovered: edits.copied, lost, auditRecovered: audit.copied, auditLost: audit.lost }
  appendAudit(to, 'system', 'ledger.salvaged', 'ledger', counts)
  return told
}

interface Copied {
  copied: number
  unsent: number
  /** Places whose page cannot be read. */
  lost: number
  last: number
}

/** @param end the last key that was given, 0 where that is not known */
function copyRows(
  from: Db,
  to: Db,
  table: 'outbox' | 'audit' | 'upload' | 'draft' | 'timer',
  column: 'place' | 'seq',
  end: number,
): Copied {
  const read = from.prepare<[number], Record<string, unknown>>(`SELECT * FROM ${table} WHERE ${column} = ?`)
  const done: Copied = { copied: 0, unsent: 0, lost: 0, last: 0 }
  for (let key = 1, missing = 0; end > 0 ? key <= end : missing < GIVE_UP; key++) {
    missing += 1
    try {
      const row = read.get(key)
      if (!row) continue
      const names = Object.keys(row)
      to.prepare(`INSERT INTO ${table} VALUES (${names.map((name) => `@${name}`).join(', ')})`).run(row)
      if (row.state === 'queued' || row.state === 'failed') done.unsent += 1
      done.copied += 1
      done.last = key
      missing = 0
    } catch {
      done.lost += 1
    }
  }
  return done
}

/** @returns the name of the copy */
function copyAside(folder: string): string {
  let n = 1
  while (existsSync(join(folder, `${LEDGER_FILE}.damaged-${n}`))) n += 1
  const name = `${LEDGER_FILE}.damaged-${n}`
  copyFileSync(join(folder, LEDGER_FILE), join(folder, name))
  if (existsSync(join(folder, `${LEDGER_FILE}-wal`)))
    copyFileSync(join(folder, `${LEDGER_FILE}-wal`), join(folder, `${name}-wal`))
  return name
}
