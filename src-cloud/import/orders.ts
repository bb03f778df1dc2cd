import type { CustomField } from '../../src-shared/domain/configuration.ts'
import type { ImportDates } from '../../src-shared/protocol/import.ts'
import { timeZonesOf } from '../../src-shared/onboarding/filling-in.ts'
import { DAY } from '../../src-shared/sla/zone.ts'
import type { Mapping } from './columns.ts'
import { eitherOf, isZoned, type Order } from './dates.ts'
import type { CsvRow } from './read-csv.ts'

interface Column {
  column: string
  place: number
  /** Whether nothing in it can be to come. */
  past: boolean
  /** Whether it fills an instant. */
  instant: boolean
  /** The first date that could be either. */
  sample: string | null
  /** Dates that are none the other way round. */
  only: Record<Order, number>
  /** Whether a point stands between its numbers. */
  points: boolean
}

/** Fields, and kinds of the client's own, that hold dates. */
const FIELDS = new Set(['created', 'updated', 'due', 'date', 'date-time'])
const other = { dmy: 'mdy', mdy: 'dmy' } as const

/** Finds out whether the dates of a file have the day or the month first: of each column, by all of it. */
export class DateOrders {
  readonly #columns: Column[]
  /** Whether some time names no zone. */
  #local = false

  constructor({ table }: Mapping, customFields: readonly CustomField[]) {
    const typeOf = (field: string) => customFields.find(({ key }) => field === `custom:${key}`)?.type
    this.#columns = table.flatMap(({ column, field }, place) => {
      const own = field === null ? null : (typeOf(field) ?? field)
      // One that fills nothing yet may become a field.
      if (own !== null && !FIELDS.has(own)) return []
      const past = own === 'created' || own === 'updated'
      const instant = past || own === 'due' || own === 'date-time'
      return [{ column, place, past, instant, sample: null, only: { dmy: 0, mdy: 0 }, points: false }]
    })
  }

  /** Looks through rows. */
  look(rows: readonly CsvRow[]): void {
    const latest = Date.now() + DAY
    for (const { values } of rows)
      for (const column of this.#columns) {
        const text = values[column.place]
        if (!text) continue
        if (column.instant && !isZoned(text)) this.#local = true
        const either = eitherOf(text)
        if (!either) continue
        const { first, second, year } = either
        column.points ||= text.includes('.')
        const is = (day: number, month: number) =>
          month <= 12 && day <= 31 && !(column.past && Date.UTC(year, month - 1, day) > latest)
        const [dmy, mdy] = [is(first, second), is(second, first)]
        if (dmy && !mdy) column.only.dmy++
        else if (mdy && !dmy) column.only.mdy++
        else if (dmy && first !== second) column.sample ??= text
      }
  }

  /**
   * What comes first in each column that has such dates.
   * @param said for all of them
   * @param timeZone of the client
   */
  found(said: Order | undefined, timeZone: string): ImportDates {
    const all = { dmy: 0, mdy: 0 }
    for (const { only } of this.#columns) for (const order of ['dmy', 'mdy'] as const) all[order] += only[order]
    const columns = this.#columns.flatMap(({ column, sample, only, points }): ImportDates['columns'] => {
      // Nobody writes the month first with points.
      const proved = provedBy(only) ?? (points ? 'dmy' : provedBy(all))
      if (sample === null && only.dmy + only.mdy === 0) return []
      const usual = timeZonesOf('US').includes(timeZone) ? 'mdy' : 'dmy'
      const order = said ?? proved ?? usual
      return [
        {
          column,
          order,
          sure: said !== undefined || proved !== null,
          sample: sample === null ? null : readings(sample),
        },
      ]
    })
    return { zone: this.#local ? timeZone : null, columns }
  }
}

/** What a date is either way. */
function readings(text: string): ImportDates['columns'][number]['sample'] {
  const { first, second, year } = eitherOf(text) ?? { first: 1, second: 1, year: 2000 }
  const dayOf = (day: number, month: number) => new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10)
  return { text: text.slice(0, 40), dmy: dayOf(first, second), mdy: dayOf(second, first) }
}

function provedBy(only: Record<Order, number>): Order | null {
  if (only.dmy === only.mdy) return null
  const order = only.dmy > only.mdy ? 'dmy' : 'mdy'
  return only[other[order]] === 0 || only[order] > 10 * only[other[order]] ? order : null
}
