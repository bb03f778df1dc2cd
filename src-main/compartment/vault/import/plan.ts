import { createHmac, randomBytes } from 'node:crypto'
import type { ImportPreview, NewCredential } from '../../../../src-shared/domain/vault.ts'
import { fold } from '../../cache/fold.ts'
import type { Secrets, VaultStore } from '../store.ts'
import type { ReadExport } from './read-export.ts'

export interface ImportPlan {
  format: string
  bad: ImportPreview['bad']
  rows: (ImportPreview['rows'][number] & { credential: NewCredential })[]
}

/**
 * What becomes of each row. A row whose name, user name and secrets are here already, or earlier in the file, is the same.
 * @param skip lines that are not wanted
 */
export function planImport(
  { format, bad, rows }: ReadExport,
  skip: ReadonlySet<number>,
  store: VaultStore,
): ImportPlan {
  const key = randomBytes(32)
  try {
    const wanted = new Set(rows.map(({ credential }) => whose(credential)))
    const seen = new Set<string>()
    for (const kept of store.all(false)) {
      const about = whose({ ...kept.facts, kind: kept.kind })
      if (wanted.has(about))
        seen.add(
          about +
            printOf(
              store.openAll(kept, () => true),
              key,
            ),
        )
    }
    const planned = rows.map(({ line, credential }) => {
      const { name, kind, username, secrets } = credential
      const print = whose(credential) + printOf(secrets, key)
      const act = skip.has(line) ? ('skip' as const) : seen.has(print) ? ('same' as const) : ('add' as const)
      if (act === 'add') seen.add(print)
      return { line, name, kind, username, act, credential }
    })
    return { format, bad, rows: planned }
  } finally {
    key.fill(0)
  }
}

function whose({ kind, name, username }: Pick<NewCredential, 'kind' | 'name' | 'username'>): string {
  return JSON.stringify([kind, fold(name), fold(username ?? '')])
}

/** Stands for secrets without being any; the key is of one plan. */
function printOf(secrets: Secrets, key: Buffer): string {
  const sorted = Object.entries(secrets).sort(([x], [y]) => (x < y ? -1 : 1))
  return createHmac('sha256', key).update(JSON.stringify(sorted)).digest('hex')
}
