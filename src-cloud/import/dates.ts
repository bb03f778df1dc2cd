import { HOUR, MINUTE, type Zone } from '../../src-shared/sla/zone.ts'

/** A value that was found, or why not. */
export type Found = { value: string | undefined } | { reason: string }

/** Which comes first, day or month. */
export type Order = 'dmy' | 'mdy'

const DATE = {
  year: /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)/,
  numbers: /^(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)/,
  dayName: /^(?:[a-z]{3,9},? +)?(\d{1,2})(?:st|nd|rd|th)?[ ./-]+([a-z]{3,9})\.?,?[ ./-]+(\d{4}|\d{2})(?!\d)/i,
  nameDay: /^(?:[a-z]{3,9},? +)?([a-z]{3,9})\.? +(\d{1,2})(?:st|nd|rd|th)?,? +(\d{4})(?!\d)/i,
}
const TIME = /^(?:,? +(?:at +)?|t)(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?(?: ?([ap])\.?m\.?)?/i
const ZONE = /^ ?(?:z|utc|gmt|(?:utc|gmt)?([+-])(\d{2}):?(\d{2}))$/i
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** A date with or without a time as it is written. */
interface Written {
  /** ms since 1970 as if it were UTC. */
  wall: number
  /** What its zone is ahead of UTC, in ms; null where it names none. */
  offset: number | null
}

/** Two numbers of which either may be the day; null for any other date. */
export function eitherOf(text: string): { first: number; second: number; year: number } | null {
  const [, first, , second, year] = DATE.numbers.exec(text) ?? []
  return first && second && year ? { first: Number(first), second: Number(second), year: yearOf(year) } : null
}

/** How the dates of a file are read. */
export class DateReader {
  readonly #zone: Zone
  readonly #orderOf: (field: string) => Order | undefined

  /**
   * @param zone whose wall clock a time without a zone means
   * @param orderOf what comes first in the cells of a field; where nobody knows, a date with neither first is refused
   */
  constructor(zone: Zone, orderOf: (field: string) => Order | undefined) {
    this.#zone = zone
    this.#orderOf = orderOf
  }

  /** An instant. @param label what the field is called where the text is none */
  instant(text: string | undefined, field: string, label = field): Found {
    return this.#found(text, field, label, ({ wall, offset }) =>
      new Date(offset === null ? this.#zone.firstAt(wall) : wall - offset).toISOString(),
    )
  }

  /** A day by the clock that it was written by. */
  day(text: string, field: string, label: string): Found {
    return this.#found(text, field, label, ({ wall }) => new Date(wall).toISOString().slice(0, 10))
  }

  #found(text: string | undefined, field: string, label: string, as: (written: Written) => string): Found {
    if (text === undefined) return { value: undefined }
    const either = eitherOf(text)
    const order = this.#orderOf(field) ?? (either?.first === either?.second ? 'dmy' : undefined)
    const written = readDate(text, order)
    if (written) return { value: as(written) }
    if (!order && either && (readDate(text, 'dmy') ?? readDate(text, 'mdy')))
      return {
        reason: `${label}: "${text.slice(0, 40)}" could be either of two days. Say whether dates are day first or month first.`,
      }
    return { reason: `${label}: "${text.slice(0, 40)}" is no date such as 2026-04-03 09:30.` }
  }
}

/** Null where it is none, or nobody says which number is the day. */
function readDate(text: string, order: Order | undefined): Written | null {
  const date = dateOf(text, order)
  if (!date) return null
  const { year, month, day } = date
  const midnight = Date.UTC(year, month - 1, day)
  if (new Date(midnight).getUTCMonth() !== month - 1 || new Date(midnight).getUTCDate() !== day) return null
  let rest = text.slice(date.length)
  if (rest.trim() === '') return { wall: midnight, offset: null }
  const time = TIME.exec(rest)
  const minutes = time && minutesOf(time)
  if (time === null || minutes === null) return null
  rest = rest.slice(time[0].length)
  const wall = midnight + minutes * MINUTE + Number(time[3] ?? 0) * 1000
  if (rest.trim() === '') return { wall, offset: null }
  const zone = ZONE.exec(rest)
  if (!zone) return null
  const [, sign, hours = '0', more = '0'] = zone
  return { wall, offset: (sign === '-' ? -1 : 1) * (Number(hours) * HOUR + Number(more) * MINUTE) }
}

function dateOf(
  text: string,
  order: Order | undefined,
): { year: number; month: number; day: number; length: number } | null {
  const byYear = DATE.year.exec(text)
  if (byYear)
    return { year: Number(byYear[1]), month: Number(byYear[2]), day: Number(byYear[3]), length: byYear[0].length }
  const numbers = DATE.numbers.exec(text)
  if (numbers) {
    if (!order) return null
    const [day, month] = order === 'dmy' ? [numbers[1], numbers[3]] : [numbers[3], numbers[1]]
    return { year: yearOf(numbers[4] ?? ''), month: Number(month), day: Number(day), length: numbers[0].length }
  }
  const dayName = DATE.dayName.exec(text)
  const nameDay = dayName ? null : DATE.nameDay.exec(text)
  const [day, name, year] = dayName ? dayName.slice(1) : nameDay ? [nameDay[2], nameDay[1], nameDay[3]] : []
  if (day === undefined || name === undefined || year === undefined) return null
  const month = MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1
  return { year: yearOf(year), month, day: Number(day), length: (dayName ?? nameDay)?.[0].length ?? 0 }
}

/** Of two digits: of this century, as far as somebody may plan. */
function yearOf(text: string): number {
  if (text.length !== 2) return Number(text)
  const year = 2000 + Number(text)
  return year > new Date().getUTCFullYear() + 20 ? year - 100 : year
}

/** Minutes from midnight; null where it is no time of day. */
function minutesOf([, hours, minutes, seconds = '0', half]: RegExpExecArray): number | null {
  const [hour, minute] = [Number(hours), Number(minutes)]
  if (hour > 23 || minute > 59 || Number(seconds) > 59) return null
  if (!half) return hour * 60 + minute
  const afternoon = half.toLowerCase() === 'p'
  // 13:30 PM says the same thing twice; 13:30 AM says nothing.
  if (hour > 12 && !afternoon) return null
  return ((hour % 12) + (afternoon ? 12 : 0)) * 60 + minute
}

/** Whether a date names the zone whose clock it was written by. */
export function isZoned(text: string): boolean {
  return /\d[:.]\d{2}.*(?:z|utc|gmt|[+-]\d{2}:?\d{2})$/i.test(text)
}
