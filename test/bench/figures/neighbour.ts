import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { TicketPage } from '../../../src-shared/domain/views.ts'
import type { Clouds } from '../cloud.ts'
import { percentile, timed, type Bench } from '../bench.ts'
import { startHost, type BenchHost } from '../host.ts'
import { LARGE, smallTenant } from '../seed.ts'
import { until } from '../window.ts'

const LIST = { filter: {}, sort: { by: 'updated', direction: 'descending' }, limit: 50 } as const

/**
 * Pages of a small client one after the other: at rest, while the large client loads everything for the first time, and
 * at rest again. The cloud and Postgres, which elsewhere are another machine, stand aside where the system lets them; where
 * it does not, their work is part of the disturbance.
 */
export async function measureNeighbour(bench: Bench, clouds: Clouds, profile: string, cloudUrl: string): Promise<void> {
  if (!bench.wants('neighbour')) return
  bench.note('Pages of a client while another one loads…')
  // A cache may go at any time; the large client then begins anew.
  for (const suffix of ['', '-wal', '-shm'])
    rmSync(join(profile, 'tenants', LARGE, `cache.db${suffix}`), { force: true })
  if (!(await clouds.standAside(true))) bench.note('The cloud shares the processors: there is no chrt here.')
  const host = await startHost(bench, profile, cloudUrl)
  const { window } = host
  const scope = await window.openClient(smallTenant(1))
  const page = (): Promise<number> =>
    timed(async () => {
      const { rows } = await window.call<TicketPage>(scope, 'query', 'tickets.page', LIST)
      if (rows.length < LIST.limit) throw new Error('a page of 50 tickets came short')
    })
  for (let i = 0; i < 50; i++) await page()
  await window.openClient(LARGE)
  const loading = await during(host, page)
  const quiet: number[] = []
  // The state of the load is looked at in both.
  const looking = until(async () => {
    await window.clients()
    return quiet.length === loading.length
  }, LOOK_MS)
  while (quiet.length < loading.length) quiet.push(await page())
  await looking
  await host.stop()
  await clouds.standAside(false)
  bench.report('neighbour', percentile(loading, 0.99), percentile(quiet, 0.99))
}

/** Between two looks at how a load stands. */
const LOOK_MS = 100

/** Pages that are asked for at most: the load waits while somebody asks without pause, and would take minutes. */
const PAGES = 20_000

/** Asks while a client loads, and waits until it has. @returns what each page took while it went on */
async function during({ window }: BenchHost, page: () => Promise<number>): Promise<number[]> {
  let over = false
  // Not asked of the client itself: that would be the client on screen then.
  const loaded = async (): Promise<boolean> => {
    const sync = (await window.clients()).find(({ id }) => id === LARGE)?.sync
    return sync?.phase === 'idle' && sync.lastSuccessAt !== null
  }
  const ended = until(loaded, LOOK_MS).finally(() => (over = true))
  const times: number[] = []
  while (!over && times.length < PAGES) times.push(await page())
  await ended
  return times
}
