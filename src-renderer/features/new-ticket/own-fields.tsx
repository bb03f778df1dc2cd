import { useState } from 'react'
import { fieldStates, isFilled, withDefaults, type Asked } from '../../../src-shared/domain/field-states.ts'
import type { Ticket } from '../../../src-shared/domain/ticket.ts'
import { useDesk } from '../../tenant/desk.tsx'
import { Field } from '../ticket/choice-field.tsx'
import { CustomFieldInput } from '../ticket/custom-field.tsx'
import classes from './new-ticket.module.css'

interface OwnFieldsProps {
  ticket: Asked
  onChange(customFields: Ticket['customFields']): void
}

/**
 * The client's own fields of a ticket that is written: those that it needs, those that begin with something and those
 * that its priority follows from at once, the others when they are asked for.
 */
export function OwnFields({ ticket, onChange }: OwnFieldsProps) {
  const { customFields: all, priorityMatrix } = useDesk().configuration
  const leads = [priorityMatrix?.impact, priorityMatrix?.urgency]
  const [asked, setAsked] = useState(false)
  const values = withDefaults(all, ticket)
  const states = fieldStates(all, { ...ticket, customFields: values })
  const shown = all.filter(({ key, retired }) => !retired && states.get(key) !== 'hidden')
  const first = shown.filter(
    ({ key }) => states.get(key) === 'required' || Object.hasOwn(values, key) || leads.includes(key),
  )
  const fields = asked ? shown : first
  const rest = shown.length - fields.length
  return (
    <>
      {fields.map((field) => {
        const needed = states.get(field.key) === 'required'
        return (
          <div key={field.key} data-missing={(needed && !isFilled(values[field.key])) || undefined}>
            <Field label={field.label} pending={false} needed={needed}>
              <CustomFieldInput
                field={field}
                value={values[field.key]}
                onChange={(value) => onChange({ ...ticket.customFields, [field.key]: value })}
              />
            </Field>
          </div>
        )
      })}
      {rest > 0 && (
        <button type="button" className={classes.known} onClick={() => setAsked(true)}>
          {rest} more {rest === 1 ? 'field' : 'fields'}
        </button>
      )}
    </>
  )
}

/** Takes the focus to the first field that the ticket needs and does not have. */
export function focusMissing(form: HTMLElement | null): void {
  form?.querySelector<HTMLElement>('[data-missing] :is(input, textarea, button)')?.focus()
}
