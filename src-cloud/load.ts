import { hash } from '@node-rs/argon2'
import type { Configuration } from '../src-shared/domain/configuration.ts'
import type { Entry } from '../src-shared/domain/entry.ts'
import type { Contact, Technician } from '../src-shared/domain/people.ts'
import type { Tenant } from '../src-shared/domain/tenant.ts'
import type { SavedView } from '../src-shared/domain/saved-view.ts'
import type { Ticket } from '../src-shared/domain/ticket.ts'
import type { Role } from '../src-shared/protocol/session.ts'
import type { EntityKind } from '../src-shared/protocol/feed.ts'
import type { Sql, Transaction } from './database/connect.ts'
import { tableOf } from './tables.ts'

/** One client to load: what its tenant tables shall hold. Tickets are read once, in order. */
export interface SandboxClient {
  tenant: Omit<Tenant, 'head'>
  configuration: Configuration
  contacts: Contact[]
  views?: SavedView[]
  tickets: Iterable<{ ticket: Ticket; entries: Entry[] }>
}

/** An organisation with its technicians and clients. */
export interface SandboxData {
  organisation: { id: string; name: string }
  /** Of whom nobody says otherwise, the first is administrator. */
  technicians: (Technician & { password: string; role?: Role })[]
  clients: SandboxClient[]
}

/** Rows of one statement. */
const BATCH = 2000

/**
 * Loads an organisation with everything in it, fast, in one transaction; versions are given in the order of the data.
 * @param sql as the owner
 * @returns false where the organisation was there already; nothing is written then
 */
export async function loadOrganisation(sql: Sql, data: SandboxData): Promise<boolean> {
  const loaded = await sql.begin(async (tx) => {
    await tx`select bulkhead.use_organisation(${data.organisation.id})`
    const [known] = await tx`select from organisation where id = ${data.organisation.id}`
    if (known) return false
    await loadPeople(tx, data)
    for (const client of data.clients) await loadClient(tx, data, client)
    return true
  })
  if (loaded) for (const table of Object.values(tableOf)) await sql`vacuum analyze ${sql(table)}`
  return loaded
}

async function loadPeople(tx: Transaction, { organisation, technicians }: SandboxData): Promise<void> {
  await tx`insert into organisation (id, name) values (${organisation.id}, ${organisation.name})`
  const hashes = await Promise.all(technicians.map(({ password }) => hash(password)))
  for (const [i, { id, email, name, role }] of technicians.entries()) {
    await tx`insert into technician (id, organisation_id, email, name, password_hash, role)
             values (${id}, ${organisation.id}, ${email.toLowerCase()}, ${name}, ${hashes[i] ?? ''},
                     ${role ?? (i === 0 ? 'administrator' : 'technician')})`
  }
}

async function loadClient(
  tx: Transaction,
  { organisation, technicians }: SandboxData,
  client: SandboxClient,
): Promise<void> {
  const { tenant } = client
  const lists = JSON.stringify({ domains: tenant.domains, aliases: tenant.aliases })
  await tx`select bulkhead.use_organisation(${organisation.id})`
  await tx`
    insert into tenant (id, organisation_id, name, short_name, domains, aliases, industry, colour, time_zone)
    select ${tenant.id}, ${organisation.id}, ${tenant.name}, ${tenant.shortName},
           array(select json_array_elements_text(lists -> 'domains')), array(select json_array_elements_text(lists -> 'aliases')),
           ${tenant.industry}, ${tenant.colour}, ${tenant.timeZone}
    from (select ${lists}::text::json as lists) given`
  await tx`select bulkhead.use_tenant(${tenant.id})`
  await tx`insert into tenant_feed (tenant_id, organisation_id) values (${tenant.id}, ${organisation.id})`

  const writer = new Writer(tx, tenant.id, organisation.id)
  await writer.add('configuration', client.configuration)
  for (const { id, name, email } of technicians) await writer.add('technician', { id, name, email })
  for (const contact of client.contacts) await writer.add('contact', contact)
  for (const view of client.views ?? []) await writer.add('view', view)
  let lastNumber = 0
  for (const { ticket, entries } of client.tickets) {
    await writer.add('ticket', ticket)
    lastNumber = Math.max(lastNumber, ticket.number)
    for (const entry of entries) await writer.add('entry', entry)
  }
  await writer.flush()
  await tx`insert into ticket_number (tenant_id, last_number) values (${tenant.id}, ${lastNumber})`
  await tx`update tenant_feed set version = ${writer.version} where tenant_id = ${tenant.id}`
}

/** Collects rows per table and writes them in batches, in the order that foreign keys ask for. */
class Writer {
  version = 0
  readonly #tx: Transaction
  readonly #tenant: string
  readonly #organisation: string
  readonly #waiting: Record<EntityKind, string[]> = {
    configuration: [],
    technician: [],
    contact: [],
    ticket: [],
    entry: [],
    attachment: [],
    view: [],
    change: [],
  }
  #count = 0

  constructor(tx: Transaction, tenant: string, organisation: string) {
    this.#tx = tx
    this.#tenant = tenant
    this.#organisation = organisation
  }

  async add(kind: EntityKind, entity: object): Promise<void> {
    this.#waiting[kind].push(`{"v":${++this.version},"d":${JSON.stringify(entity)}}`)
    if (++this.#count >= BATCH) await this.flush()
  }

  async flush(): Promise<void> {
    const tx = this.#tx
    for (const [kind, rows] of Object.entries(this.#waiting) as [EntityKind, string[]][]) {
      if (rows.length === 0) continue
      const table = tx(tableOf[kind])
      const given = tx`(select (r ->> 'v')::bigint as version, r -> 'd' as data from json_array_elements(${`[${rows.join(',')}]`}::text::json) r) g`
      if (kind === 'configuration') {
        await tx`insert into ${table} (tenant_id, version, data) select ${this.#tenant}, version, data from ${given}`
      } else if (kind === 'technician') {
        await tx`insert into ${table} (tenant_id, organisation_id, id, version, data)
                 select ${this.#tenant}, ${this.#organisation}, (data ->> 'id')::uuid, version, data from ${given}`
      } else {
        await tx`insert into ${table} (tenant_id, id, version, data)
                 select ${this.#tenant}, (data ->> 'id')::uuid, version, data from ${given}`
      }
      rows.length = 0
    }
    this.#count = 0
  }
}
