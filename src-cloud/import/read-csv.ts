import { CsvError, type Options } from 'csv-parse'
import { parse } from 'csv-parse/sync'
import { delimiterOf, isFormula } from '../../src-shared/csv.ts'
import { ProblemError } from '../../src-shared/problem.ts'

export interface CsvRow {
  /** Line of the file at which it begins, from 1. */
  line: number
  values: string[]
}

/** A CSV file, read: the first row apart, and what could not be read. */
export interface CsvFile {
  header: string[]
  rows: CsvRow[]
  bad: { line: number; reason: string }[]
}

interface Parsed {
  record: string[]
  raw: string
}

/** @throws ProblemError `invalid-input` where there is no row of names with at least one below it */
export function readCsvFile(text: string): CsvFile {
  const failed: unknown[] = []
  const options: Options = {
    bom: true,
    delimiter: delimiterOf(text, [',', ';', '\t', '|']),
    relax_column_count: true,
    relax_quotes: true,
    raw: true,
    info: true,
    skip_records_with_error: true,
    on_skip: (error) => void failed.push(error),
  }
  // The types do not know of the shape that `raw` and `info` give.
  const parsed = parse(text, options) as unknown as Parsed[]
  const rows: CsvRow[] = []
  let line = 1
  for (const { record, raw } of parsed) {
    const values = record.map(unguarded)
    if (values.some((value) => value !== '')) rows.push({ line, values })
    line += raw.split(/\r\n|\n|\r/).length - 1
  }
  const unclosed = failed.some((error) => error instanceof CsvError && error.code === 'CSV_QUOTE_NOT_CLOSED')
  const reason = unclosed ? 'A quotation mark here has no end; nothing after it was read.' : 'This row cannot be read.'
  const [header, ...rest] = rows
  if (!header || (rest.length === 0 && failed.length === 0))
    throw new ProblemError('invalid-input', {
      reason: 'This is no CSV file with names of columns in its first row and rows below it.',
    })
  return { header: header.values, rows: rest, bad: failed.map(() => ({ line, reason })) }
}

/** The way back, for a file that came out of here or out of a spreadsheet. */
function unguarded(text: string): string {
  const trimmed = text.trim()
  return trimmed.startsWith("'") && isFormula(trimmed.slice(1)) ? trimmed.slice(1) : trimmed
}
