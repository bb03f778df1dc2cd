import { ProblemError } from '../../src-shared/problem.ts'
import type { Choice, CustomField, Status, StatusCategory } from '../../src-shared/domain/configuration.ts'
import {
  newFieldKinds,
  type MissingWords,
  type NewFieldKind,
  type TakenImport,
} from '../../src-shared/protocol/import.ts'
import { changedLayer, valuesOf } from '../../src-shared/settings/layers.ts'
import type { LayerValues, Settings } from '../../src-shared/settings/settings.ts'
import type { Transaction } from '../database/connect.ts'
import { authorOf, takeOver } from '../settings/client.ts'
import { readDefaults, readLayers, resolved } from '../settings/store.ts'
import { labelOf, plain, type Mapping } from './columns.ts'
import { ColumnValues, MOST_OPTIONS } from './kinds.ts'
import { cellsOf, wordOf, type WordField } from './plan.ts'
import type { CsvRow } from './read-csv.ts'

type Words = Record<WordField, Map<string, number>>
type Kinds = Pick<Settings, 'statuses' | 'priorities' | 'types' | 'queues' | 'customFields'>

/** How many of a kind a client can have. */
const MOST = { statuses: 100, types: 200, queues: 200, customFields: 200, options: MOST_OPTIONS } as const

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

/** A column that becomes a field of the client's own. */
export interface NewColumn {
  column: string
  kind: NewFieldKind
  /** Its different values. */
  different: readonly string[]
}

const kindTitles: Record<Exclude<NewFieldKind, 'text'>, string> = {
  ...{ 'long-text': 'long text', number: 'number', date: 'date', checkbox: 'yes or no', select: 'choice' },
}

/**
 * The columns of a file that become fields, by what was said of each or, where all are to, by their values.
 * @throws ProblemError `invalid-input` for a choice of too many
 */
export class NewColumns {
  readonly #columns: { column: string; place: number; kind: NewFieldKind | null; values: ColumnValues }[]

  constructor({ table }: Mapping, { columns, create }: Pick<TakenImport, 'columns' | 'create'>) {
    this.#columns = table.flatMap(({ column, field }, place) => {
      const said = columns[column]
      const wanted = said === undefined ? create.includes('customFields') : said !== null
      if (field !== null || column === '' || !wanted) return []
      const kind = newFieldKinds.find((one) => said === `new:${one}`) ?? null
      return [{ column, place, kind, values: new ColumnValues() }]
    })
  }

  get any(): boolean {
    return this.#columns.length > 0
  }

  look(rows: readonly CsvRow[]): void {
    for (const row of rows) for (const { place, values } of this.#columns) values.add(row.values[place])
  }

  get all(): NewColumn[] {
    return this.#columns.map(({ column, kind, values }) => {
      const { different } = values
      const taken = kind ?? values.kind
      if (taken === 'select' && (different.length === 0 || different.length > MOST_OPTIONS))
        throw new ProblemError('invalid-input', {
          reason: `The column "${column}" has ${different.length === 0 ? 'no values' : `more than ${MOST_OPTIONS} different values`}, so it cannot become a choice. Make it a text, or leave it out.`,
        })
      return { column, kind: taken, different }
    })
  }
}

function fieldOf(label: string, key: string, column: NewColumn | undefined): CustomField {
  const kind = column?.kind ?? 'text'
  if (kind !== 'select') return { type: kind, key, label }
  const words = column?.different.map((word) => word.slice(0, 100)) ?? []
  return {
    type: kind,
    key,
    label,
    options: grown('options', [], words, (one, its): Choice => ({ key: its, label: one })),
  }
}

/** What the client's settings would get from a file, and sentences about it. */
export function additionsOf(
  known: Kinds,
  { words }: LackedWords,
  columns: readonly NewColumn[],
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
  if (columns.length > 0) {
    const made = new Map(columns.map((one) => [labelOf(one.column), one]))
    set.customFields = grown('customFields', known.customFields, made.keys(), (label, key) =>
      fieldOf(label, key, made.get(label)),
    )
    const kinds = columns.map(({ column, kind }) => (kind === 'text' ? column : `${column} (${kindTitles[kind]})`))
    notes.push(`Fields: ${kinds.join(', ')}.`)
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
