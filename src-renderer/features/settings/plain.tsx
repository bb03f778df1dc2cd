import { useState } from 'react'
import type { EditorProps } from './editor.ts'
import { Problems } from './field-problems.tsx'
import classes from './settings.module.css'

/** A whole number, or nothing where that is possible. */
export function NumberEditor<Value extends number | null>({
  label,
  unit,
  value,
  none,
  problems,
  onChange,
}: EditorProps<Value> & { label: string; unit: string; none?: string }) {
  return (
    <label className={classes.field}>
      <span>{label}</span>
      <input
        type="number"
        min={0}
        aria-label={label}
        aria-invalid={problems.length > 0 || undefined}
        value={value ?? ''}
        placeholder={none ?? ''}
        onChange={(event) => {
          const number = event.target.valueAsNumber
          if (Number.isInteger(number)) onChange(number as Value)
          else if (none !== undefined && event.target.value === '') onChange(null as Value)
        }}
      />
      <em>{unit}</em>
      <Problems of={problems} />
    </label>
  )
}

export function ToggleEditor({ label, value, onChange }: Omit<EditorProps<boolean>, 'problems'> & { label: string }) {
  return (
    <label className={classes.check}>
      <input type="checkbox" checked={value} onChange={(event) => onChange(event.target.checked)} />
      {label}
    </label>
  )
}

export function WordsEditor({
  label,
  value,
  problems,
  rows = 3,
  onChange,
}: EditorProps<string[]> & { label: string; rows?: number }) {
  const [typed, setTyped] = useState<string | null>(null)
  return (
    <label className={classes.block}>
      <span>{label}</span>
      <textarea
        rows={rows}
        spellCheck={false}
        value={typed ?? value.join(', ')}
        onChange={(event) => {
          setTyped(event.target.value)
          onChange(event.target.value.split(/[\s,]+/).filter((word) => word !== ''))
        }}
        onBlur={() => setTyped(null)}
      />
      <Problems of={problems} />
    </label>
  )
}
