import { isOpenCategory, type Configuration, type Status } from '../domain/configuration.ts'
import type { Ticket } from '../domain/ticket.ts'
import { Calendar } from './calendar.ts'
import type { BusinessCalendar, ServiceTarget, TargetKind } from './schema.ts'
import { MINUTE } from './zone.ts'

/** What of a ticket its service clock looks at. */
export type ClockedTicket = Pick<
  Ticket,
  'status' | 'priority' | 'type' | 'assigneeId' | 'createdAt' | 'updatedAt' | 'history' | 'mergedInto'
>

/** How one target of a ticket stands. Times are ms since 1970, minutes are business minutes. */
export interface TargetClock {
  target: TargetKind
  /** `running`, also past its end; `paused` while the status stops the clock; `met` or `missed` where it is over. */
  state: 'running' | 'paused' | 'met' | 'missed'
  /** What is agreed, and what of it is used up. */
  minutes: number
  used: number
  /** When it ends if nothing happens; null while it is paused with time left, and where it is over. */
  dueAt: number | null
  /** From when on it is at risk; null as `dueAt`. */
  riskAt: number | null
  /** When it was over. */
  endedAt: number | null
  /** Label of the calendar that counts. */
  calendar: string
}

/** What lists sort and mark a ticket by. */
export interface Due {
  /** ms since 1970; null where no target runs. */
  dueAt: number | null
  riskAt: number | null
}

interface Agreed {
  target: ServiceTarget
  calendar: Calendar
  label: string
}

interface Period {
  from: number
  /** Infinity for the last. */
  to: number
  runs: boolean
  over: boolean
}

/** The service levels of one configuration, made ready to be asked of many tickets. It keeps nothing of them. */
export class ServiceDesk {
  readonly configuration: Configuration
  readonly #statuses: ReadonlyMap<string, Status>
  readonly #calendars = new Map<string, { calendar: Calendar; label: string }>()
  readonly #always = new Calendar('UTC', '24x7')

  constructor(configuration: Configuration) {
    this.configuration = configuration
    this.#statuses = new Map(configuration.statuses.map((status) => [status.key, status]))
    for (const calendar of configuration.sla?.calendars ?? []) this.#calendars.set(calendar.key, made(calendar))
  }

  /** The business time that counts for a ticket; round the clock where no target fits it. */
  calendarOf(ticket: ClockedTicket): Calendar {
    return this.#agreedFor(ticket)?.calendar ?? this.#always
  }

  /** Whether a ticket needs no more work. One of a status that the configuration does not know does. */
  isOver({ status, mergedInto }: ClockedTicket): boolean {
    const known = this.#statuses.get(status)
    return mergedInto != null || (known !== undefined && !isOpenCategory(known.category))
  }

  /** How often a ticket was taken up again after it was over, and when each time. */
  reopenings(ticket: ClockedTicket): number[] {
    const periods = this.#periods(ticket)
    return periods.flatMap(({ from, over }, i) => (!over && periods[i - 1]?.over ? [from] : []))
  }

