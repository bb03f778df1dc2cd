import TurndownService from 'turndown'
import * as marks from '../../../../src-shared/domain/page-marks.ts'
import { isItalic, makePlain, weightOf } from './office-html.ts'

/** Elements that say nothing, or nothing that a text can. */
const DROPPED =
  'script, style, head, meta, link, title, template, iframe, object, embed, svg, noscript, img, input, button'
/** Rows of a table; a longer one is better off as a file. */
const MOST_ROWS = 300
/** Cells that one may reach over; sheets say thousands of a title. */
const MOST_COLUMNS = 50
const BLOCKS = /^(?:P|UL|OL|DIV|TABLE|H[1-6])$/

const service = new TurndownService(marks.READING)
// Backslashes would stay: what counts as a mark is little, see the rules of formatted texts.
service.escape = (text) => text

service.addRule('heading', { filter: ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'], replacement: marks.heading })
service.addRule('strong', { filter: (node) => weightOf(node) === 'bold', replacement: marks.bold })
service.addRule('no-strong', {
  filter: (node) => weightOf(node) === 'normal',
  replacement: (content) => content,
})
service.addRule('em', { filter: (node) => isItalic(node), replacement: marks.italic })
service.addRule('item', {
  filter: 'li',
  replacement(content, node) {
    const list = node.parentElement
    const first = Number(list?.getAttribute('start') ?? 1)
    const at = list ? [...list.children].indexOf(node as HTMLElement) : 0
    const box = (node as HTMLElement).getAttribute('aria-checked')
    const number = list?.nodeName === 'OL' ? `${first + at}. ` : '- '
    return marks.listItem(content, number, box === null ? '' : `[${box === 'true' ? 'x' : ' '}] `)
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
  replacement: (_content, node) => marks.codeBlock(node.textContent ?? ''),
})
service.addRule('link', {
  filter: 'a',
  replacement: (content, node) => marks.link(content, (node as HTMLElement).getAttribute('href') ?? ''),
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
    if (rows.length === 1 && rows[0]!.length > 1) return `\n${rows[0]!.join('\t')}\n`
    return marks.table(rows) ?? `\n${content}\n`
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
      here[column] = marks.tableCell(service.turndown(cell.cloneNode(true) as HTMLElement))
    }
  }
  return rows
}

/** The same page without what the window's policy would have to forbid, and report, while it is read. */
function harmless(html: string): string {
  return html.replaceAll(/<[^<>]*>/g, (tag) =>
    tag.replace(/^<(\/?)(?:style|script)\b/i, '<$1template').replaceAll(/\s(style|on\w+)\s*=/gi, ' data-$1='),
  )
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
  return marks.tidy(service.turndown(body))
}
