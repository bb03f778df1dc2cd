import { ProblemError } from '../../src-shared/problem.ts'
import { canBeMade, MAX_UNKNOWN, type TakenImport, type UnknownWord } from '../../src-shared/protocol/import.ts'
import type { Configuration } from '../../src-shared/domain/configuration.ts'
import type { Mapping } from './columns.ts'
import { Guesses, madeOf } from './guess.ts'
import { cellsOf } from './plan.ts'
import type { CsvRow } from './read-csv.ts'
import { listsOf, OwnWords, wordsOf, type KnownWords, type WordField, type WordList } from './words.ts'

type Said = Pick<TakenImport, 'words' | 'create' | 'guess'>

/** Words of a file of tickets that are not among the client's own. */
export class Unknown {
  readonly #own: OwnWords
  readonly #mapping: Mapping
  readonly #lists: (WordList & { found: Map<string, { word: string; rows: number }> })[]

  constructor(known: KnownWords, mapping: Mapping) {
    this.#own = new OwnWords(known, {}, false)
    this.#mapping = mapping
    this.#lists = listsOf(known)
      .filter(({ field }) => mapping.places[field] !== undefined)
      .map((one) => ({ ...one, found: new Map() }))
  }

  /** Looks through rows. */
  look(rows: readonly CsvRow[]): void {
    for (const row of rows) {
      const cell = cellsOf(this.#mapping, row)
      for (const list of this.#lists) {
        const words = new Map(wordsOf(list, cell(list.field) ?? '').map((word) => [word.toLowerCase(), word]))
        for (const [same, word] of words) {
          if (word === '' || !this.#own.lacks(list.field, word)) continue
          const before = list.found.get(same)
          if (before) before.rows++
          else list.found.set(same, { word, rows: 1 })
        }
      }
    }
  }

  /**
   * Each with what becomes of it, by field, the most frequent first.
   * @param known the client's words as they were when it was looked
   * @throws ProblemError `invalid-input` where one is to be made that has to be agreed
   */
  decided(known: Configuration, request: Said): UnknownWord[] {
    const guesses = new Guesses(known)
    mustPermit(known, request.words)
    return this.#lists.flatMap(({ field, found }) => {
      const said = new Map(Object.entries(request.words[field] ?? {}).map(([word, key]) => [word.toLowerCase(), key]))
      const all = [...found].sort(([, a], [, b]) => b.rows - a.rows)
      return all.map(([same, { word, rows }]): UnknownWord => {
        const made = canBeMade(field, known) && madeOf(field, word)
        let becomes = said.get(same)
        if (becomes === undefined && made && isCreated(request, field)) becomes = made
        if (becomes === undefined && request.guess) becomes = guesses.of(field, word, found.size)
        return { field, word, rows, ...(becomes !== undefined && { becomes }), ...(made && { made }) }
      })
    })
  }
}

/** As many as a person looks at, of those that something can be said of. */
export function toldOf(unknown: readonly UnknownWord[]): UnknownWord[] {
  const told = new Map<string, number>()
  return unknown.filter(({ field, word }) => {
    const before = told.get(field) ?? 0
    if (word.length > 200 || before === MAX_UNKNOWN) return false
    told.set(field, before + 1)
    return true
  })
}

/** What words stand for: what was said, and what was decided of the rest. */
export function meanings(words: TakenImport['words'], unknown: readonly UnknownWord[]): TakenImport['words'] {
  const all = { ...words }
  for (const { field, word, becomes } of unknown)
    if (becomes !== undefined) all[field] = { ...all[field], [word]: becomes }
  return all
}

function isCreated({ create }: Said, field: WordField): boolean {
  return (create as readonly string[]).includes(field)
}

function mustPermit(known: Configuration, words: TakenImport['words']): void {
  for (const [field, said] of Object.entries(words)) {
    const made = Object.entries(said).find(([, key]) => key?.startsWith('new:'))
    if (!made || canBeMade(field, known)) continue
    throw new ProblemError('invalid-input', {
      reason: `"${made[0].slice(0, 60)}" cannot become a new ${field === 'priority' ? 'priority' : 'option of what priorities follow from'}: these are agreed. Say which of the client's own it is, or leave it out.`,
    })
  }
}
