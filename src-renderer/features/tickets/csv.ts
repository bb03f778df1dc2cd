import { csvLine } from '../../../src-shared/csv.ts'

/** Rows as CSV, with a byte order mark so that spreadsheets read UTF-8. */
export function csvOf(rows: readonly (readonly string[])[]): string {
  return `\uFEFF${rows.map(csvLine).join('')}`
}
