import { parse } from 'csv-parse/sync'
import { csvRecords, type CsvParse } from '../../src-shared/csv-records.ts'
import { isFormula } from '../../src-shared/csv.ts'
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

/** @throws ProblemError `invalid-input` where there is no row of names with at least one below it */
export function readCsvFile(text: string): CsvFile {
  const { records, unread } = csvRecords(parse as CsvParse, text, [',', ';', '\t', '|'])
  const rows = records.map(({ line, values }) => ({ line, values: values.map(unguarded) }))
  const reason = unread?.unclosed
    ? 'A quotation mark here has no end; nothing after it was read.'
    : 'This row cannot be read.'
  const [header, ...rest] = rows
  if (!header || (rest.length === 0 && !unread))
    throw new ProblemError('invalid-input', {
      reason: 'This is no CSV file with names of columns in its first row and rows below it.',
    })
  return { header: toldApart(header.values), rows: rest, bad: unread ? [{ line: unread.line, reason }] : [] }
}

/** Names of columns, each once: the second of a name is `Name (2)`. Those without a name stay so. */
export function toldApart(names: readonly string[]): string[] {
  const taken = new Set(names)
  const seen = new Set<string>()
  return names.map((name) => {
    if (name === '' || !seen.has(name)) {
      seen.add(name)
      return name
    }
    let n = 2
    while (taken.has(`${name} (${n})`)) n++
    taken.add(`${name} (${n})`)
    return `${name} (${n})`
  })
}

/** The way back, for a file that came out of here or out of a spreadsheet. */
function unguarded(text: string): string {
  const trimmed = text.trim()
  return trimmed.startsWith("'") && isFormula(trimmed.slice(1)) ? trimmed.slice(1) : trimmed
}
