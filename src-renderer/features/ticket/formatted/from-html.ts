import TurndownService from 'turndown'
import { isItalic, makePlain, weightOf } from './office-html.ts'

/** Elements that say nothing, or nothing that a text can. */
const DROPPED =
  'script, style, head, meta, link, title, template, iframe, object, embed, svg, noscript, img, input, button'
/** Rows of a table; a longer one is better off as a file. */
const MOST_ROWS = 300
/** Cells that one may reach over; sheets say thousands of a title. */
const MOST_COLUMNS = 50
const BLOCKS = /^(?:P|UL|OL|DIV|TABLE|H[1-6])$/

const service = new TurndownService({ bulletListMarker: '-', codeBlockStyle: 'fenced', emDelimiter: '*', br: '' })
// Backslashes would stay: what counts as a mark is little, see the rules of formatted texts.
service.escape = (text) => text

service.addRule('heading', {
  filter: ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'],
  replacement: (content) => `\n\n${around(content.replaceAll('**', ''), '**')}\n\n`,
})
service.addRule('strong', {
  filter: (node) => weightOf(node) === 'bold',
  replacement: (content) => around(content.replaceAll('**', ''), '**'),
})
service.addRule('no-strong', {
  filter: (node) => weightOf(node) === 'normal',
  replacement: (content) => content,
})
service.addRule('em', {
  filter: (node) => isItalic(node),
  replacement: (content) => (content.includes('*') ? content : around(content, '*')),
})
service.addRule('item', {
  filter: 'li',
  replacement(content, node) {
    const list = node.parentElement
    const first = Number(list?.getAttribute('start') ?? 1)
    const at = list ? [...list.children].indexOf(node as HTMLElement) : 0
    const box = (node as HTMLElement).getAttribute('aria-checked')
    const number = list?.nodeName === 'OL' ? `${first + at}. ` : '- '
    const mark = box === null ? number : `${number}[${box === 'true' ? 'x' : ' '}] `
    const inner = content
      .trim()
      .replaceAll(/\n{2,}/g, '\n')
      .replaceAll('\n', `\n${' '.repeat(number.length)}`)
    return `${mark}${inner}\n`
  },
})
service.addRule('marked-paragraph', {
  filter: (node) => node.hasAttribute('data-mark'),
  replacement: (content, node) =>
    `\n${(node as HTMLElement).getAttribute('data-mark')} ${content.trim().replaceAll(/\s*\n\s*/g, ' ')}\n`,
})
service.addRule('tight-paragraph', {
  filter: (node) => node.hasAttribute('data-tight'),
  replacement: (content) => `\n${content}\n`,
})
// An empty line between paragraphs.
service.addRule('empty-line', {
  filter: (node) =>
    node.nodeName === 'BR' && node.previousSibling !== null && BLOCKS.test(node.previousSibling.nodeName),
  replacement: () => '\n\n',
})
service.addRule('code-block', {
  filter: 'pre',
  replacement: (_content, node) => `\n\n\`\`\`\n${(node.textContent ?? '').replace(/\n$/, '')}\n\`\`\`\n\n`,
})
service.addRule('link', {
  filter: 'a',
  replacement(content, node) {
    const to = (node as HTMLElement).getAttribute('href') ?? ''
    const words = content.trim()
    if (!/^https?:\/\//i.test(to) || words === '' || /[\s<>]/.test(to)) return content
    const address = to.replaceAll(/[()[\]]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
    if (words === to || words === address) return to
    return /[[\]\n]/.test(words) ? `${words} (${to})` : `[${words}](${address})`
  },
})
service.addRule('rule', { filter: 'hr', replacement: () => '\n\n' })
service.addRule('cell', {
  filter: ['td', 'th'],
  replacement: (content) => {
    const inner = content.trim()
    return inner.includes('\n') ? `\n\n${inner}\n\n` : `${inner} `
  },
})
service.addRule('row', { filter: 'tr', replacement: (content) => `\n${content.trim()}\n` })
service.addRule('table', {
  filter: 'table',
  replacement(content, node) {
    const table = node as HTMLTableElement
    // What is laid out by a table is no table.
    if (table.rows.length > MOST_ROWS || table.querySelector('table')) return `\n${content}\n`
    const rows = cellsOf(table)
    const columns = Math.max(0, ...rows.map((row) => row.length))
    if (columns < 2) return `\n${content}\n`
    if (rows.length === 1) return `\n${rows[0]?.join('\t')}\n`
    const line = (cells: readonly string[]): string =>
      `| ${Array.from({ length: columns }, (_, at) => cells[at] ?? '').join(' | ')} |`
    const [head = [], ...body] = rows
    return `\n\n${[line(head), `|${'---|'.repeat(columns)}`, ...body.map(line)].join('\n')}\n\n`
  },
})

/** The texts of a table by row; what reaches over several cells stands in the first of them. */
function cellsOf(table: HTMLTableElement): string[][] {
  const rows: string[][] = Array.from(table.rows, () => [])
  for (const [at, row] of [...table.rows].entries()) {
    const here = rows[at] ?? []
    for (const cell of row.cells) {
      let column = 0
      while (here[column] !== undefined) column++
      for (const into of rows.slice(at, at + Math.max(1, cell.rowSpan)))
        for (let over = 0; over < Math.min(cell.colSpan, MOST_COLUMNS); over++) into[column + over] = ''
      here[column] = cellText(cell)
    }
  }
  return rows
}

function cellText(cell: HTMLTableCellElement): string {
  return service
    .turndown(cell.cloneNode(true) as HTMLElement)
    .replaceAll(/\s+/g, ' ')
    .replaceAll('|', String.raw`\|`)
    .trim()
}

/** The same page without what the window's policy would have to forbid, and report, while it is read. */
function harmless(html: string): string {
  return html.replaceAll(/<[^<>]*>/g, (tag) =>
    tag.replace(/^<(\/?)(?:style|script)\b/i, '<$1template').replaceAll(/\s(style|on\w+)\s*=/gi, ' data-$1='),
  )
}

/** Signs around each line, without the space at its ends. */
function around(content: string, sign: string): string {
  return content.replaceAll(/[^\n]*\S[^\n]*/g, (line) => line.replace(line.trim(), (words) => sign + words + sign))
}

/**
 * What was copied from a page, a document or a sheet, as text with marks. Nothing in it is run or loaded.
 * @param html as it is on the clipboard
 * @returns empty where it says nothing
 */
export function fromHtml(html: string): string {
  const { body } = new DOMParser().parseFromString(harmless(html), 'text/html')
  for (const element of body.querySelectorAll(DROPPED)) element.remove()
  makePlain(body, html)
  return service
    .turndown(body)
    .replaceAll('\u00A0', ' ')
    .replaceAll(/[ \t]+$/gm, '')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}
