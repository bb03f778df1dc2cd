import type { Choice, Configuration } from './configuration.ts'
import type { FieldValue, TicketPatch } from './ticket.ts'

/**
 * Why a ticket may not be given these values: they were retired. What it has already stays and may be written again.
 * Keys that the configuration does not know are none of its business.
 * @param had what the ticket has; nothing for a new one
 * @returns one sentence about the first, that says what to do, or null
 */
export function retiredIn(configuration: Configuration, patch: TicketPatch, had: TicketPatch = {}): string | null {
  const { statuses, priorities, types, queues, customFields } = configuration
  return (
    retiredKey('status', statuses, patch.status, had.status) ??
    retiredKey('priority', priorities, patch.priority, had.priority) ??
    retiredKey('type', types, patch.type, had.type) ??
    retiredKey('queue', queues, patch.queue, had.queue) ??
    retiredOfOwn(customFields, patch.customFields ?? {}, had.customFields ?? {})
  )
}

function retiredKey(word: string, list: readonly Choice[], key: unknown, had: unknown): string | null {
  const one = had === key ? undefined : list.find((entry) => entry.retired && entry.key === key)
  return one ? sentenceOf(`${word} “${one.label}”`) : null
}

function retiredOfOwn(
  fields: Configuration['customFields'],
  values: Record<string, FieldValue>,
  had: Record<string, FieldValue>,
): string | null {
  for (const field of fields) {
    const value = valueOf(values, field.key)
    if (value === null) continue
    const before = valueOf(had, field.key)
    if (field.retired && before === null)
      return `The field “${field.label}” is retired and takes nothing new. Leave it empty.`
    if (!('options' in field)) continue
    const there = new Set([before].flat())
    const chosen = [value].flat().filter((key) => !there.has(key))
    const option = field.options.find((one) => one.retired && chosen.includes(one.key))
    if (option) return sentenceOf(`option “${option.label}” of “${field.label}”`)
  }
  return null
}

function valueOf(values: Record<string, FieldValue>, key: string): FieldValue {
  return Object.hasOwn(values, key) ? (values[key] ?? null) : null
}

function sentenceOf(what: string): string {
  return `The ${what} is retired and cannot be chosen any more. Choose another.`
}
