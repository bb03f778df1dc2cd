import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, afterEach, expect, test } from 'vitest'
import { connect } from '../../src-cloud/database/connect.ts'
import { startCloud, type Cloud } from '../../src-cloud/start.ts'
import { cloudDatabase } from '../support/cloud-database.ts'
import { releasePostgres, type PostgresServer } from '../support/postgres.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'
import { TinySession, TinyTenant } from './client.mjs'

const undo: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (let step = undo.pop(); step; step = undo.pop()) await step()
})
afterAll(releasePostgres)

/** An empty database; a cloud that is started on it puts the organisation Alpha there. */
async function database(): Promise<PostgresServer> {
  const { address, drop } = await cloudDatabase()
  undo.push(drop)
  return address
}

async function start(address: PostgresServer, tokenSeconds?: number): Promise<Cloud> {
  const seed = sampleOrganisation('Alpha', [sampleClient('Acme', 3)])
  const cloud = await startCloud({ database: address, seed, ...(tokenSeconds ? { tokenSeconds } : {}) })
  undo.push(cloud.close)
  return cloud
}

async function client(url: string): Promise<TinyTenant> {
  const session = new TinySession(url)
  await session.signIn('robin@alpha.example', 'secret of Alpha')
  const made = new TinyTenant(session, uuid('tenant', 'Acme'))
  await made.pull()
  return made
}

const note = (body: string) => ({
  kind: 'entry.create',
  ticketId: uuid('Acme', 'ticket', 1),
  entryId: randomUUID(),
  entryKind: 'note',
  body,
})
const notesOf = (one: TinyTenant) =>
  [...one.store.values()]
    .filter(({ kind }) => kind === 'note')
    .map(({ body }) => body)
    .sort()

test('tokens that have ended are replaced on the way, and nothing is lost', async () => {
  const cloud = await start(await database(), 3)
  const one = await client(cloud.url)
  const { accessToken, refreshToken } = one.session
  const tenantToken = one.token
  const statusOf = async (path: string, token: string) =>
    (await fetch(cloud.url + path, { headers: { authorization: `Bearer ${token}` } })).status
  await expect.poll(() => statusOf('/v1/changes', tenantToken), { timeout: 10_000 }).toBe(401)
  await expect.poll(() => statusOf('/v1/organisation/tenants', accessToken), { timeout: 10_000 }).toBe(401)
  one.write(note('Written meanwhile.'))
  await one.push()
  await one.pull()
  expect(notesOf(one)).toEqual(['Written meanwhile.'])
  expect(one.token).not.toBe(tenantToken)
  expect(one.session.refreshToken).not.toBe(refreshToken)
})

test('a refresh token that comes again after the next one was used ends the sign-in, and the outbox waits for the next one', async () => {
  const cloud = await start(await database())
  const one = await client(cloud.url)
  const copied = one.session.refreshToken
  await one.session.refresh()
  await one.session.refresh()
  const thief = new TinySession(cloud.url)
  thief.refreshToken = copied
  await expect(thief.refresh()).rejects.toMatchObject({ status: 401, code: 'sign-in-expired' })
  one.write(note('Not sent yet.'))
  one.token = one.session.accessToken = 'ended'
  await expect(one.push()).rejects.toMatchObject({ status: 401, code: 'sign-in-expired' })
  expect(one.outbox).toHaveLength(1)
  await one.session.signIn('robin@alpha.example', 'secret of Alpha')
  await one.push()
  await one.pull()
  expect(notesOf(one)).toEqual(['Not sent yet.'])
})

test('no token opens what is another’s: 403 for a tenant, 401 for the other kind of route', async () => {
  const cloud = await start(await database())
  const one = await client(cloud.url)
  await expect(one.session.tenantToken(randomUUID())).rejects.toMatchObject({ status: 403, code: 'not-allowed' })
  const crossed = one.session.send('/v1/organisation/tenants', { token: one.token })
  await expect(crossed).rejects.toMatchObject({ status: 401, code: 'sign-in-expired' })
  const other = one.session.send('/v1/changes', { token: one.session.accessToken })
  await expect(other).rejects.toMatchObject({ status: 401, code: 'sign-in-expired' })
})

test.each([
  ['under a new epoch', true],
  ['that kept its epoch', false],
])('a cloud restored from a backup, %s, is read from the start, and later writes are taken', async (_, renewed) => {
  const address = await database()
  const before = await start(address)
  const one = await client(before.url)
  one.write(note('In the backup.'))
  await one.push()
  await one.pull()
  await before.close()
  const backup = await copyOf(address)
  const after = await start(address)
  one.session.url = after.url
  one.write(note('Lost with the server.'))
  await one.push()
  await one.pull()
  expect(notesOf(one)).toEqual(['In the backup.', 'Lost with the server.'])
  await after.close()

  if (renewed) await onDatabase(backup, `update server_meta set value = '${randomUUID()}' where key = 'epoch'`)
  const { epoch, clientId } = one
  one.session.url = (await start(backup)).url
  one.write(note('After the restore.'))
  await one.pull()
  expect(one.epoch === epoch).toBe(!renewed)
  expect(notesOf(one)).toEqual(['In the backup.'])
  await one.push()
  await one.pull()
  expect(one.clientId).not.toBe(clientId)
  expect(notesOf(one)).toEqual(['After the restore.', 'In the backup.'])
  expect(Object.fromEntries(one.store)).toEqual(Object.fromEntries((await client(one.session.url)).store))
})

/** A copy of a database that nobody is connected to, as a restored backup would be. */
async function copyOf(address: PostgresServer): Promise<PostgresServer> {
  const copy = { ...address, database: `test_${randomBytes(6).toString('hex')}` }
  const server = { ...address, database: 'postgres' }
  await onDatabase(server, `create database ${copy.database} template ${address.database}`)
  undo.push(() => onDatabase(server, `drop database if exists ${copy.database} with (force)`))
  return copy
}

async function onDatabase(address: PostgresServer, statement: string): Promise<void> {
  const sql = connect(address, 1)
  try {
    await sql.unsafe(statement)
  } finally {
    await sql.end()
  }
}
