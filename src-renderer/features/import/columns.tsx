import type { Configuration } from '../../../src-shared/domain/configuration.ts'
import { importFields, newFieldKinds, type NewFieldKind } from '../../../src-shared/protocol/import.ts'
import { counted } from '../../ui/counted.ts'
import classes from './import.module.css'
import type { Said } from './mapping.tsx'
import type { SeenImport } from './transfer.ts'
import { capital } from '../../ui/capital.ts'

interface ColumnsProps {
  view: SeenImport
  said: Said
  configuration: Configuration
  disabled: boolean
  onSay(said: Said): void
}

const KINDS: Record<NewFieldKind, string> = {
  ...{ text: 'text', 'long-text': 'long text', number: 'number', date: 'date' },
  ...{ checkbox: 'yes or no', select: 'choice of its values' },
}

/** Which column fills what, with those that fill nothing. */
export function Columns({ view, said, configuration, disabled, onSay }: ColumnsProps) {
  const tickets = view.kind === 'tickets'
  const own = tickets ? configuration.customFields : []
  const unmapped = view.columns.filter(({ field }) => field === null).length
  const say = (column: string, field: string | null): void =>
    onSay({ ...said, columns: { ...said.columns, [column]: field } })
  return (
    <table className={classes.table} aria-label="Columns">
      <caption>
        {counted(view.columns.length, 'column')}
        {unmapped > 0 && `, ${unmapped} of them ${unmapped === 1 ? 'fills' : 'fill'} nothing`}
      </caption>
      <thead>
        <tr>
          <th>Column</th>
          <th>First value</th>
          <th>Fills</th>
        </tr>
      </thead>
      <tbody>
        {view.columns.map(({ column, field, sample, guess }) => (
          <tr key={column} data-unmapped={field === null || undefined}>
            <th scope="row">{column}</th>
            <td>{sample}</td>
            <td>
              <select
                className={classes.field}
                aria-label={`${column} fills`}
                disabled={disabled}
                value={isNew(said.columns[column]) ? said.columns[column]! : (field ?? '')}
                onChange={(event) => say(column, event.target.value || null)}
              >
                <option value="">Nothing</option>
                {importFields[view.kind].map((one) => (
                  <option key={one} value={one}>
                    {fieldWord(one)}
                  </option>
                ))}
                {own.map(({ key, label }) => (
                  <option key={key} value={`custom:${key}`}>
                    {label}
                  </option>
                ))}
                {tickets && (
                  <optgroup label="A new field of the client’s own">
                    {newFieldKinds.map((kind) => (
                      <option key={kind} value={`new:${kind}`}>
                        New {KINDS[kind]}
                        {kind === guess && ', as its values are'}
                      </option>
                    ))}
                  </optgroup>
                )}
              </select>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Makes fields of all columns that fill nothing, by their values; those of which it was said that they fill nothing stay. */
export function AllColumns({ view, said, disabled, onSay }: Omit<ColumnsProps, 'configuration'>) {
  const open = view.columns.filter(({ column, field }) => field === null && said.columns[column] === undefined)
  const made = Object.entries(said.columns).filter(([, field]) => isNew(field))
  if (open.length === 0 && made.length === 0) return null
  const all = (on: boolean): void => {
    const kept = Object.entries(said.columns).filter(([, field]) => on || !isNew(field))
    const added = on ? open.map(({ column, guess }) => [column, `new:${guess ?? 'text'}`] as const) : []
    onSay({ ...said, columns: Object.fromEntries([...kept, ...added]) })
  }
  return (
    <label>
      <input
        type="checkbox"
        disabled={disabled}
        checked={open.length === 0}
        onChange={(event) => all(event.target.checked)}
      />
      Make fields of the client’s own for columns that fill nothing
    </label>
  )
}

/** One subject for the tickets whose row has none. */
export function Subject({ said, disabled, onSay }: Pick<ColumnsProps, 'said' | 'disabled' | 'onSay'>) {
  const say = (text: string): void => {
    const { subject: before, ...rest } = said
    if (text !== (before ?? '')) onSay(text === '' ? rest : { ...rest, subject: text })
  }
  return (
    <label>
      <span>Subject where a row has none</span>
      <input
        key={said.subject ?? ''}
        type="text"
        className={classes.field}
        maxLength={300}
        disabled={disabled}
        defaultValue={said.subject ?? ''}
        onBlur={(event) => say(event.target.value.trim())}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) say(event.currentTarget.value.trim())
        }}
      />
    </label>
  )
}

function isNew(field: string | null | undefined): boolean {
  return field?.startsWith('new:') ?? false
}

/** What a field that a column can fill is called. */
export function fieldWord(field: string): string {
  if (field === 'id') return 'Id that it had elsewhere'
  return field === 'vip' ? 'VIP' : capital(field)
}
