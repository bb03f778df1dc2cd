import { readdir, readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '../../src-cloud/database/connect.ts'
import { migrate } from '../../src-cloud/database/migrate.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { TechnicianList } from '../../src-shared/protocol/session.ts'
import { ask, signIn, withCloud, type TestCloud } from '../support/cloud.ts'
import { freshDatabase } from '../support/postgres.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'

// Who administers an organisation: there is always somebody, in an old database, too.

const LENA = {
  id: uuid('technician', 'Lena'),
  name: 'Lena',
  email: 'lena@alpha.example',
  password: 'a password of Lena',
}
let cloud: TestCloud
beforeAll(async () => {
  const organisation = sampleOrganisation('Alpha', [sampleClient('Acme', 1)])
  organisation.technicians.push(LENA)
  cloud = await withCloud([organisation])
})
afterAll(() => cloud.close())

test('the only administrator stays one; of two who take it from each other at once, one keeps it', async () => {
  const robin = (await cloud.signIn()).accessToken
  const lena = await signIn(cloud.url, LENA)
  const people = async () =>
    TechnicianList.parse(await (await ask(cloud.url, paths.technicians, { token: robin })).json()).technicians
  const one = (await people()).find(({ role }) => role === 'administrator')!
  const give = (token: string, id: string, role: string) =>
    ask(cloud.url, paths.technicianRole(id), { token, body: { role } })
  const refused = await give(robin, one.id, 'technician')
  expect([refused.status, await refused.json()]).toMatchObject([409, { error: { code: 'last-administrator' } }])
  expect((await give(lena.accessToken, LENA.id, 'administrator')).status).toBe(403)
  expect((await give(robin, LENA.id, 'administrator')).status).toBe(200)
  const both = await Promise.all([give(robin, LENA.id, 'technician'), give(lena.accessToken, one.id, 'technician')])
  // The second is no administrator any more when its turn comes.
  expect(both.map(({ status }) => status).sort()).toEqual([200, 403])
  expect((await people()).filter(({ role }) => role === 'administrator')).toHaveLength(1)
})

test('in a database from before there were roles, the first of each organisation and whoever did what now needs the role have it', async () => {
  const database = await freshDatabase()
  const sql = connect(database.address, 1)
  try {
    const folder = new URL('../../src-cloud/migrations/', import.meta.url)
    const older = (await readdir(folder)).filter((name) => name < '012').sort()
    await sql`create table schema_migration (number integer primary key, applied_at timestamptz not null default now())`
    for (const file of older) {
      await sql.unsafe(await readFile(new URL(file, folder), 'utf8')).simple()
      await sql`insert into schema_migration (number) values (${Number(file.slice(0, 3))})`
    }
    for (const name of ['One', 'Two'])
      await sql.begin(async (tx) => {
        const organisation = uuid('organisation', name)
        await tx`select bulkhead.use_organisation(${organisation})`
        await tx`insert into organisation (id, name) values (${organisation}, ${name})`
        for (const person of ['first', 'second', 'third'])
          await tx`insert into technician (id, organisation_id, email, name, password_hash)
            values (${uuid(name, person)}, ${organisation}, ${`${person}@${name.toLowerCase()}.example`}, ${person}, 'x')`
      })
    await sql.begin(async (tx) => {
      await tx`select bulkhead.use_organisation(${uuid('organisation', 'Two')})`
      await tx`insert into organisation_defaults (organisation_id, revision, settings, by_id, by_name)
        values (${uuid('organisation', 'Two')}, 1, '{}', ${uuid('Two', 'third')}, 'third')`
    })
    await migrate(database.address, 'a password')
    const rows = await sql<{ email: string }[]>`
      select email from technician where role = 'administrator' order by email`
    const forced = await sql<{ name: string }[]>`
      select relname as name from pg_class where relname in ('technician', 'onboarding', 'organisation_defaults') and relforcerowsecurity`
    expect(forced).toHaveLength(3)
    expect(rows.map(({ email }) => email)).toEqual(['first@one.example', 'first@two.example', 'third@two.example'])
  } finally {
    await sql.end()
    await database.drop()
  }
})
