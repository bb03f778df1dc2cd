import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from '../../src-renderer/features/ticket/formatted/parse.ts'
import {
  asCode,
  asLink,
  asList,
  asQuote,
  nextItem,
  quoted,
  wrapped,
  type Chosen,
  type Edit,
} from '../../src-renderer/features/ticket/marks.ts'

// What is chosen stands between ‹ and ›; a cursor is | alone.

function chosen(shown: string): Chosen {
  const from = shown.search(/[‹|]/)
  const to = shown.includes('›') ? shown.indexOf('›') - 1 : from
  return { text: shown.replaceAll(/[‹›|]/g, ''), from, to }
}

function after({ text }: Chosen, { from, to, put, select: [start, end] }: Edit): string {
  const next = text.slice(0, from) + put + text.slice(to)
  return start === end
    ? `${next.slice(0, start)}|${next.slice(start)}`
    : `${next.slice(0, start)}‹${next.slice(start, end)}›${next.slice(end)}`
}

const bold = (at: Chosen): Edit => wrapped(at, '**')
const bullets = (at: Chosen): Edit => asList(at, false)
const numbers = (at: Chosen): Edit => asList(at, true)
const italic = (at: Chosen): Edit => wrapped(at, '*')

test.each([
  ['bold', bold, 'a ‹b c› d', 'a ‹**b c**› d'],
  ['bold, with space chosen too', bold, 'a ‹b c › d', 'a ‹**b c**›  d'],
  ['bold off', bold, 'a ‹**b c**› d', 'a ‹b c› d'],
  ['bold off from within', bold, 'a **‹b c›** d', 'a ‹b c› d'],
  ['bold of nothing yet', bold, 'a |', 'a **|**'],
  ['bold of lines', bold, '‹a\n\n b›', '‹**a**\n\n **b**›'],
  ['bold off lines', bold, '‹**a**\n\n **b**›', '‹a\n\n b›'],
  ['italic', italic, '‹b›', '‹*b*›'],
  ['italic of what is bold', italic, '‹**b**›', '‹***b***›'],
  ['italic of what is bold, from within', italic, '**‹b›**', '**‹*b*›**'],
  ['code', asCode, 'run ‹ls -l›', 'run ‹`ls -l`›'],
  ['code of lines', asCode, 'x\na‹b\nc›d\ny', 'x\n```|\nab\ncd\n```\ny'],
  ['code with a fence in it', asCode, '‹```\na›', '````|\n```\na\n````'],
  ['a link of words', asLink, 'the ‹manual›', 'the [manual](https://|)'],
  ['a link of an address', asLink, '‹https://a.b/c›', '[|](https://a.b/c)'],
  ['a link of nothing yet', asLink, '|', '[|](https://)'],
  ['a quote', asQuote, 'x\na‹b\n\nc›d', 'x\n‹> ab\n>\n> cd›'],
  ['a quote off', asQuote, '‹> ab\n>\n> cd›', '‹ab\n\ncd›'],
  ['a quote of a line', asQuote, 'a|b', '> ab|'],
  ['a list', bullets, 'x\na‹b\n\n  c›d', 'x\n‹- ab\n\n  - cd›'],
  ['a list off', bullets, '‹- ab\n* cd›', '‹ab\ncd›'],
  ['a list of a line', bullets, 'a|b', '- ab|'],
  ['a list of nothing yet', bullets, 'x\n|', 'x\n- |'],
  ['a numbered list', numbers, '‹a\n- b\nc›', '‹1. a\n2. b\n3. c›'],
  ['a numbered list off', numbers, '‹1. a\n2) b›', '‹a\nb›'],
  ['a numbered list as one without numbers', bullets, '‹1. a\n2. b›', '‹- a\n- b›'],
])('%s', (_name, edit, before, then) => {
  expect(after(chosen(before), edit(chosen(before)))).toBe(then)
})

test.each([
  ['- a|', '- a\n- |'],
  ['x\n* a| b', 'x\n* a\n* | b'],
  ['9. a|', '9. a\n10. |'],
  ['  2) a|', '  2) a\n  3) |'],
  ['- [x] a|', '- [x] a\n- [ ] |'],
  ['> a|', '> a\n> |'],
  ['> - a|', '> - a\n> - |'],
  ['- a\n- |', '- a\n|'],
  ['- a\n- [ ] |', '- a\n|'],
  ['> a\n> |', '> a\n|'],
])('Enter in %j goes on with it, or ends it', (before, then) => {
  const at = chosen(before)
  expect(after(at, nextItem(at)!)).toBe(then)
})

test.each(['a|', '-a|', '--|', '---- |', '2026. a|', '```\n- a|', '- ‹a›', '|- a', '1.|'])(
  'Enter in %j is Enter',
  (before) => {
    expect(nextItem(chosen(before))).toBe(null)
  },
)

test('what is quoted is one quote, line by line', () => {
  const lines = fc.array(fc.constantFrom('a', '', '- b', '> c', '```', '1. d', '**e**', '   f'), { maxLength: 8 })
  fc.assert(
    fc.property(lines, (typed) => {
      const text = typed.join('\n').trim()
      if (text !== '') expect(parse(quoted(text))?.map(({ kind }) => kind)).toEqual(['quote'])
    }),
  )
})
