import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { API_ROLE, apiPassword, connect, type Sql } from '../../src-cloud/database/connect.ts'
import { asOrganisation, asTenant } from '../../src-cloud/database/as.ts'
import { tableOf } from '../../src-cloud/tables.ts'
import { addDesk, readFeed, withCloud, type TestCloud } from '../support/cloud.ts'
import { uuid } from '../support/sample.ts'

const TENANT_TABLES = [
  ...Object.values(tableOf),
  'tenant_feed',
  'ticket_number',
  'client_sequence',
  'mutation_result',
  'content',
  'content_part',
  'escalation',
  'escalation_state',
  'escalation_watch',
  'configuration_revision',
  'import_bad',
  'import_chunk',
  'import_job',
  'import_part',
]
/** How far each feed is, and who works there. */
const SEEN_BY_ORGANISATIONS = ['tenant_feed', 'tenant_technician']
const ORGANISATION_TABLES = [
  'organisation',
  'technician',
  'refresh_token',
  'tenant',
  'organisation_defaults',
  'onboarding',
  'offboarding',
]
const ACME = uuid('tenant', 'Acme')
const ZEPHYR = uuid('tenant', 'Zephyr')

let cloud: TestCloud
let api: Sql
beforeAll(async () => {
  cloud = await withCloud()
  await addDesk(cloud.url, await cloud.tenantToken(0), 'Acme')
  await addDesk(cloud.url, await cloud.tenantToken(1), 'Zephyr')
  await cloud.owner`
    insert into ticket_change (tenant_id, id, version, data)
      select tenant_id, id, version, json_build_object('ticketId', id) from ticket`
  api = connect(cloud.address, 4, { username: API_ROLE, password: apiPassword(cloud.address, undefined) })
})
afterAll(async () => {
  await api.end()
  await cloud.close()
})

describe('the API role', () => {
  test('is no superuser, cannot bypass row-level security and owns nothing', async () => {
    const [role] =
      await cloud.owner`select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = ${API_ROLE}`
    expect(role).toEqual({ rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false })
    const owned = await cloud.owner`select from pg_class where relowner = ${API_ROLE}::regrole`
    expect(owned).toHaveLength(0)
  })

  test('meets forced row-level security on every table that it may read, and reads no other', async () => {
    const readable = await cloud.owner<{ name: string; forced: boolean }[]>`
      select relname as name, relrowsecurity and relforcerowsecurity as forced from pg_class
      where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and has_table_privilege(${API_ROLE}, oid, 'select')`
    expect(readable.map(({ name }) => name).sort()).toEqual([...TENANT_TABLES, ...ORGANISATION_TABLES].sort())
    expect(readable.filter(({ forced }) => !forced)).toEqual([])
  })

  test('may delete nothing but what an import has used up', async () => {
    const deletable = await cloud.owner<{ name: string }[]>`
      select relname as name from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
        and has_table_privilege(${API_ROLE}, oid, 'delete') order by relname`
    expect(deletable.map(({ name }) => name)).toEqual(['import_bad', 'import_chunk', 'import_part'])
    await expect(asTenant(api, ACME, (tx) => tx`delete from ticket`)).rejects.toMatchObject({ code: '42501' })
  })
})

