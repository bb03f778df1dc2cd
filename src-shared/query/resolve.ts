import { isOpenCategory, type Configuration, type CustomField } from '../domain/configuration.ts'
import type { Technician } from '../domain/people.ts'
import { formerName } from '../domain/person-words.ts'
import { readMeasure } from './duration.ts'
import { parseQuery, type Term } from './parse.ts'

/** What a search asks of tickets, in the client's own keys. */
export type Condition = { not: boolean } & (
  | { on: 'status' | 'priority' | 'type' | 'queue' | 'assignee'; keys: (string | null)[] }
  /** Whose name, address or site has these words, or exactly this name or address. */
  | { on: 'requester'; text: string; exact: boolean }
  /** A tag or the value of a custom field, as `ticket_term` has it; with `begins` also what goes on after it. */
  | { on: 'term'; term: string; begins: boolean }
  /**
   * A custom field names one of these technicians, a contact whose name, address or site has these words, or somebody
   * whose name stands there as text.
   */
  | { on: 'person'; field: string; ids: string[]; text: string; exact: boolean }
  /** Ends included, ms since 1970. */
  | { on: 'created' | 'updated' | 'due' | 'risk'; from: number | null; to: number | null }
  /** Ids of technicians of whom one watches it, or is mentioned in a note of it. */
  | { on: 'watcher' | 'mentions'; ids: string[] }
  /** It has tasks that are not done: any, late ones, or ones of a technician. */
  | { on: 'tasks'; late: boolean; of: string | null; now: number }
  | { on: 'unread' | 'pending' | 'failed' | 'snoozed' }
)

/** Words to look for; of a phrase in their order. */
export interface Wanted {
  text: string
  phrase: boolean
  not: boolean
}

/** A part of a search that is left out, and one sentence why. */
export interface Misread {
  from: number
  to: number
  message: string
}

export interface Query {
  terms: Term[]
  conditions: Condition[]
  words: Wanted[]
  misread: Misread[]
}

/** What the words of a search mean at one client. */
export interface Meaning {
  configuration: Configuration
  technicians: readonly Technician[]
  /** Names by id of those who do not work for the client any more. */
  former?: Record<string, string> | undefined
  /** Id of the technician who searches. */
  me: string
  /** ms since 1970 */
  now: number
}

type Read = Condition[] | { misread: string }

/** Reads a search. What it does not understand is left out and told; it never fails. */
export function resolveQuery(text: string, meaning: Meaning): Query {
  const query: Query = { terms: parseQuery(text), conditions: [], words: [], misread: [] }
  for (const term of query.terms) {
    const { from, to, not, operator, value, quoted } = term
    if (operator === null) query.words.push({ text: value, phrase: quoted, not })
    // Still being typed.
    else if (value.trim() === '') continue
    else {
      const read = readers[operator](term, meaning)
      if (Array.isArray(read)) query.conditions.push(...read)
      else query.misread.push({ from, to, message: `${read.misread} That part is left out.` })
    }
  }
  return query
}

/** A value of a tag or custom field in the form in which it is indexed; as SQLite's `lower`, which leaves other letters. */
export function termValue(value: string): string {
  const lower = value.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
  return [...lower].slice(0, 200).join('')
}

const readers: Record<NonNullable<Term['operator']>, (term: Term, meaning: Meaning) => Read> = {
  status(term, { configuration: { statuses } }) {
    return among('status', term, (value) => {
      const exact = statuses.filter(({ key, label, category }) =>
        [key, label, category].some((one) => same(one, value)),
      )
      return keysOf(exact.length > 0 ? exact : statuses.filter(({ label }) => begins(label, value)))
    })
  },
  priority: (term, { configuration }) => among('priority', term, (value) => named(configuration.priorities, value)),
  type: (term, { configuration }) => among('type', term, (value) => named(configuration.types, value, true)),
  queue: (term, { configuration }) => among('queue', term, (value) => named(configuration.queues, value, true)),
  assignee: (term, meaning) =>
    among('assignee', term, (value) => (isNone(value) ? [null] : peopleCalled(value, meaning))),
  watcher: (term, meaning) => readPeople('watcher', term, meaning),
  mentions: (term, meaning) => readPeople('mentions', term, meaning),
  requester: ({ not, value, quoted }) => [{ on: 'requester', not, text: value, exact: quoted }],
  tag: ({ not, value, quoted }) => [{ on: 'term', not, term: `tag:${termValue(value)}`, begins: !quoted }],
  tasks: readTasks,
  field: readField,
  is: readIs,
  created: (term, meaning) => readAge('created', term, meaning),
  updated: (term, meaning) => readAge('updated', term, meaning),
  sla: readSla,
}

