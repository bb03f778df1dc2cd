import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { asTenant } from '../../src-cloud/database/as.ts'
import { API_ROLE, apiPassword, connect, type Sql } from '../../src-cloud/database/connect.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { Versions } from '../../src-shared/protocol/events.ts'
import { ask, pushed, readFeed, withCloud, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'
import { followEvents } from './events.ts'

const [ACME, ZEPHYR] = [uuid('tenant', 'Acme'), uuid('tenant', 'Zephyr')]
let cloud: TestCloud
let api: Sql
let access: string
let token: string
beforeAll(async () => {
  cloud = await withCloud([
    sampleOrganisation('Alpha', [sampleClient('Acme', 30), sampleClient('Zephyr', 3)]),
    sampleOrganisation('Beta', [sampleClient('Borealis', 3)]),
  ])
  api = connect(cloud.address, 4, { username: API_ROLE, password: apiPassword(cloud.address, undefined) })
  access = (await cloud.signIn()).accessToken
  token = await cloud.tenantToken()
})
afterAll(async () => {
  await api.end()
  await cloud.close()
})

async function poll(since: string | null, wait: number): Promise<Versions> {
  const query = since === null ? `wait=${wait}` : `wait=${wait}&since=${since}`
  const response = await ask(cloud.url, `${paths.versions}?${query}`, { token: access })
  expect(response.status).toBe(200)
  return Versions.parse(await response.json())
}
/** A note on a ticket of a tenant. @returns the version that it got */
async function write(name = 'Acme', as = token): Promise<number> {
  const { results } = await pushed(cloud.url, as, randomUUID(), 1, [
    { kind: 'entry.create', ticketId: uuid(name, 'ticket', 1), entryId: randomUUID(), entryKind: 'note', body: 'x' },
  ])
  return (results[0] as { version: number }).version
}
/** As an integration would, without a commit until told. */
async function holdOpen(
  tenant: string,
  publish: boolean,
): Promise<{ end: (how: 'commit' | 'rollback') => Promise<void> }> {
  let finish: (how: 'commit' | 'rollback') => void = () => undefined
  const how = new Promise<'commit' | 'rollback'>((resolve) => (finish = resolve))
  let written: () => void = () => undefined
  const begun = new Promise<void>((resolve) => (written = resolve))
  const transaction = asTenant(api, tenant, async (tx) => {
    await tx`update contact set version = null`
    if (publish) await tx`select bulkhead.publish()`
    written()
    if ((await how) === 'rollback') throw new RollBack()
    if (!publish) await tx`select bulkhead.publish()`
  }).catch((error: unknown) => {
    if (!(error instanceof RollBack)) throw error
  })
  await begun
  return {
    end: async (ending) => {
      finish(ending)
      await transaction
    },
  }
}
class RollBack extends Error {}

describe('the long poll of versions', () => {
  test('tells all tenants of the technician at first, and then what moved', async () => {
    const first = await poll(null, 30)
    expect(first.versions.map(({ tenant }) => tenant).sort()).toEqual([ACME, ZEPHYR].sort())
    const version = await write()
    const second = await poll(first.next, 30)
    expect(second.versions).toEqual([{ tenant: ACME, version }])
    expect((await poll(second.next, 0)).versions).toEqual([])
    expect((await poll(first.next, 30)).versions).toEqual([{ tenant: ACME, version }])
  })

  test('waits, and answers when a tenant moves', async () => {
    const { next } = await poll(null, 0)
    const waiting = poll(next, 60)
    await write('Borealis', await cloud.tenantToken(0, 1))
    const version = await write()
    expect((await waiting).versions).toEqual([{ tenant: ACME, version }])
  })

  test('tells a commit that was under way at the last answer, and never one that was rolled back', async () => {
    const rolled = await holdOpen(ZEPHYR, true)
    const held = await holdOpen(ACME, true)
    const { next } = await poll(null, 0)
    await rolled.end('rollback')
    expect((await poll(next, 0)).versions).toEqual([])
    await held.end('commit')
    const { closing } = await readFeed(cloud.url, token)
    expect((await poll(next, 60)).versions).toEqual([{ tenant: ACME, version: closing.cursor }])
  })

  test.each<[string, (epoch: string, snapshot: string) => string]>([
    ['nonsense', () => 'nonsense'],
    ['a mark of another epoch', (_, snapshot) => `${uuid('other')}/${snapshot}`],
    ['a snapshot that is none', (epoch) => `${epoch}/9:5:7`],
    ['a mark of a server that was ahead', (epoch) => `${epoch}/99999999:99999999:`],
  ])('starts over where `since` is %s', async (_, forge) => {
    const { next } = await poll(null, 0)
    const [epoch = '', snapshot = ''] = Buffer.from(next, 'base64url').toString().split('/')
    const mark = Buffer.from(forge(epoch, snapshot)).toString('base64url')
    expect((await poll(mark, 5)).versions).toHaveLength(2)
  })
})

describe('the event stream', () => {
  test('tells deletions by their version, and nothing of what was rolled back', async () => {
    const stream = await followEvents(cloud.url, access)
    const rolled = await holdOpen(ACME, true)
    await rolled.end('rollback')
    const [row] = await cloud.owner<{ version: number }[]>`
      select bulkhead.delete_ticket(${ACME}, ${uuid('Acme', 'ticket', 30)}) as version`
    await vi.waitFor(() => expect(stream.versions).toContainEqual({ tenant: ACME, version: row?.version }), {
      timeout: 10_000,
    })
    expect(stream.versions).toHaveLength(1)
    expect((await readFeed(cloud.url, token)).closing.cursor).toBe(row?.version)
    await stream.stop()
  })
})

describe('feed and edits do not wait for a long transaction', () => {
  test('of another tenant, of a reader, or of one here that has not published yet', async () => {
    const other = await holdOpen(ZEPHYR, true)
    const unpublished = await holdOpen(ACME, false)
    let release: () => void = () => undefined
    const until = new Promise<void>((resolve) => (release = resolve))
    const reading = asTenant(api, ACME, async (tx) => {
      await tx`select count(*) from ticket`
      await until
    })
    const version = await write()
    const { closing, changes } = await readFeed(cloud.url, token)
    expect(closing.cursor).toBe(version)
    expect(changes.at(-1)).toMatchObject({ kind: 'entry', version })
    await unpublished.end('commit')
    const rest = await readFeed(cloud.url, token, version)
    expect(rest.changes).toMatchObject([{ kind: 'contact', version: version + 1 }])
    release()
    await reading
    await other.end('rollback')
  })
})
