import MarkdownIt, { type Token } from 'markdown-it'
import type { Piece } from '../web-links.ts'
import { knownBlocks } from './block-rules.ts'
import { knownMarks } from './inline-rules.ts'

/** A piece of a line. */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'strong'; children: Inline[] }
  | { kind: 'em'; children: Inline[] }
  /** Of an address, or of words that lead to one. */
  | { kind: 'link'; link: Piece; children: Inline[] }

/** `gap` counts the empty lines above it. */
export type Block = { gap: number } & (
  | { kind: 'lines'; lines: Inline[][] }
  | { kind: 'quote'; blocks: Block[] }
  | { kind: 'list'; ordered: boolean; items: Item[] }
  | { kind: 'code'; info: string; text: string }
  | { kind: 'table'; aligns: Align[]; rows: Inline[][][] }
)

export type Align = 'left' | 'right' | 'center' | undefined

export interface Item {
  gap: number
  /** As it was typed. */
  mark: string
  /** Of a task: whether it is done. */
  done?: boolean
  blocks: Block[]
}

/** Marks within marks; what is deeper keeps its signs. */
const DEEPEST = 6
/** Parts of one text that are drawn; more would make the window wait. */
const MOST_PARTS = 6000

const markdown = new MarkdownIt('zero', { maxNesting: 40 }).use(knownBlocks).use(knownMarks)

/** A text with more characters or lines is shown as it was typed: it is a log, mostly. */
const MOST_CHARACTERS = 40_000
const MOST_LINES = 2000
/** Signs of marks in one text: more are those of a log, and take long to be told apart. */
const MOST_SIGNS = 3000

/**
 * Reads the marks of a text. No sign gets lost but those of marks: the parsed text is held against the typed one.
 * @returns null where the text has to be shown as it was typed: it is too long, has too many marks, or would lose a sign
 */
