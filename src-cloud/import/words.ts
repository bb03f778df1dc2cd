import { LISTS_OF, WORD_FIELDS, type Choice, type Configuration } from '../../src-shared/domain/configuration.ts'
import type { MissingWords, TakenImport } from '../../src-shared/protocol/import.ts'
import type { Found } from './dates.ts'

type OwnField = (typeof WORD_FIELDS)[number]
/** Those, and the client's own choices by their keys. */
export type WordField = OwnField | `custom:${string}`

/** The client's own words. */
export type KnownWords = Pick<Configuration, 'statuses' | 'priorities' | 'types' | 'queues' | 'customFields'>

/** The words of one field. */
export interface WordList {
  field: WordField
  /** What the field is called in a sentence. */
  label: string
  list: readonly Choice[]
  /** Whether a cell may have several, apart by commas, semicolons or bars. */
  several: boolean
}

/** The client's own words by field. */
export function listsOf(known: KnownWords): WordList[] {
  return [
    ...WORD_FIELDS.map((field) => ({ field, label: field, list: known[LISTS_OF[field]], several: false })),
    ...known.customFields.flatMap((field): WordList[] =>
      'options' in field
        ? [
            {
              ...{ field: `custom:${field.key}` as const, label: field.label, list: field.options },
              several: field.type === 'multi-select',
            },
          ]
        : [],
    ),
  ]
}

/** The words of a cell. */
export function wordsOf({ several }: Pick<WordList, 'several'>, text: string): string[] {
  if (!several) return [text]
  return text
    .split(/[,;|]/)
    .map((one) => one.trim())
    .filter(Boolean)
}

/** What a word is called that becomes one of the client's own. */
export function labelOfWord(field: string, word: string): string {
  return word.slice(0, field === 'status' ? 60 : 100).trim()
}

/** Finds the client's own keys by the words of a file, whatever their case. */
export class OwnWords {
  readonly #fields: Map<string, WordList & { keys: Map<string, string>; said: Map<string, string | null> }>
  readonly #leaves: boolean

  /**
   * @param words what was said that words stand for
   * @param leaves whether what is not found is left out
   */
  constructor(known: KnownWords, words: TakenImport['words'], leaves: boolean) {
    this.#leaves = leaves
    this.#fields = new Map(
      listsOf(known).map((one) => {
        // Of two with one name the first counts.
        const keys = new Map<string, string>()
        for (const { key, label } of one.list)
          for (const name of [key.toLowerCase(), label.toLowerCase()]) if (!keys.has(name)) keys.set(name, key)
        const said = Object.entries(words[one.field] ?? {}).map(([word, key]): [string, string | null] => [
          word.toLowerCase(),
          key,
        ])
        return [one.field, { ...one, keys, said: new Map(said) }]
      }),
    )
  }

  /** The key that a word stands for; none for one that is left out, or none at all. */
  find(field: WordField, word: string | undefined): Found {
    if (word === undefined) return { value: undefined }
    const said = this.#fields.get(field)?.said.get(word.toLowerCase())
    if (said === null) return { value: undefined }
    // One that was to be made is there by its own name.
    const value = this.#keyOf(field, said === undefined || said.startsWith('new:') ? word : said)
    if (value !== undefined) return { value }
    return this.#leaves && said === undefined ? { value: undefined } : { reason: this.#sentence(field, word) }
  }

  /** The keys of a cell with several words. */
  findAll(field: WordField, text: string): { value: string[] } | { reason: string } {
    const keys: string[] = []
    for (const word of wordsOf({ several: true }, text)) {
      const found = this.find(field, word)
      if ('reason' in found) return { reason: found.reason }
      if (found.value !== undefined && !keys.includes(found.value)) keys.push(found.value)
    }
    return { value: keys }
  }

  /** Whether the client has no such word, whatever was said of it. */
  lacks(field: WordField, word: string): boolean {
    return this.#keyOf(field, word) === undefined
  }

  #keyOf(field: WordField, word: string): string | undefined {
    const keys = this.#fields.get(field)?.keys
    return keys?.get(word.toLowerCase()) ?? keys?.get(labelOfWord(field, word).toLowerCase())
  }

  #sentence(field: WordField, word: string): string {
    const one = this.#fields.get(field)
    const list = one?.list ?? []
    if (field.startsWith('custom:'))
      return `${one?.label ?? ''}: "${word.slice(0, 60)}" is no choice of ${list.map(({ label }) => label).join(', ')}.`
    const keys = list.map(({ key }) => key).join(', ') || 'none'
    return `This client has no ${field} "${word.slice(0, 60)}". Say which of ${keys} it is.`
  }
}

/** Counts the words of rows that were not taken for them. */
export class LackedWords {
  readonly words: Record<OwnField, Map<string, number>> = {
    ...{ status: new Map(), priority: new Map(), type: new Map(), queue: new Map() },
  }

  add(field: OwnField, word: string, rows = 1): void {
    this.words[field].set(word, (this.words[field].get(word) ?? 0) + rows)
  }

  /** Takes over what others counted. */
  take({ words }: LackedWords): void {
    for (const field of WORD_FIELDS) for (const [word, rows] of words[field]) this.add(field, word, rows)
  }

  /** The most frequent first, at most 200 of each. */
  told(): MissingWords {
    const lists = Object.entries(this.words).flatMap(([field, found]) => {
      const words = [...found].map(([word, rows]) => ({ word: word.slice(0, 200), rows }))
      return words.length === 0 ? [] : [[field, words.sort((a, b) => b.rows - a.rows).slice(0, 200)]]
    })
    return Object.fromEntries(lists) as MissingWords
  }
}
