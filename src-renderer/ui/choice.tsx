import { Combobox, Input, Select } from '@mantine/core'
import { useLayoutEffect, useRef, useState, type ReactNode } from 'react'

interface ChoiceProps {
  label: string
  options: readonly { key: string; label: string }[]
  value: string | null
  onChange(value: string | null): void
  /** Shown where there is no value. */
  placeholder?: string | undefined
  /** By a button. */
  clearable?: boolean
  /** By choosing the same again, too. */
  toggles?: boolean
  mark?: ReactNode
  /** What opens has to stay inside: nothing is shown above a dialog. */
  inDialog?: boolean
}

/** Options from which on one is looked for by typing. */
const MANY = 9
const NO_FADE = { duration: 0 }

/**
 * One of several words, chosen from a list. The list and what moves it are made when somebody goes to the field: a ticket
 * has many such fields, is opened a hundred times a day, and few of them are touched.
 */
export function Choice(props: ChoiceProps) {
  const { label, options, value, onChange, placeholder, clearable = false, toggles = false } = props
  const { mark, inDialog = false } = props
  const [woken, setWoken] = useState<'by key' | 'by pointer' | null>(null)
  const pressed = useRef(false)
  const field = useRef<HTMLInputElement>(null)
  // The field that was gone to made way for another.
  useLayoutEffect(() => {
    if (woken) field.current?.focus()
  }, [woken])
  const look = {
    size: 'xs',
    'aria-label': label,
    placeholder,
    leftSection: mark,
    leftSectionWidth: mark ? 26 : undefined,
  } as const
  const searchable = options.length >= MANY
  if (!woken)
    return (
      <Input
        {...look}
        value={options.find(({ key }) => key === value)?.label ?? ''}
        readOnly={!searchable}
        pointer={!searchable}
        role="combobox"
        aria-haspopup="listbox"
        aria-expanded={false}
        autoComplete="off"
        rightSectionPointerEvents="none"
        __clearable={clearable && value !== null}
        __clearSection={<Combobox.ClearButton onClear={() => onChange(null)} />}
        __defaultRightSection={<Combobox.Chevron size="xs" />}
        onPointerDown={() => (pressed.current = true)}
        onFocus={() => setWoken(pressed.current ? 'by pointer' : 'by key')}
        onChange={() => undefined}
      />
    )
  return (
    <Select
      {...look}
      ref={field}
      data={options.map((option) => ({ value: option.key, label: option.label }))}
      value={value}
      onChange={onChange}
      clearable={clearable}
      allowDeselect={toggles}
      searchable={searchable}
      defaultDropdownOpened={woken === 'by pointer'}
      maxDropdownHeight={320}
      comboboxProps={{ transitionProps: NO_FADE, withinPortal: !inDialog }}
    />
  )
}
