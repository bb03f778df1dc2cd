import type { Configuration } from '../../src-shared/domain/configuration.ts'
import { problemOf, ProblemError } from '../../src-shared/problem.ts'
import { MAX_DIFFERENCES, type ImportDates } from '../../src-shared/protocol/import.ts'
import { zoneOf } from '../../src-shared/sla/zone.ts'
import { asTenant } from '../database/as.ts'
import type { Sql, Transaction } from '../database/connect.ts'
import { mappingOf, type Mapping } from './columns.ts'
import { additionsOf, createFrom, NewColumns } from './create.ts'
import { DateReader, type Order } from './dates.ts'
import { differenceOf, freshWords } from './difference.ts'
import { dropFile, NO_PROGRESS, readImport, writeImport, type ImportRecord } from './job-record.ts'
import { HtmlTexts } from './html-texts.ts'
import { inTurn } from './in-turn.ts'
import { Contacts } from './people.ts'
import { DateOrders } from './orders.ts'
import { readFile } from './read-file.ts'
import { clientOf, isFirst, isMade, planRows, writeRows, type ImportRun, type PlannedRows } from './run.ts'
import type { CsvRow } from './read-csv.ts'
import { meanings, toldOf, Unknown } from './unknown.ts'
import { LackedWords, OwnWords } from './words.ts'

/** Somebody paused or cancelled it, or another process is at it. */
class Stopped extends Error {}

/**
 * Goes on with an import that runs, to its end. Each thousand rows are one transaction, together with how far it is: what
 * a stop of the cloud interrupted goes on where it was.
 * @param api connections that keep no edit waiting
 */
export async function goOnImport(api: Sql, tenant: string, id: string, signal: AbortSignal): Promise<void> {
  const inTenant = <T>(work: (tx: Transaction) => Promise<T>) => asTenant(api, tenant, work)
  try {
    const record = await inTenant((tx) => readImport(tx, id))
    if (record.state !== 'running') return
    if (record.rows === null) await readWhole(inTenant, record, signal)
    await importAll(inTenant, tenant, id, signal)
  } catch (error) {
    if (error instanceof Stopped || signal.aborted) return
    if (!(error instanceof ProblemError)) throw error
    await inTenant(async (tx) => {
      const record = await readImport(tx, id, true)
      if (record.state === 'running') await writeImport(tx, { ...record, state: 'failed', problem: problemOf(error) })
    })
  }
}

/** Chunks that one transaction of reading a file keeps. */
const CHUNKS_TOGETHER = 10

type InTenant = <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>

async function heldRunning(tx: Transaction, id: string, signal: AbortSignal): Promise<ImportRecord> {
  const record = await readImport(tx, id, true)
  if (record.state !== 'running' || signal.aborted) throw new Stopped()
  return record
}

/** Reads the file into chunks of rows. Interrupted, it is read anew. */
async function readWhole(inTenant: InTenant, { id, format }: ImportRecord, signal: AbortSignal): Promise<void> {
  const parts = await inTenant(async (tx) => {
    await tx`delete from import_chunk where import_id = ${id}`
    return tx<{ bytes: Buffer }[]>`select bytes from import_part where import_id = ${id} order by part`
  })
  await readFile(format, Buffer.concat(parts.map(({ bytes }) => bytes)), async ({ header, bad, total, rows }) => {
    let chunks = 0
    let some: { chunk: number; json: string }[] = []
    const keep = () =>
      inTenant(async (tx) => {
        await heldRunning(tx, id, signal)
        for (const { chunk, json } of some)
          await tx`
            insert into import_chunk (tenant_id, import_id, chunk, rows)
            values (bulkhead.current_tenant(), ${id}, ${chunk}, ${json}::text::json)
            on conflict (tenant_id, import_id, chunk) do update set rows = excluded.rows`
        some = []
      })
    for await (const one of rows) {
      some.push({ chunk: chunks++, json: JSON.stringify(one) })
      if (some.length === CHUNKS_TOGETHER) await keep()
    }
    await keep()
    await inTenant(async (tx) =>
      writeImport(tx, { ...(await heldRunning(tx, id, signal)), header, unread: bad, rows: total }),
    )
  })
}

