import { WORD_FIELDS } from '../../src-shared/domain/configuration.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import {
  MAX_BAD_TOLD,
  type ImportDates,
  type ImportDifference,
  type ImportFormat,
  type ImportKind,
  type ImportState,
  type ImportView,
  type MissingWords,
  type RunImport,
  type UnknownWord,
} from '../../src-shared/protocol/import.ts'
import type { Transaction } from '../database/connect.ts'
import type { Mapping } from './columns.ts'

/** What came of the rows so far. */
export interface ImportProgress {
  looked: number
  added: number
  changed: number
  same: number
  badRows: number
  differences: ImportDifference[]
  missing: MissingWords
  /** With what becomes of each: decided before the first row is taken, and kept to the last. */
  unknown: UnknownWord[]
  dates: ImportDates | null
  columns: Mapping['table']
  created: string[]
}

export const NO_PROGRESS: ImportProgress = {
  ...{ looked: 0, added: 0, changed: 0, same: 0, badRows: 0, differences: [], missing: {}, unknown: [], columns: [] },
  ...{ created: [], dates: null },
}

/** An import as it is stored. */
export interface ImportRecord {
  id: string
  kind: ImportKind
  name: string
  format: ImportFormat
  size: number
  state: ImportState
  request: RunImport | null
  header: string[] | null
  rows: number | null
  unread: { line: number; reason: string }[] | null
  nextChunk: number
  progress: ImportProgress
  problem: ImportView['problem']
  byId: string
  by: string
  startedAt: string
  changedAt: string
  endedAt: string | null
}

const columns = (tx: Transaction) => {
  const instant = (name: string) => tx`to_char(${tx(name)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
  return tx`
    id, kind, name, format, size, state, request, header, rows, unread, next_chunk as "nextChunk", progress, problem,
    by_id as "byId", by_name as by, ${instant('started_at')} as "startedAt", ${instant('changed_at')} as "changedAt",
    ${instant('ended_at')} as "endedAt"`
}

/** Reads one, and holds it to the end of the transaction where asked. @throws ProblemError `not-found` */
export async function readImport(tx: Transaction, id: string, hold = false): Promise<ImportRecord> {
  const [row] = await tx<ImportRecord[]>`
    select ${columns(tx)} from import_job where id = ${id} ${hold ? tx`for update` : tx``}`
  if (!row) throw new ProblemError('not-found', { what: 'This import' })
  return { ...row, progress: { ...NO_PROGRESS, ...row.progress } }
}

/** The last imports, the newest first. */
export async function readImports(tx: Transaction): Promise<ImportRecord[]> {
  const rows = await tx<ImportRecord[]>`select ${columns(tx)} from import_job order by started_at desc, id limit 50`
  return rows.map((row) => ({ ...row, progress: { ...NO_PROGRESS, ...row.progress } }))
}

/** Writes how far one is that is held. */
export async function writeImport(tx: Transaction, record: ImportRecord): Promise<void> {
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value))
  const over = ['done', 'failed', 'cancelled', 'looked'].includes(record.state)
  await tx`
    update import_job set state = ${record.state}, request = ${json(record.request)}::text::json,
      header = ${json(record.header)}::text::json, rows = ${record.rows}, unread = ${json(record.unread)}::text::json,
      next_chunk = ${record.nextChunk}, progress = ${JSON.stringify(record.progress)}::text::json,
      problem = ${json(record.problem)}::text::json, changed_at = now(), ended_at = ${over ? tx`now()` : null}
    where id = ${record.id}`
}

/** One with everything that a person sees of it. */
export async function viewImport(tx: Transaction, record: ImportRecord): Promise<ImportView> {
  const bad = await tx<{ line: number; reason: string }[]>`
    select line, reason from import_bad where import_id = ${record.id} order by line limit ${MAX_BAD_TOLD}`
  const parts = await tx<{ part: number }[]>`select part from import_part where import_id = ${record.id} order by part`
  const { id, kind, name, format, size, state, request, rows, problem, by, startedAt, changedAt, endedAt, progress } =
    record
  return {
    ...{ id, kind, name, format, size, state, rows, problem, by, startedAt, changedAt, endedAt },
    ...progress,
    dryRun: request?.dryRun ?? false,
    said: request && saidOf(request),
    asked: request,
    parts: parts.map(({ part }) => part),
    bad,
  }
}

/** What was said, without what consoles do not read that know `words` as keys of four fields alone. */
function saidOf({ dryRun: _asked, guess: _guess, words = {}, ...said }: RunImport): ImportView['said'] {
  const known = WORD_FIELDS.flatMap((field) => {
    const keys = Object.entries(words[field] ?? {}).filter(([, key]) => key !== null && !key.startsWith('new:'))
    return keys.length === 0 ? [] : [[field, Object.fromEntries(keys)]]
  })
  return { ...said, words: Object.fromEntries(known) as RunImport['words'] } as ImportView['said']
}

/** Forgets the file and what was read of it; what came of it stays. */
export async function dropFile(tx: Transaction, id: string): Promise<void> {
  await tx`delete from import_part where import_id = ${id}`
  await tx`delete from import_chunk where import_id = ${id}`
}
