// What editors of documents write into the clipboard in ways of their own, made plain before it is read.

/** Characters of a page in which the styles of its classes are looked for. */
const HEAD = 100_000

/** The style that an element had. */
export function styleOf(node: Element): string {
  return node.getAttribute('data-style') ?? ''
}

/** Whether an element says that what is in it is bold, or is not, whatever its name says. */
export function weightOf(node: Element): 'bold' | 'normal' | null {
  const weight = /(?<![\w-])font-weight:\s*(\w+)/i.exec(styleOf(node))?.[1]?.toLowerCase() ?? ''
  if (/^(?:B|STRONG)$/.test(node.nodeName)) return /^(?:normal|[1-4]00)$/.test(weight) ? 'normal' : 'bold'
  return node.nodeName === 'SPAN' && /^(?:bold|[6-9]00)$/.test(weight) ? 'bold' : null
}

/** Whether an element says that what is in it is italic. */
export function isItalic(node: Element): boolean {
  if (/^(?:EM|I)$/.test(node.nodeName)) return true
  return node.nodeName === 'SPAN' && /(?<![\w-])font-style:\s*italic/i.test(styleOf(node))
}

/**
 * Makes a copied page plain: lists that are paragraphs, or stand beside their item, and words that were cut into runs.
 * @param html where the styles of its classes are
 */
export function makePlain(body: HTMLElement, html: string): void {
  for (const hidden of body.querySelectorAll('[data-style]'))
    if (/(?:display:\s*none|mso-hide:\s*all)/i.test(styleOf(hidden))) hidden.remove()
  markItems(body)
  // An editor of documents puts a list into a list, and not into its item.
  for (const list of body.querySelectorAll('ul > ul, ul > ol, ol > ul, ol > ol'))
    list.previousElementSibling?.append(list)
  joinRuns(body, (node) => weightOf(node) === 'bold')
  joinRuns(body, isItalic)
  // Where lines have no space between them, an empty one is what parts them.
  const isTight = /p\.MsoNormal[^{}]{0,200}\{[^{}]{0,2000}(?<![\w-])margin:\s*0/i.test(html.slice(0, HEAD))
  for (const line of body.querySelectorAll('p')) {
    const style = styleOf(line)
    const own = /margin-top:\s*0/i.test(style) && /margin-bottom:\s*0/i.test(style)
    if (own || (isTight && line.classList.contains('MsoNormal'))) line.setAttribute('data-tight', '')
  }
}

/** The mark of each item that is written as a paragraph, with the space before it by its level. */
function markItems(body: HTMLElement): void {
  const widths: number[] = []
  let last: Element | null = null
  for (const item of body.querySelectorAll('p[data-style*="mso-list" i], p[class^="MsoListParagraph"]')) {
    const level = Number(/mso-list:\s*\w+\s+level(\d)/i.exec(styleOf(item))?.[1] ?? 1)
    const sign = item.querySelector('[data-style*="mso-list:Ignore" i], [data-style*="mso-list: Ignore" i]')
    if (!sign) continue
    if (item.previousElementSibling !== last) widths.length = 0
    last = item
    const written = (sign.textContent ?? '').trim()
    const mark = /^\(?[\p{L}\d]{1,4}[.)]/u.test(written) ? written : '-'
    sign.remove()
    const before = widths.slice(0, level - 1).reduce((sum, width) => sum + width, 0)
    widths.length = Math.min(widths.length, level - 1)
    widths.push(mark.length + 1)
    item.setAttribute('data-mark', `${' '.repeat(before)}${mark}`)
  }
}

/** Puts what stands in several such elements side by side into one. */
function joinRuns(body: HTMLElement, is: (node: Element) => boolean): void {
  for (const run of body.querySelectorAll('b, strong, i, em, span')) {
    if (!run.isConnected || !is(run)) continue
    for (let next = run.nextSibling; next instanceof Element && is(next); next = run.nextSibling) {
      run.append(...next.childNodes)
      next.remove()
    }
  }
}
