import { randomUUID } from 'node:crypto'
import { Configuration } from '../../src-shared/domain/configuration.ts'
import type { Contact } from '../../src-shared/domain/people.ts'
import { actsBetween, type TicketAct } from '../../src-shared/domain/ticket-change.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import { MAX_DIFFERENCES, type ImportAnswer, type TakenImport } from '../../src-shared/protocol/import.ts'
import { asTenant } from '../database/as.ts'
import type { Sql, Transaction } from '../database/connect.ts'
import type { TenantIdentity } from '../tokens.ts'
import { mappingOf, type Mapping } from './columns.ts'
import { LackedWords } from './create.ts'
import { whoActs } from './job-acts.ts'
import { cellsOf, idOf, planContact, planTicket, type Known, type Planned, type Writes } from './plan.ts'
import { readCsvFile, type CsvRow } from './read-csv.ts'

/** Rows of one transaction. What was taken stays where the next fails: the same file again goes on from there. */
const TOGETHER = 1000

/** What importing rows acts with. */
export interface ImportRun {
  tenant: string
  technician: string
  request: Pick<TakenImport, 'kind' | 'words' | 'dates' | 'dryRun'>
  mapping: Mapping
  /** The client's words, with those that a dry run would add. */
  configuration: Configuration
  lacked: LackedWords
}

/**
 * Imports contacts or tickets into a tenant, in order and some at a time. Rows that are here already change nothing, so
 * that the same file can come again.
 * @throws ProblemError `invalid-input`, `read-only`
 */
export async function importCsv(
  api: Sql,
  { tenant, technician }: TenantIdentity,
  request: TakenImport,
): Promise<ImportAnswer> {
  if (request.create.length > 0)
    throw new ProblemError('invalid-input', {
      reason: 'Settings are made of a file by /v1/imports; here leave "create" out.',
    })
  const file = readCsvFile(request.csv)
  const [row] = await asTenant(api, tenant, (tx) => tx<{ data: unknown }[]>`select data from configuration`)
  const configuration = Configuration.parse(row?.data)
  const mapping = mappingOf(request, file, configuration.customFields)
  const run: ImportRun = { tenant, technician, request, mapping, configuration, lacked: new LackedWords() }
  const answer: ImportAnswer = {
    columns: mapping.table,
    rows: file.rows.length,
    ...{ added: 0, changed: 0, same: 0, missing: {}, created: [] },
    bad: [...file.bad],
    differences: [],
  }
  const seen = new Map<string, number>()
  for (let from = 0; from < file.rows.length; from += TOGETHER) {
    const rows = file.rows.slice(from, from + TOGETHER).filter((one) => {
      const before = isFirst(one, mapping, request.kind, seen)
      if (before !== null)
        answer.bad.push({ line: one.line, reason: `This is about the same as line ${before}, which counts.` })
      return before === null
    })
    const planned = await asTenant(api, tenant, (tx) => importRows(tx, run, rows))
    for (const one of planned) count(one, answer)
  }
  answer.bad.sort((a, b) => a.line - b.line)
  answer.missing = run.lacked.told()
  return answer
}

/**
 * Whether a row is the first of its file about one thing.
 * @returns null where it is, else the line of the first
 */
export function isFirst(
  row: CsvRow,
  mapping: Mapping,
  kind: TakenImport['kind'],
  seen: Map<string, number>,
): number | null {
  const cell = cellsOf(mapping, row)
  const key = (
    kind === 'contacts' ? (cell('email') ?? cell('name')) : (cell('id') ?? row.values.join('\u0000'))
  )?.toLowerCase()
  if (key === undefined) return null
  const before = seen.get(key)
  if (before !== undefined) return before
  seen.set(key, row.line)
  return null
}

function count(one: Planned<Contact | Ticket>, answer: ImportAnswer): void {
  if (one.act === 'bad') answer.bad.push({ line: one.line, reason: one.reason })
  else if (one.act === 'same') answer.same++
  else {
    if (one.act === 'add') answer.added++
    else answer.changed++
    const { line, act, name, changes } = one
    if (answer.differences.length < MAX_DIFFERENCES) answer.differences.push({ line, act, name, changes })
  }
}

