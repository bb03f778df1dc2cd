import { isDeepStrictEqual } from 'node:util'
import type { MutationBody } from '../../../src-shared/protocol/mutation.ts'
import { serverTicket } from '../cache/overlay.ts'
import type { Cache } from '../cache/cache.ts'
import type { Holdings } from '../holdings.ts'
import { flatten, isUpdate } from '../ledger/coalesce.ts'
import type { OutboxItem } from '../ledger/outbox.ts'
import { madeBy, subjectOf, ticketsOf } from '../ledger/subjects.ts'

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
  const made = new Set(lost.map(({ body }) => madeBy(body)))
  // Nothing can be written to what somebody deleted; where its making was lost too, all of it is offered.
  return lost.filter(({ body }) =>
    [subjectOf(body).id, ...ticketsOf(body)].every((id) => made.has(id) || isHere(cache, body, id)),
  )
}

function isHere(cache: Cache, body: MutationBody, id: string): boolean {
  const { kind } = subjectOf(body)
  if (kind === 'contact') return cache.contacts.server(id) !== null
  return (kind === 'view' ? cache.views.get(id) : serverTicket(cache, id)) !== null
}

/** @param decided what a later edit has set, so that an earlier one need not be there any more */
function isLost(cache: Cache, { body, version }: OutboxItem, decided: Set<string>): boolean {
  const { kind, id } = subjectOf(body)
  const first = (what: string): boolean => !decided.has(`${id} ${what}`) && decided.add(`${id} ${what}`).size > 0
  if (madeBy(body) !== null) return !isHere(cache, body, id)
  if (isUpdate(body)) {
    const there =
      kind === 'ticket' ? serverTicket(cache, id) : kind === 'contact' ? cache.contacts.server(id) : cache.views.get(id)
    if (!there) return true
    const older = kind === 'ticket' && (cache.tickets.byId(id)?.version ?? 0) < (version ?? 0)
    const now = flatten({ ...there })
    const base = flatten(body.base)
    return [...flatten(body.patch)]
      .filter(([field]) => first(field))
      .some(([field, mine]) => {
        const value = now.get(field) ?? null
        return !isDeepStrictEqual(value, mine) && (older || isDeepStrictEqual(value, base.get(field) ?? null))
      })
  }
  const ticket = serverTicket(cache, id)
  switch (body.kind) {
    case 'entry.create':
      return cache.entries.ticketOf(body.entryId) === undefined
    case 'attachment.add':
      return cache.attached.get(body.attachmentId) === null
    case 'view.delete':
      return cache.views.get(id) !== null
    case 'ticket.tag':
    case 'ticket.watch': {
      const added = body.add.filter((one) => first(`${body.kind} ${one}`))
      const removed = body.remove.filter((one) => first(`${body.kind} ${one}`))
      const there = new Set(body.kind === 'ticket.tag' ? ticket?.tags : ticket?.watchers)
      return added.some((one) => !there.has(one)) || removed.some((one) => there.has(one))
    }
    case 'ticket.merge':
    case 'ticket.unmerge':
      return first('merged') && (ticket?.mergedInto ?? null) !== (body.kind === 'ticket.merge' ? body.intoId : null)
    case 'ticket.link':
    case 'ticket.unlink': {
      const { otherId, relation } = body
      const there = ticket?.links?.some((link) => link.ticketId === otherId && link.relation === relation) ?? false
      return first(`link ${otherId} ${relation}`) && there !== (body.kind === 'ticket.link')
    }
    default:
      return false
  }
}
