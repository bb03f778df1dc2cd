import { IconX } from '@tabler/icons-react'
import { choosable, type CustomField } from '../../../src-shared/domain/configuration.ts'
import type { Macro } from '../../../src-shared/domain/macros.ts'
import type { FieldValue } from '../../../src-shared/domain/ticket.ts'
import { Several } from './rule-form.tsx'
import type { Named } from './rule-words.ts'
import { gone, Select } from './rows.tsx'
import rules from './rules.module.css'

interface MacroFieldsProps {
  macro: Macro
  fields: readonly CustomField[]
  technicians: Named['technicians']
  onChange(part: Pick<Macro, 'fields'>): void
}

/** What a macro gives the client's own fields. */
export function MacroFields({ macro, fields, technicians, onChange }: MacroFieldsProps) {
  const { label, fields: given = {} } = macro
  const write = (next: Record<string, FieldValue>): void =>
    onChange({ fields: Object.keys(next).length > 0 ? next : undefined })
  const free = choosable(fields).filter(({ key }) => !Object.hasOwn(given, key))
  return (
    <div className={rules.given} role="group" aria-label={`Fields that ${label} fills`}>
      {Object.entries(given).map(([key, value]) => {
        const field = fields.find((one) => one.key === key)
        const name = field?.label ?? `${key} (not there)`
        return (
          <div key={key} className={rules.givenField}>
            <span>{name}</span>
            {field && (
              <Given
                {...{ field, value, technicians }}
                label={`${name}, by ${label}`}
                onChange={(next) => write({ ...given, [key]: next })}
              />
            )}
            <button
              type="button"
              aria-label={`${label} leaves ${name} as it is`}
              onClick={() => {
                const { [key]: _, ...rest } = given
                write(rest)
              }}
            >
              <IconX size={14} />
            </button>
          </div>
        )
      })}
      {free.length > 0 && (
        <Select
          label={`Fill a field by ${label}`}
          value=""
          options={[['', 'Fill a field'], ...free.map((one) => [one.key, one.label] as const)]}
          onChange={(key) => {
            const field = free.find((one) => one.key === key)
            if (field) write({ ...given, [key]: firstOf(field) })
          }}
        />
      )}
    </div>
  )
}

/** What a field is given at first. */
function firstOf(field: CustomField): FieldValue {
  if (field.type === 'select') return choosable(field.options)[0]?.key ?? null
  if (field.type === 'checkbox') return true
  return field.type === 'person' ? 'me' : null
}

interface GivenProps {
  field: CustomField
  value: FieldValue
  label: string
  technicians: Named['technicians']
  onChange(value: FieldValue): void
}

const EMPTY = ['', 'Empties it'] as const

function Given({ field, value, label, technicians, onChange }: GivenProps) {
  const text = value === null ? '' : String(value)
  const choice = (options: readonly (readonly [string, string])[], write: (text: string) => FieldValue) => (
    <Select
      {...{ label }}
      value={text}
      options={[EMPTY, ...options, ...(options.some(([key]) => key === text) || text === '' ? [] : [gone(text)])]}
      onChange={(next) => onChange(next === '' ? null : write(next))}
    />
  )
  switch (field.type) {
    case 'select':
      return choice(
        choosable(field.options, text).map((one) => [one.key, one.retired ? `${one.label} (retired)` : one.label]),
        (key) => key,
      )
    case 'multi-select':
      return (
        <Several
          label={label}
          none="empties it"
          value={Array.isArray(value) ? value : []}
          options={choosable(field.options).map((one) => [one.key, one.label] as const)}
          onChange={(keys) => onChange(keys ?? null)}
        />
      )
    case 'checkbox':
      return choice(
        [
          ['true', 'Yes'],
          ['false', 'No'],
        ],
        (key) => key === 'true',
      )
    case 'person':
      return choice([['me', 'Whoever uses it'], ...technicians.map(({ id, name }) => [id, name] as const)], (id) => id)
    default:
      return (
        <input
          aria-label={label}
          inputMode={field.type === 'number' ? 'decimal' : undefined}
          placeholder={
            field.type === 'date' || field.type === 'date-time'
              ? 'Empties it. Such as: in 2 working days'
              : 'Empties it'
          }
          value={text}
          maxLength={10_000}
          onChange={({ target }) => onChange(valueOf(field, target.value))}
        />
      )
  }
}

/** A text as it is typed; what is no number yet stays a text, and is said not to fit. */
function valueOf({ type }: CustomField, text: string): FieldValue {
  if (text.trim() === '') return null
  const number = Number(text)
  return type === 'number' && String(number) === text.trim() ? number : text
}
