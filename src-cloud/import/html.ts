import TurndownService from 'turndown'
import * as marks from '../../src-shared/domain/page-marks.ts'

/** What is looked at of an element of a page; Node has no types for them. */
interface Element {
  nodeName: string
  parentElement: Element | null
  previousSibling: { nodeName: string } | null
  children: ArrayLike<Element>
  textContent: string | null
  getAttribute(name: string): string | null
  querySelector(selector: string): Element | null
  querySelectorAll(selector: string): ArrayLike<Element>
  cloneNode(deep: boolean): Element
}

const VOID = 'br|hr|img|input|link|meta|col|wbr|base'
/** Those that end where another begins say nothing of how deep a page is. */
const LOOSE = 'p|li|dt|dd|tr|td|th|tbody|thead|tfoot|option|colgroup|html|head|body'
const OTHER =
  'a|abbr|address|article|b|big|blockquote|button|caption|center|cite|code|del|div|dl|em|figcaption|figure|font|footer|form|h[1-6]|header|i|iframe|ins|kbd|label|main|mark|nav|noscript|object|ol|pre|q|s|samp|script|section|select|small|span|strike|strong|style|sub|sup|svg|table|template|textarea|title|tt|u|ul|var'
const NAMES = `(?:${VOID}|${LOOSE}|${OTHER}|[a-z]+:[a-z]+)`
/** A sign that begins no tag that is known, as in `a < b` and `<ada@acme.example>`. */
const STRAY = new RegExp(`<(?!\\/?${NAMES}(?=[\\s/>])[^<>]*>|!--|!doctype)`, 'gi')
const BLOCK = /<(?:p|div|br|table|tr|ul|ol|li|pre|blockquote|h[1-6]|body)(?=[\s/>])/i
const SIGNS_OF_A_PAGE = /<(?:!doctype html|html|body|br|hr)(?:\s[^<>]*)?\/?>/i
const TAG = new RegExp(`<(/?)(${OTHER})(?=[\\s/>])[^<>]*>`, 'gi')
const PAIRED = new RegExp(`<(/?)(${LOOSE}|${OTHER})(?=[\\s/>])[^<>]*>`, 'gi')
/** Characters of a page, and elements in one another: what has more of them is nobody's text. */
const [MOST, DEEPEST] = [500_000, 300]

const service = new TurndownService(marks.READING)
// Backslashes would stay: what counts as a mark is little, see decision 30.
service.escape = (text) => text

function rule(
  key: string,
  is: (node: Element) => boolean,
  replacement: (content: string, node: Element) => string,
): void {
  service.addRule(key, {
    filter: (node: unknown) => is(node as Element),
    replacement: (content: string, node: unknown) => replacement(content, node as Element),
  } as TurndownService.Rule)
}
const named = (names: RegExp) => (node: Element) => names.test(node.nodeName)
const styled = (node: Element, style: RegExp) => style.test(node.getAttribute('style') ?? '')

rule('heading', named(/^H[1-6]$/), marks.heading)
rule(
  'strong',
  (node) =>
    /^(?:B|STRONG)$/.test(node.nodeName) ||
    (node.nodeName === 'SPAN' && styled(node, /font-weight:\s*(?:bold|[6-9]00)/i)),
  marks.bold,
)
rule('em', named(/^(?:EM|I)$/), marks.italic)
rule('item', named(/^LI$/), (content, node) => {
  const list = node.parentElement
  const ordered = list?.nodeName === 'OL'
  return marks.listItem(content, ordered ? `${Number(list.getAttribute('start') ?? 1) + placeOf(node, list)}. ` : '- ')
})
rule('code-block', named(/^PRE$/), (_content, node) => marks.codeBlock(node.textContent ?? ''))
rule('link', named(/^A$/), (content, node) => marks.link(content, node.getAttribute('href') ?? ''))
// The second break in a row is an empty line.
rule(
  'empty-line',
  (node) => node.nodeName === 'BR' && node.previousSibling?.nodeName === 'BR',
  () => '\n\n',
)
rule('rule', named(/^HR$/), () => '\n\n')
rule('cell', named(/^T[DH]$/), (content) => `${content.trim()} `)
rule('row', named(/^TR$/), (content) => `\n${content.trim()}\n`)
rule('table', named(/^TABLE$/), (content, node) => {
  // What is laid out by a table is no table.
  if (node.querySelector('table')) return `\n${content}\n`
  const rows = Array.from(node.querySelectorAll('tr')).map((row) =>
    Array.from(row.querySelectorAll('td, th')).map(cellText),
  )
  return (rows.length < 2 ? null : marks.table(rows)) ?? `\n${content}\n`
})
// The last rule is asked first: what says nothing, or was not to be seen.
rule(
  'dropped',
  (node) =>
    /^(?:SCRIPT|STYLE|HEAD|TITLE|META|LINK|TEMPLATE|NOSCRIPT|IFRAME|OBJECT|SVG|IMG|INPUT|BUTTON)$/i.test(
      node.nodeName,
    ) || styled(node, /display:\s*none/i),
  () => '',
)

function cellText(cell: Element): string {
  return marks.tableCell(service.turndown(cell.cloneNode(true) as unknown as string))
}

const places = new WeakMap<Element, Map<Element, number>>()

/** Of an item in its list, from 0; counted once for all of them. */
function placeOf(item: Element, list: Element): number {
  const known = places.get(list) ?? new Map(Array.from(list.children).map((one, i) => [one, i]))
  places.set(list, known)
  return known.get(item) ?? 0
}

/** Whether a text is a page, or part of one: it has a break, or an element that begins and ends. */
export function isHtml(text: string): boolean {
  if (!text.includes('<') || text.length > MOST) return false
  if (SIGNS_OF_A_PAGE.test(text)) return true
  const begun = new Set<string>()
  for (const [, end, name = ''] of text.matchAll(PAIRED)) {
    if (end !== '/') begun.add(name.toLowerCase())
    else if (begun.has(name.toLowerCase())) return true
  }
  return false
}

/** What a page says, as text with marks. Nothing of it is run or loaded. One that is nobody's text stays as it is. */
export function textOfHtml(html: string): string {
  if (depthOf(html) > DEEPEST) return html
  // Without a block its lines are what they are in a text.
  const lines = BLOCK.test(html) ? html : html.replaceAll(/\r?\n/g, '<br>')
  return marks.tidy(service.turndown(lines.replaceAll(STRAY, '&lt;')))
}

function depthOf(html: string): number {
  let [depth, deepest] = [0, 0]
  for (const [, end] of html.matchAll(TAG)) deepest = Math.max(deepest, (depth += end === '/' ? -1 : 1))
  return deepest
}
