/** What makes a spreadsheet take a cell for a formula. */
const FORMULA = /^[=+\-@\t\r]/

/** Whether a spreadsheet would run a cell with this text. */
export function isFormula(text: string): boolean {
  return FORMULA.test(text)
}

/**
 * One line of a CSV file (RFC 4180). A cell that would be a formula gets an apostrophe in front: what somebody wrote is
 * never run.
 */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(cell).join(',')}\r\n`
}

function cell(value: string): string {
  const text = isFormula(value) ? `'${value}` : value
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Of what may separate columns, the one that comes most often in the first line; the first where none does. */
export function delimiterOf(text: string, marks: readonly string[]): string {
  const [first = ''] = text.split(/[\r\n]/, 1)
  const count = (mark: string): number => first.split(mark).length
  return marks.reduce((best, mark) => (count(mark) > count(best) ? mark : best))
}
