import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { maybeMarked } from '../../src-renderer/features/ticket/maybe-marked.ts'
import { parse, type Block, type Inline } from '../../src-renderer/features/ticket/formatted/parse.ts'

// What is shown of a formatted text, worked out apart from the product: bullets, boxes and addresses behind words are not.

function shown(blocks: readonly Block[]): string {
  return blocks.map((block, index) => (index > 0 ? '\n' : '') + '\n'.repeat(block.gap) + shownBlock(block)).join('')
}

function shownBlock(block: Block): string {
  if (block.kind === 'quote') return shown(block.blocks)
  if (block.kind === 'code') return `${block.info}\n${block.text}`
  if (block.kind === 'lines') return block.lines.map(shownLine).join('\n')
  if (block.kind === 'table') return block.rows.map((row) => row.map(shownLine).join(' ')).join('\n')
  return block.items
    .map(({ gap, mark, blocks }) => '\n'.repeat(gap) + (block.ordered ? `${mark} ` : '') + shown(blocks))
    .join('\n')
}

function shownLine(line: readonly Inline[]): string {
  return line
    .map((piece) =>
      piece.kind === 'text' || piece.kind === 'code'
        ? piece.text
        : piece.kind === 'link' && piece.children.length === 0
          ? piece.link.text
          : shownLine(piece.children),
    )
    .join('')
}

/** The marks of a text in short: `b` bold, `i` italic, `c` code, `a` address, and the blocks in brackets. */
function marksOf(text: string): string {
  const inLine = (line: readonly Inline[]): string =>
    line
      .map((piece) => {
        if (piece.kind === 'text') return piece.text
        if (piece.kind === 'code') return `c(${piece.text})`
        if (piece.kind === 'link') return `a(${inLine(piece.children) || piece.link.text}→${piece.link.to})`
        return `${piece.kind === 'em' ? 'i' : 'b'}(${inLine(piece.children)})`
      })
      .join('')
  const inBlocks = (blocks: readonly Block[]): string => blocks.map(inBlock).join(' ')
  const inBlock = (block: Block): string => {
    if (block.kind === 'lines') return block.lines.map(inLine).join('/')
    if (block.kind === 'quote') return `[> ${inBlocks(block.blocks)}]`
    if (block.kind === 'code') return `[${block.info}: ${block.text.replaceAll('\n', '/')}]`
    if (block.kind === 'table') return `[${block.rows.map((row) => row.map(inLine).join('|')).join('/')}]`
    return block.items
      .map(
        ({ mark, done, blocks }) =>
          `[${mark} ${done === undefined ? '' : done ? 'done ' : 'to do '}${inBlocks(blocks)}]`,
      )
      .join('')
  }
  const blocks = parse(text)
  return blocks === null ? 'as typed' : inBlocks(blocks)
}

test.each([
  ['a **b** and *i*, ***both***: `x * y`.', 'a b(b) and i(i), i(b(both)): c(x * y).'],
  ['**a *b* c** (*see*) "**now**"', 'b(a i(b) c) (i(see)) "b(now)"'],
  ['one\ntwo\n\nthree', 'one/two three'],
  [
    'Do:\n- a\n- b\n  - c\n\n  still b\n- [ ] d\n- [x] *e*\nafter',
    'Do: [- a][- b [- c] still b][- to do d][- done i(e)] after',
  ],
  ['1. a\n2. b\n7. c\n\n3) d', '[1. a][2. b][7. c] [3) d]'],
  ['> Which *port*?\nThis.', '[> Which i(port)?] This.'],
  ['```sh\nrm *a* **b**\n\n> x\n```\ndone', '[sh: rm *a* **b**//> x] done'],
  ['|a|*b*|\n|--|:-:|\n|1|2 \\| 3|\n|4|\nafter', '[a|i(b)/1|2 | 3/4|] after'],
  ['a|b\n-|-\n1|2\n1|2|3', '[a|b/1|2] 1|2|3'],
  ['[the **manual**](https://docs.example/a_(b)?c=*d*)', 'a(the b(manual)→https://docs.example/a_(b)?c=*d*)'],
  ['- old\n+ new *x*', '- old/+ new i(x)'],
  ['see https://x.example/a*b*c_d, *really*', 'see a(https://x.example/a*b*c_d→https://x.example/a*b*c_d), i(really)'],
])('marks are read: %j', (text, marks) => {
  expect(marksOf(text)).toBe(marks)
  expect(maybeMarked(text)).toBe(text !== 'one\ntwo\n\nthree')
})

// Lines that technicians paste: nothing in them is a mark.
const PASTED = readFileSync(join(import.meta.dirname, '../fixtures/pasted.txt'), 'utf8').split('\n')

