import { useState } from 'react'
import { isFilled } from '../../../src-shared/domain/field-states.ts'
import type { FieldValue } from '../../../src-shared/domain/ticket.ts'
import { useDesk } from '../../tenant/desk.tsx'
import { Field } from '../ticket/choice-field.tsx'
import { CustomFieldInput } from '../ticket/custom-field.tsx'
import classes from './bulk.module.css'

interface BulkNeededProps {
  /** Keys of fields that some of the tickets need and lack. */
  needs: readonly string[]
  fill: Readonly<Record<string, FieldValue>>
  onFill(fill: Record<string, FieldValue>): void
}

/** Asks once for the fields that some of many tickets need; those that have them keep what they have. */
export function BulkNeeded({ needs, fill, onFill }: BulkNeededProps) {
  const { customFields } = useDesk().configuration
  // What was asked for stays, also once it is there.
  const [asked, setAsked] = useState(needs)
  const more = needs.filter((key) => !asked.includes(key))
  if (more.length > 0) setAsked([...asked, ...more])
  const fields = customFields.filter(({ key }) => asked.includes(key))
  if (fields.length === 0) return null
  return (
    <fieldset className={classes.needed}>
      <legend>For those that lack it:</legend>
      {fields.map((field) => (
        <Field key={field.key} label={field.label} pending={false} needed>
          <CustomFieldInput
            field={field}
            inDialog
            value={fill[field.key]}
            onChange={(value) => {
              const { [field.key]: _, ...rest } = fill
              onFill(isFilled(value) ? { ...rest, [field.key]: value } : rest)
            }}
          />
        </Field>
      ))}
    </fieldset>
  )
}
