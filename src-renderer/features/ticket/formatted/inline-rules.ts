import type { MarkdownIt, StateInline } from 'markdown-it'
import { addressAt, linkOf } from '../web-links.ts'

type Rule = (state: StateInline, silent: boolean) => boolean

const LABELLED =
  /\[([^[\]\n]{1,500})(?<!\\)\]\((https?:\/\/[^\s<>"()[\]]{1,2000}(?:\([^\s<>"()[\]]{0,200}\)[^\s<>"()[\]]{0,200}){0,5})\)/iy
const SPAN = /(`{1,3})(?!`)([^\n]{1,2000}?)(?<!`)\1(?!`)/y

/**
 * Lets a parser know only those marks within a line that a pasted log does not show by chance: `*italic*`, `**bold**`,
 * `` `code` ``, `[text](https://…)` and bare addresses. A backslash takes the meaning of the sign behind it, and both stay.
 */
export function knownMarks({ inline }: MarkdownIt): void {
  const { ruler, ruler2 } = inline
  ruler.at('linkify', address)
  ruler.at('escape', backslash)
  ruler.at('backticks', code)
  ruler.at('link', labelled)
  ruler.enableOnly(['text', 'linkify', 'escape', 'backticks', 'emphasis', 'link'])
  ruler2.enableOnly(['balance_pairs', 'emphasis', 'fragments_join'])
  inline.State = class extends inline.State {
    override scanDelims(start: number): { can_open: boolean; can_close: boolean; length: number } {
      const { src, posMax } = this
      let end = start + 1
      while (end < posMax && src[end] === src[start]) end++
      const length = end - start
      const isMark = src[start] === '*' && length <= 3
      const before = signBefore(src, start)
      const after = end < posMax ? String.fromCodePoint(src.codePointAt(end) ?? 32) : ''
      return {
        can_open: isMark && /^[\s([{"'«„“‘‹\-–—|>,;:]?$/u.test(before) && /^[^\s.,/\\;:!?)\]}>|%=_-]$/u.test(after),
        can_close: isMark && /^[^\s(/\\[{|=_-]$/u.test(before) && /^[\s.,;:!?)\]}"'»”’›…\-–—|]?$/u.test(after),
        length,
      }
    }
  }
}

function signBefore(text: string, at: number): string {
  const low = text[at - 1] ?? ''
  return /[\uDC00-\uDFFF]/.test(low) ? text.slice(at - 2, at) : low
}

const isWord = (sign: string): boolean => /^[\p{L}\p{N}_]$/u.test(sign)

const backslash: Rule = (state) => {
  const { src, pos, posMax } = state
  if (src[pos] !== '\\') return false
  const pair = pos + 1 < posMax && /^\\[\\*`[\]]/.test(src.slice(pos, pos + 2))
  state.pending += src.slice(pos, pos + (pair ? 2 : 1))
  state.pos += pair ? 2 : 1
  return true
}

const code: Rule = (state) => {
  const { src, pos, posMax } = state
  if (src[pos] !== '`') return false
  SPAN.lastIndex = pos
  const found = SPAN.exec(src)
  const end = SPAN.lastIndex
  const whole = found !== null && end <= posMax && !isWord(signBefore(src, pos)) && !isWord(src[end] ?? '')
  if (whole && found[2]?.trim() !== '') {
    const token = state.push('code_inline', 'code', 0)
    token.markup = found[1] ?? ''
    token.content = found[2] ?? ''
    state.pos = end
    return true
  }
  let next = pos
  while (src[next] === '`' && next < posMax) next++
  state.pending += src.slice(pos, next)
  state.pos = next
  return true
}

const labelled: Rule = (state) => {
  const { src, pos, posMax } = state
  if (src[pos] !== '[' || state.linkLevel > 0) return false
  LABELLED.lastIndex = pos
  const [whole, label = '', to = ''] = LABELLED.exec(src) ?? []
  if (whole === undefined || pos + whole.length > posMax || label.trim() === '') return false
  const link = linkOf(to)
  if (!link?.to) return false
  const open = state.push('link_open', 'a', 1)
  open.attrs = [['href', link.to]]
  open.info = to
  state.pos = pos + 1
  state.posMax = state.pos + label.length
  state.linkLevel++
  state.md.inline.tokenize(state)
  state.linkLevel--
  state.push('link_close', 'a', -1).info = to
  state.pos = pos + whole.length
  state.posMax = posMax
  return true
}

/** An address; the parser asks at its colon, with the letters before it still to be put down. */
const address: Rule = (state) => {
  const { src, pos, posMax, pending } = state
  if (src[pos] !== ':' || state.linkLevel > 0) return false
  const scheme = /(?<![\p{L}\p{N}_])https?$/iu.exec(src.slice(Math.max(0, pos - 6), pos))?.[0]
  const link = scheme && pending.endsWith(scheme) && addressAt(src.slice(0, posMax), pos - scheme.length)
  if (!link) return false
  state.pending = pending.slice(0, -scheme.length)
  const token = state.push(link.to === undefined ? 'text' : 'address', '', 0)
  token.content = link.text
  token.meta = { ...link }
  state.pos = pos - scheme.length + link.text.length
  return true
}
