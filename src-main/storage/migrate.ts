import { basename } from 'node:path'
import { ProblemError } from '../../src-shared/problem.ts'
import { schemaVersion, type Db } from './open.ts'

/**
 * Brings a file to the newest schema, one transaction per step; step n leads to `user_version` n.
 * @throws ProblemError `file-newer` where the file knows more steps than we do
 */
export function migrate(db: Db, file: string, steps: readonly string[]): void {
  const theirs = schemaVersion(db)
  if (theirs > steps.length) throw new ProblemError('file-newer', { file: basename(file), theirs, ours: steps.length })
  for (const [index, sql] of steps.entries()) {
    if (index < theirs) continue
    db.transaction(() => {
      db.exec(sql)
      db.pragma(`user_version = ${index + 1}`)
    }).immediate()
  }
}
