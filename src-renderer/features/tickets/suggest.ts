import type { Configuration, CustomField } from '../../../src-shared/domain/configuration.ts'
import type { Desk } from '../../../src-shared/domain/views.ts'
import { OPERATORS, parseQuery, quote, type Operator, type Term } from '../../../src-shared/query/parse.ts'
import { fieldCalled, isCalled } from '../../../src-shared/query/resolve.ts'

/** What can stand where the cursor is. */
export interface Suggestion {
  label: string
  hint: string
  /** The whole text with it, and where the cursor then is. */
  text: string
  caret: number
}

const MOST = 8
const CONTACT = 'contact'
const LEFT = 'no longer here'
const MOST_FORMER = 3

const HINTS: Record<(typeof OPERATORS)[number], string> = {
  ...{ status: 'a status, or waiting, open, closed …', assignee: 'me, none or a name', priority: 'a priority' },
  ...{ type: 'a type', queue: 'a queue', tag: 'a tag', requester: 'who asked', is: 'unread, pending, at-risk …' },
  tasks: 'open, late or mine: tasks that are not done',
  ...{ watcher: 'who watches: me or a name', mentions: 'whom a note mentions: me or a name' },
  ...{ created: 'an age or day, as <7d', updated: 'an age or day, as >2h', sla: 'time left, as <2h, or breached' },
}

function termAt(text: string, caret: number): Term | null {
  const term = parseQuery(text).find(({ from, to }) => from < caret && caret <= to)
  return term && (term.operator === null || caret >= term.valueFrom) ? term : null
}

/** What is typed of the name of a contact where the cursor is; null where no contact is looked for. */
export function contactTyped(text: string, caret: number, { configuration }: Desk): string | null {
  const term = termAt(text, caret)
  if (!term || (term.operator !== 'requester' && fieldOf(term, configuration)?.type !== 'person')) return null
  return text.slice(term.valueFrom, caret).replaceAll('"', '').trim() || null
}

function fieldOf({ operator, field }: Term, { customFields }: Configuration): CustomField | undefined {
  return operator === 'field' ? fieldCalled(field ?? '', customFields) : undefined
}

/**
 * What can follow where the cursor is in a search, from the client's own configuration.
 * @param contacts names that {@link contactTyped} found
 */
export function suggest(text: string, caret: number, desk: Desk, contacts: readonly string[] = []): Suggestion[] {
  const term = termAt(text, caret)
  if (!term) return []
  const typed = text.slice(term.valueFrom, caret).replaceAll('"', '').toLocaleLowerCase()
  if (term.operator === null)
    return term.quoted
      ? []
      : [...operators(text, term, typed, desk.configuration), ...formerPeople(text, term, typed, desk)]
  const values = [...valuesOf(term, term.operator, desk), ...contacts.map((value) => ({ value, hint: CONTACT }))]
  const close = values.filter(({ value }) => value.toLocaleLowerCase().startsWith(typed))
  const rest = values.filter(
    ({ value, hint }) =>
      !close.some((one) => one.value === value) &&
      // Contacts were found by more than their names.
      (hint === CONTACT || value.toLocaleLowerCase().includes(typed)),
  )
  const found = [...close, ...rest].slice(0, MOST)
  if (found.length === 1 && found[0]?.value.toLocaleLowerCase() === typed) return []
  return found.map(({ value, hint }) => ({
    ...{ label: value, hint: hint ?? '' },
    ...put(text, term.valueFrom, term.to, `${quote(value)} `),
  }))
}

function operators(
  text: string,
  { from, to, not, value }: Term,
  typed: string,
  configuration: Configuration,
): Suggestion[] {
  if (value === '') return []
  const start = from + (not ? 1 : 0)
  const own = configuration.customFields.map(({ key, label }) => ({
    label: `field.${quote(key, /[\s":]/)}:`,
    hint: label,
  }))
  return [...OPERATORS.map((name) => ({ label: `${name}:`, hint: HINTS[name] })), ...own]
    .filter(
      ({ label, hint }) =>
        label.toLowerCase().startsWith(typed) ||
        (label.startsWith('field.') && hint.toLocaleLowerCase().startsWith(typed)),
    )
    .slice(0, MOST)
    .map((one) => ({ ...one, ...put(text, start, to, one.label) }))
}

/** Those who left and go by what is typed as a word: their tickets have no other way to them than the name. */
function formerPeople(text: string, { from, to, not }: Term, typed: string, { former = {} }: Desk): Suggestion[] {
  if (typed.length < 2) return []
  const called = Object.values(former).filter((name) => isCalled(name, typed))
  return called.slice(0, MOST_FORMER).map((name) => {
    const label = `assignee:${quote(name)}`
    return { label, hint: LEFT, ...put(text, from + (not ? 1 : 0), to, `${label} `) }
  })
}

interface Value {
  value: string
  hint?: string
}

function valuesOf(term: Term, operator: Operator, { configuration, technicians, former = {}, me }: Desk): Value[] {
  const others = [
    ...technicians.filter(({ id }) => id !== me).map(({ name }) => ({ value: name })),
    ...Object.values(former).map((name) => ({ value: name, hint: LEFT })),
  ]
  const people = [{ value: 'me' }, ...others]
  const labels = (list: readonly { label: string }[]): Value[] => list.map(({ label }) => ({ value: label }))
  switch (operator) {
    case 'status':
      return [
        ...configuration.statuses.map(({ label, category }) => ({ value: label, hint: category })),
        ...[...new Set(configuration.statuses.map(({ category }) => category))].map((value) => ({
          value,
          hint: 'all of them',
        })),
      ].filter(
        ({ value }, index, all) => all.findIndex((one) => one.value.toLowerCase() === value.toLowerCase()) === index,
      )
    case 'priority':
      return labels(configuration.priorities)
    case 'type':
      return [...labels(configuration.types), { value: 'none' }]
    case 'queue':
      return [...labels(configuration.queues), { value: 'none' }]
    case 'assignee':
      return [{ value: 'me' }, { value: 'none', hint: 'unassigned' }, ...others]
    case 'watcher':
    case 'mentions':
      return people
    case 'is':
      return [
        ...[
          { value: 'unread' },
          { value: 'open' },
          { value: 'closed' },
          { value: 'at-risk', hint: 'due soon or late' },
          { value: 'snoozed', hint: 'until a time' },
        ],
        ...[
          { value: 'pending', hint: 'not sent yet' },
          { value: 'failed', hint: 'to be decided in the inbox' },
        ],
      ]
    case 'created':
    case 'updated':
      return [{ value: '<1d' }, { value: '<7d' }, { value: '<30d' }, { value: '>2d' }, { value: '>30d' }]
    case 'sla':
      return [{ value: 'breached' }, { value: '<1h' }, { value: '<4h' }, { value: '<1d' }, { value: '>1d' }]
    case 'field': {
      const asked = fieldOf(term, configuration)
      return asked?.type === 'person' ? people : fieldValues(asked)
    }
    case 'tasks':
      return [{ value: 'open' }, { value: 'late', hint: 'past due' }, { value: 'mine' }]
    case 'tag':
    case 'requester':
      return []
  }
}

function fieldValues(field: CustomField | undefined): Value[] {
  if (!field) return []
  if ('options' in field) return field.options.map(({ label }) => ({ value: label }))
  return field.type === 'checkbox' ? [{ value: 'yes' }, { value: 'no' }] : []
}

function put(text: string, from: number, to: number, what: string): { text: string; caret: number } {
  return { text: text.slice(0, from) + what + text.slice(to).trimStart(), caret: from + what.length }
}
