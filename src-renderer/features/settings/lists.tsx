import type { Choice, CustomField, Priority, Status, StatusCategory } from '../../../src-shared/domain/configuration.ts'
import type { NamingConvention } from '../../../src-shared/domain/naming.ts'
import type { UsedKey } from '../../../src-shared/protocol/settings.ts'
import { keyOf, type EditorProps } from './editor.ts'
import { FieldRules } from './field-rules.tsx'
import { Rows, Select } from './rows.tsx'

interface ListProps<Row> extends EditorProps<Row[]> {
  /** Keys that are saved: they stay when a name changes. */
  savedKeys: ReadonlySet<string>
  uses?: readonly UsedKey[]
}

const CATEGORIES: readonly (readonly [StatusCategory, string])[] = [
  ['new', 'New'],
  ['open', 'Open'],
  ['waiting', 'Waiting'],
  ['resolved', 'Resolved'],
  ['closed', 'Closed'],
]

export function StatusesEditor({ value, onChange, savedKeys, uses, problems }: ListProps<Status>) {
  return (
    <Rows
      title="Statuses"
      word="status"
      rows={value}
      {...{ savedKeys, problems, onChange }}
      {...(uses && { uses })}
      heads={['Means', 'Clock']}
      fresh={() => ({ category: 'open' as const, stopsClock: false })}
      cells={(row, change) => (
        <>
          <td>
            <Select
              label={`Meaning of ${row.label}`}
              value={row.category}
              options={CATEGORIES}
              onChange={(category) => change({ category: category as StatusCategory })}
            />
          </td>
          <td>
            <label>
              <input
                type="checkbox"
                checked={row.stopsClock}
                onChange={(event) => change({ stopsClock: event.target.checked })}
              />
              Stands still
            </label>
          </td>
        </>
      )}
    />
  )
}

export function PrioritiesEditor({ value, onChange, savedKeys, uses, problems }: ListProps<Priority>) {
  return (
    <Rows
      title="Priorities"
      word="priority"
      rows={value}
      {...{ savedKeys, problems, onChange }}
      {...(uses && { uses })}
      heads={['Rank', 'Colour']}
      fresh={() => ({ rank: Math.min(99, Math.max(0, ...value.map(({ rank }) => rank)) + 1), colour: '#5c6877' })}
      cells={(row, change) => (
        <>
          <td>
            <input
              type="number"
              min={1}
              max={99}
              aria-label={`Rank of ${row.label}`}
              value={row.rank}
              onChange={(event) => change({ rank: event.target.valueAsNumber || 1 })}
            />
          </td>
          <td>
            <input
              type="color"
              aria-label={`Colour of ${row.label}`}
              value={row.colour}
              onChange={(event) => change({ colour: event.target.value })}
            />
          </td>
        </>
      )}
    />
  )
}

export function ChoicesEditor({
  title,
  word,
  value,
  onChange,
  savedKeys,
  uses,
  problems,
}: ListProps<Choice> & { title: string; word: string }) {
  return (
    <Rows
      title={title}
      word={word}
      rows={value}
      {...{ savedKeys, problems, onChange }}
      {...(uses && { uses })}
      fresh={() => ({})}
    />
  )
}

const FIELD_TYPES: readonly (readonly [CustomField['type'], string])[] = [
  ['text', 'Text'],
  ['long-text', 'Several lines'],
  ['number', 'Number'],
  ['date', 'Date'],
  ['date-time', 'Date and time'],
  ['checkbox', 'Checkbox'],
  ['url', 'Link'],
  ['person', 'Person'],
  ['select', 'One of'],
  ['multi-select', 'Some of'],
]

/** What a field takes; a field that begins to choose gets a first option. */
export function retyped(field: CustomField, type: CustomField['type']): CustomField {
  const { options, ...rest } = { options: [{ key: 'first', label: 'First' }], ...field }
  return (type === 'select' || type === 'multi-select' ? { ...rest, type, options } : { ...rest, type }) as CustomField
}

/** Options that were written one a line; an option that keeps its name keeps its key. */
export function optionsOf(text: string, before: readonly Choice[]): Choice[] {
  const made: Choice[] = []
  text.split('\n').forEach((line, index, lines) => {
    const label = line.trim()
    if (label === '') return
    const sameCount = lines.length === before.length
    const known = before.find((one) => one.label === label) ?? (sameCount ? before[index] : undefined)
    const taken = made.map(({ key }) => key)
    const key =
      known && !taken.includes(known.key) ? known.key : keyOf(label, [...taken, ...before.map((one) => one.key)])
    made.push({ ...known, key, label })
  })
  return made
}

export function FieldsEditor({ value, onChange, savedKeys, uses, problems }: ListProps<CustomField>) {
  return (
    <Rows<CustomField>
      title="Custom fields"
      word="field"
      rows={value}
      {...{ savedKeys, problems, onChange }}
      {...(uses && { uses })}
      heads={['Takes']}
      fresh={() => ({ type: 'text' }) as Omit<CustomField, 'key' | 'label'>}
      cells={(row, change) => (
        <td>
          <Select
            label={`What ${row.label} takes`}
            value={row.type}
            options={FIELD_TYPES}
            onChange={(type) => change(retyped(row, type as CustomField['type']))}
          />
        </td>
      )}
      below={(row, change) => (
        <>
          {'options' in row && (
            <textarea
              key={row.key}
              aria-label={`Options of ${row.label}, one a line`}
              rows={Math.min(8, row.options.length + 1)}
              defaultValue={row.options.map(({ label }) => label).join('\n')}
              onBlur={(event) => {
                const options = optionsOf(event.target.value, row.options)
                if (options.length > 0) change({ options } as Partial<CustomField>)
              }}
            />
          )}
          <FieldRules row={row} change={change} />
        </>
      )}
    />
  )
}

const KINDS: readonly (readonly [NamingConvention['kind'], string])[] = [
  ['security-group', 'Security group'],
  ['distribution-list', 'Distribution list'],
  ['licence', 'Licence'],
  ['device', 'Device'],
  ['account', 'Account'],
  ['other', 'Other'],
]

export function NamingEditor({ value, onChange, savedKeys, problems }: ListProps<NamingConvention>) {
  return (
    <Rows
      title="Naming"
      word="convention"
      none="None yet: names of theirs are not checked."
      rows={value}
      {...{ savedKeys, problems, onChange }}
      heads={['For', 'Pattern']}
      fresh={() => ({ kind: 'device' as const, pattern: '{client}-{number:3}' })}
      cells={(row, change) => (
        <>
          <td>
            <Select
              label={`What ${row.label} names`}
              value={row.kind}
              options={KINDS}
              onChange={(kind) => change({ kind: kind as NamingConvention['kind'] })}
            />
          </td>
          <td>
            <input
              aria-label={`Pattern of ${row.label}`}
              spellCheck={false}
              value={row.pattern}
              onChange={(event) => change({ pattern: event.target.value })}
            />
          </td>
        </>
      )}
    />
  )
}
