import { useState } from 'react'
import type { FieldValue } from '../../../src-shared/domain/ticket.ts'
import { localText } from '../../ui/local-text.ts'
import classes from './ticket.module.css'

interface InstantInputProps {
  label: string
  value: FieldValue | undefined
  onChange(value: FieldValue): void
}

/** Date and time where the technician is; what is no instant stays to be read. */
export function InstantInput({ label, value, onChange }: InstantInputProps) {
  const given = value === null || value === undefined ? '' : String(value)
  const local = localText(given)
  const before = local || given
  const [text, setText] = useState(before)
  const commit = (): void => {
    if (text.trim() === before.trim()) return
    if (text.trim() === '') return onChange(null)
    const at = new Date(text)
    if (Number.isNaN(at.getTime())) setText(before)
    else onChange(at.toISOString())
  }
  return (
    <input
      className={classes.input}
      type={given === '' || local !== '' ? 'datetime-local' : 'text'}
      aria-label={label}
      placeholder="Not set"
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur()
        else if (event.key === 'Escape') {
          setText(before)
          event.stopPropagation()
        }
      }}
    />
  )
}
