import {
  actsBetween,
  type ChangePlace,
  type TicketAct,
  type TicketActivity,
  type TicketActivityLine,
  type TicketChange,
} from '../../../src-shared/domain/ticket-change.ts'
import type { TicketReference } from '../../../src-shared/domain/views.ts'
import { ProblemError } from '../../../src-shared/problem.ts'
import { createdOf, serverTicket, withPending } from '../cache/overlay.ts'
import type { Holdings } from '../holdings.ts'
import { mergedFrom } from './detail.ts'
import { peopleOf } from './people.ts'
import { ticketReference } from './references.ts'

/**
 * Who changed what of a ticket and of those merged into it, the oldest first; what the technician did and the cloud has
 * not answered comes last, with the newest page.
 * @param before where an older page begins; absent for the newest
 * @param limit changes of the cloud at most: the last ones
 * @throws ProblemError `not-found`
 */
export function readActivity(
  held: Holdings,
  { id, limit, before }: { id: string; limit: number; before?: ChangePlace | null | undefined },
): TicketActivity {
  const { cache } = held
  if (!cache.tickets.byId(id)) throw new ProblemError('not-found', { what: 'This ticket' })
  const merged = mergedFrom(held, id)
  const from = new Map(merged.map((one) => [one.id, one]))
  const named = (change: TicketChange, pending: boolean): TicketActivityLine => {
    const other: TicketReference | undefined = from.get(change.ticketId)
    return { ...change, pending, ...(other && { from: other }) }
  }
  const newest = cache.changes.newest([id, ...from.keys()], limit + 1, before ?? null)
  const there = newest.slice(0, limit).map(({ change }) => named(change, false))
  const own = before
    ? []
    : [id, ...from.keys()]
        .flatMap((one) => ownActivity(held, one))
        .sort((x, y) => x.place - y.place)
        .map(({ change, pending }) => named(change, pending))
  const lines = [...there.reverse(), ...own]
  const last = newest[limit - 1]
  const acts = lines.flatMap((line) => line.acts)
  return {
    lines,
    older: newest.length > limit && last ? [last.version, last.change.id] : null,
    people: peopleOf(
      cache,
      acts.flatMap(({ field, from: was, to }) => [was, to].map((value) => [field, value] as const)),
    ),
    tickets: ticketsIn(held, acts),
  }
}

/** Numbers by id of the tickets that changes name, as far as they are here. */
function ticketsIn({ cache, ledger }: Holdings, acts: readonly TicketAct[]): Record<string, number> {
  const ids = acts.flatMap(({ field, from, to }) =>
    field === 'mergedInto'
      ? [from, to]
      : field === 'links'
        ? [from, to].flat().map((link) => (link as { ticketId?: unknown } | null)?.ticketId)
        : [],
  )
  const numbers: Record<string, number> = {}
  for (const id of ids) {
    const ticket = typeof id === 'string' ? ticketReference(cache, ledger, id) : null
    if (ticket) numbers[ticket.id] = ticket.number
  }
  return numbers
}

interface Own {
  /** In the order of writing. */
  place: number
  change: TicketChange
  pending: boolean
}

/** What the technician's own writes make of the ticket, for as long as the feed does not tell of them. */
function ownActivity({ cache, ledger, technician }: Holdings, id: string): Own[] {
  const pending = ledger.overlay(id)
  const created = createdOf(pending, id)
  const by = { kind: 'technician' as const, id: technician.id, name: technician.name }
  let before = created ? null : serverTicket(cache, id)
  if (!created && !before) return []
  const lines: Own[] = []
  for (const item of pending) {
    const after = before ? withPending(before, [item]) : created
    if (!after) break
    const acts = actsBetween(before, after)
    before = after
    const { id: change, at, place } = item
    if (acts.length > 0)
      lines.push({ place, change: { id: change, ticketId: id, by, at, acts }, pending: item.state === 'queued' })
  }
  return lines
}
