import { createHash } from 'node:crypto'
import type { Db } from '../../storage/open.ts'
import { prepared } from '../../storage/prepared.ts'

/**
 * What was done, without free text: keys, ids, field names and numbers only, and the reason that a technician gave for
 * seeing a secret.
 */
export type AuditDetail = Record<string, string | number | readonly string[] | null>

export interface AuditRow {
  seq: number
  at: string
  /** Id of the technician, or `system`. */
  actor: string
  action: string
  entity: string
  /** JSON of an {@link AuditDetail}. */
  detail: string
  /** Hash of the row before; 64 zeros for the first. */
  prev: string
  hash: string
}

const START = '0'.repeat(64)

/** Appends to the hash chain; call it inside the transaction of what it records. */
export function appendAudit(db: Db, actor: string, action: string, entity: string, detail: AuditDetail): void {
  const last = prepared<[], { seq: number; hash: string }>(
    db,
    'SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1',
  ).get()
  const row = {
    seq: (last?.seq ?? 0) + 1,
    at: new Date().toISOString(),
    actor,
    action,
    entity,
    detail: JSON.stringify(detail),
    prev: last?.hash ?? START,
  }
  prepared<AuditRow>(db, 'INSERT INTO audit VALUES (@seq, @at, @actor, @action, @entity, @detail, @prev, @hash)').run({
    ...row,
    hash: hashOf(row),
  })
}

/**
 * Checks the chain from its first row.
 * @returns the number of the first row that does not follow from the one before, or null where all do
 */
export function brokenAuditRow(rows: Iterable<AuditRow>): number | null {
  let prev = START
  let seq = 0
  for (const row of rows) {
    seq += 1
    if (row.seq !== seq || row.prev !== prev || row.hash !== hashOf(row)) return seq
    prev = row.hash
  }
  return null
}

function hashOf(row: Omit<AuditRow, 'hash'>): string {
  const content = JSON.stringify([row.seq, row.at, row.actor, row.action, row.entity, row.detail, row.prev])
  return createHash('sha256').update(content).digest('hex')
}
