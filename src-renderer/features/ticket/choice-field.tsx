import type { ReactNode } from 'react'
import { Choice } from '../../ui/choice.tsx'
import { PendingMark } from '../../ui/pending-mark.tsx'
import classes from './ticket.module.css'

interface ChoiceFieldProps {
  label: string
  pending?: boolean
  mark?: ReactNode
  value: string | null
  /** What a value is called that is not among the options; itself where nothing is given. */
  unlisted?: string
  options: readonly { key: string; label: string }[]
  /** Placeholder for no value; where given, the value can be cleared. */
  none?: string
  onChange(value: string | null): void
}

/** A labelled choice among the client's own words. */
export function ChoiceField({
  label,
  pending = false,
  mark,
  value,
  unlisted,
  options,
  none,
  onChange,
}: ChoiceFieldProps) {
  const listed = value === null || options.some(({ key }) => key === value)
  return (
    <Field label={label} pending={pending}>
      <Choice
        label={label}
        options={listed ? options : [{ key: value, label: unlisted ?? value }, ...options]}
        value={value}
        onChange={onChange}
        mark={mark}
        placeholder={none}
        clearable={none !== undefined}
      />
    </Field>
  )
}

interface FieldProps {
  label: string
  pending: boolean
  /** A ticket is not resolved or closed without it. */
  needed?: boolean | undefined
  children: ReactNode
}

/** A labelled field that says when its edit has not reached the cloud. */
export function Field({ label, pending, needed, children }: FieldProps) {
  return (
    <div className={classes.field}>
      {pending && <PendingMark className={classes.fieldPending} />}
      <span className={classes.fieldLabel} data-needed={needed || undefined}>
        {label}
      </span>
      {children}
    </div>
  )
}