test('what technicians paste stays as it is, sign by sign and line by line, whatever stands beside it', () => {
  const text = fc.array(fc.constantFrom(...PASTED), { minLength: 1, maxLength: 12 }).map((lines) => lines.join('\n'))
  fc.assert(
    fc.property(text, (typed) => {
      // The one thing that becomes of it by what stands below: two fences are code.
      fc.pre((typed.match(/^\s*```/gm) ?? []).length < 2)
      const blocks = parse(typed)
      expect(blocks && shown(blocks).trimEnd()).toBe(typed.replaceAll(/^[ \t]+$/gm, '').trimEnd())
    }),
    { numRuns: 1500 },
  )
})

/** The signs that marks are made of, and space. */
const MARKS = /[\s*`>|:\\\-[\]()xX•]+/g
const PIECES = [
  '*',
  '**',
  '`',
  '```',
  '> ',
  '- ',
  '* ',
  '1. ',
  '2) ',
  '|',
  '-|-',
  '[',
  '](https://a.b/c)',
  '(',
  ')',
  '\\',
]
const WORDS = [
  'a',
  'Bc',
  'Q9',
  '_',
  '#',
  '&amp;',
  '<i>',
  '~',
  '=',
  '.',
  ' ',
  '  ',
  '\n',
  '\n',
  '\n\n',
  '\r\n',
  '\t',
  '[ ] ',
  '+ ',
  '@Ann',
  '😀',
]

test('whatever marks meet, no other sign gets lost or changes its place, and an address is told or led to', () => {
  const text = fc.array(fc.constantFrom(...PIECES, ...WORDS), { maxLength: 40 }).map((pieces) => pieces.join(''))
  const lead = (blocks: readonly Block[]): number => (JSON.stringify(blocks).match(/"to":"https:/g) ?? []).length
  fc.assert(
    fc.property(text, (typed) => {
      const blocks = parse(typed) ?? expect.fail('it is not read')
      if (!maybeMarked(typed)) expect(JSON.stringify(blocks)).not.toMatch(/"kind":"(?!lines|text)/)
      const told = shown(blocks).split('https://a.b/c').length - 1
      const hidden = typed.split('https://a.b/c').length - 1 - told
      expect(lead(blocks)).toBeGreaterThanOrEqual(hidden)
      const bare = (of: string): string => of.replaceAll('https://a.b/c', '').replaceAll(MARKS, '')
      expect(bare(shown(blocks))).toBe(bare(typed))
    }),
    { numRuns: 1500 },
  )
})

const many = (piece: string, count = 10_000): string => piece.repeat(count)

const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0

test.each([
  ['quotes in quotes', `${many('>')} x`],
  ['quotes in quotes, apart', `${many('> ')}x`],
  ['brackets', many('[')],
  ['links that never end', many('[a](https://')],
  ['emphasis that never ends', many('*a ')],
  ['emphasis that only ends', many(' b*')],
  ['emphasis in emphasis', many('*a ', 1000) + many(' b*', 1000)],
  ['strong in strong', many('**a ', 1000) + many(' b**', 1000)],
  ['two kinds of it', many('*a **b ', 5000)],
  ['stars', many('*', 40_000)],
  ['backticks', many('`a')],
  ['runs of backticks', Array.from({ length: 280 }, (_, length) => many('`', length)).join(' ')],
  ['fences that never end', many('```x\n', 1900)],
  [
    'lists in lists',
    Array.from({ length: 190 }, (_, depth) => `${many(' ', depth * 2)}- x`)
      .join('\n')
      .slice(0, 40_000),
  ],
  ['lists in a line', many('- ')],
  ['tables', many('a|b\n-|-\n', 990)],
  ['one row', `a|b\n-|-\n${many('|', 39_000)}`],
  ['addresses in addresses', many('http:', 8000)],
  ['addresses with invisible signs', many('http://a\u200B', 4000)],
  ['colons', many(':', 40_000)],
  ['backslashes', many('\\', 40_000)],
  ['space', `a${many(' ', 39_000)}b`],
  ['a log', many('2026-11-03 *x* `y` [z](https://a.b)\n', 20_000)],
])('a hostile text of %s is read to a shallow tree or left as it was typed, and loses nothing', (_name, whole) => {
  // The whole has too many signs of marks, mostly: a part of it is really read.
  for (const typed of [whole, whole.slice(0, 2900)]) {
    const blocks = parse(typed)
    if (!blocks) continue
    expect(depthOf(blocks)).toBeLessThan(50)
    const bare = (of: string): string => of.replaceAll('https://a.b', '').replaceAll(MARKS, '')
    expect(bare(shown(blocks))).toBe(bare(typed))
  }
})
