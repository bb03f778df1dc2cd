import { readSheet } from 'read-excel-file/node'
import type { Readable } from 'node:stream'
import yauzl, { type Entry } from 'yauzl'
import { ProblemError } from '../../src-shared/problem.ts'
import { toldApart, type CsvFile, type CsvRow } from './read-csv.ts'

/** Bytes that a workbook may unpack to, and files in it. */
const UNPACKED = 512 * 1024 * 1024
const ENTRIES = 2000

/** What yauzl has and its types do not know of. */
interface Archive {
  entryCount: number
  eachEntry(): AsyncIterable<Entry>
  openReadStreamPromise(entry: Entry): Promise<Readable>
}
const promised = yauzl as unknown as { fromBufferPromise(bytes: Buffer, options: yauzl.Options): Promise<Archive> }

/**
 * Reads the first sheet of an Excel workbook. Of a formula the value counts that was stored with it: nothing is
 * calculated, and nothing outside of the file is read.
 * @throws ProblemError `invalid-input`
 */
export async function readExcelFile(bytes: Uint8Array): Promise<CsvFile> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  await mustUnpack(buffer)
  const sheet = await readSheet(buffer).catch((cause: unknown) => {
    throw new ProblemError(
      'invalid-input',
      { reason: 'This Excel file cannot be read. Save it again, or as CSV.' },
      { cause },
    )
  })
  const rows: CsvRow[] = sheet.flatMap((cells, i) => {
    const values = cells.map(textOf)
    return values.some((value) => value !== '') ? [{ line: i + 1, values }] : []
  })
  const [header, ...rest] = rows
  if (!header || rest.length === 0)
    throw new ProblemError('invalid-input', {
      reason: 'The first sheet of this file has no names of columns with rows below them.',
    })
  return { header: toldApart(header.values), rows: rest, bad: [] }
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  // Times of a spreadsheet have no zone, and are fractions of a day.
  if (value instanceof Date)
    return Number.isNaN(value.getTime())
      ? ''
      : new Date(Math.round(value.getTime() / 1000) * 1000).toISOString().slice(0, 19).replace('T00:00:00', '')
  return String(value as string | number | boolean).trim()
}

/** Unpacks all of it into nothing, and counts: what says that it is small may not be. */
async function mustUnpack(buffer: Buffer): Promise<void> {
  let total = 0
  try {
    const zip = await promised.fromBufferPromise(buffer, { lazyEntries: true, validateEntrySizes: true })
    if (zip.entryCount > ENTRIES) throw tooLarge()
    for await (const entry of zip.eachEntry()) {
      total += entry.uncompressedSize
      if (total > UNPACKED) throw tooLarge()
      const stream = await zip.openReadStreamPromise(entry)
      for await (const _piece of stream);
    }
  } catch (cause) {
    if (cause instanceof ProblemError) throw cause
    throw new ProblemError(
      'invalid-input',
      { reason: 'This is no Excel file (.xlsx), or a damaged one. Save it again.' },
      { cause },
    )
  }
}

function tooLarge(): ProblemError {
  return new ProblemError('invalid-input', {
    reason: `This Excel file unpacks to more than ${UNPACKED / 1024 / 1024} MiB. Save the sheet as CSV and import that.`,
  })
}
