import type { NewFieldKind } from '../../src-shared/protocol/import.ts'

/** Different values up to which a column can be a choice of the client's own. */
export const MOST_OPTIONS = 100
/** Up to which it is guessed to be one. */
const FEW = 12

const SHAPES = {
  checkbox: /^(?:[01xy]|n|yes|no|true|false|ja|nein|oui|non|si)$/i,
  // A number with a zero before it is one of a room, a phone or a till.
  number: /^-?(?:0|[1-9]\d*|[1-9]\d{0,2}(?:[ ,]\d{3})+)(?:\.\d+)?$/,
  date: /^(?:\d{4}-\d{2}-\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{1,2}\/\d{1,2}\/\d{2})$/,
} as const

/** What the values of a column have in common; empty ones say nothing. */
export class ColumnValues {
  readonly #fits = new Set<keyof typeof SHAPES>(['checkbox', 'number', 'date'])
  readonly #different = new Map<string, string>()
  #count = 0
  #longest = 0
  #lines = false

  add(value: string | undefined): void {
    if (!value) return
    this.#count++
    this.#longest = Math.max(this.#longest, value.length)
    this.#lines ||= value.includes('\n')
    for (const shape of this.#fits) if (!SHAPES[shape].test(value)) this.#fits.delete(shape)
    if (this.#different.size <= MOST_OPTIONS && !this.#different.has(value.toLowerCase()))
      this.#different.set(value.toLowerCase(), value)
  }

  /** Different values, whatever their case, in the order in which they came; one more than can be a choice at most. */
  get different(): string[] {
    return [...this.#different.values()]
  }

  /** The kind of field that takes all of them. */
  get kind(): NewFieldKind {
    if (this.#count === 0) return 'text'
    const words = this.#fits.has('checkbox') && !this.#fits.has('number')
    if (words) return 'checkbox'
    if (this.#fits.has('number')) return 'number'
    if (this.#fits.has('date')) return 'date'
    if (this.#lines || this.#longest > 200) return 'long-text'
    const few = this.#different.size <= FEW && this.#count >= 2 * this.#different.size && this.#count >= 4
    return few && this.#longest <= 60 ? 'select' : 'text'
  }
}
