import { LISTS_OF, WORD_FIELDS, type Configuration } from './configuration.ts'
import { own } from './own.ts'
import type { FieldValue, TicketPatch } from './ticket.ts'

/**
 * Why a ticket may not be given these values: they were retired. What it has already stays and may be written again.
 * Keys that the configuration does not know are none of its business.
 * @param had what the ticket has; nothing for a new one
 * @returns one sentence about the first, that says what to do, or null
 */
export function retiredIn(configuration: Configuration, patch: TicketPatch, had: TicketPatch = {}): string | null {
  for (const field of WORD_FIELDS) {
    const key = patch[field] === had[field] ? undefined : patch[field]
    const one = configuration[LISTS_OF[field]].find((entry) => entry.retired && entry.key === key)
    if (one) return sentenceOf(`${field} “${one.label}”`)
  }
  return retiredOfOwn(configuration.customFields, patch.customFields ?? {}, had.customFields ?? {})
}

function retiredOfOwn(
  fields: Configuration['customFields'],
  values: Record<string, FieldValue>,
  had: Record<string, FieldValue>,
): string | null {
  for (const field of fields) {
    const value = own(values, field.key) ?? null
    if (value === null) continue
    const before = own(had, field.key) ?? null
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

function sentenceOf(what: string): string {
  return `The ${what} is retired and cannot be chosen any more. Choose another.`
}
