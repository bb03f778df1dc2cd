import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { ProblemError } from '../../src-shared/problem.ts'
import { MAX_IMPORT_ROWS, type ImportFormat } from '../../src-shared/protocol/import.ts'
import type { CsvFile, CsvRow } from './read-csv.ts'

/** MiB of memory that reading one file gets. */
const MEMORY = 1536

type Said =
  | ({ op: 'header'; total: number } & Pick<CsvFile, 'header' | 'bad'>)
  | { op: 'rows'; rows: CsvRow[] }
  | { op: 'end' }
  | { op: 'failed'; reason: string | null }

/** What there is to read of a file: first what it is about, then its rows, some at a time. */
export interface ReadFile extends Pick<CsvFile, 'header' | 'bad'> {
  total: number
  rows: AsyncIterable<CsvRow[]>
}

/** The format of a file by its name. @throws ProblemError `invalid-input` for one that is not read */
export function formatOf(name: string): ImportFormat {
  const ending = /\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ''
  if (['csv', 'tsv', 'txt'].includes(ending)) return 'csv'
  if (['json', 'jsonl', 'ndjson'].includes(ending)) return 'json'
  if (ending === 'xlsx') return 'xlsx'
  const old = ending === 'xls' || ending === 'xlsb' || ending === 'ods'
  throw new ProblemError('invalid-input', {
    reason: `${old ? `Files of the kind .${ending} are not read` : `"${name.slice(0, 60)}" does not say what it is`}. Save it as .xlsx, .csv or .json, and choose that.`,
  })
}

/**
 * Reads a file in a thread of its own: it keeps nobody waiting, and one that needs too much memory ends alone.
 * @throws ProblemError `invalid-input` with what is wrong with the file
 */
export async function readFile<T>(
  format: ImportFormat,
  bytes: Uint8Array,
  use: (file: ReadFile) => Promise<T>,
): Promise<T> {
  const worker = new Worker(new URL('./read-worker.ts', import.meta.url), {
    workerData: { format, bytes },
    resourceLimits: { maxOldGenerationSizeMb: MEMORY },
  })
  try {
    const first = await next(worker)
    if (first.op !== 'header') throw new Error('the reading thread said nothing of the file')
    if (first.total > MAX_IMPORT_ROWS)
      throw new ProblemError('invalid-input', {
        reason: `This file has ${first.total} rows; ${MAX_IMPORT_ROWS} can be imported at once. Divide it.`,
      })
    return await use({ ...first, rows: rowsOf(worker) })
  } finally {
    await worker.terminate()
  }
}

/** The next rows are on their way while those before are used. */
async function* rowsOf(worker: Worker): AsyncGenerator<CsvRow[]> {
  const ask = () => {
    const answer = next(worker)
    answer.catch(() => undefined)
    worker.postMessage('next')
    return answer
  }
  for (let answer = ask(); ;) {
    const said = await answer
    if (said.op !== 'rows') return
    answer = ask()
    yield said.rows
  }
}

async function next(worker: Worker): Promise<Said> {
  const said = await once(worker, 'message').then(
    ([message]) => message as Said,
    (error: { code?: string }) => {
      if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') throw error
      throw new ProblemError('invalid-input', {
        reason: 'Reading this file takes more memory than there is for it. Save it as CSV, or divide it.',
      })
    },
  )
  if (said.op !== 'failed') return said
  if (said.reason === null) throw new Error('the file could not be read')
  throw new ProblemError('invalid-input', { reason: said.reason })
}
