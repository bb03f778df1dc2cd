import TurndownService from 'turndown'

/** Elements that say nothing, or nothing that a text can. */
const DROPPED =
  'script, style, head, meta, link, title, template, iframe, object, embed, svg, noscript, img, input, button'
/** Rows of a table; a longer one is better off as a file. */
const MOST_ROWS = 300

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
  filter: (node) =>
    /^(?:EM|I)$/.test(node.nodeName) || (node.nodeName === 'SPAN' && /font-style:\s*italic/i.test(styleOf(node))),
  replacement: (content) => (content.includes('*') ? content : around(content, '*')),
})
service.addRule('item', {
  filter: 'li',
  replacement(content, node) {
    const list = node.parentElement
    const first = Number(list?.getAttribute('start') ?? 1)
    const at = list ? [...list.children].indexOf(node as HTMLElement) : 0
    const mark = list?.nodeName === 'OL' ? `${first + at}. ` : '- '
    const inner = content
      .trim()
      .replaceAll(/\n{2,}/g, '\n')
      .replaceAll('\n', `\n${' '.repeat(mark.length)}`)
    return `${mark}${inner}\n`
  },
})
// Word writes its lists as paragraphs.
service.addRule('word-item', {
  filter: (node) => node.nodeName === 'P' && node.className.startsWith('MsoListParagraph'),
  replacement: (content) =>
    `\n${content
      .trim()
      .replace(/^[·•o§▪–-]\s+/, '- ')
      .replace(/^(\d{1,3}[.)])\s+/, '$1 ')}\n`,
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
service.addRule('cell', { filter: ['td', 'th'], replacement: (content) => `${content.trim()} ` })
service.addRule('row', { filter: 'tr', replacement: (content) => `\n${content.trim()}\n` })
service.addRule('table', {
  filter: 'table',
  replacement(content, node) {
    const rows = [...(node as HTMLTableElement).rows].map((row) => [...row.cells].map(cellText))
    const columns = Math.max(0, ...rows.map((row) => row.length))
    // What is laid out by a table is no table.
    if (columns < 2 || rows.length > MOST_ROWS || (node as HTMLElement).querySelector('table')) return `\n${content}\n`
    if (rows.length === 1) return `\n${rows[0]?.join('\t')}\n`
    const line = (cells: readonly string[]): string =>
      `| ${Array.from({ length: columns }, (_, at) => cells[at] ?? '').join(' | ')} |`
    const [head = [], ...body] = rows
    return `\n\n${[line(head), `|${'---|'.repeat(columns)}`, ...body.map(line)].join('\n')}\n\n`
  },
})

function cellText(cell: HTMLTableCellElement): string {
  return service
    .turndown(cell.cloneNode(true) as HTMLElement)
    .replaceAll(/\s+/g, ' ')
    .replaceAll('|', String.raw`\|`)
    .trim()
}

function weightOf(node: HTMLElement): 'bold' | 'normal' | null {
  const weight = /font-weight:\s*(\w+)/i.exec(styleOf(node))?.[1]?.toLowerCase() ?? ''
  if (/^(?:B|STRONG)$/.test(node.nodeName)) return /^(?:normal|[1-4]00)$/.test(weight) ? 'normal' : 'bold'
  return node.nodeName === 'SPAN' && /^(?:bold|[6-9]00)$/.test(weight) ? 'bold' : null
}

function styleOf(node: HTMLElement): string {
  return node.getAttribute('data-style') ?? ''
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
  return service
    .turndown(body)
    .replaceAll('\u00A0', ' ')
    .replaceAll(/[ \t]+$/gm, '')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}
