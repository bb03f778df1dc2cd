import type { Holiday, Span, WeeklyHours } from './schema.ts'
import { DAY, MINUTE } from './zone.ts'

/** Open minutes of one day, `[from, to)` from its midnight, in order and apart. */
export type OpenMinutes = readonly (readonly [from: number, to: number])[]

const NAMES = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const
const DAY_MINUTES = DAY / MINUTE
const WHOLE: OpenMinutes = [[0, DAY_MINUTES]]

/** The open minutes of any day, by wall clock: weekly hours, holidays, and spans that reach into the next day. */
export class Hours {
  readonly #weekly: '24x7' | readonly Span[][]
  readonly #holidays: ReadonlyMap<number, readonly Span[]>
  readonly #days = new Map<number, OpenMinutes>()

  constructor(hours: '24x7' | WeeklyHours, holidays: readonly Holiday[] = []) {
    this.#weekly = hours === '24x7' ? hours : NAMES.map((name) => hours[name] ?? [])
    // Of two for one day the later counts: a day of one's own after the public ones.
    this.#holidays = new Map(holidays.map(({ date, hours: own = [] }) => [dayOf(date), own]))
  }

  /** @param day since 1970-01-01 */
  on(day: number): OpenMinutes {
    // Ordinary days look like those of every other week.
    const special = this.#holidays.has(day) || this.#holidays.has(day - 1)
    const key = special ? day : -1 - weekday(day)
    let found = this.#days.get(key)
    if (!found) this.#days.set(key, (found = this.#make(day)))
    return found
  }

  #make(day: number): OpenMinutes {
    const holiday = this.#holidays.get(day)
    if (this.#weekly === '24x7' && !holiday) return WHOLE
    const today = this.#begunOn(day).map(([from, to]): [number, number] => [from, Math.min(to, DAY_MINUTES)])
    const rest = holiday ? [] : this.#begunOn(day - 1).map(([, to]): [number, number] => [0, to - DAY_MINUTES])
    return joined([...rest, ...today].filter(([from, to]) => from < to))
  }

  /** Spans that begin on a day, as minutes from its midnight; they may end on the next. */
  #begunOn(day: number): [number, number][] {
    const holiday = this.#holidays.get(day)
    if (this.#weekly === '24x7' && !holiday) return [[0, DAY_MINUTES]]
    const spans = holiday ?? (this.#weekly === '24x7' ? [] : (this.#weekly[weekday(day)] ?? []))
    return spans.map(({ from, to }) => {
      const [start, end] = [minuteOf(from), minuteOf(to)]
      return [start, end <= start ? end + DAY_MINUTES : end]
    })
  }
}

function joined(spans: [number, number][]): [number, number][] {
  const result: [number, number][] = []
  for (const [from, to] of spans.sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else result.push([from, to])
  }
  return result
}

/** Days from 1970-01-01 to a calendar day. */
export function dayOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY
}

/** Minutes from midnight to a time of day. */
export function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
}

function weekday(day: number): number {
  // 1970 began on a Thursday.
  return (((day + 4) % 7) + 7) % 7
}
