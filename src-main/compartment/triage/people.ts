import type { FieldValue, Ticket } from '../../../src-shared/domain/ticket.ts'
import { formerName, isPersonId, UNKNOWN } from '../../../src-shared/domain/person-words.ts'
import type { Cache } from '../cache/cache.ts'

/** What a technician or contact is called; null where nobody here has that id. */
export function personName(cache: Cache, id: string): string | null {
  return cache.technicianName(id) ?? cache.contacts.get(id)?.name ?? null
}

/** The same in words where nobody here has that id any more; a text that is no id stays as it is. */
export function personWords(cache: Cache, id: string): string {
  const name = personName(cache, id)
  if (name !== null || !isPersonId(id)) return name ?? id
  const former = cache.formerName(id)
  return former === undefined && cache.words.key('technician', id) === undefined ? UNKNOWN : formerName(former)
}

/** A value of a custom field as lists show it: a person by name. */
export function named(cache: Cache, key: string, value: FieldValue): FieldValue {
  return typeof value === 'string' && personFields(cache).has(key) ? personWords(cache, value) : value
}

/** Names by id of the people that values of a ticket's fields stand for, by field name: requesters, and own fields of persons. */
export function peopleOf(
  cache: Cache,
  values: Iterable<readonly [field: string, value: unknown]>,
): Record<string, string> {
  const own = personFields(cache)
  const people: Record<string, string> = {}
  for (const [field, value] of values) {
    if (typeof value !== 'string' || !isPersonId(value)) continue
    const key = field.startsWith('customFields.') ? field.slice('customFields.'.length) : null
    if (key === null ? field === 'requesterId' : own.has(key)) people[value] ??= personWords(cache, value)
  }
  return people
}

/** Names by id of the people in a ticket's own fields. */
export function peopleIn(cache: Cache, { customFields }: Pick<Ticket, 'customFields'>): Record<string, string> {
  return peopleOf(
    cache,
    Object.entries(customFields).map(([key, value]) => [`customFields.${key}`, value] as const),
  )
}

/** Keys of the client's own fields that name a person. */
function personFields({ configuration }: Cache): ReadonlySet<string> {
  return new Set(configuration.customFields.flatMap(({ type, key }) => (type === 'person' ? key : [])))
}
