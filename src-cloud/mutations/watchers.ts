import { MAX_WATCHERS } from '../../src-shared/domain/ticket.ts'
import type { BodyOf } from '../../src-shared/protocol/mutation.ts'
import type { Desk } from './desk.ts'
import { applied, refused, rejected, TOO_LARGE, type Outcome } from './outcome.ts'
import { isTooLarge, liveTicket, writeTicket } from './tickets.ts'

/** Watchers are a set, as tags are. Nobody is put on who does not work here; who has left may stay and be taken off. */
export function watchTicket(desk: Desk, { ticketId, add, remove }: BodyOf<'ticket.watch'>): Outcome {
  const known = liveTicket(desk, ticketId)
  if ('result' in known) return known
  const before = known.data.watchers ?? []
  const off = new Set(remove.map((id) => id.toLowerCase()))
  const kept = before.filter((id) => !off.has(id))
  const fresh = [...new Set(add.map((id) => id.toLowerCase()))].filter((id) => !kept.includes(id))
  if (fresh.some((id) => !desk.technicians.has(id)))
    return rejected('invalid-input', 'A technician who was to watch does not work for this client (any more).')
  const watchers = [...kept, ...fresh]
  if (watchers.length > Math.max(MAX_WATCHERS, before.length))
    return refused('too-many', { what: 'A ticket', limit: MAX_WATCHERS, things: 'watchers' })
  if (watchers.length !== before.length || watchers.some((id, i) => id !== before[i])) {
    const data = { ...known.data, watchers }
    if (isTooLarge(data)) return TOO_LARGE
    writeTicket(desk, { ...known, data }, ['watchers'])
  }
  return applied([`ticket/${ticketId}`], known.version)
}
