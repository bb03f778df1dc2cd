import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { paths } from '../../src-shared/protocol/api.ts'
import { ask, withCloud, type TestCloud } from '../support/cloud.ts'
import { uuid } from '../support/sample.ts'
import { followEvents } from './events.ts'

const ZEPHYR = uuid('tenant', 'Zephyr')
let cloud: TestCloud
beforeAll(async () => {
  cloud = await withCloud()
})
afterAll(async () => {
  await cloud.close()
})

/** Changes something of a tenant, with nobody acting. @returns the event that tells of it */
async function change(name: 'Acme' | 'Zephyr', ticket: number): Promise<{ tenant: string; version: number }> {
  const tenant = uuid('tenant', name)
  const [row] = await cloud.owner<{ version: number }[]>`
    select bulkhead.delete_ticket(${tenant}, ${uuid(name, 'ticket', ticket)}) as version`
  return { tenant, version: row?.version ?? NaN }
}
const worksForZephyr = (works: boolean) =>
  cloud.owner`update tenant_technician set deleted = ${!works} where tenant_id = ${ZEPHYR}`
const SOON = { timeout: 10_000 }
const NEXT_BEAT = { timeout: 20_000 }

test('the event stream tells only the tenants that the technician works for, also where that changes', async () => {
  await worksForZephyr(false)
  const stream = await followEvents(cloud.url, (await cloud.signIn()).accessToken)
  const hidden = await change('Zephyr', 1)
  const shown = await change('Acme', 1)
  await vi.waitFor(() => expect(stream.versions).toEqual([shown]), SOON)

  await worksForZephyr(true)
  await vi.waitFor(() => expect(stream.versions).toEqual([shown, hidden]), NEXT_BEAT)
  const more = await change('Zephyr', 2)
  await vi.waitFor(() => expect(stream.versions).toEqual([shown, hidden, more]), SOON)
  await stream.stop()
}, 40_000)

test('the event stream ends when its access token does', async () => {
  const short = await withCloud(undefined, { tokenSeconds: 3 })
  try {
    const stream = await followEvents(short.url, (await short.signIn()).accessToken)
    expect(stream.ended()).toBe(false)
    await vi.waitFor(() => expect(stream.ended()).toBe(true), SOON)
  } finally {
    await short.close()
  }
})

test.each<[string, number, (session: { accessToken: string; refreshToken: string }) => Promise<unknown>]>([
  ['sign-out', 2, ({ accessToken }) => ask(cloud.url, paths.session, { method: 'DELETE', token: accessToken })],
  [
    'reuse of a refresh token',
    3,
    async ({ refreshToken }) => {
      const next = await ask(cloud.url, paths.refresh, { body: { refreshToken } })
      const body = (await next.json()) as { refreshToken: string }
      await ask(cloud.url, paths.refresh, { body: { refreshToken: body.refreshToken } })
      await ask(cloud.url, paths.refresh, { body: { refreshToken } })
    },
  ],
])(
  'the event stream ends with its sign-in by %s, and no other does',
  async (_, ticket, end) => {
    const [session, other] = [await cloud.signIn(), await cloud.signIn()]
    const [stream, stays] = [
      await followEvents(cloud.url, session.accessToken),
      await followEvents(cloud.url, other.accessToken),
    ]
    await end(session)
    await vi.waitFor(() => expect(stream.ended()).toBe(true), SOON)
    const shown = await change('Acme', ticket)
    await vi.waitFor(() => expect(stays.versions).toContainEqual(shown), SOON)
    expect(stays.ended()).toBe(false)
    await stays.stop()
  },
  30_000,
)
