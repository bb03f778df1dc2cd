import type { CustomField } from './configuration.ts'
import type { Condition } from './fields.ts'
import { followsPattern } from './naming.ts'
import { own } from './own.ts'
import type { FieldValue, Ticket } from './ticket.ts'

/** What conditions look at. */
export type Asked = Partial<
  Pick<Ticket, 'status' | 'priority' | 'type' | 'queue' | 'assigneeId' | 'requesterId' | 'tags' | 'customFields'>
>

/** The ticket's own fields that conditions can name. */
export const TICKET_FIELDS = ['status', 'priority', 'type', 'queue', 'assigneeId', 'requesterId', 'tags'] as const

const CUSTOM = 'customFields.'

export type FieldState = 'hidden' | 'optional' | 'required'

/** The key of the custom field that a condition names; null where it names one of the ticket's own. */
export function customKeyOf(field: string): string | null {
  return field.startsWith(CUSTOM) ? field.slice(CUSTOM.length) : null
}

/** Whether there is something: a checkbox is filled where it is ticked. */
export function isFilled(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() !== ''
  if (Array.isArray(value)) return value.length > 0
  return value !== undefined && value !== null && value !== false
}

/**
 * How each custom field stands for a ticket: not shown, shown, or shown and needed; by key. What was retired is never
 * needed, and conditions that lead in a circle count as met.
 */
export function fieldStates(fields: readonly CustomField[], ticket: Asked): Map<string, FieldState> {
  const byKey = new Map(fields.map((field) => [field.key, field]))
  const visible = new Map<string, boolean>()
  const isVisible = (field: CustomField): boolean => {
    const known = visible.get(field.key)
    if (known !== undefined) return known
    visible.set(field.key, true)
    const shown = (field.visibleWhen ?? []).every(isMet)
    visible.set(field.key, shown)
    return shown
  }
  const valueOf = (name: string): unknown => {
    const key = customKeyOf(name)
    if (key === null) return TICKET_FIELDS.some((one) => one === name) ? ticket[name as keyof Asked] : undefined
    const field = byKey.get(key)
    const value = field && !isVisible(field) ? undefined : own(ticket.customFields, key)
    return field?.type === 'checkbox' ? value === true : value
  }
  const isMet = (condition: Condition): boolean => {
    const value = valueOf(condition.field)
    if ('filled' in condition) return isFilled(value) === condition.filled
    const values: unknown[] = Array.isArray(value) ? value : [value]
    return values.some((one) => condition.in.some((wanted) => wanted === one))
  }
  return new Map(
    fields.map((field): [string, FieldState] => {
      if (!isVisible(field)) return [field.key, 'hidden']
      const needed = !field.retired && field.requiredWhen?.every(isMet)
      return [field.key, needed ? 'required' : 'optional']
    }),
  )
}

/** The fields that a ticket needs and does not have, in the order of the configuration. */
export function missingFields(fields: readonly CustomField[], ticket: Asked): CustomField[] {
  const states = fieldStates(fields, ticket)
  return fields.filter(({ key }) => states.get(key) === 'required' && !isFilled(own(ticket.customFields, key)))
}

/** The values that a new ticket begins with: what is given, and the defaults of the other fields that are shown then. */
export function withDefaults(fields: readonly CustomField[], ticket: Asked): Record<string, FieldValue> {
  const given = ticket.customFields ?? {}
  const begun = fields.filter((field) => !field.retired && field.default != null && !Object.hasOwn(given, field.key))
  if (begun.length === 0) return given
  const all = { ...given, ...Object.fromEntries(begun.map((field) => [field.key, field.default ?? null])) }
  const states = fieldStates(fields, { ...ticket, customFields: all })
  return Object.fromEntries(
    Object.entries(all).filter(([key]) => Object.hasOwn(given, key) || states.get(key) !== 'hidden'),
  )
}

/** What a value is not that its field asks for, as one sentence; null where it is, and where there is none. */
export function misfitOf(field: CustomField, value: FieldValue | undefined): string | null {
  const { label, type, validation } = field
  if (!validation || !isFilled(value)) return null
  const { min, max, maxLength, pattern } = validation
  const place = placeOf(type, value)
  if (place !== null) {
    const [low, high] = [placeOf(type, min), placeOf(type, max)]
    if ((low !== null && place < low) || (high !== null && place > high))
      return `${label} has to be ${rangeText(min, max)}.`
  }
  if (typeof value !== 'string') return null
  if (maxLength !== undefined && [...value].length > maxLength)
    return `${label} has ${[...value].length} characters; it takes ${maxLength} at most.`
  if (pattern && !followsPattern(value, pattern.like, '')) return `${label}: ${pattern.wanted}`
  return null
}

/** Where a value is among others of its kind; null where it has no order, or is none of the kind. */
export function placeOf(type: CustomField['type'], value: unknown): number | null {
  if (type === 'number') return typeof value === 'number' ? value : null
  if ((type !== 'date' && type !== 'date-time') || typeof value !== 'string') return null
  const at = Date.parse(type === 'date' ? value.slice(0, 10) : value)
  return Number.isNaN(at) ? null : at
}

function rangeText(min: number | string | undefined, max: number | string | undefined): string {
  if (min === undefined) return `${max} at most`
  return max === undefined ? `${min} at least` : `from ${min} to ${max}`
}
