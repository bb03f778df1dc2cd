import type { Configuration } from '../../../src-shared/domain/configuration.ts'
import { Hours } from '../../../src-shared/sla/hours.ts'
import { zoneOf } from '../../../src-shared/sla/zone.ts'
import { readWhen, type Moment } from '../../../src-shared/domain/when.ts'
import { capital } from '../../ui/capital.ts'

/** A time to sleep until; null wakes. */
export interface SnoozeChoice {
  key: string
  label: string
  until: string | null
  /** The same by the clocks that matter: the client's, then the technician's own where it differs. */
  times: string
}

const WHOLE_DAY = [{ from: '00:00', to: '24:00' }]
/** Days of work where no calendar says them. */
const WEEKDAYS = Object.fromEntries(
  ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'].map((day) => [day, WHOLE_DAY]),
)
/** Where a day has no hours of work. */
const MORNING = 9 * 60
const USUAL = ['in 1 hour', 'in 3 hours', 'tomorrow', 'next monday', 'in 1 week', 'next month']
const ENDS = ['', ' hours', ' days', ' working days', 'morrow']

/**
 * Where and when a technician says a time about a client: by the clock and the hours of its first calendar, else by its
 * own zone, from nine in the morning.
 */
export function momentOf({ sla }: Configuration, timeZone: string, now: number): Moment {
  const calendar = sla?.calendars[0]
  const hours = new Hours(calendar?.hours ?? '24x7', calendar?.holidays)
  const days = calendar ? hours : new Hours(WEEKDAYS)
  return {
    now,
    zone: zoneOf(calendar?.timeZone ?? timeZone),
    opens(day) {
      const first = hours.on(day)[0]?.[0]
      return first === undefined || first === 0 ? MORNING : first
    },
    hours: (day) => days.on(day),
  }
}

/**
 * What to offer for a text: the usual times for none, else what it says.
 * @param none what no time is called where there is one
 */
export function snoozeChoices(text: string, moment: Moment, asleep: boolean, none = 'Wake it now'): SnoozeChoice[] {
  const wake: SnoozeChoice[] = asleep ? [{ key: 'wake', label: none, until: null, times: '' }] : []
  const typed = text.trim()
  if (typed === '') return [...wake, ...USUAL.flatMap((words) => choiceOf(capital(words), words, moment))]
  // As somebody types on: “in 2” is hours or days.
  const choices = ENDS.flatMap((end) => choiceOf(typed + end, typed + end, moment))
  return none.toLowerCase().startsWith(typed.toLowerCase()) ? [...wake, ...choices] : choices
}

/** Why a text says no time to sleep until. */
export function problemOf(text: string, moment: Moment): string {
  const when = readWhen(text, moment)
  return 'problem' in when ? when.problem : ''
}

function choiceOf(label: string, words: string, moment: Moment): SnoozeChoice[] {
  const when = readWhen(words, moment)
  if ('problem' in when) return []
  const until = new Date(when.at).toISOString()
  return [{ key: `${label} ${until}`, label, until, times: timesText(when.at, moment) }]
}

function timesText(at: number, { zone }: Moment): string {
  const there = zone.wallAt(at)
  const here = at - new Date(at).getTimezoneOffset() * 60_000
  const text = dayAndTime(there)
  return there === here ? text : `${text} there, ${DAY_TIME.format(here)} here`
}

const DAY_AND_TIME = new Intl.DateTimeFormat(undefined, {
  ...{ weekday: 'short', day: 'numeric', month: 'short' },
  ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'UTC' },
})

const DAY_TIME = new Intl.DateTimeFormat(undefined, {
  ...{ weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'UTC' },
})

function dayAndTime(wall: number): string {
  return DAY_AND_TIME.format(wall)
}