describe('a query without any filter', () => {
  test.each(Object.values(tableOf))(
    'of %s returns the rows of the tenant that is set, all of them and no others',
    async (table) => {
      const rows = await asTenant(api, ACME, (tx) => tx<{ tenant_id: string }[]>`select tenant_id from ${tx(table)}`)
      const [all] = await cloud.owner<
        { rows: number }[]
      >`select count(*) as rows from ${cloud.owner(table)} where tenant_id = ${ACME}`
      expect(rows.length).toBeGreaterThan(0)
      expect(rows).toHaveLength(all?.rows ?? -1)
      expect(new Set(rows.map((row) => row.tenant_id))).toEqual(new Set([ACME]))
    },
  )

  test.each([...TENANT_TABLES, ...ORGANISATION_TABLES])('of %s returns nothing while nobody is set', async (table) => {
    expect(await api`select from ${api(table)}`).toHaveLength(0)
  })

  test.each(TENANT_TABLES.filter((table) => !SEEN_BY_ORGANISATIONS.includes(table)))(
    'of %s returns nothing to an organisation',
    async (table) => {
      const rows = await asOrganisation(api, uuid('organisation', 'Alpha'), (tx) => tx`select from ${tx(table)}`)
      expect(rows).toHaveLength(0)
    },
  )

  test('returns nothing on the same connection after the transaction that had a tenant', async () => {
    const one = connect(cloud.address, 1, { username: API_ROLE, password: apiPassword(cloud.address, undefined) })
    expect(await asTenant(one, ACME, (tx) => tx`select from ticket`)).toHaveLength(5)
    expect(await one`select from ticket`).toHaveLength(0)
    await one.end()
  })
})

describe('another tenant’s rows', () => {
  const ticketOf = (name: string) => uuid(name, 'ticket', 1)

  test('cannot be written by naming that tenant', async () => {
    const data = JSON.stringify({ id: uuid('x'), number: 99 })
    const insert = asTenant(
      api,
      ACME,
      (tx) => tx`insert into ticket (tenant_id, id, data) values (${ZEPHYR}, ${uuid('x')}, ${data}::text::json)`,
    )
    await expect(insert).rejects.toMatchObject({ code: '42501' })
  })

  test('are not there for an update', async () => {
    const updated = await asTenant(
      api,
      ACME,
      (tx) => tx`update ticket set deleted = true where id = ${ticketOf('Zephyr')} returning id`,
    )
    expect(updated).toHaveLength(0)
  })

  test('cannot be taken over by changing a row’s tenant', async () => {
    const move = asTenant(
      api,
      ACME,
      (tx) => tx`update contact set tenant_id = ${ZEPHYR} where id = ${uuid('Acme', 'contact')}`,
    )
    await expect(move).rejects.toMatchObject({ code: '42501' })
  })

  test('cannot be referred to: the foreign key holds the tenant, for the owner too', async () => {
    const data = JSON.stringify({ id: uuid('y'), ticketId: ticketOf('Zephyr') })
    const insert = cloud.owner`
      insert into entry (tenant_id, id, version, data) values (${ACME}, ${uuid('y')}, 9999, ${data}::text::json)`
    await expect(insert).rejects.toMatchObject({ code: '23503' })
  })

  test('never come with a tenant’s token', async () => {
    const [mine, theirs] = await Promise.all([cloud.tenantToken(0), cloud.tenantToken(1)])
    const [a, b] = await Promise.all([readFeed(cloud.url, mine), readFeed(cloud.url, theirs)])
    const ids = (feed: typeof a) =>
      feed.changes.filter(({ kind }) => kind !== 'configuration' && kind !== 'technician').map(({ id }) => id)
    expect(ids(a)).toHaveLength(13)
    expect(ids(b).filter((id) => ids(a).includes(id))).toEqual([])
    expect(JSON.stringify(a)).not.toContain('Zephyr')
  })
})

test('every key of a tenant table starts with the tenant', async () => {
  const keys = await cloud.owner<{ name: string; kind: string; first: string }[]>`
    select c.conrelid::regclass::text as name, c.contype as kind, a.attname as first
    from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
    where c.contype in ('p', 'u', 'f') and c.conrelid::regclass::text = any(string_to_array(${TENANT_TABLES.join(',')}, ','))`
  const others = keys.filter(({ first }) => first !== 'tenant_id')
  // What refers to the organisation's own tables starts with the organisation.
  expect(others.filter(({ kind, first }) => kind !== 'f' || first !== 'organisation_id')).toEqual([])
})

test('a change that its writer did not publish cannot be committed', async () => {
  const silent = asTenant(
    api,
    ACME,
    (tx) => tx`update ticket set version = null where id = ${uuid('Acme', 'ticket', 1)}`,
  )
  await expect(silent).rejects.toThrow('was not published')
})
