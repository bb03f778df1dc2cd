import { ProblemError } from '../../src-shared/problem.ts'
import {
  StatusCategory,
  type Choice,
  type Configuration,
  type CustomField,
  type Status,
} from '../../src-shared/domain/configuration.ts'
import {
  newFieldKinds,
  type NewFieldKind,
  type TakenImport,
  type UnknownWord,
} from '../../src-shared/protocol/import.ts'
import { changedLayer, valuesOf } from '../../src-shared/settings/layers.ts'
import type { LayerValues, Settings } from '../../src-shared/settings/settings.ts'
import type { Transaction } from '../database/connect.ts'
import { authorOf, takeOver } from '../settings/client.ts'
import { readDefaults, readLayers, resolved } from '../settings/store.ts'
import { labelOf, plain, type Mapping } from './columns.ts'
import { ColumnValues, MOST_OPTIONS } from './kinds.ts'
import type { CsvRow } from './read-csv.ts'
import { labelOfWord } from './words.ts'

type Kinds = Pick<Configuration, 'statuses' | 'types' | 'queues' | 'customFields'>

/** How many of a kind a client can have. */
const MOST = { statuses: 100, types: 200, queues: 200, customFields: 200, options: MOST_OPTIONS } as const

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
    options: grown('options', [], words, choice),
  }
}

/**
 * What the client's settings would get from a file, and sentences about it.
 * @param unknown words with what becomes of each
 * @throws ProblemError `invalid-input` for more than a client can have
 */
export function additionsOf(
  known: Kinds,
  unknown: readonly UnknownWord[],
  columns: readonly NewColumn[],
): { set: Partial<Kinds>; notes: string[] } {
  const [set, notes]: [Partial<Kinds>, string[]] = [{}, []]
  const note = (title: string, told: string[]) => notes.push(`${title}: ${told.join(', ')}.`)
  const made = unknown.filter(({ becomes }) => becomes?.startsWith('new:'))
  const labelsOf = (field: string) =>
    made.filter((one) => one.field === field).map(({ word }) => labelOfWord(field, word))
  const statuses = grown('statuses', known.statuses, labelsOf('status'), (label, key): Status => {
    const how = made.find((one) => one.field === 'status' && labelOfWord('status', one.word) === label)?.becomes
    const category = StatusCategory.catch('open').parse(how?.slice(4))
    return { key, label, category, stopsClock: category !== 'new' && category !== 'open' }
  })
  const fresh = statuses.slice(known.statuses.length)
  if (fresh.length > 0) {
    set.statuses = statuses
    note(
      'Statuses',
      fresh.map(({ label, category }) => `${label} (${category})`),
    )
  }
  for (const [field, kind, title] of [
    ['type', 'types', 'Types'],
    ['queue', 'queues', 'Queues'],
  ] as const) {
    const list = grown(kind, known[kind], labelsOf(field), choice)
    if (list.length === known[kind].length) continue
    set[kind] = list
    note(title, namesFrom(list, known[kind].length))
  }
  let fields = known.customFields.map((field) => {
    const labels = labelsOf(`custom:${field.key}`)
    if (!('options' in field) || labels.length === 0) return field
    const options = grown('options', field.options, labels, choice)
    if (options.length > field.options.length)
      note(`Options of ${field.label}`, namesFrom(options, field.options.length))
    return { ...field, options }
  })
  if (columns.length > 0) {
    const by = new Map(columns.map((one) => [labelOf(one.column), one]))
    fields = grown('customFields', fields, by.keys(), (label, key) => fieldOf(label, key, by.get(label)))
    const kinds = columns.map(({ column, kind }) => (kind === 'text' ? column : `${column} (${kindTitles[kind]})`))
    note('Fields', kinds)
  }
  if (fields.some((field, i) => field !== known.customFields[i])) set.customFields = fields
  return { set, notes }
}

function choice(label: string, key: string): Choice {
  return { key, label }
}

function namesFrom(list: readonly Choice[], from: number): string[] {
  return list.slice(from).map(({ label }) => label)
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
    // Letters of other scripts stand in the label alone.
    const base =
      plain(word)
        .match(/[a-z0-9]+/g)
        ?.join('-')
        .slice(0, 50) ?? 'imported'
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
