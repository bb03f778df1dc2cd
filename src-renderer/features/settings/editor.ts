import type { LayerValues, Settings } from '../../../src-shared/settings/settings.ts'
import type { FieldProblem } from '../../../src-shared/settings/problems.ts'
import type { UsedKey } from '../../../src-shared/protocol/settings.ts'
import { counted } from '../../ui/counted.ts'

/** What every editor takes. It holds nothing itself but what is half typed. */
export interface EditorProps<Value> {
  value: Value
  onChange(value: Value): void
  /** What is wrong with it. */
  problems: readonly FieldProblem[]
}

/** What editors of a part may look at beside their own value. */
export interface Around {
  settings: Settings
  /** As saved: keys in it stay when a name changes. */
  saved: Settings
  /** Null where there are no tickets. */
  uses: readonly UsedKey[] | null
  technicians: readonly { id: string; name: string }[]
  problems: readonly FieldProblem[]
  change(values: LayerValues): void
}

/** A key of a label, unlike any that are there. */
export function keyOf(label: string, taken: readonly string[]): string {
  const base =
    label
      .normalize('NFKD')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '')
      .slice(0, 50) || 'new'
  if (!taken.includes(base)) return base
  for (let n = 2; ; n++) if (!taken.includes(`${base}-${n}`)) return `${base}-${n}`
}

/** A list with the entry at an index changed. A new entry's key follows its label; a saved one's stays. */
export function changedRow<Row extends { key: string; label: string }>(
  rows: readonly Row[],
  index: number,
  part: Partial<Row>,
  savedKeys: ReadonlySet<string>,
): Row[] {
  return rows.map((row, i) => {
    if (i !== index) return row
    const next = { ...row, ...part }
    if (part.label === undefined || savedKeys.has(row.key)) return next
    const taken = [...rows.filter((_, other) => other !== index).map(({ key }) => key), ...savedKeys]
    return { ...next, key: keyOf(next.label, taken) }
  })
}

/** A list with an entry at another place; the same list where it cannot go there. */
export function movedRow<Row>(rows: readonly Row[], from: number, to: number): Row[] {
  if (to < 0 || to >= rows.length) return [...rows]
  const next = [...rows]
  const [row] = next.splice(from, 1)
  if (row !== undefined) next.splice(to, 0, row)
  return next
}

/**
 * Takes an entry out of a list. One that tickets use is retired instead: they keep it, and nobody can choose it.
 * @param use how many tickets have its key
 */
export function withoutRow<Row extends object>(
  rows: readonly Row[],
  index: number,
  use: Pick<UsedKey, 'tickets'> | undefined,
): Row[] {
  if (!use || use.tickets === 0) return rows.filter((_, i) => i !== index)
  return rows.map((row, i) => (i === index ? { ...row, retired: true } : row))
}

/** "214 open tickets use this status." */
export function usedText(use: UsedKey | undefined, word: string): string | null {
  if (!use || use.tickets === 0) return null
  if (use.open === 0)
    return `${counted(use.tickets, 'closed ticket')} ${use.tickets === 1 ? 'uses' : 'use'} this ${word}.`
  return `${counted(use.open, 'open ticket')} ${use.open === 1 ? 'uses' : 'use'} this ${word}.`
}
