import type { FieldValue } from '../../../src-shared/domain/ticket.ts'
import inputs from './inputs.module.css'
import { useTyped } from './use-typed.ts'

interface SeveralLinesProps {
  label: string
  value: FieldValue | undefined
  onChange(value: FieldValue): void
}

/** A field of several lines: Enter begins one, Ctrl+Enter ends. */
export function SeveralLines({ label, value, onChange }: SeveralLinesProps) {
  const typed = useTyped(
    value === null || value === undefined ? '' : String(value),
    (text) => {
      onChange(text === '' ? null : text)
      return true
    },
    ({ ctrlKey, metaKey }) => ctrlKey || metaKey,
  )
  return (
    <textarea
      className={`${inputs.input} ${inputs.lines}`}
      rows={2}
      maxLength={10_000}
      aria-label={label}
      placeholder="Not set"
      {...typed}
    />
  )
}
