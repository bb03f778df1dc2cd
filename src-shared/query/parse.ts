/** Operators of the search field: what stands before the colon. A custom field is `field.` and its key. */
export const OPERATORS = [
  'status',
  'assignee',
  'watcher',
  'mentions',
  'priority',
  'type',
  'queue',
  'tag',
  'tasks',
  'requester',
  'is',
  'created',
  'updated',
  'sla',
] as const
export type Operator = (typeof OPERATORS)[number] | 'field'

/** A part of a search, with where it stands in the text: `text.slice(from, to)`. */
export interface Term {
  from: number
  to: number
  /** What begins with a minus has to be absent. */
  not: boolean
  /** Null for words that are looked for in the texts of tickets. */
  operator: Operator | null
  /** Of a custom field, the key as it was typed. */
  field: string | null
  /** Without quotes. */
  value: string
  /** Where the value stands, quotes included. */
  valueFrom: number
  quoted: boolean
}

/** Longer searches are cut off here by whoever takes them. */
export const MAX_QUERY = 500

const known: ReadonlySet<string> = new Set(OPERATORS)
const space = /\s/

/**
 * Takes a search apart. Every text is one: what is no operator is words to look for, a quote that nobody closed reaches
 * to the end. Terms stand in the order of the text and never overlap.
 */
export function parseQuery(text: string): Term[] {
  const terms: Term[] = []
  let at = 0
  while (at < text.length) {
    if (space.test(text.charAt(at))) {
      at += 1
      continue
    }
    const term = readTerm(text, at)
    terms.push(term)
    at = term.to
  }
  return terms
}

/** Whether a search looks for words: its hits then have an order of their own. */
export function hasWords(text: string): boolean {
  return parseQuery(text).some(({ operator, not, value }) => operator === null && !not && /[\p{L}\p{N}]/u.test(value))
}

/**
 * A search while it is typed: without a letter at its end that stands alone. Of half of all words it is the beginning, and
 * hardly ever one itself.
 */
export function withoutBegun(text: string): string {
  const last = parseQuery(text).at(-1)
  const begins = last?.operator === null && !last.quoted && last.to === text.length && /^\p{LC}$/u.test(last.value)
  return begins ? text.slice(0, last.from).trimEnd() : text
}

/** Whether a search has operators: it is then part of a kept view. */
export function hasOperators(text: string): boolean {
  return parseQuery(text).some(({ operator }) => operator !== null)
}

/** A term as it is typed; parsed, it is the same again. */
export function termText({ not, operator, field, value, quoted }: Omit<Term, 'from' | 'to' | 'valueFrom'>): string {
  const before =
    operator === null ? '' : `${operator === 'field' ? `field.${quote(field ?? '', /[\s":]/)}` : operator}:`
  return `${not ? '-' : ''}${before}${quoted ? `"${value}"` : value}`
}

/** A value as it has to be typed: with quotes where it has spaces. */
export function quote(value: string, needs = /[\s"]|^[-<>]|^$/): string {
  return needs.test(value) ? `"${value.replaceAll('"', '')}"` : value
}

function readTerm(text: string, from: number): Term {
  // A minus alone, or before a space, is a word.
  const not = text.charAt(from) === '-' && from + 1 < text.length && !space.test(text.charAt(from + 1))
  const start = not ? from + 1 : from
  const head = headAt(text, start)
  if (!head) return { from, not, operator: null, field: null, ...readValue(text, start) }
  return { from, not, ...head.is, ...readValue(text, head.end) }
}

/** The operator that begins here, with the place after its colon. */
function headAt(text: string, start: number): { is: Pick<Term, 'operator' | 'field'>; end: number } | null {
  const plain = /^[A-Za-z]+:/.exec(text.slice(start, start + 20))?.[0]
  if (plain) {
    const name = plain.slice(0, -1).toLowerCase()
    if (!known.has(name)) return null
    return { is: { operator: name as Operator, field: null }, end: start + plain.length }
  }
  const field = /^field\.(?:"([^"]+)"|([^\s":]+)):/i.exec(text.slice(start, start + 100))
  if (!field) return null
  return { is: { operator: 'field', field: field[1] ?? field[2] ?? '' }, end: start + field[0].length }
}

function readValue(text: string, valueFrom: number): Pick<Term, 'value' | 'valueFrom' | 'to' | 'quoted'> {
  if (text.charAt(valueFrom) === '"') {
    const end = text.indexOf('"', valueFrom + 1)
    const value = text.slice(valueFrom + 1, end < 0 ? undefined : end)
    return { value, valueFrom, to: end < 0 ? text.length : end + 1, quoted: true }
  }
  let to = valueFrom
  while (to < text.length && !space.test(text.charAt(to))) to += 1
  return { value: text.slice(valueFrom, to), valueFrom, to, quoted: false }
}
