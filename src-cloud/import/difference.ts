import { WORD_FIELDS } from '../../src-shared/domain/configuration.ts'
import type { ImportDifference } from '../../src-shared/protocol/import.ts'
import type { Writes } from './plan.ts'
import { listsOf, type KnownWords } from './words.ts'

/** What is told of a ticket that would be new. */
const FIELDS = [...WORD_FIELDS, 'requesterId', 'assigneeId', 'createdAt', 'dueAt'] as const

/** Names of words, by field and key, that are not there before an import makes them. */
export type FreshWords = ReadonlyMap<string, string>

/** The words that a client would have more. */
export function freshWords(before: KnownWords, after: KnownWords): FreshWords {
  const keysOf = ({ field, list }: { field: string; list: readonly { key: string }[] }) =>
    list.map(({ key }) => nameOf(field, key))
  const known = new Set(listsOf(before).flatMap(keysOf))
  const words = listsOf(after).flatMap(({ field, list }) =>
    list.map(({ key, label }): [string, string] => [nameOf(field, key), label]),
  )
  return new Map(words.filter(([name]) => !known.has(name)))
}

/** What a row would come to, for a person: words that would be made by their names. */
export function differenceOf(
  { line, act, name, entity, changes }: Writes<{ [key: string]: unknown }>,
  fresh: FreshWords,
): ImportDifference {
  const of = (field: string, after: unknown) =>
    typeof after === 'string' ? (fresh.get(nameOf(field, after)) ?? after) : after
  const told =
    act === 'change'
      ? changes
      : FIELDS.flatMap((field) =>
          entity[field] === undefined || entity[field] === null
            ? []
            : [{ field: field as string, before: null, after: entity[field] }],
        )
  return { line, act, name, changes: told.map((one) => ({ ...one, after: of(one.field, one.after) })) }
}

function nameOf(field: string, key: string): string {
  return `${field}\u0000${key}`
}
