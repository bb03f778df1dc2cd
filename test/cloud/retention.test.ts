import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asTenant } from '../../src-cloud/database/as.ts'
import { API_ROLE, apiPassword, connect, type Sql } from '../../src-cloud/database/connect.ts'
import { openFeed } from '../../src-cloud/feed.ts'
import { sweepTombstones } from '../../src-cloud/retention.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import type { MutationBody } from '../../src-shared/protocol/mutation.ts'
import { ask, pushed, readFeed, withCloud, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'

const ACME = uuid('tenant', 'Acme')
const TICKETS = 2100
let cloud: TestCloud
let api: Sql
let token: string
beforeAll(async () => {
  cloud = await withCloud([sampleOrganisation('Alpha', [sampleClient('Acme', TICKETS), sampleClient('Zephyr', 3)])])
  api = connect(cloud.address, 2, { username: API_ROLE, password: apiPassword(cloud.address, undefined) })
  token = await cloud.tenantToken()
})
afterAll(async () => {
  await api.end()
  await cloud.close()
})

let next = 0
let id: string
beforeEach(() => {
  id = uuid('Acme', 'ticket', ++next)
})
const remove = (ticket: string) => cloud.owner`select bulkhead.delete_ticket(${ACME}, ${ticket}) as version`
const age = (days: number) => cloud.owner`
  with t as (update ticket set deleted_at = now() - make_interval(days => ${days}) where deleted)
  update entry set deleted_at = now() - make_interval(days => ${days}) where deleted`
const cursorNow = async () => (await readFeed(cloud.url, token)).closing.cursor
const statusOf = async (query: string) => (await ask(cloud.url, `${paths.changes}?${query}`, { token })).status
const one = async (body: MutationBody) => (await pushed(cloud.url, token, randomUUID(), 1, [body])).results[0]

describe('a deleted ticket', () => {
  test('comes as tombstones with its conversation, next in the feed', async () => {
    const before = await cursorNow()
    await remove(id)
    const { changes, closing } = await readFeed(cloud.url, token, before)
    expect(closing.cursor).toBe(before + 2)
    expect(new Set(changes.map((line) => `${line.kind} ${line.id} ${line.deleted}`))).toEqual(
      new Set([`ticket ${id} true`, `entry ${uuid('Acme', 'entry', next)} true`]),
    )
    expect(await remove(id)).toEqual([{ version: null }])
    expect(await cursorNow()).toBe(before + 2)
  })

  test.each<[string, (ticketId: string) => MutationBody]>([
    [
      'an edit',
      (ticketId) => ({ kind: 'ticket.update', ticketId, base: { status: 'open' }, patch: { status: 'done' } }),
    ],
    ['a note', (ticketId) => ({ kind: 'entry.create', ticketId, entryId: randomUUID(), entryKind: 'note', body: 'x' })],
    [
      'a second creation',
      (ticketId) => ({
        kind: 'ticket.create',
        ticketId,
        ticket: {
          ...{ subject: 'Again', description: '', status: 'new', priority: 'p2', type: null, queue: null },
          ...{ requesterId: null, assigneeId: null, tags: [], customFields: {} },
        },
      }),
    ],
  ])('is not brought back by %s, which is told so', async (_, body) => {
    await remove(id)
    const before = await cursorNow()
    expect(await one(body(id))).toEqual({
      sequence: 1,
      outcome: 'rejected',
      code: 'ticket-deleted',
      message: expect.stringContaining('was deleted') as string,
    })
    expect(await cursorNow()).toBe(before)
  })

  test('stays deleted where the deletion commits while an edit waits for it', async () => {
    let release: () => void = () => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    const deleting = cloud.owner.begin(async (tx) => {
      await tx`select bulkhead.delete_ticket(${ACME}, ${id})`
      await held
    })
    await expect.poll(() => cloud.owner`select from pg_locks where locktype = 'transactionid'`).not.toHaveLength(0)
    const edit = one({ kind: 'ticket.update', ticketId: id, base: { status: 'open' }, patch: { status: 'done' } })
    await expect
      .poll(() => cloud.owner`select from pg_locks where not granted`, { timeout: 10_000 })
      .not.toHaveLength(0)
    release()
    await deleting
    expect(await edit).toMatchObject({ outcome: 'rejected', code: 'ticket-deleted' })
  })

  test('is deleted by the operator only', async () => {
    for (const call of ['delete_ticket($1, $1)', 'sweep_tombstones($1, 1)', 'renew_epoch()'])
      await expect(
        asTenant(api, ACME, (tx) => tx.unsafe(`select bulkhead.${call}`, call.includes('$1') ? [ACME] : [])),
      ).rejects.toMatchObject({ code: '42501' })
  })
})

describe('the sweep of tombstones', () => {
  test('drops those that are older than so many days, and an older cursor is told that the feed is gone', async () => {
    await remove(id)
    const [old] = await cloud.owner<{ version: number }[]>`select max(version) as version from entry where deleted`
    await age(91)
    const young = uuid('Acme', 'ticket', ++next)
    await remove(young)
    expect(await sweepTombstones(cloud.owner, 90)).toBeGreaterThan(1)
    const [row] = await cloud.owner<
      { kept_from: number }[]
    >`select kept_from from tenant_feed where tenant_id = ${ACME}`
    const keptFrom = row?.kept_from ?? 0
    expect(keptFrom).toBe(old?.version)
    const response = await ask(cloud.url, `${paths.changes}?after=${keptFrom - 1}`, { token })
    expect([response.status, await response.json()]).toMatchObject([410, { error: { code: 'feed-gone' } }])
    expect(await statusOf('after=1')).toBe(410)
    const { changes } = await readFeed(cloud.url, token, keptFrom)
    expect(changes.map((line) => line.deleted)).toEqual([true, true])
    const whole = await readFeed(cloud.url, token, 0)
    expect(whole.changes.some((line) => line.id === id)).toBe(false)
    expect(whole.changes.filter((line) => line.deleted)).toHaveLength(2)
    expect(await sweepTombstones(cloud.owner, 90)).toBe(0)
  })

  test('leaves those of technicians, with the names that tickets still need', async () => {
    const robin = uuid('technician', 'Alpha')
    const leaves = (yes: boolean) =>
      cloud.owner.begin(async (tx) => {
        await tx`select bulkhead.use_tenant(${ACME})`
        await tx`update tenant_technician set deleted = ${yes}, version = null where tenant_id = ${ACME} and id = ${robin}`
        await tx`select bulkhead.publish()`
      })
    await leaves(true)
    await cloud.owner`update tenant_technician set deleted_at = now() - interval '91 days' where deleted`
    await sweepTombstones(cloud.owner, 90)
    const { changes } = await readFeed(cloud.url, token)
    const told = changes.find((line) => line.id === robin)
    expect(told).toMatchObject({ deleted: true, name: 'Robin of Alpha' })
    await leaves(false)
  })

  test('leaves a first sync that was cut free to go on, with the head that it began at', async () => {
    const { opening, changes } = await readFeed(cloud.url, token)
    const cut = changes[100]?.version ?? 0
    expect(await statusOf(`after=${cut}`)).toBe(410)
    expect(await statusOf(`after=${cut}&began=${opening.head}`)).toBe(200)
    await remove(id)
    await age(91)
    await sweepTombstones(cloud.owner, 90)
    expect(await statusOf(`after=${cut}&began=${opening.head}`)).toBe(410)
  })

  test('cuts a feed that is under way and would miss what it dropped', async () => {
    const cursor = await cursorNow()
    await asTenant(api, ACME, async (tx) => {
      await tx`update ticket set version = null where not deleted`
      await tx`update entry set version = null where not deleted`
      await tx`select bulkhead.publish()`
    })
    await remove(id)
    await age(91)
    // The reader takes one piece, so that later pages are read after the sweep.
    let swept: () => void = () => undefined
    const sweeping = new Promise<void>((resolve) => (swept = resolve))
    const feed = await openFeed(api, ACME, { after: cursor })
    const read = (async () => {
      let text = ''
      for await (const piece of feed) {
        text += piece.toString()
        await sweeping
      }
      return text
    })()
    await sweepTombstones(cloud.owner, 90)
    swept()
    await expect(read).rejects.toThrow('no longer keeps')
  })

  test('keeps what others still refer to', async () => {
    await asTenant(api, ACME, async (tx) => {
      await tx`update contact set deleted = true, version = null`
      await tx`update ticket set deleted = true, version = null where id = ${id}`
      await tx`select bulkhead.publish()`
    })
    await cloud.owner`update contact set deleted_at = now() - interval '91 days' where deleted`
    await age(91)
    await sweepTombstones(cloud.owner, 90)
    expect(await cloud.owner`select from ticket where id = ${id}`).toHaveLength(1)
    expect(await cloud.owner`select from contact where tenant_id = ${ACME}`).toHaveLength(1)
  })
})