  /**
   * The first end of a target that still runs, from history and configuration alone.
   * @returns null where nothing is agreed for such a ticket: what else is known of its due time holds then
   */
  dueOf(ticket: ClockedTicket): Due | null {
    const agreed = this.#agreedFor(ticket)
    if (!agreed) return null
    const none: Due = { dueAt: null, riskAt: null }
    if (this.isOver(ticket)) return none
    const periods = this.#periods(ticket)
    return this.#kinds(agreed, ticket).reduce((first, { kind, minutes }) => {
      const ends = endOf(kind, ticket, periods)
      if (ends !== null) return first
      const due = this.#dueOf(agreed.calendar, periods, minutes)
      return due.dueAt !== null && (first.dueAt === null || due.dueAt < first.dueAt) ? due : first
    }, none)
  }

  /** The targets of a ticket, first response first; none where nothing is agreed or its past is not known. */
  clocksOf(ticket: ClockedTicket, now: number): TargetClock[] {
    const agreed = this.#agreedFor(ticket)
    if (!agreed || ticket.mergedInto != null) return []
    // Over, and nobody knows since when.
    if (!ticket.history && this.isOver(ticket)) return []
    const periods = this.#periods(ticket)
    return this.#kinds(agreed, ticket).map(({ kind, minutes }): TargetClock => {
      const endedAt = endOf(kind, ticket, periods)
      const used = usedAt(agreed.calendar, periods, endedAt ?? now)
      const common = { target: kind, minutes, used, endedAt, calendar: agreed.label }
      if (endedAt !== null) return { ...common, state: used <= minutes ? 'met' : 'missed', dueAt: null, riskAt: null }
      const last = periods.at(-1)
      return {
        ...common,
        state: last && !last.runs ? 'paused' : 'running',
        ...this.#dueOf(agreed.calendar, periods, minutes),
      }
    })
  }

  /**
   * When so much of a target is used up; null where it is over before that, or the clock stands still before that, or
   * no such target is agreed.
   */
  usedUpAt(ticket: ClockedTicket, kind: TargetKind, percent: number): number | null {
    const agreed = this.#agreedFor(ticket)
    const found = agreed && this.#kinds(agreed, ticket).find((one) => one.kind === kind)
    if (!found) return null
    const periods = this.#periods(ticket)
    if (endOf(kind, ticket, periods) !== null) return null
    return whenUsed(agreed.calendar, periods, (found.minutes * percent) / 100)
  }

  #agreedFor({ priority, type }: ClockedTicket): Agreed | null {
    const target = this.configuration.sla?.targets.find(
      ({ priorities, types }) =>
        (!priorities || priorities.includes(priority)) && (!types || (type !== null && types.includes(type))),
    )
    // A target whose calendar is missing promises nothing that could be worked out.
    const found = target && this.#calendars.get(target.calendar)
    return found ? { target, ...found } : null
  }

  #kinds({ target }: Agreed, ticket: ClockedTicket): { kind: TargetKind; minutes: number }[] {
    const { firstResponse, resolution } = target
    // Whether anybody replied is not known of a ticket without history.
    const known = ticket.history?.respondedAt !== undefined
    return [
      ...(firstResponse !== undefined && known ? [{ kind: 'first-response' as const, minutes: firstResponse }] : []),
      ...(resolution !== undefined ? [{ kind: 'resolution' as const, minutes: resolution }] : []),
    ]
  }

  #dueOf(calendar: Calendar, periods: readonly Period[], minutes: number): Due {
    const dueAt = whenUsed(calendar, periods, minutes)
    if (dueAt === null) return { dueAt, riskAt: null }
    const percent = this.configuration.sla?.atRiskPercent
    if (percent === undefined) return { dueAt, riskAt: dueAt - this.configuration.atRiskMinutes * MINUTE }
    return { dueAt, riskAt: whenUsed(calendar, periods, (minutes * percent) / 100) }
  }

  #periods(ticket: ClockedTicket): Period[] {
    const created = Date.parse(ticket.createdAt)
    const told = ticket.history?.statuses ?? []
    const known = told.length > 0 ? told.map(({ status, at }) => ({ status, at: Date.parse(at) })) : []
    // The ticket's own word counts, whatever its history says.
    if (known.at(-1)?.status !== ticket.status)
      known.push({ status: ticket.status, at: known.length > 0 ? Date.parse(ticket.updatedAt) : created })
    let before = created
    const starts = known.map(({ status, at }, i) => {
      before = i === 0 ? created : Math.max(before, at)
      return { from: before, ...this.#meaning(status) }
    })
    return starts.map((one, i) => ({ ...one, to: starts[i + 1]?.from ?? Infinity }))
  }

  #meaning(status: string): Pick<Period, 'runs' | 'over'> {
    const known = this.#statuses.get(status)
    const over = known !== undefined && !isOpenCategory(known.category)
    return { over, runs: !over && known?.stopsClock !== true }
  }
}

function made(calendar: BusinessCalendar): { calendar: Calendar; label: string } {
  return { calendar: Calendar.of(calendar), label: calendar.label }
}

/** When a target was over; null where it is not. An end without a reply counts as one. */
function endOf(kind: TargetKind, { history }: ClockedTicket, periods: readonly Period[]): number | null {
  if (kind === 'first-response') {
    const over = periods.find((period) => period.over)?.from ?? null
    const replied = history?.respondedAt ? Date.parse(history.respondedAt) : null
    return replied === null || over === null ? (replied ?? over) : Math.min(replied, over)
  }
  const last = periods.findLastIndex((period) => !period.over)
  return periods[last + 1]?.from ?? null
}

function usedAt(calendar: Calendar, periods: readonly Period[], at: number): number {
  return periods.reduce(
    (sum, { from, to, runs }) => (runs && from < at ? sum + calendar.between(from, Math.min(to, at)) : sum),
    0,
  )
}

function whenUsed(calendar: Calendar, periods: readonly Period[], minutes: number): number | null {
  let left = minutes
  for (const { from, to, runs } of periods) {
    if (!runs) continue
    if (to === Infinity) return calendar.add(from, left)
    const part = calendar.between(from, to)
    if (part >= left) return calendar.add(from, left)
    left -= part
  }
  return null
}
