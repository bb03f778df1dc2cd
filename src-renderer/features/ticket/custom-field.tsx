import { lazy, Suspense, useState } from 'react'
import { choosable, type CustomField } from '../../../src-shared/domain/configuration.ts'
import { misfitOf } from '../../../src-shared/domain/field-states.ts'
import type { FieldValue } from '../../../src-shared/domain/ticket.ts'
import { Choice } from '../../ui/choice.tsx'
import inputs from './inputs.module.css'
import classes from './ticket.module.css'
import { useTyped } from './use-typed.ts'

// Few clients have such fields.
const SeveralLines = lazy(async () => ({ default: (await import('./several-lines.tsx')).SeveralLines }))
const InstantInput = lazy(async () => ({ default: (await import('./instant-input.tsx')).InstantInput }))
const SeveralChoices = lazy(async () => ({ default: (await import('./several-choices.tsx')).SeveralChoices }))
const PersonInput = lazy(async () => ({ default: (await import('./person-input.tsx')).PersonInput }))

interface CustomFieldInputProps {
  field: CustomField
  value: FieldValue | undefined
  onChange(value: FieldValue): void
  /** What opens has to stay inside: nothing is shown above a dialog. */
  inDialog?: boolean
}

/** A field that the client's own configuration describes, as its type is edited. */
export function CustomFieldInput({ field, value, onChange, inDialog = false }: CustomFieldInputProps) {
  switch (field.type) {
    case 'select':
      return (
        <Choice
          label={field.label}
          placeholder="Not set"
          clearable
          toggles
          options={choosable(field.options, typeof value === 'string' ? value : null)}
          value={typeof value === 'string' ? value : null}
          onChange={onChange}
          inDialog={inDialog}
        />
      )
    case 'multi-select': {
      const chosen = Array.isArray(value) ? value : []
      const known = new Set(field.options.map(({ key }) => key))
      // A key that the configuration lost stays until somebody takes it off.
      const options = [...field.options, ...chosen.filter((key) => !known.has(key)).map((key) => ({ key, label: key }))]
      const labels = options.filter(({ key }) => chosen.includes(key)).map(({ label }) => label)
      return (
        <Suspense fallback={<span className={inputs.input}>{labels.join(', ')}</span>}>
          <SeveralChoices
            label={field.label}
            options={options}
            chosen={chosen}
            inDialog={inDialog}
            onChange={(keys) => onChange(keys.length === 0 ? null : keys)}
          />
        </Suspense>
      )
    }
    case 'checkbox':
      return (
        <input
          type="checkbox"
          className={inputs.checkbox}
          aria-label={field.label}
          checked={value === true}
          onChange={(event) => onChange(event.target.checked)}
        />
      )
    case 'long-text':
      return (
        <Suspense fallback={<span className={`${inputs.input} ${inputs.lines}`}>{String(value ?? '')}</span>}>
          <SeveralLines key={String(value ?? '')} label={field.label} value={value} onChange={onChange} />
        </Suspense>
      )
    case 'date-time':
      return (
        <Suspense fallback={<span className={inputs.input} />}>
          <InstantInput key={String(value ?? '')} label={field.label} value={value} onChange={onChange} />
        </Suspense>
      )
    case 'person':
      return (
        <Suspense fallback={<span className={inputs.input} />}>
          <PersonInput label={field.label} value={value} onChange={onChange} />
        </Suspense>
      )
    default:
      return <TextInput key={String(value ?? '')} field={field} value={value} onChange={onChange} />
  }
}

/** A one-line field. What does not fit it stays as it was typed, with the reason, until it is mended or taken back. */
function TextInput({ field, value, onChange }: CustomFieldInputProps) {
  const before = value === null || value === undefined ? '' : String(value)
  const [problem, setProblem] = useState<string | null>(null)
  const typed = useTyped(before, (text) => {
    const given = text === '' ? null : field.type === 'number' ? Number(text) : text
    const wrong =
      typeof given === 'number' && !Number.isFinite(given)
        ? `${field.label} has to be a number.`
        : misfitOf(field, given)
    setProblem(wrong)
    if (wrong === null) onChange(given)
    return true
  })
  const said = typed.value.trim() === before.trim() ? null : problem
  return (
    <div>
      <input
        className={inputs.input}
        type={field.type === 'date' ? 'date' : 'text'}
        inputMode={field.type === 'number' ? 'decimal' : undefined}
        aria-label={field.label}
        aria-invalid={said !== null || undefined}
        placeholder="Not set"
        {...typed}
      />
      {said !== null && (
        <p className={inputs.misfit} role="alert">
          {said}
        </p>
      )}
    </div>
  )
}

/** A value that no configuration describes, as it is. */
export function UnknownField({ value }: { value: FieldValue }) {
  if (value === null || value === '') return <span className={classes.quiet}>Not set</span>
  return <span className={classes.value}>{Array.isArray(value) ? value.join(', ') : String(value)}</span>
}
