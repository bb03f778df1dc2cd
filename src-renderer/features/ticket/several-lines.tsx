import { useState } from 'react'
import type { FieldValue } from '../../../src-shared/domain/ticket.ts'
import classes from './ticket.module.css'

interface SeveralLinesProps {
  label: string
  value: FieldValue | undefined
  onChange(value: FieldValue): void
}

/** A field of several lines; what was typed counts once the field is left or Ctrl+Enter is pressed. */
export function SeveralLines({ label, value, onChange }: SeveralLinesProps) {
  const before = value === null || value === undefined ? '' : String(value)
  const [text, setText] = useState(before)
  return (
    <textarea
      className={`${classes.input} ${classes.lines}`}
      rows={2}
      maxLength={10_000}
      aria-label={label}
      placeholder="Not set"
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => {
        if (text.trim() !== before.trim()) onChange(text.trim() === '' ? null : text.trim())
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.blur()
        else if (event.key === 'Escape') {
          setText(before)
          event.stopPropagation()
        }
      }}
    />
  )
}
