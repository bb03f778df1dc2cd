/** Places of the first and the last byte, from 0. */
export interface ByteRange {
  first: number
  last: number
}

/** One range; RFC 9110 leaves it to the server to pass over others and send the whole. */
const ONE_RANGE = /^bytes\s*=\s*(?:(?<from>\d+)-(?<to>\d*)|-(?<suffix>\d+))$/i

/**
 * What a `range` header asks of a content with so many bytes (RFC 9110, section 14).
 * @returns null for the whole of it
 */
export function readRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | null {
  const { from, to, suffix } = ONE_RANGE.exec(header?.trim() ?? '')?.groups ?? {}
  if (suffix !== undefined) {
    const length = Math.min(Number(suffix), size)
    return length === 0 ? 'unsatisfiable' : { first: size - length, last: size - 1 }
  }
  if (from === undefined) return null
  const first = Number(from)
  const last = to ? Math.min(Number(to), size - 1) : size - 1
  if (to && Number(to) < first) return null
  return first >= size ? 'unsatisfiable' : { first, last }
}
