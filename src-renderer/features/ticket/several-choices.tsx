import { MultiSelect } from '@mantine/core'

interface SeveralChoicesProps {
  label: string
  options: readonly { key: string; label: string }[]
  chosen: readonly string[]
  onChange(keys: string[]): void
  /** What opens has to stay inside. */
  inDialog: boolean
}

/** Several of a field's options at once. */
export function SeveralChoices({ label, options, chosen, onChange, inDialog }: SeveralChoicesProps) {
  return (
    <MultiSelect
      size="xs"
      aria-label={label}
      placeholder={chosen.length === 0 ? 'Not set' : ''}
      data={options.map(({ key, label: text }) => ({ value: key, label: text }))}
      value={[...chosen]}
      onChange={onChange}
      comboboxProps={{ transitionProps: { duration: 0 }, withinPortal: !inDialog }}
    />
  )
}
