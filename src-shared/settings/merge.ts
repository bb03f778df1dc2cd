import { sameValue } from './layers.ts'

/** Which of two changes of the same counts. */
export type Side = 'theirs' | 'mine'

/** Something within a setting that two people changed differently; undefined where it is not there. */
export interface Overlap {
  /** Names of fields and keys of entries that lead to it; empty for the setting itself, `ORDER` for that of a list. */
  place: readonly string[]
  base: unknown
  theirs: unknown
  mine: unknown
  /** What a person chose; null as long as nobody did. */
  side: Side | null
}

/** Last in a place: the order of the list, not an entry of it. */
export const ORDER = '…order'

/** How a place is written down, to choose a side for it. */
export function placeName(place: readonly string[]): string {
  return JSON.stringify(place)
}

/**
 * Brings two changes of one setting together. What one side left as it was is taken from the other; lists whose entries
 * have keys merge by key and entries by field. Where both changed the same, it counts what was chosen, else mine.
 * @param choices sides by {@link placeName}
 */
export function mergeSetting(
  base: unknown,
  theirs: unknown,
  mine: unknown,
  choices: Readonly<Record<string, Side>> = {},
): { value: unknown; overlaps: Overlap[] } {
  const overlaps: Overlap[] = []
  const both = (place: readonly string[], three: Omit<Overlap, 'place' | 'side'>): unknown => {
    const side = choices[placeName(place)] ?? null
    overlaps.push({ place, ...three, side })
    return side === 'theirs' ? three.theirs : three.mine
  }
  const merge = (b: unknown, t: unknown, m: unknown, place: readonly string[]): unknown => {
    if (sameValue(t, m) || sameValue(b, t)) return m
    if (sameValue(b, m)) return t
    if (isOpen(b) && isOpen(t) && isOpen(m)) return fieldsOf(b, t, m, place)
    const [old, other, own] = [b, t, m].map(byKey)
    if (old && other && own) return listOf(old, other, own, place)
    return both(place, { base: b, theirs: t, mine: m })
  }
  const fieldsOf = (b: Fields, t: Fields, m: Fields, place: readonly string[]): Fields => {
    const names = [...new Set([...Object.keys(t), ...Object.keys(m), ...Object.keys(b)])]
    const merged = names.map((name) => [name, merge(b[name], t[name], m[name], [...place, name])] as const)
    return Object.fromEntries(merged.filter(([, value]) => value !== undefined))
  }
  const listOf = (b: Entries, t: Entries, m: Entries, place: readonly string[]): unknown[] => {
    const merged = new Map<string, unknown>()
    for (const key of new Set([...b.keys(), ...t.keys(), ...m.keys()])) {
      const value = merge(b.get(key), t.get(key), m.get(key), [...place, key])
      if (value !== undefined) merged.set(key, value)
    }
    const [old, other, own] = [b, t, m].map((list) => [...list.keys()]) as [string[], string[], string[]]
    const common = old.filter((key) => t.has(key) && m.has(key))
    const order = (list: string[]) => list.filter((key) => common.includes(key))
    const three = { base: order(old), theirs: order(other), mine: order(own) }
    const theirsMoved = !sameValue(three.base, three.theirs)
    const mineMoved = !sameValue(three.base, three.mine)
    const overlap = theirsMoved && mineMoved && !sameValue(three.theirs, three.mine)
    const side = overlap && both([...place, ORDER], three) === three.theirs ? 'theirs' : 'mine'
    const keys = (theirsMoved && !mineMoved) || side === 'theirs' ? woven(other, own) : woven(own, other)
    return keys.filter((key) => merged.has(key)).map((key) => merged.get(key))
  }
  return { value: merge(base, theirs, mine, []), overlaps }
}

type Fields = Record<string, unknown>
type Entries = Map<string, unknown>

/** Whether fields can be merged one by one: not where they belong together, as an action and what it acts on do. */
function isOpen(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return !['on', 'do', 'country'].some((name) => name in value)
}

/** A list by what its entries are known by; null where they are not, or two are the same. */
function byKey(value: unknown): Entries | null {
  if (!Array.isArray(value)) return null
  const entries: Entries = new Map(value.map((entry) => [keyOf(entry) ?? '', entry]))
  return entries.has('') || entries.size !== value.length ? null : entries
}

function keyOf(entry: unknown): string | null {
  if (typeof entry === 'string') return entry
  if (typeof entry !== 'object' || entry === null) return null
  const { key, date } = entry as { key?: unknown; date?: unknown }
  if (typeof key === 'string') return key
  return typeof date === 'string' ? date : null
}

/** The keys of a list, with those of another behind what they stand behind there. */
function woven(list: readonly string[], other: readonly string[]): string[] {
  const keys = [...list]
  other.forEach((key, index) => {
    if (keys.includes(key)) return
    const before = other[index - 1]
    keys.splice(before === undefined ? 0 : keys.indexOf(before) + 1, 0, key)
  })
  return keys
}
