import { NativeSelect, Textarea, TextInput } from '@mantine/core'
import type { HoursAnswer, Identity } from '../../../../src-shared/onboarding/answers.ts'
import type { LayerCalendar, LayerValues } from '../../../../src-shared/settings/settings.ts'
import { countries, countryName } from '../../../ui/countries.ts'
import { Proof } from '../proof.tsx'
import type { StepContext, StepDefinition, StepFormProps } from '../step.ts'
import { DAYS, hoursOf, spansOf, weekOf, type Day, type Week } from '../../../ui/week.ts'
import classes from './fields.module.css'

interface Draft {
  /** Null where they are as inherited. */
  week: Week | null
  /** `client` for those of the client's country. */
  holidays: 'client' | 'none' | 'other'
  country: string | null
  state: string
  /** A day a line: `2026-12-24 Christmas Eve`. */
  ownDays: string
  /** Emails in the order of their turns. */
  onCall: string[]
  handover: string
  days: string
}

const ROUND_THE_CLOCK = weekOf('24x7')

/** When the desk works. */
export const hoursStep: StepDefinition<Draft> = {
  action: 'Keep these hours',
  begin(_context, answer) {
    const { hours, holidays, ownDays, onCall } = (answer ?? {}) as HoursAnswer
    return {
      week: hours === undefined ? null : weekOf(hours),
      holidays: holidays === undefined ? 'client' : holidays === null ? 'none' : 'other',
      country: holidays?.country ?? null,
      state: holidays?.state ?? '',
      ownDays: (ownDays ?? []).map(({ date, name }) => `${date} ${name}`).join('\n'),
      onCall: onCall?.technicians ?? [],
      handover: onCall?.handover ?? '08:00',
      days: String(onCall?.days ?? 7),
    }
  },
  missing({ week, holidays, country, ownDays, onCall, days }) {
    const wrong = week && DAYS.find((day) => spansOf(week[day]) === null)
    if (wrong) return `${NAMES[wrong]}: write hours such as 09:00–17:00, or nothing where it is closed.`
    if (holidays === 'other' && country === null) return 'Choose the country whose holidays count.'
    const line = linesOf(ownDays).find((one) => !DAY_LINE.test(one))
    if (line) return `“${line}” is no day: write 2026-12-24 Christmas Eve, one a line.`
    if (onCall.length > 0 && !/^[1-9]\d{0,2}$/.test(days.trim())) return 'A turn on call takes some days.'
    return null
  },
  answer({ week, holidays, country, state, ownDays, onCall, handover, days }) {
    const own = daysOf(ownDays)
    return {
      ...(week && { hours: hoursOf(week) }),
      ...(holidays === 'none' && { holidays: null }),
      ...(holidays === 'other' && { holidays: { country, ...(state.trim() && { state: state.trim() }) } }),
      ...(own.length > 0 && { ownDays: own }),
      ...(onCall.length > 0 && { onCall: { technicians: onCall, handover, days: Number(days) } }),
    }
  },
  Form: HoursForm,
}

