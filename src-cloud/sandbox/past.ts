import type { Configuration, Status } from '../../src-shared/domain/configuration.ts'
import { isOpenCategory } from '../../src-shared/domain/configuration.ts'
import type { TicketHistory } from '../../src-shared/domain/history.ts'
import type { Entry } from '../../src-shared/domain/entry.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import { ServiceDesk } from '../../src-shared/sla/service-desk.ts'

const MINUTE = 60_000

/** Gives drawn tickets the past that their status and conversation tell of. */
export class Past {
  readonly #desk: ServiceDesk
  readonly #statuses: Status[]
  readonly #now: number

  constructor(configuration: Configuration, now: number) {
    this.#desk = new ServiceDesk(configuration)
    this.#statuses = configuration.statuses
    this.#now = now
  }

  /** One that is at work has waited for so long that it is due about when it was drawn to be. */
  of(ticket: Ticket, entries: readonly Entry[]): TicketHistory {
    const created = Date.parse(ticket.createdAt)
    const taken = Math.min(created + 20 * MINUTE, Date.parse(ticket.updatedAt))
    const reply = entries.find(({ kind, author }) => kind === 'reply' && author.kind === 'technician')
    const fresh = this.#first(({ category }) => category === 'new')
    const working = this.#first(({ category }) => category === 'open')
    const now = this.#statuses.find(({ key }) => key === ticket.status)
    const statuses: TicketHistory['statuses'] = []
    const add = (status: string | undefined, at: number): void => {
      if (status !== undefined && statuses.at(-1)?.status !== status)
        statuses.push({ status, at: new Date(at).toISOString() })
    }
    const isNew = now?.category === 'new'
    add(isNew ? ticket.status : fresh, created)
    if (!isNew) add(working, taken)
    if (now !== undefined && isOpenCategory(now.category) && !now.stopsClock) {
      const from = this.#waitedUntil(ticket, created, taken)
      const waiting = this.#first(({ stopsClock, category }) => stopsClock && isOpenCategory(category))
      if (from > taken + MINUTE) add(waiting, taken + MINUTE)
      add(ticket.status, Math.max(from, taken))
    } else add(ticket.status, Math.max(taken, Date.parse(ticket.updatedAt)))
    // Of a new one nobody has seen yet, or somebody has told that it will take its time.
    const told = !isNew || (created < this.#now - 120 * MINUTE && Date.parse(ticket.dueAt ?? '') > this.#now)
    const answered = reply?.createdAt ?? (told ? new Date(taken).toISOString() : null)
    return {
      statuses,
      respondedAt: answered,
      unassignedSince: ticket.assigneeId === null ? ticket.createdAt : null,
      reassigned: 0,
    }
  }

  /** The moment from which on the rest of the agreed time ends at the drawn one. */
  #waitedUntil(ticket: Ticket, created: number, taken: number): number {
    if (ticket.dueAt === null) return taken
    const begun: Ticket = { ...ticket, history: undefined }
    const agreed = this.#desk.clocksOf(begun, created)[0]?.minutes
    if (agreed === undefined) return taken
    const calendar = this.#desk.calendarOf(begun)
    const due = Date.parse(ticket.dueAt)
    const left = agreed - calendar.between(created, taken + MINUTE)
    let [low, high] = [taken, Math.min(this.#now - MINUTE, due)]
    if (calendar.between(high, due) >= left) return Math.max(taken, high)
    while (high - low > MINUTE) {
      const middle = Math.floor((low + high) / 2)
      if (calendar.between(middle, due) > left) low = middle
      else high = middle
    }
    return low
  }

  #first(fits: (status: Status) => boolean): string | undefined {
    return this.#statuses.find(fits)?.key
  }
}
