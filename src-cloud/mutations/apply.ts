import type { Entry } from '../../src-shared/domain/entry.ts'
import type { Ticket, TicketPatch } from '../../src-shared/domain/ticket.ts'
import { problem } from '../../src-shared/problem.ts'
import type { MutationBody, MutationResult } from '../../src-shared/protocol/mutation.ts'
import type { Desk, HeldTicket } from './desk.ts'
import { fieldsOf, mergeTicket } from './merge.ts'
import { misfit } from './vocabulary.ts'

type WithoutSequence<R> = R extends MutationResult ? Omit<R, 'sequence'> : never

/**
 * What a mutation came to. Where it has a version, that is the one of the row `row`: the desk holds it, or the batch
 * takes it at its end.
 */
export interface Outcome {
  result: WithoutSequence<MutationResult>
  row: string | null
}

type Body<Kind extends MutationBody['kind']> = Extract<MutationBody, { kind: Kind }>

/** Of a ticket as the feed sends it, so that no line is too long for a client; an entry is always shorter. */
const TICKET_BYTES = 1024 * 1024

/**
 * Applies one mutation to a desk; what it writes is noted there, for the batch to store.
 * @param technician who acts, from the token
 */
export function applyMutation(desk: Desk, technician: string, body: MutationBody): Outcome {
  switch (body.kind) {
    case 'ticket.create':
      return createTicket(desk, technician, body)
    case 'ticket.update':
      return updateTicket(desk, technician, body)
    case 'entry.create':
      return createEntry(desk, technician, body)
  }
}

function createTicket(desk: Desk, technician: string, { ticketId, ticket }: Body<'ticket.create'>): Outcome {
  const id = ticketId.toLowerCase()
  const known = desk.tickets.get(id)
  if (known) return known.deleted ? DELETED : applied(id, known.version)
  const wrong = unfit(desk, ticket, ticket.requesterId)
  if (wrong) return rejected('invalid-input', wrong)
  const { now } = desk
  // The number is given when it is known how many the batch creates.
  const created: Ticket = { id, number: 0, ...ticket, createdAt: now, updatedAt: now, dueAt: null }
  if (isTooLarge(created)) return TOO_LARGE
  desk.tickets.set(id, {
    ticket: created,
    changed: { '*': { by: desk.technicians.get(technician) ?? null, at: now } },
    version: 0,
    deleted: false,
  })
  note(desk, id)
  return applied(id, 0)
}

function updateTicket(desk: Desk, technician: string, { ticketId, base, patch }: Body<'ticket.update'>): Outcome {
  const id = ticketId.toLowerCase()
  const known = desk.tickets.get(id)
  if (!known) return MISSING
  if (known.deleted) return DELETED
  const { changes, conflicts, merged } = mergeTicket(known.ticket, base, patch, known.changed)
  const wrong = unfit(desk, changes, null)
  if (wrong) return rejected('invalid-input', wrong)
  const fields = fieldsOf(changes)
  if (fields.length > 0) {
    const { customFields, ...rest } = changes
    const ticket: Ticket = {
      ...known.ticket,
      ...rest,
      customFields: { ...known.ticket.customFields, ...customFields },
    }
    if (isTooLarge(ticket)) return TOO_LARGE
    const stamp = { by: desk.technicians.get(technician) ?? null, at: desk.now }
    const changed = { ...known.changed, ...Object.fromEntries(fields.map((field) => [field, stamp])) }
    touch(desk, id, { ...known, ticket, changed })
  }
  const { version } = known
  if (conflicts.length > 0) return { result: { outcome: 'conflict', version, conflicts }, row: id }
  return { result: { outcome: merged ? 'merged' : 'applied', version }, row: id }
}

function createEntry(desk: Desk, technician: string, body: Body<'entry.create'>): Outcome {
  const [id, ticketId] = [body.entryId.toLowerCase(), body.ticketId.toLowerCase()]
  const known = desk.entries.get(id)
  if (known) {
    if (known.ticketId === ticketId) return applied(id, known.version)
    return rejected('invalid-input', 'An entry with this id belongs to another ticket.')
  }
  const found = desk.tickets.get(ticketId)
  if (!found) return MISSING
  if (found.deleted) return DELETED
  const name = desk.technicians.get(technician)
  if (name === undefined) return rejected('not-allowed', 'You do not work for this client (any more).')
  const entry: Entry = {
    id,
    ticketId,
    kind: body.entryKind,
    author: { kind: 'technician', id: technician, name },
    body: body.body,
    createdAt: desk.now,
  }
  desk.entries.set(id, { ticketId, version: 0, entry })
  touch(desk, ticketId, found)
  note(desk, id)
  return applied(id, 0)
}

function touch(desk: Desk, id: string, held: HeldTicket): void {
  desk.tickets.set(id, { ...held, ticket: { ...held.ticket, updatedAt: desk.now } })
  note(desk, id)
}

/** Moves it to the end: a row takes its version at its last write. */
function note({ written }: Desk, id: string): void {
  written.delete(id)
  written.add(id)
}

/** What in a ticket's new values does not fit this tenant, or null. */
function unfit(desk: Desk, patch: TicketPatch, requesterId: string | null): string | null {
  if (Object.keys(patch).length === 0) return null
  const wrong = desk.configuration ? misfit(desk.configuration, patch) : 'This client has no configuration yet.'
  if (wrong) return wrong
  if (patch.assigneeId && !desk.technicians.has(patch.assigneeId.toLowerCase()))
    return 'That technician does not work for this client (any more).'
  if (requesterId && !desk.contacts.has(requesterId.toLowerCase()))
    return 'That requester is no contact of this client (any more).'
  return null
}

function isTooLarge(ticket: Ticket): boolean {
  return Buffer.byteLength(JSON.stringify(ticket)) > TICKET_BYTES
}

function applied(row: string, version: number): Outcome {
  return { result: { outcome: 'applied', version }, row }
}

/** An outcome that writes nothing and stays so. */
export function rejected(code: string, message: string): Outcome {
  return { result: { outcome: 'rejected', code, message }, row: null }
}

const MISSING = rejected('not-found', 'This ticket does not exist (any more).')
const TOO_LARGE = rejected(
  'too-large',
  problem('too-large', { what: 'The ticket with this edit', limit: '1 MiB' }).message,
)
const DELETED = rejected('ticket-deleted', 'This ticket was deleted in the cloud, so the edit has nothing to go to.')
