import { randomUUID } from 'node:crypto'
import type { Contact } from '../../src-shared/domain/people.ts'
import { actsBetween, type TicketAct } from '../../src-shared/domain/ticket-change.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import type { TakenImport } from '../../src-shared/protocol/import.ts'
import type { Transaction } from '../database/connect.ts'
import type { Planned, Writes } from './plan.ts'

/** Writes what rows come to, with its history: versions are taken last. @param who whom it is written down to */
export async function storeRows(
  tx: Transaction,
  kind: TakenImport['kind'],
  who: { id: string; name: string },
  planned: Planned<Contact | Ticket>[],
): Promise<void> {
  const by = who.name
  const at = new Date().toISOString()
  const writes = planned.filter((one): one is Writes<Contact | Ticket> => one.act === 'add' || one.act === 'change')
  const added = writes.filter(({ act }) => act === 'add').map(({ entity }) => entity)
  if (kind === 'tickets') await giveNumbers(tx, added as Ticket[])
  const changed = writes
    .filter(({ act }) => act === 'change')
    .map(({ entity, changes }) => ({
      data: kind === 'tickets' ? { ...entity, updatedAt: at } : entity,
      changed: Object.fromEntries(changes.map(({ field }) => [field, { by, at }])),
    }))
  if (writes.length === 0) return
  const [taken] = await tx<{ held: number }[]>`select bulkhead.take_versions(${writes.length}) as held`
  const held = taken?.held ?? 0
  const table = tx(kind === 'contacts' ? 'contact' : 'ticket')
  // One after the other on the connection; the next is put together while the database is at the one before.
  const inserted = tx`
    insert into ${table} (tenant_id, id, version, data, changed)
    select bulkhead.current_tenant(), (r.value ->> 'id')::uuid, ${held} + r.place, r.value, ${JSON.stringify({ '*': { by, at } })}::text::jsonb
    from json_array_elements(${JSON.stringify(added)}::text::json) with ordinality r(value, place)`.execute()
  const updated =
    changed.length > 0 &&
    tx`
    update ${table} t set data = g.value -> 'data', changed = t.changed || (g.value -> 'changed')::jsonb,
      version = ${held + added.length} + g.place
    from json_array_elements(${JSON.stringify(changed)}::text::json) with ordinality g(value, place)
    where t.tenant_id = bulkhead.current_tenant() and t.id = (g.value -> 'data' ->> 'id')::uuid`.execute()
  await Promise.all([
    inserted,
    updated,
    kind === 'tickets' && noteChanges(tx, writes as Writes<Ticket>[], held, who, at),
  ])
}

/** Of each ticket one line: that it was imported, or what the file changed of it. */
async function noteChanges(
  tx: Transaction,
  writes: Writes<Ticket>[],
  held: number,
  { id, name }: { id: string; name: string },
  at: string,
): Promise<void> {
  const by = { kind: 'technician', id, name }
  const actsOf = ({ entity, changes }: Writes<Ticket>): TicketAct[] =>
    actsBetween({ ...entity, ...Object.fromEntries(changes.map(({ field, before }) => [field, before])) }, entity)
  // In the order in which the tickets took their versions.
  const ordered = [...writes.filter(({ act }) => act === 'add'), ...writes.filter(({ act }) => act === 'change')]
  const rows = ordered.flatMap((one, i) => {
    const acts = one.act === 'add' ? [{ field: 'imported', from: null, to: null }] : actsOf(one)
    const data = { id: randomUUID(), ticketId: one.entity.id, by, at, acts }
    return acts.length === 0 ? [] : [{ id: data.id, position: i + 1, data }]
  })
  await tx`
    insert into ticket_change (tenant_id, id, version, data)
    select bulkhead.current_tenant(), r.id, ${held} + r.position, r.data
    from json_to_recordset(${JSON.stringify(rows)}::text::json) r(id uuid, position bigint, data json)`
}

/** In the order of the file. */
async function giveNumbers(tx: Transaction, added: Ticket[]): Promise<void> {
  if (added.length === 0) return
  const [row] = await tx<{ last: number }[]>`
    insert into ticket_number (tenant_id, last_number) values (bulkhead.current_tenant(), ${added.length})
    on conflict (tenant_id) do update set last_number = ticket_number.last_number + ${added.length} returning last_number as last`
  for (const [i, ticket] of added.entries()) ticket.number = (row?.last ?? 0) - added.length + i + 1
}