/** Technicians whose name, or a part of it, a search may mean; also of those who left. */
function peopleCalled(value: string, { technicians, former = {}, me }: Meaning): string[] {
  if (same(value, 'me')) return [me]
  const all: { id: string; names: string[] }[] = [
    ...technicians.map(({ id, name, email }) => ({ id, names: [name, email] })),
    // As lists show them, too.
    ...Object.entries(former).map(([id, name]) => ({ id, names: [name, formerName(name)] })),
  ]
  const people = all.filter(({ id, names }) => id === value || names.some((name) => same(name, value)))
  const close = all.filter(({ names: [name = ''] }) => isCalled(name, value))
  return (people.length > 0 ? people : close).map(({ id }) => id)
}

/** Whether a name, or a word of it, begins so. */
export function isCalled(name: string, beginning: string): boolean {
  return [name, ...name.split(/\s+/)].some((part) => begins(part, beginning))
}

function readPeople(on: 'watcher' | 'mentions', term: Term, meaning: Meaning): Read {
  const ids = allCalled('technician', term, (part) => peopleCalled(part, meaning))
  return 'misread' in ids ? ids : ids.length === 0 ? [] : [{ on, not: term.not, ids }]
}

/** The client's field that a search means, by its key or its label. */
export function fieldCalled(name: string, fields: readonly CustomField[]): CustomField | undefined {
  return fields.find(({ key, label }) => same(key, name) || same(label, name))
}

function readField({ not, field, value, quoted }: Term, meaning: Meaning): Read {
  const name = field ?? ''
  const found = fieldCalled(name, meaning.configuration.customFields)
  if (!found) return { misread: `No field of this client is called “${name}”.` }
  const term = (text: string, open: boolean): Read => [
    { on: 'term', not, term: `field.${found.key}=${termValue(text)}`, begins: open },
  ]
  if (found.type === 'checkbox') {
    if (/^(yes|true|on|1)$/i.test(value)) return term('1', false)
    if (/^(no|false|off|0)$/i.test(value)) return term('0', false)
    return { misread: `${found.label} is yes or no, not “${value}”.` }
  }
  if ('options' in found) {
    const option = found.options.find(({ key, label }) => same(key, value) || same(label, value))
    const close = option ?? found.options.find(({ label }) => begins(label, value))
    return close ? term(close.key, false) : { misread: `${found.label} has no choice called “${value}”.` }
  }
  if (found.type === 'person')
    return [{ on: 'person', not, field: found.key, ids: peopleCalled(value, meaning), text: value, exact: quoted }]
  return term(value, !quoted && found.type !== 'number')
}

function readIs({ not, value }: Term, { configuration: { statuses }, now }: Meaning): Read {
  const word = value.toLowerCase()
  if (word === 'unread' || word === 'pending' || word === 'failed') return [{ on: word, not }]
  const open = word === 'open'
  if (open || word === 'closed')
    return [{ on: 'status', not, keys: keysOf(statuses.filter((one) => isOpenCategory(one.category) === open)) }]
  if (word === 'snoozed') {
    const still = statuses.filter((one) => isOpenCategory(one.category))
    return [...(not ? [] : [{ on: 'status' as const, not, keys: keysOf(still) }]), { on: 'snoozed', not }]
  }
  if (word === 'at-risk' && !not) return running(statuses, null, now, 'risk')
  return { misread: `“is:” knows unread, snoozed, pending, failed, open, closed and at-risk, not “${value}”.` }
}

