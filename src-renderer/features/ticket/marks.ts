/** A text field with what is chosen in it, from one character to before another. */
export interface Chosen {
  text: string
  from: number
  to: number
}

/** What takes the place of some characters, and what is chosen then. */
export interface Edit {
  from: number
  to: number
  put: string
  select: [from: number, to: number]
}

/** The signs around what is chosen, line by line; taken off again where they are there already. */
export function wrapped({ text, from, to }: Chosen, sign: string): Edit {
  const inner = text.slice(from, to)
  const start = from + inner.length - inner.trimStart().length
  const end = Math.max(start, to - (inner.length - inner.trimEnd().length))
  const words = text.slice(start, end)
  const { length } = sign
  const isWrapped = (of: string): boolean =>
    of.length > 2 * length && of.startsWith(sign) && of.endsWith(sign) && of[length] !== sign[0]
  if (isWrapped(text.slice(start - length, end + length)) && text[start - length - 1] !== sign[0]) {
    return { from: start - length, to: end + length, put: words, select: [start - length, end - length] }
  }
  const lines = words.split('\n')
  const off = lines.every((line) => line.trim() === '' || isWrapped(line.trim()))
  const put = lines
    .map((line) => {
      const bare = line.trim()
      if (bare === '' && lines.length > 1) return line
      return line.replace(bare, () => (off && bare !== '' ? bare.slice(length, -length) : sign + bare + sign))
    })
    .join('\n')
  if (words === '') return { from: start, to: end, put, select: [start + length, start + length] }
  return { from: start, to: end, put, select: [start, start + put.length] }
}

/** What is chosen as code: within its line, or, of several lines, between fences. */
export function asCode(chosen: Chosen): Edit {
  const { text, from, to } = chosen
  if (!text.slice(from, to).includes('\n')) return wrapped(chosen, '`')
  const [start, end] = linesOf(chosen)
  const lines = text.slice(start, end)
  const fence = '`'.repeat(Math.max(3, ...[...lines.matchAll(/`+/g)].map(([run]) => run.length + 1)))
  const put = `${fence}\n${lines}\n${fence}`
  return { from: start, to: end, put, select: [start + fence.length, start + fence.length] }
}

/** What is chosen as words that lead elsewhere, or as the address that words are to lead to. */
export function asLink({ text, from, to }: Chosen): Edit {
  const words = text.slice(from, to).trim()
  if (/^https?:\/\/\S+$/i.test(words)) return { from, to, put: `[](${words})`, select: [from + 1, from + 1] }
  const put = `[${words}](https://)`
  const at = words === '' ? from + 1 : from + put.length - 1
  return { from, to, put, select: [at, at] }
}

/** The chosen lines as a quote; no longer where they are one. */
export function asQuote(chosen: Chosen): Edit {
  return byLine(chosen, (lines) => {
    if (lines.every((line) => line.startsWith('>'))) return lines.map((line) => line.replace(/^> ?/, ''))
    return lines.map((line) => (line === '' && lines.length > 1 ? '>' : `> ${line}`))
  })
}

const ITEM = /^(\s*)(?:([-*])|\d{1,3}[.)])\s+/

/** The chosen lines as items of a list, one below the other or by number; no longer where they are. */
export function asList(chosen: Chosen, numbered: boolean): Edit {
  return byLine(chosen, (lines) => {
    const isBlank = (line: string): boolean => line.trim() === '' && lines.length > 1
    const is = (line: string): boolean => {
      const item = ITEM.exec(line)
      return item !== null && (item[2] === undefined) === numbered
    }
    const bare = (line: string): string => line.replace(ITEM, '$1')
    if (lines.every((line) => is(line) || isBlank(line))) return lines.map(bare)
    let count = 0
    return lines.map((line) =>
      isBlank(line) ? line : bare(line).replace(/^\s*/, (space) => `${space}${numbered ? `${++count}.` : '-'} `),
    )
  })
}

function byLine(chosen: Chosen, marked: (lines: string[]) => string[]): Edit {
  const [from, to] = linesOf(chosen)
  const lines = chosen.text.slice(from, to).split('\n')
  const put = marked(lines).join('\n')
  const end = from + put.length
  return { from, to, put, select: lines.length === 1 ? [end, end] : [from, end] }
}

/** From the beginning of the first chosen line to the end of the last. */
function linesOf({ text, from, to }: Chosen): [number, number] {
  const last = to > from && text[to - 1] === '\n' ? to - 1 : to
  const end = text.indexOf('\n', last)
  return [text.lastIndexOf('\n', from - 1) + 1, end < 0 ? text.length : end]
}

const BEGUN = /^(\s*(?:> ?)*)(?:([-*])|(\d{1,3})([.)]))(\s+)(\[[ xX]\]\s+)?/

/**
 * What Enter does at the end of an item or a quote: it begins the next one; in an empty one it ends the list.
 * @returns null where it begins a line as everywhere
 */
export function nextItem({ text, from, to }: Chosen): Edit | null {
  if (from !== to) return null
  const start = text.lastIndexOf('\n', from - 1) + 1
  const line = text.slice(start, from)
  const [mark = /^\s*(?:> ?)+/.exec(line)?.[0], quote = '', bullet = '', number, end = '', space = ''] =
    BEGUN.exec(line) ?? []
  const box = BEGUN.exec(line)?.[6]
  if (mark === undefined || isInCode(text.slice(0, start))) return null
  if (line.trimEnd() === mark.trimEnd()) return { from: start, to: from, put: '', select: [start, start] }
  const next = bullet || number ? quote + (number ? Number(number) + 1 : bullet) + end + space : mark
  const put = `\n${next}${box ? '[ ] ' : ''}`
  return { from, to, put, select: [from + put.length, from + put.length] }
}

function isInCode(before: string): boolean {
  return (before.match(/^\s{0,3}`{3,}/gm) ?? []).length % 2 === 1
}

/** A text as it is quoted. */
export function quoted(text: string): string {
  return `${text.trim().replaceAll(/^/gm, '> ').replaceAll(/^> $/gm, '>')}\n`
}

/** Makes an edit as a person would, so that the field can undo it. */
export function apply(field: HTMLTextAreaElement, { from, to, put, select }: Edit): void {
  field.focus()
  field.setSelectionRange(from, to)
  if (put !== '') document.execCommand('insertText', false, put)
  else if (to > from) document.execCommand('delete')
  field.setSelectionRange(...select)
}

/** What is chosen in a field. */
export function chosenIn({ value, selectionStart, selectionEnd }: HTMLTextAreaElement): Chosen {
  return { text: value, from: selectionStart, to: selectionEnd }
}
