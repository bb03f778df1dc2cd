import { Calendar } from './calendar.ts'
import { dayOf, minuteOf } from './hours.ts'
import type { OnCallLayer, OnCallOverride, OnCallRotation } from './schema.ts'
import { DAY, MINUTE, zoneOf, type Zone } from './zone.ts'

/** Who is on call, until when, and who then; ms since 1970, null for nobody and for no end in sight. */
export interface OnCall {
  technicianId: string | null
  until: number | null
  next: string | null
}

/** Changes of layers and overrides that are looked at for the next change of the person. */
const STEPS = 2000

/** A rotation made ready to be asked. */
export class Rotation {
  readonly #layers: Layer[]
  readonly #overrides: { from: number; to: number; technicianId: string | null }[]

  constructor({ timeZone, layers, overrides }: OnCallRotation) {
    this.#layers = layers.map((layer) => new Layer(layer, timeZone))
    this.#overrides = overrides.map(spanOf)
  }

  /** Who is on call at an instant; null for nobody. */
  who(at: number): string | null {
    const override = this.#overrides.findLast(({ from, to }) => from <= at && at < to)
    if (override) return override.technicianId
    return this.#layers.map((layer) => layer.who(at)).findLast((id) => id !== null) ?? null
  }

  /** Who is on call at an instant, and what comes next. */
  at(at: number): OnCall {
    const technicianId = this.who(at)
    let moment: number | null = at
    for (let step = 0; step < STEPS; step++) {
      moment = this.#nextMove(moment)
      if (moment === null) break
      const next = this.who(moment)
      if (next !== technicianId) return { technicianId, until: moment, next }
    }
    return { technicianId, until: null, next: null }
  }

  #nextMove(at: number): number | null {
    const bounds = this.#overrides.flatMap(({ from, to }) => [from, to])
    const moves = [...bounds, ...this.#layers.flatMap((layer) => layer.nextMoves(at))].filter((one) => one > at)
    return moves.length === 0 ? null : Math.min(...moves)
  }
}

class Layer {
  readonly #layer: OnCallLayer
  readonly #zone: Zone
  readonly #hours: Calendar | null
  readonly #from: number
  readonly #until: number

  constructor(layer: OnCallLayer, timeZone: string) {
    this.#layer = layer
    this.#zone = zoneOf(timeZone)
    this.#hours = layer.hours ? new Calendar(timeZone, layer.hours) : null
    this.#from = this.#handover(0)
    this.#until = layer.until ? this.#on(dayOf(layer.until)) : Infinity
  }

  who(at: number): string | null {
    if (at < this.#from || at >= this.#until) return null
    if (this.#hours && !this.#hours.isOpen(at)) return null
    const { technicians } = this.#layer
    return technicians[this.#turn(at) % technicians.length] ?? null
  }

  nextMoves(at: number): number[] {
    const hours = this.#hours?.nextChange(at)
    const turn = at < this.#from ? -1 : this.#turn(at)
    const ends = Number.isFinite(this.#until) ? [this.#until] : []
    return [this.#handover(turn + 1), ...ends, ...(hours == null ? [] : [hours])]
  }

  /** Number of the turn at an instant that is not before the first. */
  #turn(at: number): number {
    const { from, days } = this.#layer
    // By wall clock it is this one or a neighbour: around a move of the clocks the handovers themselves tell.
    let turn = Math.max(0, Math.floor((this.#zone.wallAt(at) / DAY - dayOf(from)) / days))
    while (turn > 0 && at < this.#handover(turn)) turn--
    while (at >= this.#handover(turn + 1)) turn++
    return turn
  }

  #handover(turn: number): number {
    return this.#on(dayOf(this.#layer.from) + turn * this.#layer.days)
  }

  /** The moment of handover on a day; where its time is left out that day, when the clocks go on. */
  #on(day: number): number {
    return this.#zone.firstAt(day * DAY + minuteOf(this.#layer.handover) * MINUTE)
  }
}

function spanOf({ from, to, technicianId }: OnCallOverride): { from: number; to: number; technicianId: string | null } {
  return { from: Date.parse(from), to: Date.parse(to), technicianId }
}

/** The turns of a rotation between two instants, for a plan of the coming weeks. */
export function turnsOf(
  rotation: Rotation,
  from: number,
  to: number,
): { from: number; to: number; technicianId: string | null }[] {
  const turns: { from: number; to: number; technicianId: string | null }[] = []
  for (let at = from; at < to;) {
    const { technicianId, until } = rotation.at(at)
    const end = Math.min(to, until ?? to)
    turns.push({ from: at, to: end, technicianId })
    at = end
  }
  return turns
}
