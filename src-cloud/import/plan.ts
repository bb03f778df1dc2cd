import { createHash, randomUUID } from 'node:crypto'
import type { Configuration, WORD_FIELDS } from '../../src-shared/domain/configuration.ts'
import { NewContact, type Contact } from '../../src-shared/domain/people.ts'
import { priorityAfter, priorityByMatrix } from '../../src-shared/domain/priority-matrix.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import type { TakenImport } from '../../src-shared/protocol/import.ts'
import { sameValue } from '../../src-shared/settings/layers.ts'
import { firstIssue } from '../templates/read-template.ts'
import type { CellField, Mapping } from './columns.ts'
import { customValues } from './custom.ts'
import type { DateReader, Found } from './dates.ts'
import type { CsvRow } from './read-csv.ts'
import type { OwnWords } from './words.ts'

/** A row that writes something. */
export interface Writes<E> {
  act: 'add' | 'change'
  line: number
  name: string
  entity: E
  changes: { field: string; before: unknown; after: unknown }[]
}

/** What a row comes to. */
export type Planned<E> = Writes<E> | { act: 'same'; line: number } | { act: 'bad'; line: number; reason: string }

/** What planning looks things up in. */
export interface Known {
  tenantId: string
  configuration: Configuration
  words: OwnWords
  dates: DateReader
  /** By email, by name in lower case. */
  contacts: ReadonlyMap<string, Contact>
  /** Ids by email and by name in lower case. */
  technicians: ReadonlyMap<string, string>
  /** Null for one that was deleted. */
  tickets: ReadonlyMap<string, Ticket | null>
  /** Where the ticket of a row is found, for those that were looked up. */
  ids: ReadonlyMap<CsvRow, string>
  /** Status and priority of a ticket that has none. */
  fresh: string
  usual: string
  /** Told of each word that the client's configuration lacks. */
  lacks: (field: (typeof WORD_FIELDS)[number], word: string) => void
}

/** A cell of a row by field; undefined where it has none or an empty one. */
export function cellsOf({ places, parts }: Mapping, { values }: CsvRow): (field: CellField) => string | undefined {
  return (field) => {
    const place = places[field]
    if (field === 'name' && place === undefined && parts)
      return (
        parts
          .map((i) => values[i] ?? '')
          .join(' ')
          .trim() || undefined
      )
    return place === undefined ? undefined : values[place] || undefined
  }
}

/** Plans one contact. Whom its email or, without one, its name finds is changed where a cell says something else. */
export function planContact(
  cell: (field: CellField) => string | undefined,
  line: number,
  known: Known,
): Planned<Contact> {
  const given = {
    name: cell('name'),
    email: cell('email'),
    phone: cell('phone'),
    title: cell('title'),
    site: cell('site'),
    vip: vipOf(cell('vip')),
  }
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const read = NewContact.safeParse(present)
  if (!read.success) return badOf(line, firstIssue(read.error))
  if (given.email !== undefined && !/^[^\s@]+@[^\s@]+$/.test(given.email))
    return { act: 'bad', line, reason: `"${given.email.slice(0, 60)}" is no email address.` }
  const before = known.contacts.get((given.email ?? read.data.name).toLowerCase())
  const { name } = read.data
  if (!before) return { act: 'add', line, name, entity: { id: randomUUID(), ...read.data }, changes: [] }
  return changeOf(before, present as Partial<Contact>, line, name)
}

