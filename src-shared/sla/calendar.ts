import { Hours } from './hours.ts'
import type { BusinessCalendar, Holiday, WeeklyHours } from './schema.ts'
import { DAY, MINUTE, zoneOf, type Zone } from './zone.ts'

interface Block {
  /** Open stretches in ms since 1970, in order and apart; they end with the block. */
  open: [from: number, to: number][]
  /** ms of all of them. */
  total: number
}

const BLOCK = 32 * DAY
/** A target that is not reached within so many blocks (about nine years) is never reached. */
const FURTHEST = 100

/**
 * Business time in a zone. A minute counts where the wall clock shows one of the open hours: one that summer time leaves
 * out does not exist, and one that comes twice counts twice.
 *
 * Time is worked out in blocks of a month that are kept, so a look over years costs as little as one over days.
 */
export class Calendar {
  readonly #zone: Zone
  readonly #hours: Hours
  readonly #blocks = new Map<number, Block>()

  constructor(timeZone: string, hours: '24x7' | WeeklyHours, holidays: readonly Holiday[] = []) {
    this.#zone = zoneOf(timeZone)
    this.#hours = new Hours(hours, holidays)
  }

  static of({ timeZone, hours, holidays }: BusinessCalendar): Calendar {
    return new Calendar(timeZone, hours, holidays)
  }

  /** Whether the desk works at an instant. */
  isOpen(at: number): boolean {
    return this.#block(Math.floor(at / BLOCK)).open.some(([from, to]) => from <= at && at < to)
  }

  /**
   * Business minutes between two instants in ms since 1970; 0 where the second is not after the first. Whole where both
   * instants are.
   */
  between(from: number, to: number): number {
    let sum = 0
    for (let index = Math.floor(from / BLOCK); index * BLOCK < to; index++) {
      const { open, total } = this.#block(index)
      if (from <= index * BLOCK && (index + 1) * BLOCK <= to) sum += total
      else for (const span of open) sum += Math.max(0, Math.min(span[1], to) - Math.max(span[0], from))
    }
    return sum / MINUTE
  }

  /**
   * The first instant by which so many business minutes have passed since another: the end of a day rather than the
   * beginning of the next.
   * @returns ms since 1970, or null where the desk is never open for so long
   */
  add(from: number, minutes: number): number | null {
    let left = Math.round(minutes * MINUTE)
    if (left <= 0) return from
    const first = Math.floor(from / BLOCK)
    for (let index = first; index < first + FURTHEST; index++) {
      const { open, total } = this.#block(index)
      if (index > first && total < left) {
        left -= total
        continue
      }
      for (const span of open) {
        const start = Math.max(span[0], from)
        if (start >= span[1]) continue
        if (span[1] - start >= left) return start + left
        left -= span[1] - start
      }
    }
    return null
  }

  /** The next instant at which the desk opens or closes; null where it never does. */
  nextChange(at: number): number | null {
    const open = this.isOpen(at)
    const first = Math.floor(at / BLOCK)
    let cursor = at
    for (let index = first; index < first + FURTHEST; index++) {
      for (const [from, to] of this.#block(index).open) {
        if (to <= cursor) continue
        if (!open) return from
        if (from > cursor) return cursor
        cursor = to
      }
      // A stretch that lasts to the end of the block may go on in the next.
      if (open && cursor < (index + 1) * BLOCK) return cursor
    }
    return null
  }

  #block(index: number): Block {
    const known = this.#blocks.get(index)
    if (known) return known
    if (this.#blocks.size > 2000) this.#blocks.clear()
    const open: Block['open'] = []
    for (const { from, to, offset } of this.#zone.segments(index * BLOCK, (index + 1) * BLOCK)) {
      for (let day = Math.floor((from + offset) / DAY); day * DAY - offset < to; day++) {
        for (const [first, end] of this.#hours.on(day)) {
          const midnight = day * DAY - offset
          const [start, stop] = [Math.max(from, midnight + first * MINUTE), Math.min(to, midnight + end * MINUTE)]
          if (start >= stop) continue
          const last = open.at(-1)
          if (last?.[1] === start) last[1] = stop
          else open.push([start, stop])
        }
      }
    }
    const block = { open, total: open.reduce((sum, [start, stop]) => sum + stop - start, 0) }
    this.#blocks.set(index, block)
    return block
  }
}
