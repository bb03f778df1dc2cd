import type { Attachment } from '../../../src-shared/domain/attachment.ts'
import type { Entry } from '../../../src-shared/domain/entry.ts'
import type { Ticket } from '../../../src-shared/domain/ticket.ts'
import type { AttachmentView, EntryView, TicketDetail, TicketReference } from '../../../src-shared/domain/views.ts'
import { ProblemError } from '../../../src-shared/problem.ts'
import { instant } from '../cache/tickets.ts'
import type { Holdings } from '../holdings.ts'
import type { OutboxItem } from '../ledger/outbox.ts'
import { changedFields } from './inbox.ts'
import { ownFieldsOf } from './own-fields.ts'
import { timesView } from './rows.ts'
import { ticketReference } from './references.ts'

/** Where the contents of files are. */
export interface Contents {
  stateOf(attachment: Attachment): Pick<AttachmentView, 'here' | 'upload'>
}

/**
 * A ticket with its conversation, files and relations, unsent edits included. What was merged into it is shown with it.
 * @throws ProblemError `not-found`
 */
export function readTicket(held: Holdings, contents: Contents, id: string): TicketDetail {
  const { cache, ledger } = held
  const row = cache.tickets.byId(id)
  if (!row) throw new ProblemError('not-found', { what: 'This ticket' })
  const ticket = cache.tickets.toTicket(row)
  const about = ledger.about(id)
  const queued = about.filter((item) => item.state === 'queued')
  const merged = mergedFrom(held, id)
  const entries = conversation(held, id, merged)
  return {
    ticket,
    ...timesView(row),
    timerSince: timerOf(held, id),
    entries,
    requester: ticket.requesterId === null ? null : cache.contacts.get(ticket.requesterId),
    unread: row.seen < row.version,
    attachments: [id, ...merged.map((other) => other.id)].flatMap((one) => attachmentsOf(held, contents, one)),
    links: linksOf(held, ticket),
    mergedInto: ticket.mergedInto ? ticketReference(cache, ledger, ticket.mergedInto) : null,
    mergedFrom: merged,
    // A copy tells of work that the ticket which it comes from counts.
    workedMinutes: entries.reduce((sum, { time, copiedFrom }) => sum + (copiedFrom ? 0 : (time?.minutes ?? 0)), 0),
    pendingFields: [...new Set(queued.flatMap((item) => fieldsHere(item, id)))],
    failed: about
      .filter((item) => item.state === 'failed')
      .map(failure)
      .reverse(),
    drafts: ledger.drafts.of(id),
    ...ownFieldsOf(cache, ticket),
  }
}

function timerOf({ ledger }: Holdings, id: string): string | null {
  const since = ledger.timers.since(id)
  return since === null ? null : instant(since)
}

/** The tickets whose conversations belong to a ticket's: merged into it, or into one that was. */
export function mergedFrom({ cache, ledger }: Holdings, id: string): TicketReference[] {
  return cache.tickets.partsOf(id).flatMap((one) => ticketReference(cache, ledger, one) ?? [])
}

/** Entries in the order of their times; those that have not come back from the cloud last, in the order of writing. */
function conversation(held: Holdings, ticketId: string, merged: TicketReference[]): EntryView[] {
  const own = entriesOf(held, ticketId, null)
  if (merged.length === 0) return [...own.there, ...own.written.map(({ entry }) => entry)]
  const all = [own, ...merged.map((from) => entriesOf(held, from.id, from))]
  return [
    ...all.flatMap(({ there }) => there).sort((x, y) => Date.parse(x.createdAt) - Date.parse(y.createdAt)),
    ...all
      .flatMap(({ written }) => written)
      .sort((x, y) => x.place - y.place)
      .map(({ entry }) => entry),
  ]
}

interface Written {
  place: number
  entry: EntryView
}

function entriesOf(
  held: Holdings,
  ticketId: string,
  from: TicketReference | null,
): { there: EntryView[]; written: Written[] } {
  const { cache, ledger, technician } = held
  const there = cache.entries.ofTicket(ticketId).map((entry): EntryView => ({ ...entry, pending: false, from }))
  const known = new Set(there.map((entry) => entry.id))
  const written: Written[] = []
  const author = { kind: 'technician' as const, id: technician.id, name: technician.name }
  const add = ({ place, state }: OutboxItem, entry: Entry): void => {
    if (!known.has(entry.id)) written.push({ place, entry: { ...entry, pending: state === 'queued', from } })
  }
  for (const item of ledger.overlay(ticketId)) {
    const { body, at } = item
    if (body.kind === 'entry.create') {
      const { entryId: id, entryKind: kind, body: text, time, mentions } = body
      add(item, {
        id,
        ticketId,
        kind,
        author,
        body: text,
        createdAt: at,
        ...(time && { time }),
        ...(mentions && { mentions }),
      })
    } else if (body.kind === 'ticket.split' && body.ticketId === ticketId) {
      const source = entriesOf(held, body.fromId, null)
      const originals = new Map([...source.there, ...source.written.map(({ entry }) => entry)].map((e) => [e.id, e]))
      for (const { from: copiedFrom, id } of body.entries) {
        const original = originals.get(copiedFrom)
        if (original) add(item, { ...original, id, ticketId, copiedFrom })
      }
    }
  }
  return { there, written }
}

function attachmentsOf(
  { cache, ledger, technician }: Holdings,
  contents: Contents,
  ticketId: string,
): AttachmentView[] {
  const there = cache.attached.ofTicket(ticketId).map((attachment) => ({ attachment, pending: false }))
  const known = new Set(there.map(({ attachment }) => attachment.id))
  const author = { kind: 'technician' as const, id: technician.id, name: technician.name }
  const written = ledger.overlay(ticketId).flatMap(({ body, at, state }) => {
    if (body.kind !== 'attachment.add' || known.has(body.attachmentId)) return []
    const { attachmentId: id, entryId, attachment: given } = body
    const attachment: Attachment = { ...given, id, ticketId, entryId, available: false, author, createdAt: at }
    return [{ attachment, pending: state === 'queued' }]
  })
  return [...there, ...written].map(({ attachment, pending }) => ({
    ...attachment,
    pending,
    ...contents.stateOf(attachment),
  }))
}

function linksOf({ cache, ledger }: Holdings, { links = [] }: Ticket): TicketDetail['links'] {
  return links.flatMap(({ ticketId, relation }) => {
    const ticket = ticketReference(cache, ledger, ticketId)
    return ticket ? [{ relation, ticket }] : []
  })
}

/** The fields of this ticket that a write changes: of a merge or split it may be the other ticket. */
function fieldsHere({ body }: OutboxItem, id: string): string[] {
  if (body.kind === 'ticket.create') return []
  if (body.kind === 'ticket.split') return body.fromId === id ? ['links'] : []
  if (body.kind === 'ticket.merge' && body.ticketId !== id) return []
  return changedFields(body)
}

function failure(item: OutboxItem): TicketDetail['failed'][number] {
  const { outcome, body } = item
  const rejected = outcome?.outcome === 'rejected'
  const own = body.kind === 'ticket.create' || body.kind === 'ticket.split' ? [] : changedFields(body)
  return {
    sequence: item.place,
    fields: outcome?.outcome === 'conflict' ? outcome.conflicts.map((conflict) => conflict.field) : own,
    problem: rejected
      ? { code: outcome.code, message: outcome.message }
      : { code: 'conflict', message: 'Someone else changed the same field. The cloud kept their value.' },
    at: item.at,
  }
}
