import { join } from 'node:path'
import { deriveKeys } from '../../src-main/compartment/keys.ts'
import { brokenAuditRow, type AuditRow } from '../../src-main/compartment/ledger/audit.ts'
import { openEncrypted } from '../../src-main/storage/open.ts'
import type { OutboxItem } from '../../src-main/compartment/ledger/outbox.ts'

/** What a ledger's file holds, read beside the code that writes it. */
export interface LedgerContent {
  /** The first row of the audit chain that does not follow from the one before, null where all do. */
  broken: number | null
  audit: AuditRow[]
  outbox: OutboxItem[]
  meta: Record<string, string>
}

/** The key of every ledger in these tests. */
export const LEDGER_KEY = deriveKeys(new Uint8Array(32).fill(7)).ledger

/** Opens a ledger's file as its process left it, and reads all of it. */
export function readLedger(folder: string): LedgerContent {
  const file = join(folder, 'ledger.db')
  const db = openEncrypted({ file, key: LEDGER_KEY, synchronous: 'FULL', pageSize: 4096, cacheKiB: 1000 })
  type Stored = Omit<OutboxItem, 'body' | 'outcome'> & { body: string; outcome: string | null }
  try {
    const audit = db.prepare<[], AuditRow>('SELECT * FROM audit ORDER BY seq').all()
    const outbox = db.prepare<[], Stored>('SELECT * FROM outbox ORDER BY place').all()
    const meta = db.prepare<[], [string, string]>('SELECT name, value FROM meta ORDER BY name').raw().all()
    return {
      broken: brokenAuditRow(audit),
      audit,
      outbox: outbox.map((row) => ({
        ...row,
        body: JSON.parse(row.body) as OutboxItem['body'],
        outcome: row.outcome === null ? null : (JSON.parse(row.outcome) as OutboxItem['outcome']),
      })),
      meta: Object.fromEntries(meta),
    }
  } finally {
    db.close()
  }
}
