export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** A stretch of time over which a zone's clocks keep the same distance from UTC. */
export interface Segment {
  /** ms since 1970, `from` included and `to` not. */
  from: number
  to: number
  /** What the zone's wall clock is ahead of UTC, in ms. */
  offset: number
}

/** Long enough to spare most look-ups, short enough to be made in a fraction of a millisecond. */
const BLOCK = 32 * DAY
/** No zone ever moved its clocks twice within so short a time. */
const PROBE = DAY / 2

/**
 * The wall clock of an IANA time zone, as this runtime's own database tells it. Whatever a zone has done is only ever
 * seen as stretches of equal offset: summer time, a change of zone, a day that was left out or lived twice.
 */
export class Zone {
  readonly name: string
  readonly #format: Intl.DateTimeFormat
  readonly #blocks = new Map<number, Segment[]>()

  /** @throws RangeError where the runtime does not know the zone */
  constructor(name: string) {
    this.name = name
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      era: 'short',
      ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
      ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
    })
  }

  /** What the wall clock is ahead of UTC at an instant, in ms. */
  offsetAt(at: number): number {
    const segments = this.#block(Math.floor(at / BLOCK))
    return (segments.find(({ to }) => at < to) ?? (segments.at(-1) as Segment)).offset
  }

  /** The wall clock at an instant, as ms since 1970 as if it were UTC. */
  wallAt(at: number): number {
    return at + this.offsetAt(at)
  }

  /** The stretches of equal offset between two instants, in order and without a gap. */
  segments(from: number, to: number): Segment[] {
    const found: Segment[] = []
    for (let block = Math.floor(from / BLOCK); block * BLOCK < to; block++) {
      for (const segment of this.#block(block)) {
        const part = { ...segment, from: Math.max(from, segment.from), to: Math.min(to, segment.to) }
        if (part.from >= part.to) continue
        const last = found.at(-1)
        if (last?.offset === part.offset) last.to = part.to
        else found.push(part)
      }
    }
    return found
  }

  /**
   * The first instant at which the wall clock shows a time or a later one. Of a time that was left out that is the end
   * of the gap, of one that comes twice the first.
   * @param wall ms since 1970 as if it were UTC
   */
  firstAt(wall: number): number {
    // No zone is further from UTC than this.
    for (const { from, to, offset } of this.segments(wall - 26 * HOUR, wall + 26 * HOUR)) {
      if (wall < to + offset) return Math.max(from, wall - offset)
    }
    return wall
  }

  #block(index: number): Segment[] {
    const known = this.#blocks.get(index)
    if (known) return known
    // Years of look-ups stay small; a walk over centuries does not fill the memory.
    if (this.#blocks.size > 2000) this.#blocks.clear()
    const made = this.#probe(index * BLOCK, (index + 1) * BLOCK)
    this.#blocks.set(index, made)
    return made
  }

  #probe(from: number, to: number): Segment[] {
    const segments: Segment[] = [{ from, to, offset: this.#ask(from) }]
    for (let at = from + PROBE; at <= to; at += PROBE) {
      const last = segments.at(-1) as Segment
      // The instant after the last of the block belongs to the next one.
      const offset = this.#ask(at === to ? at - 1000 : at)
      if (offset === last.offset) continue
      const moved = this.#transition(at - PROBE, at === to ? at - 1000 : at, last.offset)
      last.to = moved
      segments.push({ from: moved, to, offset })
    }
    return segments
  }

  /** The second at which the clocks were moved. */
  #transition(low: number, high: number, before: number): number {
    let [same, moved] = [low, high]
    while (moved - same > 1000) {
      const middle = same + Math.floor((moved - same) / 2000) * 1000
      if (this.#ask(middle) === before) same = middle
      else moved = middle
    }
    return moved
  }

  #ask(at: number): number {
    const parts: Record<string, number> = {}
    let era = 1
    for (const { type, value } of this.#format.formatToParts(at)) {
      if (type === 'era') era = value.startsWith('B') ? -1 : 1
      else if (type !== 'literal') parts[type] = Number(value)
    }
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    const wall = new Date(0)
    // Not Date.UTC, which takes years below 100 for those of the last century.
    wall.setUTCFullYear(era === 1 ? year : 1 - year, month - 1, day)
    wall.setUTCHours(hour, minute, second)
    return wall.getTime() - Math.floor(at / 1000) * 1000
  }
}

const zones = new Map<string, Zone>()

/** The zone of a name; the same object each time, as it remembers what it was asked. */
export function zoneOf(name: string): Zone {
  let zone = zones.get(name)
  if (!zone) zones.set(name, (zone = new Zone(name)))
  return zone
}
