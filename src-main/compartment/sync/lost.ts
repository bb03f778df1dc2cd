import { isDeepStrictEqual } from 'node:util'
import { serverTicket } from '../cache/overlay.ts'
import type { Cache } from '../cache/cache.ts'
import type { Holdings } from '../holdings.ts'
import { flatten } from '../ledger/coalesce.ts'
import type { OutboxItem } from '../ledger/outbox.ts'

const REASON = 'The cloud was set back and no longer has this edit.'

/**
 * Finds what a cloud that was set back has lost of the edits that it once took, and puts it where a person decides.
 * Call it when everything of the new epoch was pulled.
 */
export function offerLost({ cache, ledger }: Holdings): OutboxItem[] {
  const lost = findLost(cache, ledger.sent())
  ledger.offerAgain(lost, REASON)
  return lost
}

/** @param sent edits that the cloud once took, newest first */
export function findLost(cache: Cache, sent: readonly OutboxItem[]): OutboxItem[] {
  const decided = new Set<string>()
  const lost = sent.filter((item) => isLost(cache, item, decided)).reverse()
  const opened = new Set(lost.flatMap(({ body }) => (body.kind === 'ticket.create' ? [body.ticketId] : [])))
  // Nothing can be written to a ticket that somebody deleted; where its opening was lost too, all of it is offered.
  return lost.filter(({ body }) => opened.has(body.ticketId) || cache.tickets.byId(body.ticketId) !== undefined)
}

function isLost(cache: Cache, { body, version }: OutboxItem, decided: Set<string>): boolean {
  const ticket = serverTicket(cache, body.ticketId)
  if (body.kind === 'ticket.create') return !ticket
  if (body.kind === 'entry.create') return cache.entries.ticketOf(body.entryId) === undefined
  if (!ticket) return true
  const older = (cache.tickets.byId(body.ticketId)?.version ?? 0) < (version ?? 0)
  const now = flatten({ ...ticket })
  const base = flatten(body.base)
  let lost = false
  for (const [field, mine] of flatten(body.patch)) {
    const key = `${body.ticketId} ${field}`
    // Only the last edit of a field can still be there.
    if (decided.has(key)) continue
    decided.add(key)
    const value = now.get(field) ?? null
    if (isDeepStrictEqual(value, mine)) continue
    lost ||= older || isDeepStrictEqual(value, base.get(field) ?? null)
  }
  return lost
}
