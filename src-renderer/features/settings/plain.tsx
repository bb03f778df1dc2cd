import { useState } from 'react'
import type { EditorProps } from './editor.ts'
import classes from './settings.module.css'

/** A whole number, or nothing where that is possible. */
export function NumberEditor<Value extends number | null>({
  label,
  unit,
  value,
  none,
  onChange,
}: Omit<EditorProps<Value>, 'problems'> & { label: string; unit: string; none?: string }) {
  return (
    <label className={classes.field}>
      <span>{label}</span>
      <input
        type="number"
        min={0}
        aria-label={label}
        value={value ?? ''}
        placeholder={none ?? ''}
        onChange={(event) => {
          const number = event.target.valueAsNumber
          if (Number.isInteger(number)) onChange(number as Value)
          else if (none !== undefined && event.target.value === '') onChange(null as Value)
        }}
      />
      <em>{unit}</em>
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

export function WordsEditor({ label, value, onChange }: Omit<EditorProps<string[]>, 'problems'> & { label: string }) {
  const [typed, setTyped] = useState<string | null>(null)
  return (
    <label className={classes.block}>
      <span>{label}</span>
      <textarea
        rows={3}
        spellCheck={false}
        value={typed ?? value.join(', ')}
        onChange={(event) => {
          setTyped(event.target.value)
          onChange(event.target.value.split(/[\s,]+/).filter((word) => word !== ''))
        }}
        onBlur={() => setTyped(null)}
      />
    </label>
  )
}

/** What has no form of its own, as text in JSON; what cannot be read is said and changes nothing. */
export function TextEditor({ label, value, onChange }: Omit<EditorProps<unknown>, 'problems'> & { label: string }) {
  const [typed, setTyped] = useState<string | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  return (
    <label className={classes.block}>
      <span>{label}, as text (JSON)</span>
      <textarea
        rows={18}
        spellCheck={false}
        className={classes.code}
        aria-label={label}
        aria-invalid={problem !== null}
        value={typed ?? JSON.stringify(value, null, 2)}
        onChange={(event) => {
          setTyped(event.target.value)
          try {
            onChange(JSON.parse(event.target.value))
            setProblem(null)
          } catch (error) {
            setProblem(`This is no JSON yet: ${error instanceof Error ? error.message : 'it cannot be read'}.`)
          }
        }}
      />
      {problem && (
        <em role="alert" className={classes.bad}>
          {problem}
        </em>
      )}
    </label>
  )
}
