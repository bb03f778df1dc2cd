import { choosable, type CustomField, type Priority } from '../../../src-shared/domain/configuration.ts'
import { cellOf, type PriorityMatrix } from '../../../src-shared/domain/priority-matrix.ts'
import type { EditorProps } from './editor.ts'
import { Problems } from './field-problems.tsx'
import classes from './matrix.module.css'
import { gone, Select } from './rows.tsx'
import page from './settings.module.css'

type SelectField = Extract<CustomField, { options: unknown }>

interface MatrixProps extends EditorProps<PriorityMatrix | null> {
  fields: readonly CustomField[]
  priorities: readonly Priority[]
}

/** Which priority a ticket gets by two fields: a row for each impact, a column for each urgency. */
export function MatrixEditor({ value, onChange, problems, fields, priorities }: MatrixProps) {
  const selects = fields.filter((one): one is SelectField => one.type === 'select' && !one.retired)
  const [first, second] = selects
  const fieldOf = (key: string | undefined): SelectField | undefined => selects.find((one) => one.key === key)
  const ranked = choosable(priorities).sort((a, b) => a.rank - b.rank)
  /** The matrix of two fields, with a table to begin with. */
  const begun = (fieldKeys: Pick<PriorityMatrix, 'impact' | 'urgency'>): PriorityMatrix => {
    const [rows, columns] = [fieldKeys.impact, fieldKeys.urgency].map((key) => choosable(fieldOf(key)?.options ?? []))
    return { ...fieldKeys, priorities: begunTable(rows ?? [], columns ?? [], ranked) }
  }
  const choose = (part: Partial<PriorityMatrix>): void => {
    if (value) onChange(begun({ impact: value.impact, urgency: value.urgency, ...part }))
  }
  const set = (row: string, column: string, priority: string): void => {
    if (!value) return
    const { priorities: table } = value
    onChange({ ...value, priorities: { ...table, [row]: { ...table[row], [column]: priority } } })
  }
  const [impact, urgency] = [fieldOf(value?.impact), fieldOf(value?.urgency)]
  return (
    <>
      <label className={page.check}>
        <input
          type="checkbox"
          checked={value !== null}
          disabled={value === null && !second}
          onChange={({ target }) =>
            onChange(target.checked && first && second ? begun({ impact: first.key, urgency: second.key }) : null)
          }
        />
        The priority follows from two fields
      </label>
      {value === null && !second && (
        <p className={page.none}>It takes two custom fields that choose one of their options. Add them first.</p>
      )}
      {value && (
        <>
          <div className={classes.chosen}>
            {(['impact', 'urgency'] as const).map((word) => (
              <label key={word}>
                <span>{word === 'impact' ? 'Impact, the rows' : 'Urgency, the columns'}</span>
                <Select
                  label={`Field of the ${word}`}
                  value={value[word]}
                  options={[
                    ...(fieldOf(value[word]) ? [] : [gone(value[word])]),
                    ...selects.map(({ key, label }) => [key, label] as const),
                  ]}
                  onChange={(key) => choose({ [word]: key })}
                />
              </label>
            ))}
          </div>
          {impact && urgency && impact !== urgency && (
            <table className={classes.grid} aria-label="Priority matrix">
              <thead>
                <tr>
                  <td>
                    {impact.label} ↓ {urgency.label} →
                  </td>
                  {choosable(urgency.options).map(({ key, label }) => (
                    <th key={key} scope="col">
                      {label}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {choosable(impact.options).map((row) => (
                  <tr key={row.key}>
                    <th scope="row">{row.label}</th>
                    {choosable(urgency.options).map((column) => (
                      <Cell
                        key={column.key}
                        label={`${impact.label} ${row.label}, ${urgency.label} ${column.label}`}
                        value={cellOf(value, row.key, column.key)}
                        priorities={priorities}
                        onChange={(priority) => set(row.key, column.key, priority)}
                      />
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </>
      )}
      <Problems of={problems} />
    </>
  )
}

interface CellProps {
  label: string
  value: string | null
  priorities: readonly Priority[]
  onChange(priority: string): void
}

function Cell({ label, value, priorities, onChange }: CellProps) {
  const known = priorities.find(({ key }) => key === value)
  const ranked = choosable(priorities, value).sort((a, b) => a.rank - b.rank)
  return (
    <td data-missing={!known || known.retired ? true : undefined} style={{ '--mark': known?.colour }}>
      <Select
        label={label}
        value={value ?? ''}
        options={[
          ...(known ? [] : [value === null ? (['', 'Choose'] as const) : gone(value)]),
          ...ranked.map((one) => [one.key, one.retired ? `${one.label} (retired)` : one.label] as const),
        ]}
        onChange={(key) => key !== '' && onChange(key)}
      />
    </td>
  )
}

interface Option {
  key: string
}

/** A table of all options to begin with: the most urgent priority where both are first, the least where both are last. */
function begunTable(
  rows: readonly Option[],
  columns: readonly Option[],
  ranked: readonly Option[],
): PriorityMatrix['priorities'] {
  const most = Math.max(1, rows.length + columns.length - 2)
  const between = (row: number, column: number): string =>
    ranked[Math.round(((row + column) / most) * (ranked.length - 1))]?.key ?? ''
  return Object.fromEntries(
    rows.map((row, r) => [row.key, Object.fromEntries(columns.map((column, c) => [column.key, between(r, c)]))]),
  )
}