function readTasks({ not, value }: Term, { me, now }: Meaning): Read {
  const word = value.toLowerCase()
  if (word === 'open' || word === 'late' || word === 'mine')
    return [{ on: 'tasks', not, late: word === 'late', of: word === 'mine' ? me : null, now }]
  return { misread: `“tasks:” knows open, late and mine, not “${value}”.` }
}

function readAge(on: 'created' | 'updated', { not, value }: Term, { now }: Meaning): Read {
  const measure = readMeasure(value)
  if (!measure) return { misread: `“${on}:” takes an age or a day, as ${on}:<7d or ${on}:>2026-03-01, not “${value}”.` }
  if ('span' in measure) {
    const then = now - measure.span
    return [{ on, not, from: measure.than === '<' ? then : null, to: measure.than === '<' ? null : then }]
  }
  const [first, last] = measure.day
  return [{ on, not, from: measure.than === '<' ? null : first, to: measure.than === '>' ? null : last }]
}

function readSla({ not, value }: Term, { configuration: { statuses }, now }: Meaning): Read {
  const misread = { misread: `“sla:” takes the time left, as sla:<2h, or breached, not “${value}”.` }
  if (not) return { misread: '“sla:” cannot be turned round: write sla:>2h instead.' }
  if (same(value, 'breached')) return running(statuses, null, now)
  const measure = readMeasure(value)
  if (!measure || !('span' in measure)) return misread
  const then = now + measure.span
  return measure.than === '<' ? running(statuses, null, then) : running(statuses, then, MAX_DUE)
}

/** Later than any target, and before what stands for none. */
const MAX_DUE = Number.MAX_SAFE_INTEGER - 1

/** Tickets whose clock runs and ends, or is at risk from, within these limits. */
function running(
  statuses: Configuration['statuses'],
  from: number | null,
  to: number,
  on: 'due' | 'risk' = 'due',
): Condition[] {
  const keys = keysOf(statuses.filter(({ category, stopsClock }) => isOpenCategory(category) && !stopsClock))
  return [
    { on: 'status', not: false, keys },
    { on, not: false, from, to },
  ]
}

function among(
  on: 'status' | 'priority' | 'type' | 'queue' | 'assignee',
  term: Term,
  find: (value: string) => (string | null)[],
): Read {
  const keys = allCalled(on, term, find)
  return 'misread' in keys ? keys : keys.length === 0 ? [] : [{ on, not: term.not, keys }]
}

/** All that the names of a term mean, each once. @param what they are names of */
function allCalled<Found>(
  what: string,
  { value, quoted }: Term,
  find: (value: string) => Found[],
): Found[] | { misread: string } {
  const all: Found[] = []
  for (const part of quoted ? [value] : value.split(',').filter((one) => one !== '')) {
    const found = find(part)
    if (found.length === 0) return { misread: `No ${what} of this client is called “${part}”.` }
    all.push(...found)
  }
  return [...new Set(all)]
}

function named(list: readonly { key: string; label: string }[], value: string, orNone = false): (string | null)[] {
  const exact = list.filter(({ key, label }) => same(key, value) || same(label, value))
  if (exact.length === 0 && orNone && isNone(value)) return [null]
  return keysOf(exact.length > 0 ? exact : list.filter(({ label }) => begins(label, value)))
}

function keysOf(list: readonly { key: string }[]): string[] {
  return list.map(({ key }) => key)
}

function isNone(value: string): boolean {
  return same(value, 'none') || same(value, 'nobody')
}

function same(one: string, other: string): boolean {
  return one.toLocaleLowerCase() === other.toLocaleLowerCase()
}

function begins(text: string, beginning: string): boolean {
  return text.toLocaleLowerCase().startsWith(beginning.toLocaleLowerCase())
}