export function parse(text: string): Block[] | null {
  if (text.length > MOST_CHARACTERS || text.split('\n', MOST_LINES + 1).length > MOST_LINES) return null
  if ((text.match(/[*`[|]/g) ?? []).length > MOST_SIGNS) return null
  try {
    const blocks = new Reader(text).blocks(true)
    return bare(typed(blocks)) === bare(text) ? blocks : null
  } catch {
    // A text that the parser cannot take is shown as it is.
    return null
  }
}

class Reader {
  readonly #tokens: Token[]
  readonly #lines: string[]
  #at = 0
  #parts = 0

  constructor(text: string) {
    this.#tokens = markdown.parse(text, {})
    this.#lines = text.split(/\r\n?|\n/)
  }

  /** The blocks up to the end of what they are in. @param all they are in nothing */
  blocks(all = false): Block[] {
    const blocks: Block[] = []
    for (let token = this.#next(); token && token.nesting >= 0; token = this.#next()) {
      const gap = all || blocks.length > 0 ? this.#gap(token) : 0
      const block = this.#block(token)
      if (block) blocks.push({ ...block, gap })
    }
    return blocks
  }

  #next(): Token | undefined {
    return this.#tokens[this.#at++]
  }

  #count(): void {
    if (++this.#parts > MOST_PARTS) throw new Error('it has too many parts')
  }

  /** Empty lines above a block, also within a quote. */
  #gap({ map }: Token): number {
    const start = map?.[0] ?? 0
    let above = start
    while (above > 0 && /^[\s>]*$/.test(this.#lines[above - 1] ?? '')) above--
    return start - above
  }

  #block({ type, info, content }: Token) {
    this.#count()
    if (type === 'paragraph_open') return { kind: 'lines' as const, lines: this.#linesTo('paragraph_close') }
    if (type === 'blockquote_open') return { kind: 'quote' as const, blocks: this.blocks() }
    if (type === 'fence') return { kind: 'code' as const, info: info.trim(), text: content.replace(/\n$/, '') }
    if (type === 'table_open') return this.#table()
    if (!type.endsWith('list_open')) throw new Error(`unknown block ${type}`)
    const items: Item[] = []
    for (let token = this.#next(); token?.type === 'list_item_open'; token = this.#next()) {
      const gap = items.length === 0 ? 0 : this.#gap(token)
      items.push({ gap, mark: token.info + token.markup, ...taskOf(this.blocks()) })
    }
    return { kind: 'list' as const, ordered: type.startsWith('ordered'), items }
  }

  #linesTo(end: string): Inline[][] {
    const lines: Inline[][] = []
    for (let token = this.#next(); token && token.type !== end; token = this.#next()) lines.push(this.#line(token))
    return lines
  }

  #line({ children }: Token): Inline[] {
    this.#count()
    const tokens = children ?? []
    let at = 0
    const read = (depth: number, end?: string): Inline[] => {
      const found: Inline[] = []
      let inner = 0
      for (; at < tokens.length; at++) {
        const { type, content, markup, meta, info, nesting } = tokens[at]!
        if (type === end && inner === 0) break
        if (type === 'text' && content === '') continue
        this.#count()
        const kind = type.replace(/_.*/, '')
        if (type === 'text') found.push({ kind, text: content } as Inline)
        else if (type === 'code_inline') found.push({ kind: 'code', text: content })
        else if (type === 'address') found.push({ kind: 'link', link: meta as unknown as Piece, children: [] })
        else if (type === 'link_open') {
          at++
          const link = { text: info, to: String(tokens[at - 1]!.attrGet('href')) }
          found.push({ kind: 'link', link, children: read(depth + 1, 'link_close') })
        } else if (depth >= DEEPEST) {
          inner += nesting
          found.push({ kind: 'text', text: markup })
        } else if (type.endsWith('_open')) {
          at++
          found.push({ kind, children: read(depth + 1, `${kind}_close`) } as Inline)
        } else throw new Error(`unknown mark ${type}`)
      }
      return found
    }
    return read(0)
  }

  #table() {
    const rows: Inline[][][] = []
    const aligns: Align[] = []
    for (let token = this.#next(); token && token.type !== 'table_close'; token = this.#next()) {
      if (token.type === 'tr_open') rows.push([])
      else if (token.type === 'inline') rows.at(-1)?.push(this.#line(token))
      else if (token.type === 'th_open') aligns.push(String(token.attrGet('style') ?? '').split(':')[1] as Align)
    }
    return { kind: 'table' as const, aligns, rows }
  }
}

/** The beginning of an item that makes it a task. */
function taskOf(blocks: Block[]): Pick<Item, 'done' | 'blocks'> {
  const first = blocks[0]
  const words = first?.kind === 'lines' ? first.lines[0]?.[0] : undefined
  const box = words?.kind === 'text' ? /^\[([ xX])\]\s+(?=\S|$)/.exec(words.text) : null
  if (!box || words?.kind !== 'text') return { blocks }
  words.text = words.text.slice(box[0].length)
  return { done: box[1] !== ' ', blocks }
}

/** What parsed blocks say, with those of their marks that are not only such. */
function typed(blocks: readonly Block[]): string {
  return blocks
    .map((block) => {
      if (block.kind === 'quote') return typed(block.blocks)
      if (block.kind === 'code') return `${block.info}\n${block.text}`
      if (block.kind === 'list') {
        const box = ({ done }: Item): string => (done === undefined ? '' : done ? '[x]' : '[ ]')
        return block.items.map((item) => `${item.mark}${box(item)}${typed(item.blocks)}`).join('\n')
      }
      return (block.kind === 'lines' ? block.lines : block.rows.flat()).map(typedLine).join('\n')
    })
    .join('\n')
}

function typedLine(line: readonly Inline[]): string {
  return line
    .map((piece) => {
      if (piece.kind === 'text' || piece.kind === 'code') return piece.text
      if (piece.kind !== 'link') return typedLine(piece.children)
      return piece.children.length === 0 ? piece.link.text : `[${typedLine(piece.children)}](${piece.link.text})`
    })
    .join('')
}

/** Without space, and without the signs that marks are made of. */
function bare(text: string): string {
  return text.replaceAll(/[\s*`>|:\\-]+/g, '').toLowerCase()
}
