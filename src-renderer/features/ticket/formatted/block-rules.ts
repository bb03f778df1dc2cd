import type { MarkdownIt, StateBlock } from 'markdown-it'

/** Blocks within blocks; what is deeper stays text. */
const DEEPEST = 12
/** Lines that are looked at for the ends of code, in one text: what goes beyond has none. */
const MOST_LOOKS = 100_000

const RULES = ['fence', 'blockquote', 'list', 'table'] as const
type Name = (typeof RULES)[number]
type Rule = (state: StateBlock, start: number, end: number, silent: boolean) => boolean

/** What the rules tell each other about one text. */
interface Notes extends Record<string, unknown> {
  looks?: number
  /** Columns of the table that is being read. */
  columns?: number
}

/**
 * Lets a parser know only those blocks that a pasted log does not become by chance, and makes it keep each line to
 * itself: code between two fences of backticks, quotes, lists and tables. No headings, no rules, no code by indentation,
 * no definitions, no HTML, and no line that belongs to a quote or an item without saying so.
 */
export function knownBlocks({ block: { ruler } }: MarkdownIt): void {
  const own = Object.fromEntries(RULES.map((name) => [name, ruleOf(ruler, name)])) as Record<Name, Rule>
  const guarded = (name: Name, is: Rule, alt: string[]): void =>
    ruler.at(name, (...given) => is(...given) && own[name](...given), { alt })
  guarded('fence', isFence, ['paragraph', 'blockquote', 'list'])
  guarded('blockquote', isQuote, ['paragraph', 'list'])
  guarded('list', isItem, ['paragraph'])
  guarded('table', isTable, ['paragraph'])
  // Ends what the other rules would go on with.
  ruler.at('paragraph', lines, { alt: ['blockquote', 'list'] })
  ruler.enableOnly([...RULES, 'paragraph'])
}

function ruleOf(ruler: MarkdownIt['block']['ruler'], name: Name): Rule {
  ruler.enableOnly(name)
  const [rule] = ruler.getRules('')
  if (!rule) throw new Error(`markdown-it has no rule ${name}`)
  return rule
}

function textOf({ src, bMarks, tShift, eMarks }: StateBlock, line: number): string {
  return src.slice((bMarks[line] ?? 0) + (tShift[line] ?? 0), eMarks[line])
}

/** A fence that is closed; an open one would take all that follows. */
const isFence: Rule = (state, start, end) => {
  const opening = /^`{3,}(?=[^`]*$)/.exec(textOf(state, start))?.[0]
  if (opening === undefined) return false
  const notes = state.env as Notes
  for (let line = start + 1; line < end; line++) {
    notes.looks = (notes.looks ?? 0) + 1
    if (notes.looks > MOST_LOOKS) return false
    const indent = state.sCount[line] ?? 0
    if (!state.isEmpty(line) && indent < state.blkIndent) return false
    const text = textOf(state, line)
    if (indent - state.blkIndent < 4 && text.startsWith(opening) && /^`+\s*$/.test(text)) return true
  }
  return false
}

/** `>5` and `>=` are no quotes. */
const isQuote: Rule = (state, start) => state.level < DEEPEST && /^>+(?:\s|$)/.test(textOf(state, start))

const ITEM = /^(?:[-*]|\d{1,3}[.)])\s+(?=\S)/

/** An item with something in it. Lines of a difference, of a crontab, and years are none. */
const isItem: Rule = (state, start) => {
  if (state.level >= DEEPEST) return false
  const text = textOf(state, start)
  const mark = ITEM.exec(text)?.[0]
  if (mark === undefined) return false
  // Behind another one in its line.
  if (state.src.slice(state.bMarks[start], (state.bMarks[start] ?? 0) + (state.tShift[start] ?? 0)).trim() !== '')
    return false
  const rest = text.slice(mark.length)
  if (/^[-*+](?:\s|$)/.test(rest) || (mark.startsWith('*') && /(?:^|\s)\*(?:\s|$)/.test(rest))) return false
  return !mark.startsWith('-') || ![start - 1, start + 1].some((line) => isAdded(state, line))
}

function isAdded(state: StateBlock, line: number): boolean {
  return line >= 0 && line < state.lineMax && textOf(state, line).startsWith('+ ')
}

const isTable: Rule = (state, start) => {
  if (start + 1 >= state.lineMax || !/^[|:-][-|:\s]*$/.test(textOf(state, start + 1))) return false
  const notes = state.env as Notes
  notes.columns = cellsOf(textOf(state, start))
  return true
}

/** As many as the row of a table has in this parser. */
function cellsOf(row: string): number {
  const inner = row
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
  return inner.split(/(?<!\\)\|/).length
}

/**
 * Lines of text, one by one. Asked silently, it says whether a block ends before this line: only what begins with its
 * mark belongs to a quote or a list, and to a table what has no more cells than its head.
 */
const lines: Rule = (state, start, end, silent) => {
  if (silent) {
    const { columns = 0 } = state.env as Notes
    if (state.parentType === 'list') return !isItem(state, start, end, true)
    if (state.parentType !== 'table') return true
    const text = textOf(state, start)
    return !text.includes('|') || cellsOf(text) > columns
  }
  const others = state.md.block.ruler.getRules('paragraph')
  const parent = state.parentType
  state.parentType = 'paragraph'
  let line = start + 1
  for (; line < end && !state.isEmpty(line); line++) {
    const indent = (state.sCount[line] ?? 0) - state.blkIndent
    if (indent < 0) break
    if (indent < 4 && others.some((rule) => rule(state, line, end, true))) break
  }
  state.push('paragraph_open', 'p', 1).map = [start, line]
  for (let at = start; at < line; at++) {
    const token = state.push('inline', '', 0)
    token.content = state.getLines(at, at + 1, state.blkIndent, false)
    token.map = [at, at + 1]
    token.children = []
  }
  state.push('paragraph_close', 'p', -1)
  state.line = line
  state.parentType = parent
  return true
}
