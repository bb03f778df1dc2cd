import { ProblemError } from '../../src-shared/problem.ts'
import {
  importFields,
  newFieldKinds,
  type ImportAnswer,
  type ImportField,
  type ImportKind,
  type TakenImport,
} from '../../src-shared/protocol/import.ts'
import type { CustomField } from '../../src-shared/domain/configuration.ts'
import { ColumnValues } from './kinds.ts'
import type { CsvFile } from './read-csv.ts'

/**
 * What products call a field, lower case and without marks; the first that fits counts. Spaces make no difference: one
 * product's "Ticket Title" is the next one's "TicketTitle".
 */
const names: Record<ImportKind, Record<string, readonly string[]>> = {
  contacts: {
    name: [
      'name',
      'full name',
      'fullname',
      'display name',
      'contact',
      'contact name',
      'displayname',
      'naam',
      'kontakt',
    ],
    email: ['email', 'e mail', 'email address', 'primary email', 'mail', 'userprincipalname', 'upn', 'e mail address'],
    phone: [
      'phone',
      'telephone',
      'phone number',
      'mobile',
      'mobile phone',
      'business phone',
      'direct phone',
      'tel',
      'telefon',
    ],
    title: ['title', 'job title', 'jobtitle', 'position', 'role'],
    site: ['site', 'location', 'office', 'site name', 'branch', 'location name', 'standort'],
    vip: ['vip', 'is vip', 'important', 'vip user'],
  },
  tickets: {
    id: [
      'id',
      'ticket id',
      'ticket number',
      'number',
      'ticket',
      'ticket no',
      'case number',
      'reference',
      'key',
      'issue key',
      'ref',
    ],
    subject: ['subject', 'summary', 'title', 'ticket title', 'short description', 'issue', 'betreff'],
    description: ['description', 'details', 'initial description', 'body', 'problem', 'notes', 'beschreibung'],
    status: ['status', 'state', 'ticket status', 'incident state'],
    priority: ['priority', 'ticket priority', 'urgency', 'severity', 'prioritat'],
    type: ['type', 'ticket type', 'category', 'issue type', 'record type'],
    queue: [
      'queue',
      'board',
      'service board',
      'group',
      'team',
      'department',
      'assigned group',
      'assignment group',
      'queue name',
    ],
    requester: [
      'requester',
      'contact',
      'contact email',
      'requester email',
      'customer',
      'reported by',
      'reporter',
      'reporter name',
      'caller',
      'caller id',
      'end user email',
      'end user',
      'requested by',
      'user',
    ],
    assignee: [
      'assignee',
      'assigned to',
      'technician',
      'owner',
      'agent',
      'resource',
      'primary resource',
      'assigned technician',
      'assignee name',
      'technician email',
      'technician full name',
    ],
    tags: ['tags', 'labels'],
    created: [
      'created',
      'created at',
      'created time',
      'create date',
      'date created',
      'opened',
      'opened at',
      'date entered',
      'created on',
      'created date',
      'ticket created date',
      'sys created on',
    ],
    updated: [
      'updated',
      'updated at',
      'last updated',
      'last activity',
      'modified',
      'last modified',
      'date modified',
      'sys updated at',
      'sys updated on',
      'last activity date',
      'last update time',
      'last update',
    ],
    due: ['due', 'due at', 'due date', 'due by', 'resolution due', 'due time', 'due by time', 'sla due'],
  },
}

/** Names of first and last names that make one name together. */
const PARTS = [
  ['first name', 'firstname', 'given name', 'givenname', 'vorname'],
  ['last name', 'lastname', 'surname', 'family name', 'nachname'],
] as const

/** A field that a cell fills: one of every import, or a custom field of the client's own by its key. */
export type CellField = ImportField | `custom:${string}`

/** Which cells of a row fill which field. */
export interface Mapping {
  /** Index of the column, by field. */
  places: Partial<Record<CellField, number>>
  /** First and last name, where no column has both. */
  parts: [first: number, last: number] | null
  /** Field by column, for a person to see. */
  table: ImportAnswer['columns']
  /** Why no row can be taken: nothing fills what has to be there. */
  lacks: string | null
}

/**
 * Recognises the columns of a file, and takes a person's word for those that they named.
 * @param custom the client's own fields of tickets
 * @throws ProblemError `invalid-input` where a word of theirs does not fit
 */
