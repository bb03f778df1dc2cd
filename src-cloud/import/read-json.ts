import { ProblemError } from '../../src-shared/problem.ts'
import type { CsvFile } from './read-csv.ts'

/**
 * Reads a list of objects, alone, as the only list of an object, or one object a line. A row's line is the line of the
 * file where it has one object a line, else its place in the list.
 * @throws ProblemError `invalid-input`
 */
export function readJsonFile(text: string): CsvFile {
  const rows = listOf(text)
  const header = [...new Set(rows.flatMap(({ value }) => (isObject(value) ? Object.keys(value) : [])))]
  if (header.length === 0)
    throw new ProblemError('invalid-input', {
      reason: 'This file holds no list of objects, one for each row. Export it as such, or as CSV.',
    })
  const bad = rows.filter(({ value }) => !isObject(value))
  return {
    header,
    rows: rows.flatMap(({ line, value }) =>
      isObject(value) ? [{ line, values: header.map((name) => cellOf(value[name])) }] : [],
    ),
    bad: bad.map(({ line }) => ({ line, reason: 'This row is no object, or cannot be read.' })),
  }
}

interface Row {
  line: number
  value: unknown
}

function listOf(text: string): Row[] {
  try {
    const whole: unknown = JSON.parse(text)
    const lists = Array.isArray(whole) ? [whole] : isObject(whole) ? Object.values(whole).filter(Array.isArray) : []
    const [list] = lists
    if (list && lists.length === 1) return list.map((value: unknown, i) => ({ line: i + 1, value }))
    return isObject(whole) && lists.length === 0 ? [{ line: 1, value: whole }] : []
  } catch {
    const lines = text.split(/\r\n|\n/).map((one, i) => ({ line: i + 1, one }))
    const rows = lines.filter(({ one }) => one.trim() !== '').map(({ line, one }) => ({ line, value: parsed(one) }))
    return rows.some(({ value }) => isObject(value)) ? rows : []
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Products put what a cell refers to as an object with its name. */
function cellOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(cellOf).join('; ')
  if (!isObject(value)) return String(value as string | number | boolean).trim()
  const named = value['email'] ?? value['name'] ?? value['label'] ?? value['value']
  return named === undefined ? JSON.stringify(value) : cellOf(named)
}
