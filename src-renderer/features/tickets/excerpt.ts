/** Characters before the first word found, so that it is in sight however narrow its column is. */
const BEFORE_MATCH = 10

/** An excerpt from shortly before its first match on. */
export function fromMatch(excerpt: string): string {
  const at = excerpt.indexOf('\uE000')
  if (at <= BEFORE_MATCH) return excerpt
  const space = excerpt.indexOf(' ', at - BEFORE_MATCH)
  return `…${excerpt.slice(space >= 0 && space < at ? space + 1 : at)}`
}
