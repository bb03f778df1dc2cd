import { expect } from 'vitest'
import type { Sql } from '../../src-cloud/database/connect.ts'
import type { Contact } from '../../src-shared/domain/people.ts'
import type { SavedView } from '../../src-shared/domain/saved-view.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import type { Driven } from '../compartment/driver.ts'

export interface Conversation {
  ticket: Ticket
  /** Bodies, sorted: order within one instant is not promised. */
  bodies: string[]
}

/** Every ticket of a tenant with its conversation, by number, as Postgres holds them. */
export async function serverTickets(owner: Sql, tenant: string): Promise<Conversation[]> {
  const tickets = await owner<{ data: Ticket }[]>`
    select data from ticket where tenant_id = ${tenant} and not deleted order by number`
  const entries = await owner<{ ticket_id: string; body: string }[]>`
    select ticket_id::text, data ->> 'body' as body from entry where tenant_id = ${tenant} and not deleted`
  const bodies = Map.groupBy(entries, (entry) => entry.ticket_id)
  return tickets.map(({ data }) => ({
    ticket: data,
    bodies: (bodies.get(data.id) ?? []).map(({ body }) => body).sort(),
  }))
}

/** Every contact of a tenant, as Postgres holds it. */
export async function serverContacts(owner: Sql, tenant: string): Promise<Contact[]> {
  const rows = await owner<{ data: Contact }[]>`
    select data from contact where tenant_id = ${tenant} and not deleted order by id`
  return rows.map(({ data }) => data)
}

/** Every saved view of a tenant, by id, as Postgres holds it. */
export async function serverViews(owner: Sql, tenant: string): Promise<SavedView[]> {
  const rows = await owner<{ data: SavedView }[]>`
    select data from saved_view where tenant_id = ${tenant} and not deleted order by id`
  return rows.map(({ data }) => data)
}

/** The same as a compartment shows it, read ticket by ticket; its list must have the same tickets. */
export async function viewOf(driven: Driven, server: readonly Conversation[]): Promise<Conversation[]> {
  expect((await driven.outline()).total).toBe(server.length)
  const seen: Conversation[] = []
  for (const { ticket } of server) {
    const detail = await driven.ticket(ticket.id)
    expect([detail.pendingFields, detail.entries.filter((entry) => entry.pending)]).toEqual([[], []])
    // What was merged into it is shown with it.
    const own = detail.entries.filter(({ from }) => from === null)
    seen.push({ ticket: detail.ticket, bodies: own.map(({ body }) => body).sort() })
  }
  return seen
}

/** Syncs until nothing is left to send and everyone has everything; over a good network three rounds must do. */
export async function settled(clients: readonly Driven[], rounds = 3): Promise<void> {
  for (let round = 0; round < rounds; round++) for (const driven of clients) await driven.sync()
  for (const driven of clients) expect(await driven.state()).toMatchObject({ pending: 0, problem: null })
}