/** Plans rows, and writes them where it is no dry run, as one transaction. @throws ProblemError `read-only` */
export async function importRows(
  tx: Transaction,
  run: ImportRun,
  rows: CsvRow[],
): Promise<Planned<Contact | Ticket>[]> {
  const { request, mapping } = run
  const name = await whoActs(tx, run.technician)
  const known = await readKnown(tx, run, rows)
  const planned = rows.map((row) => {
    const cell = cellsOf(mapping, row)
    return request.kind === 'contacts' ? planContact(cell, row.line, known) : planTicket(cell, row, request, known)
  })
  if (!request.dryRun) await store(tx, request.kind, { id: run.technician, name: `${name} (import)` }, planned)
  return planned
}

async function readKnown(
  tx: Transaction,
  { tenant: tenantId, request: { kind }, mapping, configuration, lacked }: ImportRun,
  rows: CsvRow[],
): Promise<Known> {
  const cells = rows.map((row) => cellsOf(mapping, row))
  const words = cells
    .flatMap((cell) => (kind === 'contacts' ? [cell('email'), cell('name')] : [cell('requester')]))
    .filter((word) => word !== undefined)
  const wanted = JSON.stringify([...new Set(words.map((word) => word.toLowerCase()))])
  const ids = new Map(
    kind === 'tickets'
      ? rows.map((row, i) => [row, idOf(tenantId, cells[i]?.('id') ?? row.values.join('\u0000'))])
      : [],
  )
  // Read one after the other: what is locked is locked in one order.
  const tickets =
    ids.size === 0
      ? []
      : await tx<{ data: Ticket }[]>`
    select data from ticket where not deleted and id in (select value::uuid from json_array_elements_text(${JSON.stringify([...ids.values()])}::text::json)) order by id for update`
  const contacts =
    words.length === 0
      ? []
      : await tx<{ data: Contact }[]>`
    with words as materialized (select value as word from json_array_elements_text(${wanted}::text::json))
    select data from contact where not deleted and (lower(data ->> 'email') in (select word from words) or lower(data ->> 'name') in (select word from words))
    order by id for no key update`
  const technicians =
    kind === 'contacts'
      ? []
      : await tx<{ id: string; email: string; name: string }[]>`
    select id, lower(data ->> 'email') as email, lower(data ->> 'name') as name from tenant_technician where not deleted`
  const byName = contacts.map(({ data }): [string, Contact] => [data.name.toLowerCase(), data])
  const byEmail = contacts.flatMap(({ data }): [string, Contact][] =>
    data.email ? [[data.email.toLowerCase(), data]] : [],
  )
  return {
    tenantId,
    configuration,
    contacts: new Map([...byName, ...byEmail]),
    technicians: new Map(
      technicians.flatMap(({ id, email, name }): [string, string][] => [
        [email, id],
        [name, id],
      ]),
    ),
    tickets: new Map(tickets.map(({ data }) => [data.id, data])),
    ids,
    ...ofNew(configuration),
    lacks: (field, word) => lacked.add(field, word),
  }
}

function ofNew({ statuses, priorities }: Configuration): Pick<Known, 'fresh' | 'usual'> {
  const fresh = statuses.find(({ category }) => category === 'new') ?? statuses[0]
  const usual = priorities.toSorted((a, b) => a.rank - b.rank)[Math.floor(priorities.length / 2)]
  return { fresh: fresh?.key ?? '', usual: usual?.key ?? '' }
}

async function store(
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
  await tx`
    insert into ${table} (tenant_id, id, version, data, changed)
    select bulkhead.current_tenant(), (r.value ->> 'id')::uuid, ${held} + r.place, r.value, ${JSON.stringify({ '*': { by, at } })}::text::jsonb
    from json_array_elements(${JSON.stringify(added)}::text::json) with ordinality r(value, place)`
  await tx`
    update ${table} t set data = g.value -> 'data', changed = t.changed || (g.value -> 'changed')::jsonb,
      version = ${held + added.length} + g.place
    from json_array_elements(${JSON.stringify(changed)}::text::json) with ordinality g(value, place)
    where t.tenant_id = bulkhead.current_tenant() and t.id = (g.value -> 'data' ->> 'id')::uuid`
  if (kind === 'tickets') await noteChanges(tx, writes as Writes<Ticket>[], held, who, at)
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
