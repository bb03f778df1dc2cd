import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvOf } from '../../src-renderer/features/tickets/csv.ts'

test.each(['=1+1', '+49 30 111', '-2', '@SUM(A1)', '\t=1', '\r=1', '=HYPERLINK("http://evil.example","x")'])(
  'a cell that begins as %j does is no formula',
  (text) => {
    const [[read] = []] = parse(csvOf([[text]]), { bom: true }) as string[][]
    expect(read).toBe(`'${text}`)
  },
)

test('whatever is in a cell, a reader gets it back, an apostrophe before a formula aside', () => {
  const cell = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom('a,b', '"', 'a\nb', ' x ', '=1', ''),
  )
  fc.assert(
    // One column alone would make a line of nothing.
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), (rows) => {
      const read = parse(csvOf(rows), { bom: true, record_delimiter: '\r\n' }) as string[][]
      expect(read.map((row) => row.map((text) => text.replace(/^'(?=[=+\-@\t\r])/, '')))).toEqual(
        rows.map((row) => row.map((text) => text.replace(/^'(?=[=+\-@\t\r])/, ''))),
      )
    }),
    { numRuns: 1000 },
  )
})
