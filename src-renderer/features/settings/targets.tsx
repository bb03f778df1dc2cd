import { IconPlus, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import type { Choice, Priority } from '../../../src-shared/domain/configuration.ts'
import type { LayerCalendar } from '../../../src-shared/settings/settings.ts'
import type { ServiceTarget } from '../../../src-shared/sla/schema.ts'
import { durationText, minutesOf } from '../../ui/duration.ts'
import type { EditorProps } from './editor.ts'
import { Problems } from './field-problems.tsx'
import { MoveButtons, Select } from './rows.tsx'
import { useTyped } from './typed.tsx'
import classes from './settings.module.css'

/** Two years of minutes. */
const MOST = 1_100_000

/** A time that is written `4 h` or `30 min`; nothing for none. What cannot be read is no value. */
export function Duration({
  label,
  field,
  value,
  onChange,
}: {
  label: string
  /** See `useTyped`. */
  field: string
  value: number | undefined
  onChange(minutes: number | undefined): void
}) {
  const [half, keepHalf] = useTyped(field)
  const [typed, setTyped] = useState<string | null>(null)
  const text = half ?? typed ?? (value === undefined ? '' : durationText(value))
  return (
    <input
      aria-label={label}
      aria-invalid={half !== null || undefined}
      title={half === null ? undefined : 'Write a time such as 4 h or 30 min, or nothing.'}
      placeholder="nothing promised"
      value={text}
      onChange={(event) => {
        const written = event.target.value
        const minutes = minutesOf(written, MOST)
        const none = written.trim() === ''
        const readable = none || (minutes !== null && minutes > 0)
        setTyped(written)
        keepHalf(readable ? null : written)
        if (readable) onChange(none || minutes === null ? undefined : minutes)
      }}
      onBlur={() => setTyped(null)}
    />
  )
}

interface TargetsProps extends EditorProps<ServiceTarget[]> {
  priorities: readonly Priority[]
  types: readonly Choice[]
  calendars: readonly LayerCalendar[]
}

/** What is promised to whom; the first that fits a ticket counts. */
export function TargetsEditor({ value, onChange, problems, priorities, types, calendars }: TargetsProps) {
  const change = (index: number, part: { [K in keyof ServiceTarget]?: ServiceTarget[K] | undefined }): void =>
    onChange(value.map((one, i) => (i === index ? (withoutEmpty({ ...one, ...part }) as ServiceTarget) : one)))
  const first = calendars[0]?.key ?? ''
  return (
    <div className={classes.rows} role="group" aria-label="Targets">
      <table>
        <thead>
          <tr>
            <th>Priority</th>
            <th>Type</th>
            <th>First response</th>
            <th>Resolved</th>
            <th>Counts in</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {value.map((target, index) => [
            <tr key={index}>
              <td>
                <Some
                  label={`Priority of target ${index + 1}`}
                  any="All"
                  {...{ value: target.priorities, options: priorities }}
                  onChange={(found) => change(index, { priorities: found })}
                />
              </td>
              <td>
                <Some
                  label={`Type of target ${index + 1}`}
                  any="All"
                  {...{ value: target.types, options: types }}
                  onChange={(found) => change(index, { types: found })}
                />
              </td>
              <td>
                <Duration
                  label={`First response of target ${index + 1}`}
                  field={`targets:${index}:firstResponse`}
                  value={target.firstResponse}
                  onChange={(firstResponse) => change(index, { firstResponse })}
                />
              </td>
              <td>
                <Duration
                  label={`Resolution of target ${index + 1}`}
                  field={`targets:${index}:resolution`}
                  value={target.resolution}
                  onChange={(resolution) => change(index, { resolution })}
                />
              </td>
              <td>
                <Select
                  label={`Calendar of target ${index + 1}`}
                  value={target.calendar}
                  options={calendars.map(({ key, label }) => [key, label])}
                  onChange={(calendar) => change(index, { calendar })}
                />
              </td>
              <td className={classes.acts}>
                <MoveButtons name={`target ${index + 1}`} rows={value} {...{ index, onChange }} />
                <button
                  type="button"
                  aria-label={`Remove target ${index + 1}`}
                  onClick={() => onChange(value.filter((_, i) => i !== index))}
                >
                  <IconX size={14} />
                </button>
              </td>
            </tr>,
            problems.some((one) => one.index === index) && (
              <tr key={`${index} wrong`} className={classes.note}>
                <td colSpan={6}>
                  <Problems of={problems.filter((one) => one.index === index)} />
                </td>
              </tr>
            ),
          ])}
        </tbody>
      </table>
      <Problems of={problems.filter(({ index }) => index === null)} />
      <button
        type="button"
        className={classes.add}
        disabled={first === ''}
        onClick={() => onChange([...value, { calendar: first, resolution: 480 }])}
      >
        <IconPlus size={14} /> Add a target
      </button>
    </div>
  )
}

/** One of a list, or all; several that were written elsewhere stay together until another is chosen. */
export function Some({
  label,
  any,
  value,
  options,
  onChange,
}: {
  label: string
  any: string
  value: string[] | undefined
  options: readonly { key: string; label: string }[]
  onChange(value: string[] | undefined): void
}) {
  const name = (key: string): string => options.find((one) => one.key === key)?.label ?? key
  const several =
    value && value.length !== 1 ? ([[value.join('\n'), value.map(name).join(', ') || 'None']] as const) : []
  return (
    <Select
      label={label}
      value={value?.join('\n') ?? '*'}
      options={[['*', any], ...several, ...options.map((one) => [one.key, one.label] as const)]}
      onChange={(found) => onChange(found === '*' ? undefined : found.split('\n'))}
    />
  )
}

function withoutEmpty<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T
}
