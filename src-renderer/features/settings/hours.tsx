import { useState } from 'react'
import type { LayerCalendar, HolidayPlace } from '../../../src-shared/settings/settings.ts'
import type { Holiday } from '../../../src-shared/sla/schema.ts'
import { countries } from '../../ui/countries.ts'
import type { EditorProps } from './editor.ts'
import { Problems } from './field-problems.tsx'
import { Rows } from './rows.tsx'
import { useIsTyped, useTyped } from './typed.tsx'
import { DAYS, hoursOf, spansOf, weekOf } from '../../ui/week.ts'
import classes from './settings.module.css'

type Hours = LayerCalendar['hours']

interface WeekProps {
  label: string
  /** Names the fields, see `useTyped`. */
  field: string
  value: Hours
  onChange(value: Hours): void
}

/** Hours of a week, written a day a line: `09:00–12:00, 13:00–17:00`. */
export function WeekEditor({ label, field, value, onChange }: WeekProps) {
  const week = weekOf(value)
  const isOpen = useIsTyped(`${field}:`) || value !== '24x7'
  return (
    <div className={classes.week} role="group" aria-label={`Hours of ${label}`}>
      {isOpen &&
        DAYS.map((day) => (
          <DayHours
            key={day}
            name={day}
            label={`${label}: ${day}`}
            field={`${field}:${day}`}
            value={week[day]}
            onChange={(text) => {
              const hours = hoursOf({ ...week, [day]: text })
              if (hours !== null) onChange(hours)
            }}
          />
        ))}
      <label className={classes.check}>
        <input
          type="checkbox"
          checked={value === '24x7'}
          onChange={(event) => onChange(event.target.checked ? '24x7' : USUAL)}
        />
        Round the clock
      </label>
    </div>
  )
}

interface DayProps {
  name: string
  label: string
  field: string
  value: string
  onChange(text: string): void
}

/** The hours of one day. Half a time is no value yet: it stays as it is typed until it is one. */
function DayHours({ name, label, field, value, onChange }: DayProps) {
  const [half, keepHalf] = useTyped(field)
  const [typed, setTyped] = useState<string | null>(null)
  const text = half ?? typed ?? value
  return (
    <label>
      <span>{name}</span>
      <input
        value={text}
        placeholder="closed"
        spellCheck={false}
        aria-label={label}
        aria-invalid={half !== null || undefined}
        title={half === null ? undefined : 'Write hours such as 09:00–12:00, 13:00–17:00, or nothing for closed.'}
        onChange={(event) => {
          const written = event.target.value
          const readable = spansOf(written) !== null
          setTyped(written)
          keepHalf(readable ? null : written)
          if (readable) onChange(written)
        }}
        onBlur={() => setTyped(null)}
      />
    </label>
  )
}

const NINE_TO_FIVE = [{ from: '09:00', to: '17:00' }]
const USUAL: Hours = Object.fromEntries(DAYS.slice(0, 5).map((day) => [day, NINE_TO_FIVE]))

export function CalendarsEditor({
  value,
  onChange,
  savedKeys,
  problems,
}: EditorProps<LayerCalendar[]> & { savedKeys: ReadonlySet<string> }) {
  return (
    <Rows
      title="Calendars"
      word="calendar"
      rows={value}
      {...{ savedKeys, problems, onChange }}
      heads={['Time zone', 'Holidays']}
      fresh={() => ({ timeZone: 'client', hours: USUAL, holidays: 'client' as const })}
      cells={(row, change) => (
        <>
          <td>
            <Zone
              label={`Time zone of ${row.label}`}
              value={row.timeZone}
              onChange={(timeZone) => change({ timeZone })}
            />
          </td>
          <td>
            <label>
              <input
                type="checkbox"
                checked={row.holidays === 'client'}
                onChange={(event) => change({ holidays: event.target.checked ? 'client' : [] })}
              />
              The client’s
            </label>
          </td>
        </>
      )}
      below={(row, change) => (
        <WeekEditor
          label={row.label}
          field={`calendars:${row.key}`}
          value={row.hours}
          onChange={(hours) => change({ hours })}
        />
      )}
    />
  )
}

