import type { CustomField } from '../domain/configuration.ts'
import { customKeyOf, isFilled, misfitOf, placeOf, TICKET_FIELDS } from '../domain/field-states.ts'
import type { Condition } from '../domain/fields.ts'
import type { FieldValue } from '../domain/ticket.ts'

/** The first thing that contradicts itself in each custom field, as one sentence. */
export function contradictions(fields: readonly CustomField[]): { key: string; text: string }[] {
  return fields.flatMap((field) => {
    const text =
      unfitValidation(field) ??
      unfitDefault(field) ??
      unknownCondition(field, fields) ??
      circle(field, fields) ??
      neverShown(field, fields)
    return text === null ? [] : [{ key: field.key, text: `The field "${field.label}" ${text}` }]
  })
}

const ORDERED = new Set<string>(['number', 'date', 'date-time'])
const WRITTEN = new Set<string>(['text', 'long-text', 'url'])

function unfitValidation({ type, validation }: CustomField): string | null {
  if (!validation) return null
  const { min, max, maxLength, pattern } = validation
  const bounds = Object.entries({ min, max }).filter(([, bound]) => bound !== undefined)
  for (const [word, bound] of bounds) {
    if (!ORDERED.has(type)) return `takes no ${word}: only numbers, dates and times do. Take it out.`
    const example = { number: '5', date: '"2026-04-03"', 'date-time': '"2026-04-03T09:30:00Z"' }[type as 'number']
    if (placeOf(type, bound) === null) return `has a ${word} that is none for its kind. Write it such as ${example}.`
  }
  const [low, high] = [placeOf(type, min), placeOf(type, max)]
  if (low !== null && high !== null && low > high)
    return `has the min ${min} above the max ${max}. Swap or correct them.`
  if ((maxLength !== undefined || pattern) && !WRITTEN.has(type))
    return `takes no ${pattern ? 'pattern' : 'maxLength'}: only texts and links do. Take it out.`
  return null
}

function unfitDefault(field: CustomField): string | null {
  const value = field.default
  if (value === undefined || value === null) return null
  if ('options' in field) {
    if (Array.isArray(value) !== (field.type === 'multi-select'))
      return `has a default of another kind. Give it ${field.type === 'select' ? 'one of its options' : 'a list of its options'}.`
    const keys = new Set(field.options.filter(({ retired }) => !retired).map(({ key }) => key))
    const stray = [value].flat().find((one) => !keys.has(String(one)))
    return stray === undefined
      ? null
      : `has the default "${String(stray)}", which is not among its options. Choose one of them.`
  }
  if (!isOfKind(field, value)) return `has a default of another kind. Give it ${KINDS[field.type]}.`
  const wrong = misfitOf(field, value)
  return wrong === null ? null : `has a default that it does not take itself. ${wrong}`
}

/** What each kind of field is given, in words. */
export const KINDS: Record<Exclude<CustomField['type'], 'select' | 'multi-select'>, string> = {
  text: 'a text',
  'long-text': 'a text',
  number: 'a number',
  date: 'a day such as "2026-04-03"',
  'date-time': 'an instant such as "2026-04-03T09:30:00Z"',
  checkbox: 'true or false',
  url: 'a text',
  person: 'the id of a technician or contact',
}

/** Whether a value is of the kind of a field that has no options. */
export function isOfKind({ type }: CustomField, value: FieldValue): boolean {
  if (type === 'number' || type === 'date' || type === 'date-time') return placeOf(type, value) !== null
  return typeof value === (type === 'checkbox' ? 'boolean' : 'string')
}

const conditionsOf = ({ visibleWhen = [], requiredWhen = [] }: CustomField): Condition[] => [
  ...visibleWhen,
  ...requiredWhen,
]

function fieldOf(condition: Condition, fields: readonly CustomField[]): CustomField | undefined {
  const key = customKeyOf(condition.field)
  return key === null ? undefined : fields.find((one) => one.key === key)
}

function unknownCondition(field: CustomField, fields: readonly CustomField[]): string | null {
  for (const condition of conditionsOf(field)) {
    const key = customKeyOf(condition.field)
    const other = fieldOf(condition, fields)
    if (key === null ? !TICKET_FIELDS.some((one) => one === condition.field) : !other)
      return `has a condition on "${condition.field}", which is not there. Name ${TICKET_FIELDS.join(', ')}, or customFields. and a key.`
    if (!('in' in condition) || !other) continue
    const options = 'options' in other ? new Set(other.options.map((one) => one.key)) : null
    const stray = condition.in.find((value) =>
      options ? !options.has(String(value)) : !isOfKind(other, value as FieldValue),
    )
    if (stray !== undefined)
      return `has a condition on ${other.label} with ${JSON.stringify(stray)}, which that field never holds. Choose what it holds.`
  }
  return null
}

/** Fields that are shown only by what each other holds: nobody could say which comes first. */
function circle(field: CustomField, fields: readonly CustomField[]): string | null {
  const passed = new Set<CustomField>()
  const leads = (from: CustomField): boolean =>
    (from.visibleWhen ?? []).some((condition) => {
      const other = fieldOf(condition, fields)
      if (!other) return false
      if (other === field) return true
      if (passed.has(other)) return false
      passed.add(other)
      return leads(other)
    })
  if (leads(field)) return 'is shown by conditions that lead back to it. Take one of them out.'
  if ((field.requiredWhen ?? []).some((one) => fieldOf(one, fields) === field))
    return 'is needed by what it holds itself. Name another field in its conditions.'
  return null
}

/** Whether conditions of a field rule each other out, with those of the fields that have to be shown for them. */
function neverShown(field: CustomField, fields: readonly CustomField[]): string | null {
  if (!canHold(field.visibleWhen ?? [], fields))
    return 'is never shown: its conditions rule each other out. Correct visibleWhen.'
  if (field.requiredWhen && !canHold(conditionsOf(field), fields))
    return 'is needed only where it is not shown. Correct visibleWhen or requiredWhen.'
  return null
}

function canHold(conditions: readonly Condition[], fields: readonly CustomField[]): boolean {
  const all = [...conditions]
  const opened = new Set<CustomField>()
  for (let i = 0; i < all.length; i++) {
    const condition = all[i] as Condition
    const field = fieldOf(condition, fields)
    // What holds something is shown itself.
    if (!field || opened.has(field) || !asksForSomething(condition)) continue
    opened.add(field)
    all.push(...(field.visibleWhen ?? []))
  }
  const byName = Map.groupBy(all, ({ field }) => field)
  return [...byName.values()].every((about) => agree(about, fields))
}

function asksForSomething(condition: Condition): boolean {
  return 'in' in condition ? condition.in.every(isFilled) : condition.filled
}

/** Whether one value can meet all conditions on a field. */
function agree(conditions: readonly Condition[], fields: readonly CustomField[]): boolean {
  const [first] = conditions
  if (!first) return true
  const field = fieldOf(first, fields)
  const filled = new Set(conditions.flatMap((one) => ('filled' in one ? [one.filled] : [])))
  if (filled.size === 2) return false
  if (filled.has(false) && (first.field === 'status' || first.field === 'priority')) return false
  const lists = conditions.flatMap((one) => ('in' in one ? [one.in as readonly unknown[]] : []))
  // One of several values can meet each list by another of them.
  const several = first.field === 'tags' || field?.type === 'multi-select'
  if (several) return lists.length === 0 || !filled.has(false)
  const [some = []] = lists
  const left = some.filter((value) => lists.every((list) => list.includes(value)))
  return lists.length === 0 || left.some((value) => !filled.has(!isFilled(value)))
}
