import { useRef, useState } from 'react'
import type { UndecidedField } from '../../../src-shared/domain/views.ts'
import { useDesk } from '../../tenant/desk.tsx'
import { dateTime } from '../../ui/time.ts'
import { useInboxRow } from './cursor.tsx'
import { FieldInput } from './field-input.tsx'
import classes from './inbox.module.css'
import { valueText } from './value-text.ts'

/** What a person decided for one field so far. */
export type Choice = { choice: 'mine' } | { choice: 'theirs' } | { choice: 'other'; value: unknown }

interface FieldRowProps {
  field: UndecidedField
  /** Names of those whom its values may be, by id. */
  people: Record<string, string> | undefined
  label: string
  choice: Choice | null
  onChoose(choice: Choice): void
  onConfirm(): void
  onOpen(): void
}

const STRUCTURED: ReadonlySet<string> = new Set(['filter', 'sort', 'columns'])

/** One field of a conflict: what it was, mine, theirs, and a third value. */
export function FieldRow({ field, people, label, choice, onChoose, onConfirm, onOpen }: FieldRowProps) {
  const desk = useDesk()
  const row = useRef<HTMLDivElement>(null)
  const [editing, setEditing] = useState(false)
  const [chosen, setChosen] = useState<Record<string, string>>({})
  const { base, mine, theirs, by, at } = field
  const say = (value: unknown): string => valueText(field.field, value, desk, { ...people, ...chosen })
  const pick = (next: 'mine' | 'theirs') => (): void => {
    setEditing(false)
    row.current?.focus()
    onChoose({ choice: next })
  }
  // Nobody types a filter.
  const typed = !STRUCTURED.has(field.field)
  const write = (): void => {
    if (!typed) return
    setEditing(true)
    if (choice?.choice !== 'other') onChoose({ choice: 'other', value: mine })
  }
  useInboxRow(row, { mine: pick('mine'), theirs: pick('theirs'), other: write, confirm: onConfirm, open: onOpen })
  const theirsBy = [by, at && dateTime(at)].filter(Boolean).join(', ')
  return (
    <div
      ref={row}
      className={classes.row}
      role="radiogroup"
      aria-label={`${label}: which value`}
      data-inbox-row
      data-field={field.field}
      tabIndex={-1}
    >
      <span className={classes.label}>{label}</span>
      <span className={classes.base}>{say(base)}</span>
      <Option name="Yours" value={say(mine)} shortcut="1" chosen={choice?.choice === 'mine'} onChoose={pick('mine')} />
      <Option
        name="Theirs"
        value={say(theirs)}
        note={theirsBy}
        shortcut="2"
        chosen={choice?.choice === 'theirs'}
        onChoose={pick('theirs')}
      />
      {!typed ? (
        <span />
      ) : editing && choice?.choice === 'other' ? (
        <FieldInput
          field={field.field}
          label={`Another value for ${label}`}
          value={choice.value}
          onChange={(value) => onChoose({ choice: 'other', value })}
          onName={(id, name) => setChosen({ ...chosen, [id]: name })}
          onDone={() => {
            setEditing(false)
            row.current?.focus()
          }}
        />
      ) : (
        <Option
          name="Another value"
          value={choice?.choice === 'other' ? say(choice.value) : 'Another…'}
          shortcut="3"
          quiet={choice?.choice !== 'other'}
          chosen={choice?.choice === 'other'}
          onChoose={write}
        />
      )}
    </div>
  )
}

interface OptionProps {
  name: string
  value: string
  note?: string
  shortcut: string
  quiet?: boolean
  chosen: boolean
  onChoose(): void
}

function Option({ name, value, note, shortcut, quiet, chosen, onChoose }: OptionProps) {
  return (
    <button
      className={classes.option}
      role="radio"
      aria-checked={chosen}
      aria-label={`${name}: ${value}${note ? ` (${note})` : ''}`}
      aria-keyshortcuts={shortcut}
      data-quiet={quiet || undefined}
      tabIndex={-1}
      onClick={onChoose}
    >
      <span className={classes.optionValue}>{value}</span>
      {note && <span className={classes.note}>{note}</span>}
      <kbd aria-hidden>{shortcut}</kbd>
    </button>
  )
}