/** A time zone by its IANA name; nothing stands for the client's. */
export function Zone({ label, value, onChange }: { label: string; value: string; onChange(value: string): void }) {
  return (
    <select aria-label={label} value={value} onChange={(event) => onChange(event.target.value)}>
      <option value="client">The client’s</option>
      {ZONES.map((zone) => (
        <option key={zone}>{zone}</option>
      ))}
    </select>
  )
}

const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]

export function PlaceEditor({ value, onChange, problems }: EditorProps<HolidayPlace | null>) {
  return (
    <div className={classes.fields}>
      <label>
        <span>Public holidays of</span>
        <select
          value={value?.country ?? ''}
          onChange={(event) => onChange(event.target.value ? { country: event.target.value } : null)}
        >
          <option value="">No country: none</option>
          {countries().map((one) => (
            <option key={one.value} value={one.value}>
              {one.label}
            </option>
          ))}
        </select>
      </label>
      {value && (
        <>
          <label>
            <span>State</span>
            <input
              value={value.state ?? ''}
              maxLength={40}
              placeholder="such as BE or NY; nothing for the whole country"
              onChange={(event) => onChange(placeOf(value, { state: event.target.value }))}
            />
          </label>
          <label>
            <span>Region</span>
            <input
              value={value.region ?? ''}
              maxLength={40}
              placeholder="nothing for the whole state"
              onChange={(event) => onChange(placeOf(value, { region: event.target.value }))}
            />
          </label>
        </>
      )}
      <Problems of={problems} />
    </div>
  )
}

function placeOf(before: HolidayPlace, part: Partial<HolidayPlace>): HolidayPlace {
  const { country, state, region } = { ...before, ...part }
  return { country, ...(state && { state }), ...(region && { region }) }
}

const DAY_LINE = /^(\d{4}-\d{2}-\d{2})\s+(.*\S)$/
const OPEN = /^(.*?)\s*\(open\s+(.+)\)$/i

/** Days as they are written: `2026-12-24 Christmas Eve (open 09:00–12:00)`. */
export function daysText(days: readonly Holiday[]): string {
  return days
    .map(({ date, name, hours }) => {
      const open = hours?.map(({ from, to }) => `${from}–${to}`).join(', ')
      return `${date} ${name}${open ? ` (open ${open})` : ''}`
    })
    .join('\n')
}

/** The days that were written one a line, or the sentence of what is wrong with the first line that is none. */
export function daysOf(text: string): { days: Holiday[] } | { problem: string } {
  const days: Holiday[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const [, date = '', rest = ''] = DAY_LINE.exec(line.trim()) ?? []
    const [, name = rest, open] = OPEN.exec(rest) ?? []
    const hours = open === undefined ? undefined : spansOf(open)
    const where = `Line ${index + 1}, “${line.trim().slice(0, 60)}”`
    if (!isDay(date) || name === '' || name.length > 100)
      return { problem: `${where}, is no day: write 2026-12-24 Christmas Eve, one a line.` }
    if (hours === null) return { problem: `${where}, has no hours that can be read: write (open 09:00–12:00).` }
    if (days.some((day) => day.date === date)) return { problem: `${where}, is there twice. Take one out.` }
    days.push({ date, name, ...(hours && { hours }) })
  }
  return { days }
}

function isDay(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text) && text !== ''
}

export function DaysEditor({ value, onChange, problems }: EditorProps<Holiday[]>) {
  const [half, keepHalf] = useTyped('ownDays::')
  const [typed, setTyped] = useState<string | null>(null)
  const text = half ?? typed ?? daysText(value)
  const read = daysOf(text)
  return (
    <label className={classes.block}>
      <span>
        Days of their own, one a line. A half day says when it is open: 2026-12-24 Christmas Eve (open 09:00–12:00)
      </span>
      <textarea
        rows={6}
        spellCheck={false}
        aria-label="Days of their own"
        aria-invalid={'problem' in read}
        value={text}
        onChange={(event) => {
          const next = daysOf(event.target.value)
          setTyped(event.target.value)
          keepHalf('problem' in next ? event.target.value : null)
          if ('days' in next) onChange(next.days)
        }}
      />
      {'problem' in read && (
        <em role="alert" className={classes.bad}>
          {read.problem}
        </em>
      )}
      <Problems of={problems} />
    </label>
  )
}
