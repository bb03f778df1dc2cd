import type { Configuration } from '../../src-shared/domain/configuration.ts'
import type { Entry } from '../../src-shared/domain/entry.ts'
import type { Ticket, TicketPatch } from '../../src-shared/domain/ticket.ts'
import type { MutationBody, MutationResult } from '../../src-shared/protocol/mutation.ts'
import type { Transaction } from '../database/connect.ts'
import { mergeTicket } from './merge.ts'
import { misfit } from './vocabulary.ts'

/** What a mutation came to, before it has a version; `version` where nothing was written. */
export type Outcome = MutationResult extends infer R ? (R extends MutationResult ? Omit<R, 'sequence'> : never) : never

type Body<Kind extends MutationBody['kind']> = Extract<MutationBody, { kind: Kind }>

/**
 * Applies one mutation inside a tenant's transaction. What it writes has no version yet: the caller publishes it.
 * @param technician who acts, from the token
 */
export async function applyMutation(tx: Transaction, technician: string, body: MutationBody): Promise<Outcome> {
  switch (body.kind) {
    case 'ticket.create':
      return createTicket(tx, body)
    case 'ticket.update':
      return updateTicket(tx, body)
    case 'entry.create':
      return createEntry(tx, technician, body)
  }
}

async function createTicket(tx: Transaction, { ticketId, ticket }: Body<'ticket.create'>): Promise<Outcome> {
  const known = await readTicket(tx, ticketId)
  if (known) return applied(known.version)
  const wrong = await unfit(tx, ticket, ticket.requesterId)
  if (wrong) return rejected('invalid-input', wrong)
  const [numbered] = await tx<{ number: number }[]>`
    insert into ticket_number (tenant_id, last_number) values (bulkhead.current_tenant(), 1)
    on conflict (tenant_id) do update set last_number = ticket_number.last_number + 1 returning last_number as number`
  const now = new Date().toISOString()
  const data: Ticket = {
    id: ticketId,
    number: numbered?.number ?? 1,
    ...ticket,
    createdAt: now,
    updatedAt: now,
    dueAt: null,
  }
  await tx`insert into ticket (tenant_id, id, data) values (bulkhead.current_tenant(), ${ticketId}, ${JSON.stringify(data)}::text::json)`
  return applied(0)
}

async function updateTicket(tx: Transaction, { ticketId, base, patch }: Body<'ticket.update'>): Promise<Outcome> {
  const known = await readTicket(tx, ticketId)
  if (!known) return rejected('not-found', 'This ticket does not exist (any more).')
  const { ticket, version } = known
  const { changes, conflicts, merged } = mergeTicket(ticket, base, patch)
  const wrong = await unfit(tx, changes, null)
  if (wrong) return rejected('invalid-input', wrong)
  const changed = Object.keys(changes).length > 0
  if (changed) {
    const { customFields, ...fields } = changes
    await writeTicket(tx, { ...ticket, ...fields, customFields: { ...ticket.customFields, ...customFields } })
  }
  const at = changed ? 0 : version
  if (conflicts.length > 0) return { outcome: 'conflict', version: at, conflicts }
  return { outcome: merged ? 'merged' : 'applied', version: at }
}

async function createEntry(tx: Transaction, technician: string, body: Body<'entry.create'>): Promise<Outcome> {
  const [known] = await tx<
    { version: number; ticket_id: string }[]
  >`select version, ticket_id from entry where id = ${body.entryId}`
  if (known) {
    if (known.ticket_id === body.ticketId) return applied(known.version)
    return rejected('invalid-input', 'An entry with this id belongs to another ticket.')
  }
  const found = await readTicket(tx, body.ticketId)
  if (!found) return rejected('not-found', 'This ticket does not exist (any more).')
  const [author] = await tx<
    { name: string }[]
  >`select data ->> 'name' as name from tenant_technician where id = ${technician} and not deleted`
  if (!author) return rejected('not-allowed', 'You do not work for this client (any more).')
  const entry: Entry = {
    id: body.entryId,
    ticketId: body.ticketId,
    kind: body.entryKind,
    author: { kind: 'technician', id: technician, name: author.name },
    body: body.body,
    createdAt: new Date().toISOString(),
  }
  await tx`insert into entry (tenant_id, id, data) values (bulkhead.current_tenant(), ${entry.id}, ${JSON.stringify(entry)}::text::json)`
  await writeTicket(tx, found.ticket)
  return applied(0)
}

/** Locks the ticket, so that two edits of it merge one after the other. */
async function readTicket(tx: Transaction, id: string): Promise<{ ticket: Ticket; version: number } | null> {
  const [row] = await tx<{ data: Ticket; version: number }[]>`
    select data, version from ticket where id = ${id} and not deleted for update`
  return row ? { ticket: row.data, version: row.version } : null
}

async function writeTicket(tx: Transaction, ticket: Ticket): Promise<void> {
  const data = JSON.stringify({ ...ticket, updatedAt: new Date().toISOString() })
  await tx`update ticket set data = ${data}::text::json, version = null where id = ${ticket.id}`
}

/** What in a ticket's new values does not fit this tenant, or null. */
async function unfit(tx: Transaction, patch: TicketPatch, requesterId: string | null): Promise<string | null> {
  if (Object.keys(patch).length === 0) return null
  const [row] = await tx<{ data: Configuration }[]>`select data from configuration`
  const wrong = row ? misfit(row.data, patch) : 'This client has no configuration yet.'
  if (wrong) return wrong
  if (patch.assigneeId) {
    const [technician] = await tx`select from tenant_technician where id = ${patch.assigneeId} and not deleted`
    if (!technician) return 'That technician does not work for this client (any more).'
  }
  if (requesterId) {
    const [contact] = await tx`select from contact where id = ${requesterId} and not deleted`
    if (!contact) return 'That requester is no contact of this client (any more).'
  }
  return null
}

function applied(version: number): Outcome {
  return { outcome: 'applied', version }
}

function rejected(code: string, message: string): Outcome {
  return { outcome: 'rejected', code, message }
}
