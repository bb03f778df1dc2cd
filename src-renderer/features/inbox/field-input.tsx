import { useLayoutEffect, useRef, type KeyboardEvent } from 'react'
import { useDesk } from '../../tenant/desk.tsx'
import classes from './inbox.module.css'
import { localText } from '../../ui/local-text.ts'
import { taskField } from '../../../src-shared/domain/task-list.ts'
import { ContactFinder } from '../new-ticket/contact-finder.tsx'
import { customFieldOf, optionsOf } from './value-text.ts'

interface FieldInputProps {
  field: string
  label: string
  value: unknown
  onChange(value: unknown): void
  /** Told what a person is called who was chosen. */
  onName?(id: string, name: string): void
  /** Enter, or Escape: back to where the keys decide. */
  onDone(): void
}

/** The input that a field needs, with its present value. Native controls: they are quick by keyboard everywhere. */
export function FieldInput({ field, label, value, onChange, onName, onDone }: FieldInputProps) {
  const desk = useDesk()
  const custom = customFieldOf(field, desk)
  const choices = optionsOf(field, desk)
  const task = taskField(field)?.field
  const common = {
    className: classes.input,
    'aria-label': label,
    autoFocus: true,
    onKeyDown(event: KeyboardEvent) {
      if (event.key !== 'Enter' && event.key !== 'Escape') return
      event.preventDefault()
      event.stopPropagation()
      onDone()
    },
  }
  const text = value === null || value === undefined ? '' : String(value)
  if (custom?.type === 'person')
    return <PersonField label={label} value={text || null} {...{ onChange, onDone, onName }} />
  if (choices) {
    return (
      <select {...common} value={text} onChange={(event) => onChange(event.target.value || null)}>
        {(choices.none !== null || text === '') && <option value="">{choices.none ?? 'Choose'}</option>}
        {choices.options.map(({ key, label: name }) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
    )
  }
  if (custom?.type === 'checkbox' || field === 'vip' || task === 'done') {
    return (
      <select {...common} value={String(value === true)} onChange={(event) => onChange(event.target.value === 'true')}>
        <option value="true">Yes</option>
        <option value="false">No</option>
      </select>
    )
  }
  if (custom?.type === 'multi-select') {
    return (
      <select
        {...common}
        multiple
        value={Array.isArray(value) ? value.map(String) : []}
        onChange={(event) => onChange([...event.target.selectedOptions].map((option) => option.value))}
      >
        {custom.options.map(({ key, label: name }) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
    )
  }
  if (field === 'tags') {
    return (
      <input
        {...common}
        defaultValue={Array.isArray(value) ? value.join(', ') : ''}
        placeholder="Tags, with commas between"
        onChange={(event) =>
          onChange(
            event.target.value
              .split(',')
              .map((tag) => tag.trim())
              .filter(Boolean),
          )
        }
      />
    )
  }
  if (custom?.type === 'long-text') {
    return (
      <textarea
        {...common}
        rows={4}
        defaultValue={text}
        onKeyDown={(event) => {
          // Enter begins a line here.
          if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) common.onKeyDown(event)
          else event.stopPropagation()
        }}
        onChange={({ target }) => onChange(target.value === '' ? null : target.value)}
      />
    )
  }
  if (field === 'snoozedUntil' || task === 'dueAt' || custom?.type === 'date-time') {
    return (
      <input
        {...common}
        type="datetime-local"
        defaultValue={localText(text)}
        onChange={({ target }) => onChange(target.value === '' ? null : new Date(target.value).toISOString())}
      />
    )
  }
  if (custom?.type === 'number') {
    return (
      <input
        {...common}
        type="number"
        step="any"
        defaultValue={text}
        onChange={(event) => onChange(event.target.value === '' ? null : event.target.valueAsNumber)}
      />
    )
  }
  return (
    <input
      {...common}
      type={custom?.type === 'date' ? 'date' : 'text'}
      value={text}
      onChange={(event) =>
        onChange(event.target.value === '' && field !== 'subject' && field !== 'name' ? null : event.target.value)
      }
    />
  )
}

/** A person is chosen by name; Enter on one goes back to the keys. */
function PersonField({
  label,
  value,
  onChange,
  onName,
  onDone,
}: Omit<FieldInputProps, 'field' | 'value'> & { value: string | null }) {
  const { technicians } = useDesk()
  const area = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => area.current?.querySelector('input')?.focus(), [])
  return (
    <div
      ref={area}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.preventDefault()
        event.stopPropagation()
        onDone()
      }}
    >
      <ContactFinder
        label={label}
        contactId={value}
        technicians={technicians}
        onPick={(person) => {
          if (person) onName?.(person.id, person.name)
          onChange(person?.id ?? null)
          if (person) onDone()
        }}
      />
    </div>
  )
}