export function mappingOf(
  { kind, columns, subject }: Pick<TakenImport, 'kind' | 'columns' | 'subject'>,
  { header, rows }: Pick<CsvFile, 'header' | 'rows'>,
  custom: readonly Pick<CustomField, 'key' | 'label'>[] = [],
): Mapping {
  const own = new Map(
    kind === 'tickets' ? custom.map(({ key, label }) => [`custom:${key}`, [plain(label), plain(key)]]) : [],
  )
  const fields: readonly string[] = [...importFields[kind], ...own.keys()]
  const made: readonly string[] = kind === 'tickets' ? newFieldKinds.map((one) => `new:${one}`) : []
  for (const [column, field] of Object.entries(columns)) {
    if (!header.includes(column)) refuse(`The file has no column "${column}". Its columns are ${header.join(', ')}.`)
    if (field !== null && !fields.includes(field) && !made.includes(field))
      refuse(`There is no field "${field}". Choose one of ${[...fields, ...made].join(', ')}.`)
  }
  const ownOf = (column: string) =>
    [...own].find(([, called]) => called.some((name) => close(name) === close(plain(labelOf(column)))))?.[0]
  const taken = new Map<string, number>()
  header.forEach((column, i) => {
    // One that is to be made may be there already, by the name of its column.
    const field = made.includes(columns[column] ?? '') ? ownOf(column) : columns[column]
    if (field && !taken.has(field)) taken.set(field, i)
  })
  const free = (i: number) => columns[header[i] ?? ''] === undefined && ![...taken.values()].includes(i)
  for (const field of fields) {
    if (taken.has(field)) continue
    const found = (names[kind][field] ?? own.get(field) ?? [])
      .map((name, place) =>
        header.findIndex(
          (column, i) =>
            free(i) &&
            [column, labelOf(column)].some((one) => close(plain(one)) === close(name)) &&
            // A column that is called as the client's own field is that one, whatever other products mean by it.
            (place === 0 || own.has(field) || ownOf(column) === undefined),
        ),
      )
      .find((i) => i >= 0)
    if (found !== undefined) taken.set(field, found)
  }
  const bySample = header.findIndex(
    (_, i) =>
      free(i) &&
      rows.slice(0, 20).filter(({ values }) => /^\S+@\S+\.\S+$/.test(values[i] ?? '')).length >
        Math.min(rows.length, 20) / 2,
  )
  if (kind === 'contacts' && !taken.has('email') && bySample >= 0) taken.set('email', bySample)
  const [first, last] = PARTS.map((part) =>
    header.findIndex((column, i) => free(i) && (part as readonly string[]).includes(plain(column))),
  )
  const parts: Mapping['parts'] =
    !taken.has('name') && kind === 'contacts' && first !== undefined && last !== undefined && first >= 0 && last >= 0
      ? [first, last]
      : null
  const [needed] = importFields[kind]
  const filled = taken.has(needed) || parts !== null || (kind === 'tickets' && subject !== undefined)
  const fieldAt = (i: number) =>
    [...taken].find(([, place]) => place === i)?.[0] ?? (parts?.includes(i) ? 'name' : null)
  return {
    places: Object.fromEntries(taken),
    parts,
    table: header.map((column, i) => {
      const field = fieldAt(i)
      return {
        ...{ column, field, sample: (rows.find(({ values }) => values[i])?.values[i] ?? '').slice(0, 80) },
        ...(kind === 'tickets' && field === null && { guess: guessOf(rows, i) }),
      }
    }),
    lacks: filled
      ? null
      : `No column was recognised as the ${needed}. Say which it is${kind === 'tickets' ? ', or give one for all rows' : ''}: the file has ${header.join(', ')}.`,
  }
}

function guessOf(rows: CsvFile['rows'], place: number): ColumnValues['kind'] {
  const values = new ColumnValues()
  for (const row of rows.slice(0, 1000)) values.add(row.values[place])
  return values.kind
}

/** What a field is called that is made of a column. */
export function labelOf(column: string): string {
  return column.slice(0, 60)
}

/** A name as it is compared: lower case, without marks, letters and digits alone. */
export function plain(column: string): string {
  return column
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** As {@link plain}, also without the spaces of its words. */
export function compared(name: string): string {
  return close(plain(name))
}

function close(name: string): string {
  return name.replaceAll(' ', '')
}

function refuse(reason: string): never {
  throw new ProblemError('invalid-input', { reason })
}