/** Plans one ticket. The id that it had elsewhere, or else all of its row, finds it again. */
export function planTicket(
  cell: (field: CellField) => string | undefined,
  row: CsvRow,
  request: Pick<TakenImport, 'subject'>,
  known: Known,
): Planned<Ticket> {
  const { line } = row
  const bad = (reason: string): Planned<Ticket> => ({ act: 'bad', line, reason })
  const { configuration } = known
  const [subject, externalId] = [cell('subject') ?? request.subject, cell('id')]
  if (subject === undefined) return bad('The subject is empty.')
  if (subject.length > 300) return bad(`The subject has ${subject.length} characters; 300 at most.`)
  const description = cell('description') ?? ''
  if (description.length > 100_000) return bad(`The description has ${description.length} characters; 100000 at most.`)
  const word = (field: (typeof WORD_FIELDS)[number]) => {
    const found = known.words.find(field, cell(field))
    if ('reason' in found) known.lacks(field, cell(field) ?? '')
    return found
  }
  const [status, priority, type, queue] = [word('status'), word('priority'), word('type'), word('queue')]
  const dates = (['created', 'updated', 'due'] as const).map((field) => known.dates.instant(cell(field), field))
  const wrong = [status, priority, type, queue, ...dates].find((one) => 'reason' in one)
  if (wrong && 'reason' in wrong) return bad(wrong.reason)
  const key = (found: Found) => ('value' in found ? found.value : undefined)
  const [requester, assignee] = [cell('requester'), cell('assignee')]
  const requesterId = requester === undefined ? undefined : known.contacts.get(requester.toLowerCase())?.id
  if (requester !== undefined && requesterId === undefined)
    return bad(`There is no contact "${requester.slice(0, 60)}". Import contacts first, or leave the column out.`)
  const assigneeId = assignee === undefined ? undefined : known.technicians.get(assignee.toLowerCase())
  if (assignee !== undefined && assigneeId === undefined)
    return bad(`No technician here is "${assignee.slice(0, 60)}". Give them this client, or leave the column out.`)
  const [created, updated, due] = dates.map(key)
  const custom = customValues(configuration.customFields, cell, known.words, known.dates, (text) => {
    const called = text.toLowerCase()
    return known.technicians.get(called) ?? known.contacts.get(called)?.id
  })
  if ('reason' in custom) return bad(custom.reason)
  const tags = cell('tags')
    ?.split(/[,;|]/)
    .map((tag) => tag.trim())
    .filter(Boolean)
  if (tags?.some((tag) => tag.length > 64) || (tags?.length ?? 0) > 64)
    return bad('The tags are too many or too long: 64 of 64 characters at most.')
  const present = Object.fromEntries(
    Object.entries({
      subject: cell('subject'),
      description: cell('description'),
      status: key(status),
      priority: key(priority),
      type: key(type),
      queue: key(queue),
      requesterId,
      assigneeId,
      tags,
      dueAt: due,
    }).filter(([, value]) => value !== undefined),
  )
  const id = known.ids.get(row) ?? idOf(known.tenantId, externalId ?? row.values.join('\u0000'))
  const before = known.tickets.get(id)
  if (before === null) return bad('This ticket was deleted here, and is not brought back. Leave the row out.')
  const hasCustom = Object.keys(custom.values).length > 0
  if (before) {
    const customFields = { ...before.customFields, ...custom.values }
    const follows = priorityAfter(configuration, before, { ...present, customFields: custom.values })
    const given = { ...present, ...(hasCustom && { customFields }), ...(follows !== null && { priority: follows }) }
    return changeOf(before, given as Partial<Ticket>, line, subject)
  }
  const now = new Date().toISOString()
  const { fresh, usual } = known
  const entity = {
    ...{
      id,
      number: 0,
      subject,
      description,
      status: fresh,
      priority: usual,
      type: null,
      queue: null,
    },
    ...{ requesterId: null, assigneeId: null, tags: [], customFields: custom.values, dueAt: null },
    ...present,
    ...{ createdAt: created ?? updated ?? now, updatedAt: updated ?? created ?? now },
    ...(externalId !== undefined && !UUID.test(externalId) && { importedId: externalId.slice(0, 200) }),
  } as Ticket
  if (key(priority) === undefined) entity.priority = priorityByMatrix(configuration, entity) ?? usual
  return { act: 'add', line, name: subject, entity, changes: [] }
}

/** Of a ticket that came out of here. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Where an imported ticket is found again. */
export function idOf(tenantId: string, external: string): string {
  if (UUID.test(external)) return external.toLowerCase()
  const hex = createHash('sha256').update(`bulkhead import\u0000${tenantId}\u0000${external}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

function changeOf<E extends { [key: string]: unknown }>(
  before: E,
  present: Partial<E>,
  line: number,
  name: string,
): Planned<E> {
  const changes = Object.entries(present).flatMap(([field, after]) =>
    sameValue(before[field], after) ? [] : [{ field, before: before[field], after: after as unknown }],
  )
  if (changes.length === 0) return { act: 'same', line }
  return { act: 'change', line, name, entity: { ...before, ...present }, changes }
}

function badOf(
  line: number,
  { path, message }: { path: PropertyKey[]; message: string },
): { act: 'bad'; line: number; reason: string } {
  const field = path.map(String).join('.')
  const missing = field === 'name' && message.includes('undefined')
  return { act: 'bad', line, reason: missing ? 'The name is empty.' : `${field}: ${message}.` }
}

/** Whether a cell says yes; undefined where it says nothing. */
export function vipOf(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined
  return /^(?:1|y|yes|true|x|vip|ja|oui|si)$/i.test(text)
}
