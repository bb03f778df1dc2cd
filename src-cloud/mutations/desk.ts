import type { Configuration } from '../../src-shared/domain/configuration.ts'
import type { Entry } from '../../src-shared/domain/entry.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import type { MutationBody } from '../../src-shared/protocol/mutation.ts'
import type { Transaction } from '../database/connect.ts'
import type { Changed } from './merge.ts'

/** A ticket as a batch sees it: what the table held, with what the batch's mutations have done to it so far. */
export interface HeldTicket {
  ticket: Ticket
  changed: Changed
  /** In the table; 0 for one that this batch creates. */
  version: number
  deleted: boolean
}

export interface HeldEntry {
  ticketId: string
  version: number
  /** Of one that this batch adds. */
  entry: Entry | null
}

/** All that the mutations of a batch read of their tenant. Its tickets stay locked to the end of the transaction. */
export interface Desk {
  configuration: Configuration | null
  /** Names of the technicians who work here, of those whom the batch names. */
  technicians: Map<string, string>
  contacts: Set<string>
  tickets: Map<string, HeldTicket>
  entries: Map<string, HeldEntry>
  /** Ids of tickets and entries that the batch writes, in order of their last write. */
  written: Set<string>
  /** Of the batch, for everything that it writes. */
  now: string
}

/**
 * Reads what a batch is about, in one flight of statements.
 * @param technician who acts
 */
export async function readDesk(tx: Transaction, technician: string, bodies: MutationBody[]): Promise<Desk> {
  const [tickets, entries, technicians, contacts] = [
    new Set<string>(),
    new Set<string>(),
    new Set([technician]),
    new Set<string>(),
  ]
  for (const body of bodies) {
    tickets.add(body.ticketId.toLowerCase())
    if (body.kind === 'entry.create') entries.add(body.entryId.toLowerCase())
    const values = body.kind === 'ticket.create' ? body.ticket : body.kind === 'ticket.update' ? body.patch : {}
    if (values.assigneeId) technicians.add(values.assigneeId)
    if (body.kind === 'ticket.create' && body.ticket.requesterId) contacts.add(body.ticket.requesterId)
  }
  const list = (ids: Set<string>) => tx`any(string_to_array(${[...ids].join(',')}, ',')::uuid[])`
  const [configurations, ticketRows, entryRows, technicianRows, contactRows] = await Promise.all([
    tx<{ data: Configuration }[]>`select data from configuration`,
    // Locked in one order, so that two batches that share tickets wait for each other and never in a circle.
    tx<{ id: string; data: Ticket; changed: Changed; version: number; deleted: boolean }[]>`
      select id, data, changed, version, deleted from ticket
      where tenant_id = bulkhead.current_tenant() and id = ${list(tickets)} order by id for update`,
    tx<{ id: string; ticket_id: string; version: number }[]>`
      select id, ticket_id, version from entry where tenant_id = bulkhead.current_tenant() and id = ${list(entries)}`,
    tx<{ id: string; name: string }[]>`
      select id, data ->> 'name' as name from tenant_technician
      where tenant_id = bulkhead.current_tenant() and id = ${list(technicians)} and not deleted`,
    tx<{ id: string }[]>`
      select id from contact where tenant_id = bulkhead.current_tenant() and id = ${list(contacts)} and not deleted`,
  ])
  return {
    configuration: configurations[0]?.data ?? null,
    technicians: new Map(technicianRows.map(({ id, name }) => [id, name])),
    contacts: new Set(contactRows.map(({ id }) => id)),
    tickets: new Map(ticketRows.map(({ id, data, ...row }) => [id, { ...row, ticket: data }])),
    entries: new Map(
      entryRows.map(({ id, ticket_id, version }) => [id, { ticketId: ticket_id, version, entry: null }]),
    ),
    written: new Set(),
    now: new Date().toISOString(),
  }
}
