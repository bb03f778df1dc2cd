import { randomUUID } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { connect } from '../../src-cloud/database/connect.ts'
import { loadOrganisation } from '../../src-cloud/load.ts'
import { startCloud, type Cloud } from '../../src-cloud/start.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { ask, enter, readFeed, signIn } from '../support/cloud.ts'
import { cloudDatabase } from '../support/cloud-database.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'

const YEAR = 366 * 86_400_000

test('each year brings the holidays of one more to the clients that have some, once; old files of imports are dropped', async () => {
  const database = await cloudDatabase()
  const owner = connect(database.address, 1)
  const on = async <T>(years: number, use: (cloud: Cloud, token: string) => Promise<T>): Promise<T> => {
    const clock = () => Date.now() + years * YEAR
    const cloud = await startCloud({ database: database.address, clock, escalationSeconds: 3600 })
    await loadOrganisation(owner, sampleOrganisation('Alpha', [sampleClient('Acme', 1), sampleClient('Zephyr', 1)]))
    const { accessToken } = await signIn(cloud.url, { email: 'robin@alpha.example', password: 'secret of Alpha' })
    try {
      return await use(cloud, await enter(cloud.url, accessToken, uuid('tenant', 'Acme')))
    } finally {
      await cloud.close()
    }
  }
  const delivered = async ({ url }: Cloud, token: string) => {
    const found = (await readFeed(url, token)).changes.find(({ kind }) => kind === 'configuration')!
    const { calendars } = (found.data as { sla: { calendars: { holidays: { date: string }[] }[] } }).sla
    return { version: found.version, last: Number(calendars[0]?.holidays.at(-1)?.date.slice(0, 4)) }
  }
  /** Waits until the daily work was done so many times. */
  const done = (times: number) =>
    vi.waitFor(async () => {
      const ended = await owner`select from bulkhead_jobs.job where name = 'daily' and state = 'completed'`
      expect(ended).toHaveLength(times)
    })
  const year = new Date().getUTCFullYear()

  const before = await on(0, async (cloud, token) => {
    await done(1)
    const set = { holidays: { country: 'DE' } }
    const revert = ['calendars', 'targets', 'ownDays', 'statuses', 'priorities']
    const changed = await ask(cloud.url, paths.settings, { token, body: { revision: 0, set, revert } })
    expect(changed.status).toBe(200)
    const begun = { id: randomUUID(), kind: 'contacts', name: 'a.csv', size: 6 }
    expect((await ask(cloud.url, paths.imports, { token, body: begun })).status).toBe(200)
    await owner`insert into import_part select tenant_id, id, 0, convert_to('name,x', 'UTF8') from import_job`
    await owner`update import_job set changed_at = now() - interval '8 days'`
    return delivered(cloud, token)
  })
  expect(before.last).toBe(year + 3)
  const heads = () => owner<{ version: number }[]>`select version from tenant_feed order by tenant_id`
  const untouched = await heads()
  const after = await on(1, async (cloud, token) => {
    await done(2)
    return delivered(cloud, token)
  })
  expect(after).toEqual({ version: Number(before.version) + 1, last: year + 4 })
  expect((await heads()).map(({ version }, i) => version - (untouched[i]?.version ?? 0)).sort()).toEqual([0, 1])
  expect(await owner`select from import_part`).toHaveLength(0)
  // The same day again: nothing is new.
  await on(1, () => done(3))
  expect(await on(1, async (cloud, token) => delivered(cloud, token))).toEqual(after)
  const planned = await owner<{ cron: string }[]>`select cron from bulkhead_jobs.schedule where name = 'daily'`
  expect(planned).toHaveLength(1)
  await owner.end()
  await database.drop()
})
