import type { Db } from '../../storage/open.ts'

/** What a word is: a status, priority, type or queue key, a contact's or technician's id, or an entry's author. */
export type WordKind = 'status' | 'priority' | 'type' | 'queue' | 'contact' | 'technician' | 'author'

/** Numbers for words that many rows share. 0 stands for none. */
export class Words {
  readonly #keys = new Map<WordKind, Map<string, number>>()
  readonly #texts = new Map<number, string>()
  readonly #insert
  readonly #all

  constructor(db: Db) {
    this.#insert = db.prepare<[string, string]>('INSERT INTO word (kind, text) VALUES (?, ?)')
    this.#all = db.prepare<[], { key: number; kind: WordKind; text: string }>('SELECT key, kind, text FROM word')
    this.reload()
  }

  /** Reads all again; call it after a transaction that may have added words was rolled back. */
  reload(): void {
    this.#keys.clear()
    this.#texts.clear()
    for (const { key, kind, text } of this.#all.iterate()) this.#remember(kind, text, key)
  }

  /** The number of a word, made where it is new; 0 for null. Call it inside a transaction. */
  put(kind: WordKind, text: string | null): number {
    if (text === null) return 0
    const known = this.#keys.get(kind)?.get(text)
    if (known !== undefined) return known
    const key = Number(this.#insert.run(kind, text).lastInsertRowid)
    this.#remember(kind, text, key)
    return key
  }

  /** The number of a word; 0 for null, undefined where no row ever used it. */
  key(kind: WordKind, text: string | null): number | undefined {
    return text === null ? 0 : this.#keys.get(kind)?.get(text)
  }

  /** The numbers of all words of a kind. */
  keys(kind: WordKind): number[] {
    return [...(this.#keys.get(kind)?.values() ?? [])]
  }

  /** The word of a number; null for 0. */
  text(key: number): string | null {
    return this.#texts.get(key) ?? null
  }

  #remember(kind: WordKind, text: string, key: number): void {
    let keys = this.#keys.get(kind)
    if (!keys) this.#keys.set(kind, (keys = new Map()))
    keys.set(text, key)
    this.#texts.set(key, text)
  }
}
