import type { Statement } from 'better-sqlite3'
import type { Db } from './open.ts'

const statements = new WeakMap<Db, Map<string, Statement>>()

/**
 * A statement, compiled when its text is first used with a database and kept for as long as that is. For texts that are
 * written in the code: each one stays.
 */
export function prepared<Parameters extends unknown[] | object, Row = unknown>(
  db: Db,
  sql: string,
): Statement<Parameters extends unknown[] ? Parameters : [Parameters], Row> {
  let kept = statements.get(db)
  if (!kept) statements.set(db, (kept = new Map()))
  let found = kept.get(sql)
  if (!found) kept.set(sql, (found = db.prepare(sql)))
  return found as never
}
