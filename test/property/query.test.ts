import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OPERATORS, parseQuery, termText, withoutBegun, type Term } from '../../src-shared/query/parse.ts'

const word = fc.stringMatching(/^[\p{L}\d<>@._:-]{1,12}$/u)
const value = fc.oneof(
  word.map((text) => ({ value: text, quoted: false })),
  fc.stringMatching(/^[^"]{0,16}$/).map((text) => ({ value: text, quoted: true })),
)
const head = fc.oneof(
  fc.constantFrom(...OPERATORS).map((operator) => ({ operator, field: null })),
  fc.stringMatching(/^[\p{L}\d _-]{1,10}$/u).map((field) => ({ operator: 'field' as const, field })),
)
const operatorTerm = fc.record({ head, value, not: fc.boolean() }).map((term) => ({
  ...term.head,
  ...term.value,
  not: term.not,
}))
const plainTerm = fc
  .record({ value, not: fc.boolean() })
  .map((term) => ({ operator: null, field: null, ...term.value, not: term.not }))
  // A word that looks like an operator is one, and one that begins with a minus is negated.
  .filter((term) => term.quoted || parseQuery(term.value).every(({ operator, not }) => operator === null && !not))
const term = fc.oneof(operatorTerm, plainTerm)

function shape({ not, operator, field, value: text, quoted }: Omit<Term, 'from' | 'to' | 'valueFrom'>) {
  return { not, operator, field, value: text, quoted }
}

test('what is written out is read back the same', () => {
  fc.assert(
    fc.property(fc.array(term, { maxLength: 8 }), fc.constantFrom(' ', '  ', '\t', '\n '), (terms, gap) => {
      const read = parseQuery(terms.map(termText).join(gap))
      expect(read.map(shape)).toEqual(terms.map(shape))
    }),
    { numRuns: 5000 },
  )
})

test('any text is a search: it is taken apart in order, without overlap, and nothing but space is left out', () => {
  const scraps = fc.constantFrom('"', ':', '-', ' ', 'status', 'field.', 'is:', 'created:<', '\u{1F600}', '\n', '.')
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.array(fc.oneof(scraps, fc.string({ maxLength: 4 })), { maxLength: 20 }).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(texts, (text) => {
      let end = 0
      let left = ''
      for (const { from, to, valueFrom, value: read } of parseQuery(text)) {
        expect(from).toBeGreaterThanOrEqual(end)
        expect(valueFrom).toBeGreaterThanOrEqual(from)
        expect(to).toBeGreaterThan(from)
        expect(text.slice(valueFrom, to)).toContain(read)
        left += text.slice(end, from)
        end = to
      }
      expect((left + text.slice(end)).trim()).toBe('')
    }),
    { numRuns: 5000 },
  )
})

test.each([
  ['status:waiting assignee:me sla:<2h field.site:"HQ" printer', ['status', 'assignee', 'sla', 'field', null]],
  ['Status:Waiting', ['status']],
  ['http://host:80 a:b', [null, null]],
  ['-tag:vip -"exactly this" -', ['tag', null, null]],
  ['"not closed', [null]],
])('%s', (text, operators) => {
  expect(parseQuery(text).map(({ operator }) => operator)).toEqual(operators)
})

test.each([
  ['p', ''],
  ['É', ''],
  ['printer p', 'printer'],
  ['status:new -p', 'status:new'],
  ['p ', 'p '],
  ['"p"', '"p"'],
  ['pr', 'pr'],
  ['7', '7'],
  ['山', '山'],
  ['status:n', 'status:n'],
  ['p printer', 'p printer'],
])('while one types, “%s” searches for “%s”: a letter alone at the end begins a word', (typed, searched) => {
  expect(withoutBegun(typed)).toBe(searched)
})
