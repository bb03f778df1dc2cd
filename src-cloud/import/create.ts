import { ProblemError } from '../../src-shared/problem.ts'
import type { Choice, Status, StatusCategory } from '../../src-shared/domain/configuration.ts'
import type { MissingWords, TakenImport } from '../../src-shared/protocol/import.ts'
import { changedLayer, valuesOf } from '../../src-shared/settings/layers.ts'
import type { LayerValues, Settings } from '../../src-shared/settings/settings.ts'
import type { Transaction } from '../database/connect.ts'
import { authorOf, takeOver } from '../settings/client.ts'
import { readDefaults, readLayers, resolved } from '../settings/store.ts'
import { plain, type Mapping } from './columns.ts'
import { cellsOf, wordOf, type WordField } from './plan.ts'
import type { CsvRow } from './read-csv.ts'

type Words = Record<WordField, Map<string, number>>
type Kinds = Pick<Settings, 'statuses' | 'priorities' | 'types' | 'queues' | 'customFields'>

/** How many of a kind a client can have. */
const MOST = { statuses: 100, types: 200, queues: 200, customFields: 200 } as const

/** Counts words that a client's configuration lacks, as an import meets them. */
export class LackedWords {
  readonly words: Words = { status: new Map(), priority: new Map(), type: new Map(), queue: new Map() }

  add(field: WordField, word: string, rows = 1): void {
    this.words[field].set(word, (this.words[field].get(word) ?? 0) + rows)
  }

  /** Takes over what others counted. */
  take({ words }: LackedWords): void {
    for (const [field, found] of Object.entries(words) as [WordField, Map<string, number>][])
      for (const [word, rows] of found) this.add(field, word, rows)
  }

  /** Looks through rows for words that are not among the client's own. */
  look(rows: readonly CsvRow[], mapping: Mapping, request: Pick<TakenImport, 'words'>, known: Kinds): void {
    const lists = { status: known.statuses, priority: known.priorities, type: known.types, queue: known.queues }
    for (const row of rows) {
      const cell = cellsOf(mapping, row)
      for (const [field, list] of Object.entries(lists) as [WordField, readonly Choice[]][]) {
        const text = cell(field)
        if (text !== undefined && 'reason' in wordOf(text, field, list, request.words[field] ?? {}))
          this.add(field, text)
      }
    }
  }

  /** The most frequent first, at most 200 of each. */
  told(): MissingWords {
    const lists = Object.entries(this.words).flatMap(([field, found]) => {
      const words = [...found].map(([word, rows]) => ({ word: word.slice(0, 200), rows }))
      return words.length === 0 ? [] : [[field, words.sort((a, b) => b.rows - a.rows).slice(0, 200)]]
    })
    return Object.fromEntries(lists) as MissingWords
  }
}

/** What the client's settings would get from a file, and sentences about it. */
export function additionsOf(
  known: Kinds,
  { words }: LackedWords,
  columns: readonly string[],
  create: TakenImport['create'],
): { set: Partial<Kinds>; notes: string[] } {
  const [set, notes]: [Partial<Kinds>, string[]] = [{}, []]
  if (create.includes('status') && words.status.size > 0) {
    set.statuses = grown('statuses', known.statuses, words.status.keys(), statusOf)
    notes.push(
      `Statuses: ${set.statuses
        .slice(known.statuses.length)
        .map(({ label, category }) => `${label} (${category})`)
        .join(', ')}.`,
    )
  }
  for (const [field, kind, title] of [
    ['type', 'types', 'Types'],
    ['queue', 'queues', 'Queues'],
  ] as const) {
    if (!create.includes(field) || words[field].size === 0) continue
    const list = grown(kind, known[kind], words[field].keys(), (label, key): Choice => ({
      key,
      label: label.slice(0, 100),
    }))
    set[kind] = list
    notes.push(
      `${title}: ${list
        .slice(known[kind].length)
        .map(({ label }) => label)
        .join(', ')}.`,
    )
  }
  if (create.includes('customFields') && columns.length > 0) {
    set.customFields = grown('customFields', known.customFields, columns, (label, key) => ({
      type: 'text' as const,
      key,
      label: label.slice(0, 60),
    }))
    notes.push(`Fields: ${columns.join(', ')}.`)
  }
  return { set, notes }
}

/** Gives a client what a file brings with it, as settings of its own. @throws ProblemError `settings-incoherent`, `invalid-input` */
export async function createFrom(
  tx: Transaction,
  technician: string,
  name: string,
  addition: (known: Settings) => { set: LayerValues; notes: string[] },
): Promise<string[]> {
  await tx`select bulkhead.own_settings()`
  const [defaults, layers] = [await readDefaults(tx), await readLayers(tx)]
  const { set, notes } = addition(valuesOf(resolved(defaults.settings, layers)))
  if (notes.length === 0) return []
  const author = { ...(await authorOf(tx, technician)), note: `Import of ${name}` }
  await takeOver(tx, layers, { ...layers, settings: changedLayer(layers.settings, { set, revert: [] }) }, author, false)
  return notes
}

function grown<One extends { key: string; label: string }>(
  kind: keyof typeof MOST,
  list: readonly One[],
  words: Iterable<string>,
  make: (label: string, key: string) => One,
): One[] {
  const all = [...list]
  const keys = new Set(all.map(({ key }) => key))
  const labels = new Set(all.map(({ label }) => label.toLowerCase()))
  for (const word of words) {
    if (labels.has(word.toLowerCase())) continue
    labels.add(word.toLowerCase())
    const base = plain(word).replaceAll(' ', '-').slice(0, 50) || 'imported'
    let key = base
    for (let n = 2; keys.has(key); n++) key = `${base}-${n}`
    keys.add(key)
    all.push(make(word.trim(), key))
  }
  if (all.length > MOST[kind])
    throw new ProblemError('invalid-input', {
      reason: `The file would bring the client to ${all.length} ${kind === 'customFields' ? 'fields' : kind}; ${MOST[kind]} is the most. Say what its words stand for, or leave the column out.`,
    })
  return all
}

/** What a status of another product means, by its word. */
function statusOf(label: string, key: string): Status {
  const category = categoryOf(plain(label))
  return { key, label: label.slice(0, 60), category, stopsClock: category !== 'new' && category !== 'open' }
}

function categoryOf(word: string): StatusCategory {
  if (/\b(?:closed?|cancell?ed|geschlossen|gesloten)\b/.test(word)) return 'closed'
  if (/\b(?:resolved|solved|completed?|done|fixed|erledigt)\b/.test(word)) return 'resolved'
  if (/\b(?:wait\w*|pending|hold|parked|customer|vendor|scheduled|warte\w*)\b/.test(word)) return 'waiting'
  return /\bnew\b/.test(word) ? 'new' : 'open'
}
