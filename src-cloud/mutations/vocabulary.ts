import { z } from 'zod'
import type { Choice, Configuration, CustomField } from '../../src-shared/domain/configuration.ts'
import { Instant } from '../../src-shared/domain/primitives.ts'
import { retiredIn } from '../../src-shared/domain/retired.ts'
import type { FieldValue, TicketPatch } from '../../src-shared/domain/ticket.ts'

/**
 * Checks the new values of a ticket against the tenant's own words.
 * @param had what the ticket has: that may stay, also where it was retired
 * @returns what is wrong with the first that does not fit, or null
 */
export function misfit(configuration: Configuration, patch: TicketPatch, had: TicketPatch): string | null {
  return (
    unknownKey('status', patch.status, configuration.statuses) ??
    unknownKey('priority', patch.priority, configuration.priorities) ??
    unknownKey('type', patch.type, configuration.types) ??
    unknownKey('queue', patch.queue, configuration.queues) ??
    misfitField(configuration.customFields, patch.customFields ?? {}) ??
    retiredIn(configuration, patch, had)
  )
}

function unknownKey(word: string, key: string | null | undefined, known: Pick<Choice, 'key'>[]): string | null {
  if (key == null || known.some((one) => one.key === key)) return null
  return `This client has no ${word} "${key}" (any more). Choose another.`
}

function misfitField(fields: CustomField[], values: Record<string, FieldValue>): string | null {
  for (const [key, value] of Object.entries(values)) {
    const field = fields.find((one) => one.key === key)
    if (!field) return `This client has no field "${key}" (any more).`
    if (value !== null && !fits(field, value)) return `The field "${field.label}" does not take that value.`
  }
  return null
}

function fits(field: CustomField, value: FieldValue): boolean {
  switch (field.type) {
    case 'text':
    case 'long-text':
    case 'person':
      return typeof value === 'string'
    case 'number':
      return typeof value === 'number'
    case 'checkbox':
      return typeof value === 'boolean'
    case 'date':
      return typeof value === 'string' && (value === '' || DateOrInstant.safeParse(value).success)
    case 'date-time':
      return typeof value === 'string' && (value === '' || Instant.safeParse(value).success)
    case 'url':
      return typeof value === 'string' && (value === '' || z.url().safeParse(value).success)
    case 'select':
      return field.options.some((option) => option.key === value)
    case 'multi-select':
      return Array.isArray(value) && value.every((one) => field.options.some((option) => option.key === one))
  }
}

const DateOrInstant = z.union([z.iso.date(), z.iso.datetime()])