async function chunkOf(tx: Transaction, id: string, chunk: number): Promise<CsvRow[] | null> {
  const [row] = await tx<
    { rows: CsvRow[] }[]
  >`select rows from import_chunk where import_id = ${id} and chunk = ${chunk}`
  return row?.rows ?? null
}

async function importAll(inTenant: InTenant, tenant: string, id: string, signal: AbortSignal): Promise<void> {
  const run = await prepared(inTenant, tenant, id, signal)
  try {
    await importRows(inTenant, run, id, signal)
  } finally {
    await run.pages.close()
  }
}

async function importRows(inTenant: InTenant, run: ImportRun, id: string, signal: AbortSignal): Promise<void> {
  const { mapping } = run
  // Which rows are about the same as an earlier one, those before a stop included.
  const seen = new Map<string, number>()
  const begun = await inTenant(async (tx) => {
    const { nextChunk } = await readImport(tx, id)
    for (let chunk = 0; chunk < nextChunk; chunk++)
      for (const row of (await chunkOf(tx, id, chunk)) ?? []) isFirst(row, mapping, run.request.kind, seen)
    return nextChunk
  })
  let ends = false
  const chunks = function* () {
    for (let chunk = begun; !ends; chunk++) yield chunk
  }
  await inTurn<number, { chunk: number; rows: PlannedRows | null }>(
    chunks(),
    inTenant,
    {
      plan: async (tx, chunk) => {
        const rows = await chunkOf(tx, id, chunk)
        ends = rows === null
        return { chunk, rows: rows && (await planRows(tx, run, rows, seen)) }
      },
      write: async (tx, { chunk, rows }) => {
        const record = await heldRunning(tx, id, signal)
        if (record.nextChunk !== chunk) throw new Stopped()
        if (rows === null) await endWell(tx, record)
        else await writeChunk(tx, record, run, rows)
      },
    },
    run.request.kind === 'contacts',
  )
}

async function endWell(tx: Transaction, record: ImportRecord): Promise<void> {
  const dryRun = record.request?.dryRun ?? false
  await writeImport(tx, { ...record, state: dryRun ? 'looked' : 'done' })
  // With rows that were not taken it can be run once more, with other words.
  if (!dryRun && record.progress.badRows === 0) await dropFile(tx, record.id)
}

async function writeChunk(tx: Transaction, record: ImportRecord, run: ImportRun, rows: PlannedRows): Promise<void> {
  await writeRows(tx, run, rows)
  const { planned } = rows
  const bad: { line: number; reason: string }[] = []
  const progress = { ...record.progress, looked: record.progress.looked + planned.length, missing: run.lacked.told() }
  progress.differences = [...progress.differences]
  for (const one of planned) {
    if (one.act === 'bad') bad.push({ line: one.line, reason: one.reason })
    else if (one.act === 'same') progress.same++
    else {
      if (one.act === 'add') progress.added++
      else progress.changed++
      if (run.request.dryRun && progress.differences.length < MAX_DIFFERENCES)
        progress.differences.push(differenceOf(one, run.fresh))
    }
  }
  progress.badRows += bad.length
  await tellBad(tx, record.id, bad)
  await writeImport(tx, { ...record, nextChunk: record.nextChunk + 1, progress })
}

async function tellBad(tx: Transaction, id: string, bad: readonly { line: number; reason: string }[]): Promise<void> {
  if (bad.length === 0) return
  await tx`
    insert into import_bad (tenant_id, import_id, line, reason)
    select bulkhead.current_tenant(), ${id}, r.line, r.reason
    from json_to_recordset(${JSON.stringify(bad)}::text::json) r(line integer, reason text) on conflict do nothing`
}

