import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { CustomField } from '../../../src-shared/domain/configuration.ts'
import { misfitOf, missingFields } from '../../../src-shared/domain/field-states.ts'
import type { FieldValue, Ticket, TicketPatch } from '../../../src-shared/domain/ticket.ts'
import { keysText } from '../../app/commands/key-names.ts'
import { useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { ticketQuery } from '../../tenant/queries.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { PageButton } from '../../ui/page.tsx'
import { labelIn, numberText, wordsOf } from '../tickets/words.ts'
import { Field } from './choice-field.tsx'
import { CustomFieldInput } from './custom-field.tsx'
import classes from './needed.module.css'
import type { Subject } from './ticket-actions.tsx'

export interface NeededProps {
  ticket: Subject
  /** What was to be changed. */
  patch: TicketPatch
  /** Why it was not: names the fields. */
  message: string
  /** Takes the change with the fields filled in. */
  onFill(patch: TicketPatch): void
  onClose(): void
}

/** Asks for the fields that a ticket needs before it is resolved or closed, and changes it with them in one go. */
export function NeededDialog({ ticket, patch, message, onFill, onClose }: NeededProps) {
  const tenant = useTenant()
  const desk = useDesk()
  const { customFields: fields } = desk.configuration
  const { data: detail } = useQuery(ticketQuery(tenant, ticket.id))
  const data = detail?.ticket
  // An input gives its value when it is left, in the same breath as Enter is pressed.
  const given = useRef<Record<string, FieldValue>>({})
  const [values, setValues] = useState(given.current)
  const [asked, setAsked] = useState<CustomField[]>([])
  const [problem, setProblem] = useState<string | null>(null)
  const area = useRef<HTMLDivElement>(null)
  const { tasks: _, ...rest } = patch
  const after = (there: Ticket): Ticket => ({
    ...there,
    ...rest,
    customFields: { ...there.customFields, ...patch.customFields, ...given.current },
  })
  // What was asked for stays, and what is needed by an answer comes along.
  const missing = data ? missingFields(fields, after(data)) : []
  const added = missing.filter((field) => !asked.includes(field))
  if (added.length > 0) setAsked(fields.filter((field) => asked.includes(field) || added.includes(field)))
  const focus = (index: number): void =>
    area.current?.children[index]?.querySelector<HTMLElement>('input, textarea, button')?.focus()
  const some = asked.length > 0
  useEffect(() => {
    if (some) area.current?.querySelector<HTMLElement>('input, textarea, button')?.focus()
  }, [some])
  const set = (key: string, value: FieldValue): void => {
    given.current = { ...given.current, [key]: value }
    setValues(given.current)
    setProblem(null)
  }
  const fill = (): void => {
    if (!data) return
    const lacks = missingFields(fields, after(data))
    const wrong = asked.findIndex(
      (field) => lacks.includes(field) || misfitOf(field, given.current[field.key]) !== null,
    )
    const field = asked[wrong]
    if (field) {
      setProblem(misfitOf(field, given.current[field.key]) ?? message)
      focus(wrong)
    } else if (lacks.length === 0) onFill({ ...patch, customFields: { ...patch.customFields, ...given.current } })
  }
  const action = patch.status === undefined ? 'Change' : `Set ${labelIn(wordsOf(desk), 'status', patch.status)}`
  return (
    <Dialog label={`What ${numberText(ticket.number)} needs`} className={classes.dialog} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          fill()
        }}
        onKeyDown={(event) => {
          const lines = event.target instanceof HTMLTextAreaElement
          const field = lines || event.target instanceof HTMLInputElement
          if (event.key !== 'Enter' || event.defaultPrevented || !field) return
          if (lines && !event.ctrlKey && !event.metaKey) return
          event.preventDefault()
          fill()
        }}
      >
        <h2>
          {numberText(ticket.number)} · {ticket.subject}
        </h2>
        <p role="alert" data-bad={problem !== null || undefined}>
          {problem ?? message}
        </p>
        <div ref={area} className={classes.fields}>
          {asked.map((field) => (
            <Field key={field.key} label={field.label} pending={false} needed>
              <CustomFieldInput
                field={field}
                inDialog
                value={values[field.key] ?? data?.customFields[field.key]}
                onChange={(value) => set(field.key, value)}
              />
            </Field>
          ))}
        </div>
        <div className={classes.actions}>
          <PageButton onClick={onClose} shortcut="Esc">
            Cancel
          </PageButton>
          <PageButton primary shortcut={keysText('Enter')} disabled={!data} onClick={fill}>
            {action}
          </PageButton>
        </div>
      </form>
    </Dialog>
  )
}
