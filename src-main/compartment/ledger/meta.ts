import { prepared } from '../../storage/prepared.ts'
import type { Db } from '../../storage/open.ts'

/** A value of the ledger's own table `meta`. */
export function readMeta(db: Db, name: string): string | undefined {
  return prepared<[string], { value: string }>(db, 'SELECT value FROM meta WHERE name = ?').get(name)?.value
}

/** Writing belongs in a transaction of the ledger. */
export function writeMeta(db: Db, name: string, value: string): void {
  prepared<[string, string]>(
    db,
    'INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  ).run(name, value)
}
