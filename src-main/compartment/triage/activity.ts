import { actsBetween, type TicketActivity, type TicketActivityLine } from '../../../src-shared/domain/ticket-change.ts'
import { ProblemError } from '../../../src-shared/problem.ts'
import { createdOf, serverTicket, withPending } from '../cache/overlay.ts'
import type { Holdings } from '../holdings.ts'
import { peopleOf } from './people.ts'

/**
 * Who changed what of a ticket, the oldest first; what the technician did and the cloud has not answered comes last.
 * @param limit changes of the cloud at most: the last ones
 * @throws ProblemError `not-found`
 */
export function readActivity(held: Holdings, id: string, limit: number): TicketActivity {
  const { cache } = held
  const row = cache.tickets.byId(id)
  if (!row) throw new ProblemError('not-found', { what: 'This ticket' })
  const newest = cache.changes.newest(id, limit + 1)
  const there = newest.slice(0, limit).map((change): TicketActivityLine => ({ ...change, pending: false }))
  const lines = [...there.reverse(), ...ownActivity(held, id)]
  const values = lines
    .flatMap(({ acts }) => acts)
    .flatMap(({ field, from, to }) => [from, to].map((value) => [field, value] as const))
  return { lines, more: newest.length > limit, people: peopleOf(cache, values) }
}

/** What the technician's own writes make of the ticket, for as long as the feed does not tell of them. */
function ownActivity({ cache, ledger, technician }: Holdings, id: string): TicketActivityLine[] {
  const pending = ledger.overlay(id)
  const created = createdOf(pending, id)
  const by = { kind: 'technician' as const, id: technician.id, name: technician.name }
  let before = created ? null : serverTicket(cache, id)
  if (!created && !before) return []
  const lines: TicketActivityLine[] = []
  for (const item of pending) {
    const after = before ? withPending(before, [item]) : created
    if (!after) break
    const acts = actsBetween(before, after)
    before = after
    if (acts.length > 0)
      lines.push({ id: item.id, ticketId: id, by, at: item.at, acts, pending: item.state === 'queued' })
  }
  return lines
}
