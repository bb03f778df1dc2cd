import { IconArrowDown, IconArrowUp, IconPlus, IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { UsedKey } from '../../../src-shared/protocol/settings.ts'
import { changedRow, movedRow, usedText, withoutRow } from './editor.ts'
import { Problems } from './field-problems.tsx'
import type { FieldProblem } from '../../../src-shared/settings/problems.ts'
import classes from './settings.module.css'

/** A row of a list: known by its key, called by its label. */
export interface Entry {
  key: string
  label: string
  retired?: true | undefined
}

interface RowsProps<Row extends Entry> {
  /** What the list is called, and one of it. */
  title: string
  word: string
  rows: readonly Row[]
  /** What it means that there are none. */
  none?: string
  savedKeys: ReadonlySet<string>
  /** Where tickets hold keys of the list. */
  uses?: readonly UsedKey[]
  problems?: readonly FieldProblem[]
  heads?: readonly string[]
  cells?(row: Row, change: (part: Partial<Row>) => void): ReactNode
  /** Without label and key. */
  fresh(): Omit<Row, 'key' | 'label'>
  onChange(rows: Row[]): void
  /** Below a row. */
  below?(row: Row, change: (part: Partial<Row>) => void, index: number): ReactNode
}

/** Edits a list of named things: names change, keys stay, and what tickets use is retired instead of removed. */
export function Rows<Row extends Entry>(props: RowsProps<Row>) {
  const {
    title,
    word,
    rows,
    none = 'None yet.',
    savedKeys,
    uses,
    problems = [],
    heads = [],
    cells,
    fresh,
    onChange,
    below,
  } = props
  const width = heads.length + (uses ? 3 : 2)
  const add = (): void =>
    onChange([...rows, { ...fresh(), key: `new-${rows.length + 1}`, label: '' } as unknown as Row])
  return (
    <div className={classes.rows} role="group" aria-label={title}>
      {rows.length === 0 && <p className={classes.none}>{none}</p>}
      <table hidden={rows.length === 0}>
        <thead>
          <tr>
            <th>Name</th>
            {heads.map((head) => (
              <th key={head}>{head}</th>
            ))}
            {uses && <th>Used by</th>}
            <td />
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => {
            const change = (part: Partial<Row>): void => onChange(changedRow(rows, index, part, savedKeys))
            const use = uses?.find(({ key }) => key === row.key)
            const name = row.label || `new ${word}`
            const wrong = problems.filter((one) => one.index === index)
            const about = `${title} ${index} problems`.replaceAll(' ', '-')
            return [
              <tr key={index} data-retired={row.retired}>
                <td>
                  <input
                    aria-label={`Name of ${word} ${index + 1}`}
                    title={`Key: ${row.key}`}
                    value={row.label}
                    maxLength={60}
                    aria-invalid={wrong.some(({ field }) => field === 'label') || undefined}
                    aria-describedby={wrong.length > 0 ? about : undefined}
                    autoFocus={row.label === '' && !savedKeys.has(row.key)}
                    onChange={(event) => change({ label: event.target.value } as Partial<Row>)}
                  />
                </td>
                {cells?.(row, change)}
                {uses && <td className={classes.use}>{row.retired ? 'Retired' : (use?.open ?? '') || ''}</td>}
                <td className={classes.acts}>
                  <MoveButtons {...{ name, rows, index, onChange }} />
                  {row.retired ? (
                    <button type="button" onClick={() => change({ retired: undefined } as Partial<Row>)}>
                      Bring back<span className={classes.hidden}> {name}</span>
                    </button>
                  ) : (
                    <button
                      type="button"
                      aria-label={`${use && use.tickets > 0 ? 'Retire' : 'Remove'} ${name}`}
                      title={usedText(use, word) ?? `Remove ${name}`}
                      onClick={() => onChange(withoutRow(rows, index, use))}
                    >
                      {use && use.tickets > 0 ? 'Retire' : <IconX size={14} />}
                    </button>
                  )}
                </td>
              </tr>,
              row.retired && use && (
                <tr key={`${index} retired`} className={classes.note}>
                  <td colSpan={width}>{usedText(use, word)} They keep it; nobody can choose it.</td>
                </tr>
              ),
              wrong.length > 0 && (
                <tr key={`${index} wrong`} className={classes.note}>
                  <td colSpan={width}>
                    <Problems of={wrong} id={about} />
                  </td>
                </tr>
              ),
              below && (
                <tr key={`${index} below`} className={classes.below}>
                  <td colSpan={width}>{below(row, change, index)}</td>
                </tr>
              ),
            ]
          })}
        </tbody>
      </table>
      <Problems of={problems.filter(({ index }) => index === null)} />
      <button type="button" className={classes.add} onClick={add}>
        <IconPlus size={14} /> Add {/^[aeio]/.test(word) ? 'an' : 'a'} {word}
      </button>
    </div>
  )
}

interface MoveProps<Row> {
  /** What is moved. */
  name: string
  rows: readonly Row[]
  index: number
  onChange(rows: Row[]): void
}

/** Moves an entry of a list up and down. */
export function MoveButtons<Row>({ name, rows, index, onChange }: MoveProps<Row>) {
  return (
    <>
      <button
        type="button"
        aria-label={`Move ${name} up`}
        disabled={index === 0}
        onClick={() => onChange(movedRow(rows, index, index - 1))}
      >
        <IconArrowUp size={14} />
      </button>
      <button
        type="button"
        aria-label={`Move ${name} down`}
        disabled={index === rows.length - 1}
        onClick={() => onChange(movedRow(rows, index, index + 1))}
      >
        <IconArrowDown size={14} />
      </button>
    </>
  )
}

/** What a list does not have any more, as a choice. */
export function gone(key: string): readonly [value: string, label: string] {
  return [key, `${key} (gone)`]
}

/** A choice within a row. */
export function Select({
  label,
  value,
  options,
  onChange,
}: {
  label: string
  value: string
  options: readonly (readonly [value: string, label: string])[]
  onChange(value: string): void
}) {
  return (
    <select aria-label={label} value={value} onChange={(event) => onChange(event.target.value)}>
      {options.map(([key, text]) => (
        <option key={key} value={key}>
          {text}
        </option>
      ))}
    </select>
  )
}
