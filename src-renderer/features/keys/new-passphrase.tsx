import { PasswordInput } from '@mantine/core'

/** As the host asks of it. */
const MIN_LENGTH = 8

/** A new passphrase as it is typed, twice so that a slip does not lock its owner out. */
export interface Typed {
  first: string
  again: string
}

export const NOTHING_TYPED: Typed = { first: '', again: '' }

/** Whether it can be taken. */
export function isPassphrase({ first, again }: Typed): boolean {
  return first.length >= MIN_LENGTH && first === again
}

interface NewPassphraseProps {
  label: string
  description?: string
  value: Typed
  autoFocus?: boolean
  onChange(value: Typed): void
}

export function NewPassphrase({ label, description, value, autoFocus, onChange }: NewPassphraseProps) {
  const { first, again } = value
  const short = first !== '' && again !== '' && first.length < MIN_LENGTH
  const differs = again !== '' && !first.startsWith(again) && again !== first
  return (
    <>
      <PasswordInput
        label={label}
        description={description ?? `At least ${MIN_LENGTH} characters. It cannot be recovered.`}
        autoComplete="new-password"
        {...(autoFocus ? { autoFocus: true } : {})}
        value={first}
        error={short && `Needs at least ${MIN_LENGTH} characters`}
        onChange={(event) => onChange({ first: event.currentTarget.value, again })}
      />
      <PasswordInput
        label="The same again"
        autoComplete="new-password"
        value={again}
        error={differs && 'Differs from the one above'}
        onChange={(event) => onChange({ first, again: event.currentTarget.value })}
      />
    </>
  )
}
