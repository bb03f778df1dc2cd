import { ProblemError } from '../../src-shared/problem.ts'
import {
  importParts,
  IMPORT_PART_BYTES,
  MAX_IMPORT_BYTES,
  type ImportState,
  type NewImport,
  type RunImport,
} from '../../src-shared/protocol/import.ts'
import type { Transaction } from '../database/connect.ts'
import { dropFile, NO_PROGRESS, readImport, writeImport, type ImportRecord } from './job-record.ts'
import { formatOf } from './read-file.ts'

/** States in which a file is kept, and can be run (again). */
const READY: readonly ImportState[] = ['uploading', 'looked', 'done', 'failed']

/** Announces a file, in the tenant's scope. @throws ProblemError `read-only`, `too-large`, `invalid-input` */
export async function beginImport(tx: Transaction, technician: string, given: NewImport): Promise<ImportRecord> {
  const who = await whoActs(tx, technician)
  const { id, kind, name, size } = given
  const format = formatOf(name)
  if (size > MAX_IMPORT_BYTES)
    throw new ProblemError('too-large', { what: 'This file', limit: `${MAX_IMPORT_BYTES / 1024 / 1024} MiB` })
  await tx`
    insert into import_job (tenant_id, id, kind, name, format, size, state, by_id, by_name)
    values (bulkhead.current_tenant(), ${id}, ${kind}, ${name}, ${format}, ${size}, 'uploading', ${technician}, ${who})
    on conflict do nothing`
  return readImport(tx, id)
}

/** Takes one part of the file in place of the one that was there. @throws ProblemError `invalid-input`, `import-not-ready` */
export async function takePart(
  tx: Transaction,
  technician: string,
  { id, part, bytes }: { id: string; part: number; bytes: Buffer },
): Promise<ImportRecord> {
  await whoActs(tx, technician)
  const record = await readImport(tx, id, true)
  if (record.state !== 'uploading') throw notReady(record)
  const last = importParts(record.size) - 1
  const length = part < last ? IMPORT_PART_BYTES : record.size - last * IMPORT_PART_BYTES
  if (part > last || bytes.length !== length)
    throw new ProblemError('invalid-input', {
      reason:
        part > last
          ? `This file has parts 0 to ${last} and no part ${part}.`
          : `Part ${part} of this file has ${length} bytes, not ${bytes.length}.`,
    })
  await tx`
    insert into import_part (tenant_id, import_id, part, bytes)
    values (bulkhead.current_tenant(), ${id}, ${part}, ${bytes}::bytea)
    on conflict (tenant_id, import_id, part) do update set bytes = excluded.bytes`
  return record
}

/** Begins to import, or to look. @throws ProblemError `import-not-ready`, `read-only` */
export async function runImport(
  tx: Transaction,
  technician: string,
  { id, request }: { id: string; request: RunImport },
): Promise<ImportRecord> {
  await whoActs(tx, technician)
  const record = await readImport(tx, id, true)
  if (!READY.includes(record.state)) throw notReady(record)
  const [held] = await tx<
    { parts: number }[]
  >`select count(*)::integer as parts from import_part where import_id = ${id}`
  const wanted = importParts(record.size)
  if (held?.parts !== wanted)
    throw new ProblemError('import-not-ready', {
      reason:
        record.state === 'uploading'
          ? `Only ${held?.parts ?? 0} of ${wanted} parts of the file are here. Send the others, then start.`
          : 'The file is not kept any more. Choose it again.',
    })
  await tx`delete from import_bad where import_id = ${id}`
  const { columns, unknown, dates } = record.progress
  const next: ImportRecord = {
    ...record,
    state: 'running',
    request,
    nextChunk: 0,
    // Its columns, and what is decided of its words and dates, stay known while it is looked at anew.
    progress: { ...NO_PROGRESS, columns, unknown, dates },
    problem: null,
  }
  await writeImport(tx, next)
  return next
}

/** Pauses one, goes on with it, or ends it; what was taken of it stays. @throws ProblemError `import-not-ready` */
export async function steerImport(
  tx: Transaction,
  technician: string,
  { id, act }: { id: string; act: 'pause' | 'resume' | 'cancel' },
): Promise<ImportRecord> {
  await whoActs(tx, technician)
  const record = await readImport(tx, id, true)
  const from: Record<typeof act, readonly ImportState[]> = {
    pause: ['running'],
    resume: ['paused'],
    cancel: ['uploading', 'running', 'paused', 'looked', 'failed'],
  }
  const to = { pause: 'paused', resume: 'running', cancel: 'cancelled' } as const
  if (record.state === to[act]) return record
  if (!from[act].includes(record.state)) throw notReady(record)
  const next: ImportRecord = { ...record, state: to[act] }
  await writeImport(tx, next)
  if (act === 'cancel') await dropFile(tx, id)
  return next
}

const STATES: Record<ImportState, string> = {
  uploading: 'still waits for its file',
  running: 'is under way',
  paused: 'is paused',
  looked: 'was looked at only',
  done: 'is done',
  failed: 'has failed',
  cancelled: 'was cancelled',
}

function notReady({ state }: ImportRecord): ProblemError {
  return new ProblemError('import-not-ready', { reason: `This import ${STATES[state]}. Look at it again.` })
}

/** The name of a technician who may act for this client. @throws ProblemError `read-only` */
export async function whoActs(tx: Transaction, technician: string): Promise<string> {
  const [who] = await tx<{ name: string; acts: boolean }[]>`
    select data ->> 'name' as name, 'act' = any(may) as acts from tenant_technician where id = ${technician} and not deleted`
  if (!who?.acts) throw new ProblemError('read-only')
  return who.name
}
