// How what stands on a page of HTML is written as text with marks, whether it was pasted or is in a file of tickets.

/** How the pages are read that become texts. */
export const READING = { bulletListMarker: '-', codeBlockStyle: 'fenced', emDelimiter: '*', br: '' } as const

/** Words in bold. */
export function bold(words: string): string {
  return around(words.replaceAll('**', ''), '**')
}

/** Words in italics; those with marks inside stay as they are. */
export function italic(words: string): string {
  return words.includes('*') ? words : around(words, '*')
}

/** A heading of any level. */
export function heading(words: string): string {
  return `\n\n${bold(words)}\n\n`
}

/** Text that keeps its lines and spaces. */
export function codeBlock(text: string): string {
  return `\n\n\`\`\`\n${text.replace(/\n$/, '')}\n\`\`\`\n\n`
}

/**
 * An item of a list, with what is in it under its words.
 * @param mark with the space after it, such as `- ` or `2. `
 * @param box of an item that can be ticked, with the space after it
 */
export function listItem(content: string, mark: string, box = ''): string {
  const inner = content.trim().replaceAll(/\n{2,}/g, '\n')
  return `${mark}${box}${inner.replaceAll('\n', `\n${' '.repeat(mark.length)}`)}\n`
}

/** A link; only its words where it leads to no other page. */
export function link(content: string, to: string): string {
  const words = content.trim()
  if (!/^https?:\/\//i.test(to) || words === '' || /[\s<>]/.test(to)) return content
  const address = to.replaceAll(/[()[\]]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
  if (words === to || words === address) return to
  return /[[\]\n]/.test(words) ? `${words} (${to})` : `[${words}](${address})`
}

/** A table of the texts of its cells, the head first; null where it has a single column. */
export function table([head = [], ...body]: readonly (readonly string[])[]): string | null {
  const columns = Math.max(head.length, ...body.map((row) => row.length))
  if (columns < 2) return null
  const line = (cells: readonly string[]): string =>
    `| ${Array.from({ length: columns }, (_, at) => cells[at] ?? '').join(' | ')} |`
  return `\n\n${[line(head), `|${'---|'.repeat(columns)}`, ...body.map(line)].join('\n')}\n\n`
}

/** What a cell says, in the one line that it has in a table. */
export function tableCell(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll('|', String.raw`\|`)
    .trim()
}

/** A whole text without the space that nobody sees. */
export function tidy(text: string): string {
  return text
    .replaceAll('\u00A0', ' ')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}

/** Signs around each line, without the space at its ends. */
function around(content: string, sign: string): string {
  return content
    .split('\n')
    .map((line) => {
      const words = line.trim()
      return words === '' ? line : line.replace(words, () => sign + words + sign)
    })
    .join('\n')
}
