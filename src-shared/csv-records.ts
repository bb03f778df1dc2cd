import { delimiterOf } from './csv.ts'

/** A row of a CSV file as it stands there. */
export interface CsvRecord {
  /** Line of the file at which it begins, from 1. */
  line: number
  values: string[]
}

/** `parse` of `csv-parse/sync`, which is given: what is shared between sides has no libraries of its own. */
export type CsvParse = (text: string, options: Record<string, unknown>) => unknown

/**
 * Reads a CSV file (RFC 4180, and what programs make of it): rows of any length, quotation marks within a cell. Rows
 * without anything in them are left out; nothing of a cell is changed.
 * @param marks what may separate columns, the likeliest first
 * @returns `unread`: where reading ended, and whether for a quotation mark without end; null where all was read
 */
export function csvRecords(
  parse: CsvParse,
  text: string,
  marks: readonly string[],
): { records: CsvRecord[]; unread: { line: number; unclosed: boolean } | null } {
  const failed: unknown[] = []
  const parsed = parse(text, {
    bom: true,
    delimiter: delimiterOf(text, marks),
    relax_column_count: true,
    relax_quotes: true,
    raw: true,
    info: true,
    skip_records_with_error: true,
    on_skip: (error: unknown) => void failed.push(error),
  }) as { record: string[]; raw: string }[]
  const records: CsvRecord[] = []
  let line = 1
  for (const { record, raw } of parsed) {
    if (record.some((value) => value.trim() !== '')) records.push({ line, values: record })
    line += linesOf(raw)
  }
  // Errors quote the text, so nothing of them is passed on but what they are called.
  const unclosed = failed.some((error) => (error as { code?: unknown }).code === 'CSV_QUOTE_NOT_CLOSED')
  return { records, unread: failed.length > 0 ? { line, unclosed } : null }
}

/** Lines that a record takes; its raw text has all but the last character of the newline that ends it. */
function linesOf(raw: string): number {
  return 1 + (raw.replace(/\r?\n?$/, '').match(/\r\n|\r|\n/g)?.length ?? 0)
}
