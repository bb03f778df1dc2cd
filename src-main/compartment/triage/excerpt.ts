import { fold } from '../cache/fold.ts'

/** Around the words found, so that a window can mark them without any markup in texts. */
export const MARK_START = '\ue000'
export const MARK_END = '\ue001'

const LENGTH = 100
const BEFORE = 30

/** Cuts about 100 characters around the first word found, with all found words in it marked. */
export function excerptOf(texts: readonly string[], words: readonly string[]): string {
  const folded = words.map(fold)
  for (const text of texts.slice(1)) {
    const found = occurrences(text, folded, 0, text.length, 1)[0]
    if (found) return mark(text, found.start, folded)
  }
  const [first = '', second = ''] = texts
  return mark(occurrences(first, folded, 0, first.length, 1).length > 0 ? first : second || first, 0, folded)
}

function mark(text: string, at: number, folded: string[]): string {
  const start = at <= BEFORE ? 0 : wordStart(text, at - BEFORE)
  const end = Math.min(text.length, start + LENGTH)
  let out = start > 0 ? '…' : ''
  let done = start
  for (const found of occurrences(text, folded, start, end, Infinity)) {
    out += text.slice(done, found.start) + MARK_START + text.slice(found.start, found.end) + MARK_END
    done = found.end
  }
  return (out + text.slice(done, Math.max(done, end)) + (end < text.length ? '…' : '')).replaceAll(/\s+/g, ' ')
}

function occurrences(
  text: string,
  folded: string[],
  start: number,
  end: number,
  limit: number,
): { start: number; end: number }[] {
  const found = []
  const word = /[\p{L}\p{N}\p{M}\p{Co}]+/gu
  word.lastIndex = start
  const last = folded.length - 1
  for (let match = word.exec(text); match && match.index < end && found.length < limit; match = word.exec(text)) {
    const here = fold(match[0])
    if (folded.some((wanted, i) => (i === last ? here.startsWith(wanted) : here === wanted)))
      found.push({ start: match.index, end: match.index + match[0].length })
  }
  return found
}

function wordStart(text: string, from: number): number {
  const space = text.indexOf(' ', from)
  return space < 0 || space > from + BEFORE ? from : space + 1
}
