import { apply, chosenIn } from './marks.ts'

/** Characters of a page that are read; what is longer is pasted without marks. */
const MOST = 3_000_000
const MARKED =
  /<(?:b|strong|i|em|a|ul|ol|table|pre|code|blockquote|h[1-6])[\s>]|font-weight:\s*(?:bold|[6-9]00)|mso-list:/i

/**
 * What was copied as a page, where it has marks that a text can keep; null where it is text, or a picture.
 * Editors of code copy a page of colours: it is text.
 */
export function markedPaste(data: DataTransfer): string | null {
  const html = data.getData('text/html')
  const isPlain =
    html.length > MOST || data.types.includes('vscode-editor-data') || data.getData('text/plain').trim() === ''
  return !isPlain && MARKED.test(html) ? html : null
}

/** Puts a copied page into a field, as text with marks; as plain text where it cannot be read. */
export async function pasteMarked(field: HTMLTextAreaElement, html: string, plain: string): Promise<void> {
  let put = plain.replaceAll('\r\n', '\n')
  try {
    const { fromHtml } = await import('./formatted/from-html.ts')
    put = fromHtml(html) || put
  } catch {
    // What was copied is there all the same.
  }
  const { from, to } = chosenIn(field)
  apply(field, { from, to, put, select: [from + put.length, from + put.length] })
}
