import type { FieldValue } from '../../../src-shared/domain/ticket.ts'
import { localText } from '../../ui/local-text.ts'
import inputs from './inputs.module.css'
import { useTyped } from './use-typed.ts'

interface InstantInputProps {
  label: string
  value: FieldValue | undefined
  onChange(value: FieldValue): void
}

/** Date and time where the technician is; what is no instant stays to be read. */
export function InstantInput({ label, value, onChange }: InstantInputProps) {
  const given = value === null || value === undefined ? '' : String(value)
  const local = localText(given)
  const typed = useTyped(local || given, (text) => {
    const at = new Date(text)
    if (text !== '' && Number.isNaN(at.getTime())) return false
    onChange(text === '' ? null : at.toISOString())
    return true
  })
  return (
    <input
      className={inputs.input}
      type={given === '' || local !== '' ? 'datetime-local' : 'text'}
      aria-label={label}
      placeholder="Not set"
      {...typed}
    />
  )
}
