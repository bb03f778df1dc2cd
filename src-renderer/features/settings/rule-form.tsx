import { useState, type ReactNode } from 'react'
import { gone } from './rows.tsx'
import classes from './rules.module.css'
import page from './settings.module.css'

/** A rule as its sentence; its form comes with Enter on it. @param begin whether the form is there at first */
export function Rule({ sentence, begin, children }: { sentence: string; begin: boolean; children(): ReactNode }) {
  const [open, setOpen] = useState(begin)
  return (
    <details className={classes.rule} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{sentence}</summary>
      {open && <div className={classes.form}>{children()}</div>}
    </details>
  )
}

interface SeveralProps {
  label: string
  /** What it means that none is chosen. */
  none: string
  value: readonly string[] | undefined
  options: readonly (readonly [value: string, label: string])[]
  onChange(value: string[] | undefined): void
}

/** Some of a list, by checkboxes; none for all, or as said. */
export function Several({ label, none, value, options, onChange }: SeveralProps) {
  const chosen = value ?? []
  const known = new Set(options.map(([key]) => key))
  const all = [...options, ...chosen.filter((key) => !known.has(key)).map(gone)]
  if (all.length === 0) return null
  return (
    <fieldset className={classes.several}>
      <legend>
        {label}
        {chosen.length === 0 && <em>{none}</em>}
      </legend>
      {all.map(([key, text]) => (
        <label key={key}>
          <input
            type="checkbox"
            checked={chosen.includes(key)}
            onChange={(event) => {
              const next = all
                .map(([one]) => one)
                .filter((one) => (one === key ? event.target.checked : chosen.includes(one)))
              onChange(next.length > 0 ? next : undefined)
            }}
          />
          {text}
        </label>
      ))}
    </fieldset>
  )
}

interface LinesProps {
  label: string
  value: readonly string[] | undefined
  placeholder?: string
  onChange(value: string[] | undefined): void
}

/** Texts, one a line; nothing for none. */
export function Lines({ label, value = [], placeholder, onChange }: LinesProps) {
  const [typed, setTyped] = useState<string | null>(null)
  return (
    <label className={page.block}>
      <span>{label}</span>
      <textarea
        rows={Math.min(6, Math.max(1, value.length + 1))}
        spellCheck={false}
        aria-label={label}
        placeholder={placeholder}
        value={typed ?? value.join('\n')}
        onChange={(event) => {
          setTyped(event.target.value)
          const lines = event.target.value.split('\n').filter((line) => line.trim() !== '')
          onChange(lines.length > 0 ? lines.map((line) => line.trim()) : undefined)
        }}
        onBlur={() => setTyped(null)}
      />
    </label>
  )
}

/** A value without the fields that are not there. */
export function withoutEmpty<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T
}
