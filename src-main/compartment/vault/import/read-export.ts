import { parse } from 'csv-parse/sync'
import { csvRecords, type CsvParse, type CsvRecord } from '../../../../src-shared/csv-records.ts'
import { NewCredential } from '../../../../src-shared/domain/vault.ts'
import { ProblemError } from '../../../../src-shared/problem.ts'
import { checkSecrets, invalid } from '../rules.ts'
import { layoutOf, type Column, type Layout } from './formats.ts'

/** Rows of an export that are taken at once. */
const MAX_ROWS = 10_000

export interface ExportRow {
  /** Line of the file at which it begins, from 1. */
  line: number
  credential: NewCredential
}

/** An export, read: what can be imported, and what cannot. Holds secrets; it lives for one call. */
export interface ReadExport {
  format: string
  rows: ExportRow[]
  bad: { line: number; reason: string }[]
}

/**
 * Reads the CSV export of a password manager. Texts are taken as they are.
 * @throws ProblemError `invalid-input` where it is no such export, `too-many`
 */
export function readExport(csv: string): ReadExport {
  const { records, bad } = readCsv(csv)
  const [first] = records
  const layout = first && layoutOf(first.values)
  if (!layout)
    throw invalid(
      'This is no CSV export of a password manager: no column of passwords or notes was found in its first row.',
    )
  const rows: ExportRow[] = []
  for (const { line, values } of layout.headed ? records.slice(1) : records) {
    if (rows.length >= MAX_ROWS)
      throw new ProblemError('too-many', { what: 'An import', limit: MAX_ROWS, things: 'rows' })
    const read = credentialOf(values, layout)
    if (typeof read === 'string') bad.push({ line, reason: read })
    else rows.push({ line, credential: read })
  }
  return { format: layout.name, rows, bad: bad.sort((x, y) => x.line - y.line) }
}

function readCsv(csv: string): { records: CsvRecord[]; bad: ReadExport['bad'] } {
  const { records, unread } = csvRecords(parse as CsvParse, csv, [',', ';', '\t'])
  if (!unread) return { records, bad: [] }
  const reason = unread.unclosed
    ? 'A quotation mark here has no end; nothing after it can be read.'
    : 'This row cannot be read as CSV.'
  return { records, bad: [{ line: unread.line, reason }] }
}

/** @returns why not, where there is none in the row */
function credentialOf(values: readonly string[], layout: Layout): NewCredential | string {
  const cell = (column: Column): string => values[layout.columns[column] ?? -1] ?? ''
  const password = cell('password')
  const seed = cell('seed').trim() || seedAmongPairs(values, layout)
  const text = cell('text')
  const url = cell('url').trim()
  // LastPass gives notes this address.
  const address = url === 'http://sn' ? '' : url
  const secrets = {
    ...(password && { password }),
    ...(seed && { seed }),
    ...(text.trim() && { text }),
  }
  const kind = password ? 'login' : seed ? 'totp' : 'note'
  if (Object.keys(secrets).length === 0) return 'There is no password, no seed and no note in this row.'
  const taken = kind === 'totp' ? { seed } : secrets
  const found = NewCredential.safeParse({
    kind,
    name: cell('name').trim() || URL.parse(address)?.hostname || address || cell('username'),
    username: cell('username') || null,
    url: address || null,
    secrets: taken,
  })
  if (!found.success) {
    const [issue] = found.error.issues
    return `The ${issue?.path.at(-1)?.toString() ?? 'row'} cannot be taken: ${issue?.message ?? 'unknown'}.`
  }
  try {
    checkSecrets(kind, found.data.secrets)
  } catch (error) {
    if (error instanceof ProblemError) return error.problem.message
    throw error
  }
  return found.data
}

function seedAmongPairs(values: readonly string[], { pairsFrom }: Layout): string {
  if (pairsFrom === null) return ''
  return values.slice(pairsFrom).find((value) => /^otpauth:/i.test(value)) ?? ''
}