/** Recognises columns, adds to the client's settings what is wanted of the file's words, and tells what could not be read. */
async function prepared(inTenant: InTenant, tenant: string, id: string, signal: AbortSignal): Promise<ImportRun> {
  // Kept whatever comes of the rest: who is told what is wrong sees the columns beside it.
  const lacks = await inTenant(async (tx) => {
    const record = await heldRunning(tx, id, signal)
    const { mapping } = await mapped(tx, record)
    await writeImport(tx, { ...record, progress: { ...record.progress, columns: mapping.table } })
    return mapping.lacks
  })
  if (lacks !== null) throw new ProblemError('invalid-input', { reason: lacks })
  return inTenant(async (tx) => {
    const record = await heldRunning(tx, id, signal)
    const { kind, unread } = record
    const { request, first, timeZone, mapTo, ...begun } = await mapped(tx, record)
    let { known, mapping } = begun
    const before = known
    const notes = [...record.progress.created]
    const isNew = record.nextChunk === 0
    // What a look before decided counts for that one alone.
    let { unknown, dates } = isNew ? NO_PROGRESS : record.progress
    if (
      kind === 'tickets' &&
      (request.dryRun || (isNew && (request.create.length > 0 || request.guess || isMade(request))))
    ) {
      const [found, fields] = [new Unknown(known, mapping), new NewColumns(mapping, request)]
      const orders = new DateOrders(mapping, known.customFields)
      for (let chunk = 0, rows: CsvRow[] | null = first; rows; rows = await chunkOf(tx, id, ++chunk)) {
        found.look(rows)
        fields.look(rows)
        orders.look(rows)
      }
      if (isNew && (request.guess || request.dates)) dates = orders.found(request.dates, timeZone)
      const [decided, left] = [found.decided(known, request), fields.all]
      if (isNew) unknown = toldOf(decided)
      if (request.dryRun) {
        const { set, notes: would } = additionsOf(known, decided, left)
        known = { ...known, ...set }
        if (isNew) notes.push(...would)
      } else {
        notes.push(...(await createFrom(tx, record.byId, record.name, (its) => additionsOf(its, decided, left))))
        known = (await clientOf(tx)).configuration
      }
      mapping = mapTo(known)
    }
    const progress = { ...record.progress, columns: mapping.table, created: notes, unknown, dates }
    if (isNew) {
      await tellBad(tx, id, unread ?? [])
      progress.badRows = unread?.length ?? 0
    }
    await writeImport(tx, { ...record, progress })
    const taken = { ...request, kind }
    const missing = new LackedWords()
    for (const [field, words] of Object.entries(record.progress.missing) as [
      keyof typeof missing.words,
      { word: string; rows: number }[],
    ][])
      for (const { word, rows } of words) missing.add(field, word, rows)
    return {
      ...{ tenant, technician: record.byId, request: taken, mapping, configuration: known },
      words: new OwnWords(known, meanings(request.words, unknown), request.guess === true),
      dates: new DateReader(zoneOf(timeZone), orderIn(mapping, request.dates, dates)),
      ...{ lacked: missing, contacts: new Contacts(), pages: new HtmlTexts(), fresh: freshWords(before, known) },
    }
  })
}

/** What comes first in the dates of a field. */
function orderIn(
  { table }: Mapping,
  said: Order | undefined,
  dates: ImportDates | null,
): (field: string) => Order | undefined {
  const orders = new Map(dates?.columns.map(({ column, order }) => [column, order]))
  const fields = new Map(table.map(({ column, field }) => [field, orders.get(column)]))
  return (field) => said ?? fields.get(field)
}

/** What is known of a file before its rows are taken; `mapTo` recognises its columns by other settings than the client's. */
async function mapped(tx: Transaction, { id, kind, header, request }: ImportRecord) {
  if (!header || !request) throw new ProblemError('internal')
  const first = (await chunkOf(tx, id, 0)) ?? []
  const { configuration: known, timeZone } = await clientOf(tx)
  const mapTo = ({ customFields }: Pick<Configuration, 'customFields'>): Mapping =>
    mappingOf({ ...request, kind }, { header, rows: first }, customFields)
  return { request, first, known, timeZone, mapping: mapTo(known), mapTo }
}
