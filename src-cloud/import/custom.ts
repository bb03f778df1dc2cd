import { z } from 'zod'
import type { CustomField } from '../../src-shared/domain/configuration.ts'
import type { FieldValue } from '../../src-shared/domain/ticket.ts'
import type { CellField } from './columns.ts'
import type { DateReader, Found } from './dates.ts'
import type { OwnWords } from './words.ts'

type Cell = (field: CellField) => string | undefined

/**
 * The values of a client's own fields in a row; of those whose cell is empty there is none.
 * @param personOf the id of whom a name or an address means; nobody stays as it is written
 */
export function customValues(
  fields: readonly CustomField[],
  cell: Cell,
  words: OwnWords,
  dates: DateReader,
  personOf: (text: string) => string | undefined,
): { values: Record<string, FieldValue> } | { reason: string } {
  const values: Record<string, FieldValue> = {}
  for (const field of fields) {
    const text = cell(`custom:${field.key}`)
    if (text === undefined) continue
    const found = 'options' in field ? choiceOf(field, text, words) : null
    if (found && 'reason' in found) return found
    const value = found ? found.value : valueOf(field, text, dates, personOf)
    if (value === undefined) continue
    if (typeof value === 'object' && value !== null && 'reason' in value) return value
    if (value === null) return { reason: `${field.label}: "${text.slice(0, 60)}" is no ${expected(field)}.` }
    values[field.key] = value
  }
  return { values }
}

/** A day, whichever way it is written; an instant stays as it came. */
function dateOf(text: string, { key, label }: CustomField, dates: DateReader): FieldValue | { reason: string } {
  if (z.union([z.iso.date(), z.iso.datetime()]).safeParse(text).success) return text
  return foundIn(dates.day(text, `custom:${key}`, label))
}

function foundIn(found: Found): FieldValue | { reason: string } {
  return 'reason' in found ? found : (found.value ?? null)
}

/** Null where the text does not fit, or why. */
function valueOf(
  field: CustomField,
  text: string,
  dates: DateReader,
  personOf: (text: string) => string | undefined,
): FieldValue | { reason: string } {
  switch (field.type) {
    case 'text':
    case 'long-text':
      return text.slice(0, 10_000)
    case 'person':
      return personOf(text) ?? text.slice(0, 10_000)
    case 'number': {
      const number = Number(text.replace(/(?<=\d)[ ,](?=\d{3}\b)/g, ''))
      return Number.isFinite(number) ? number : null
    }
    case 'checkbox':
      return /^(?:1|y|yes|true|x|ja|oui|si)$/i.test(text)
        ? true
        : /^(?:0|n|no|false|nein|non)$/i.test(text)
          ? false
          : null
    case 'date':
      return dateOf(text, field, dates)
    case 'date-time':
      return foundIn(dates.instant(text, `custom:${field.key}`, field.label))
    case 'url':
      return z.url().safeParse(text).success ? text : null
    case 'select':
    case 'multi-select':
      return null
  }
}

/** Undefined where all of its words are left out. */
function choiceOf(
  { key, type }: CustomField,
  text: string,
  words: OwnWords,
): { value: FieldValue | undefined } | { reason: string } {
  if (type === 'select') return words.find(`custom:${key}`, text)
  const found = words.findAll(`custom:${key}`, text)
  return 'value' in found && found.value.length === 0 ? { value: undefined } : found
}

function expected(field: CustomField): string {
  if (field.type === 'number') return 'number'
  if (field.type === 'checkbox') return 'yes or no'
  if (field.type === 'url') return 'web address'
  return 'text'
}