function HoursForm({ draft, context, change }: StepFormProps<Draft>) {
  const calendars = inheritedCalendars(context)
  const first = calendars?.[0]
  const week = draft.week ?? (first ? weekOf(first.hours) : null) ?? weekOf({})
  const clock = DAYS.every((day) => week[day] === ROUND_THE_CLOCK[day])
  const home = (context.view?.answers.identity as Partial<Identity> | undefined)?.country
  const setDay = (day: Day, text: string): void => change({ week: { ...week, [day]: text } })
  const turn = (email: string, on: boolean): void =>
    change({ onCall: on ? [...draft.onCall, email] : draft.onCall.filter((one) => one !== email) })
  return (
    <>
      <Proof id={context.id} set={triedOut(draft, calendars)} />
      <div className={classes.halves}>
        <fieldset className={classes.group}>
          <legend>
            {first?.label ?? 'Hours'}
            <span>{draft.week ? 'the client’s own' : originText(context)}</span>
          </legend>
          <div className={classes.week}>
            {DAYS.map((day, index) => (
              <label key={day}>
                <span>{NAMES[day]}</span>
                <input
                  data-first={index === 0 || undefined}
                  value={week[day]}
                  placeholder="closed"
                  spellCheck={false}
                  aria-invalid={spansOf(week[day]) === null}
                  disabled={clock}
                  onChange={(event) => setDay(day, event.target.value)}
                />
              </label>
            ))}
          </div>
          <label className={classes.check}>
            <input
              type="checkbox"
              checked={clock}
              onChange={(event) => change({ week: event.target.checked ? ROUND_THE_CLOCK : null })}
            />
            Round the clock
          </label>
          {draft.week && (
            <button type="button" className={classes.back} onClick={() => change({ week: null })}>
              Take the inherited hours again
            </button>
          )}
        </fieldset>
        <div className={classes.stack}>
          <NativeSelect
            label="Public holidays"
            data={[
              { value: 'client', label: home ? `Of ${countryName(home)}` : 'Of the client’s country' },
              { value: 'other', label: 'Of another country or a region' },
              { value: 'none', label: 'None' },
            ]}
            value={draft.holidays}
            onChange={(event) => {
              const holidays = event.currentTarget.value as Draft['holidays']
              change({ holidays, ...(holidays === 'other' && { country: draft.country ?? home ?? null }) })
            }}
          />
          {draft.holidays === 'other' && (
            <div className={classes.columns}>
              <NativeSelect
                label="Country"
                data={[{ value: '', label: 'Type its first letters' }, ...countries()]}
                value={draft.country ?? ''}
                onChange={(event) => change({ country: event.currentTarget.value || null })}
              />
              <TextInput
                label="State"
                description="Its letters, such as BE or NY"
                maxLength={40}
                value={draft.state}
                onChange={(event) => change({ state: event.currentTarget.value })}
              />
            </div>
          )}
          <Textarea
            label="Days of their own"
            description="Closed as on a holiday, one a line: 2026-12-24 Christmas Eve"
            rows={2}
            value={draft.ownDays}
            onChange={(event) => change({ ownDays: event.currentTarget.value })}
          />
          <fieldset className={classes.group}>
            <legend>
              On call
              <span>
                {draft.onCall.length === 0 ? 'nobody: escalations reach nobody' : 'they take turns, in this order'}
              </span>
            </legend>
            <div className={classes.choices}>
              {context.choices?.technicians.map(({ id, name, email }) => (
                <label key={id} className={classes.check}>
                  <input
                    type="checkbox"
                    checked={draft.onCall.includes(email)}
                    onChange={(event) => turn(email, event.target.checked)}
                  />
                  {name}
                  {draft.onCall.includes(email) && <b>{draft.onCall.indexOf(email) + 1}</b>}
                </label>
              ))}
            </div>
            {draft.onCall.length > 0 && (
              <div className={classes.columns}>
                <TextInput
                  label="Handed over at"
                  type="time"
                  value={draft.handover}
                  onChange={(event) => change({ handover: event.currentTarget.value })}
                />
                <TextInput
                  label="Days of a turn"
                  inputMode="numeric"
                  value={draft.days}
                  onChange={(event) => change({ days: event.currentTarget.value })}
                />
              </div>
            )}
          </fieldset>
        </div>
      </div>
    </>
  )
}

const NAMES: Record<Day, string> = {
  ...{ monday: 'Monday', tuesday: 'Tuesday', wednesday: 'Wednesday', thursday: 'Thursday' },
  ...{ friday: 'Friday', saturday: 'Saturday', sunday: 'Sunday' },
}
const DAY_LINE = /^(\d{4}-\d{2}-\d{2})\s+(\S.*)$/

function linesOf(text: string): string[] {
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]))
}

function daysOf(text: string): { date: string; name: string }[] {
  return linesOf(text).flatMap((line) => {
    const [, date, name] = DAY_LINE.exec(line) ?? []
    return date && name ? [{ date, name }] : []
  })
}

/** The calendars without what this step gave the client of its own. */
function inheritedCalendars({ settings }: StepContext): LayerCalendar[] | null {
  const found = settings?.settings.calendars
  return found ? (found.inherited ?? found).value : null
}

function originText({ settings }: StepContext): string {
  const found = settings?.settings.calendars
  if (!found) return 'as inherited'
  const { origin, name } = found.inherited ?? found
  return `as inherited${name ? ` from ${name}` : origin === 'organisation' ? ' from your organisation' : ''}`
}

function triedOut({ week, ownDays, holidays }: Draft, calendars: LayerCalendar[] | null): LayerValues | null {
  const [first, ...others] = calendars ?? []
  if (!first) return null
  const hours = week ? hoursOf(week) : first.hours
  if (hours === null) return null
  return {
    calendars: [{ ...first, hours }, ...others],
    ownDays: daysOf(ownDays),
    ...(holidays === 'none' && { holidays: null }),
  }
}
