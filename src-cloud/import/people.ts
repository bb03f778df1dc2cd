import type { Contact } from '../../src-shared/domain/people.ts'
import type { Transaction } from '../database/connect.ts'
import { holdRows } from './hold-rows.ts'

/**
 * Contacts of a tenant by their words: email and name in lower case. Kept over the parts of an import, so that none of
 * them looks through all contacts: what changed since is read by its version.
 */
export class Contacts {
  readonly #ids = new Map<string, Set<string>>()
  readonly #words = new Map<string, string[]>()
  #version = 0

  /** Those that words find, held to the end of the transaction. @returns by email, and by name */
  async find(tx: Transaction, words: ReadonlySet<string>): Promise<Map<string, Contact>> {
    if (words.size === 0) return new Map()
    await this.#follow(tx)
    const ids = new Set([...words].flatMap((word) => [...(this.#ids.get(word) ?? [])]))
    const rows = (await holdRows<Contact>(tx, 'contact', [...ids])).filter(({ deleted }) => !deleted)
    const byName = rows.map(({ data }): [string, Contact] => [data.name.toLowerCase(), data])
    const byEmail = rows.flatMap(({ data }): [string, Contact][] =>
      data.email ? [[data.email.toLowerCase(), data]] : [],
    )
    return new Map([...byName, ...byEmail])
  }

  async #follow(tx: Transaction): Promise<void> {
    const moved = await tx<{ id: string; version: number; words: (string | null)[] }[]>`
      select id, version, case when deleted then '[]' else json_build_array(data ->> 'email', data ->> 'name') end as words
      from contact where version > ${this.#version} order by version`
    for (const { id, version, words } of moved) {
      for (const word of this.#words.get(id) ?? []) this.#ids.get(word)?.delete(id)
      const now = words.flatMap((word) => (word ? [word.toLowerCase()] : []))
      for (const word of now) this.#ids.set(word, (this.#ids.get(word) ?? new Set()).add(id))
      this.#words.set(id, now)
      this.#version = version
    }
  }
}
