/** A piece of text, with the address that it leads to where it is one. */
export interface Piece {
  text: string
  /** Where it leads. */
  to?: string
  /** The host that it really leads to, where the text does not show it in these letters. */
  host?: string
}

const ADDRESS = /\bhttps?:\/\/[^\s<>"`{}|\\^]{1,2000}/gi
/** Invisible signs, and those that turn the direction of writing, can make an address look like another one. */
const DISGUISED = /[\p{Cf}\p{Cc}]/u
const BRACKETS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{', '’': '‘', '»': '«', '”': '“' }

/**
 * Finds the web addresses of a text. Only those that say http:// or https:// count, so that names of files and hosts stay
 * what they are; one with a user name before the host, or with invisible signs, is left as text.
 * @returns pieces that are the text when put together
 */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const link = linkOf(withoutEnd(found))
    if (!link) continue
    if (index > from) pieces.push({ text: text.slice(from, index) })
    pieces.push(link)
    from = index + link.text.length
  }
  if (from < text.length) pieces.push({ text: text.slice(from) })
  return pieces
}

/** The address that begins at a character of a text, as text where it is not to be trusted; null for none. */
export function addressAt(text: string, at: number): Piece | null {
  const found = new RegExp(ADDRESS.source, 'iy')
  found.lastIndex = at
  const [whole] = found.exec(text) ?? []
  if (whole === undefined) return null
  const address = withoutEnd(whole)
  return linkOf(address) ?? { text: address }
}

/** Without the marks of the sentence around it, and without a bracket that it did not open. */
function withoutEnd(address: string): string {
  const counts = new Map<string, number>()
  for (const sign of address) counts.set(sign, (counts.get(sign) ?? 0) + 1)
  let end = address.length
  for (; end > 0; end--) {
    const last = address[end - 1] ?? ''
    const opening = BRACKETS[last]
    const closed = counts.get(last) ?? 0
    if (opening !== undefined && (counts.get(opening) ?? 0) < closed) counts.set(last, closed - 1)
    else if (!/[.,;:!?'*_~…]/.test(last)) break
  }
  return address.slice(0, end)
}

/** Where an address leads; null where it cannot be trusted to be what it looks like. */
export function linkOf(text: string): Piece | null {
  if (DISGUISED.test(text) || !URL.canParse(text)) return null
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') return null
  const shown = /^https?:\/\/([^/?#]*)/i.exec(text)?.[1]?.toLowerCase() ?? ''
  const isShown = shown === url.host || shown.replace(/:\d*$/, '') === url.host
  return { text, to: url.href, ...(!isShown && { host: url.host }) }
}
