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
 * Pages of a small client one after the other: while the large client loads everything for the first time, and while it
 * has loaded. Each on a console of its own and of the same age: one that has just begun answers more slowly. The cloud and
 * Postgres, which elsewhere are another machine, stand aside where the system lets them; where it does not, their work is
 * part of the disturbance.
 */
export async function measureNeighbour(bench: Bench, clouds: Clouds, profile: string, cloudUrl: string): Promise<void> {
  if (!bench.wants('neighbour')) return
  bench.note('Pages of a client while another one loads…')
  // A cache may go at any time; the large client then begins anew.
  for (const suffix of ['', '-wal', '-shm'])
    rmSync(join(profile, 'tenants', LARGE, `cache.db${suffix}`), { force: true })
  if (!(await clouds.standAside(true))) bench.note('The cloud shares the processors: there is no chrt here.')
  const loading = await pages(await startHost(bench, profile, cloudUrl), { untilLoaded: true, most: PAGES })
  const quiet = await pages(await startHost(bench, profile, cloudUrl), { untilLoaded: false, most: loading.length })
  await clouds.standAside(false)
  bench.report('neighbour', percentile(loading, 0.99), percentile(quiet, 0.99))
}

/** Between two looks at how a load stands, in ms. */
const LOOK_MS = 100

/** Pages that are asked for at most: the load waits while somebody asks without pause, and would take minutes. */
const PAGES = 20_000

/**
 * Asks for pages with the large client open, until there are enough of them or it has loaded, waits until it has, and
 * stops the console. @returns what each page took, in ms
 */
async function pages(
  { window, stop }: BenchHost,
  { untilLoaded, most }: { untilLoaded: boolean; most: number },
): Promise<number[]> {
  const scope = await window.openClient(smallTenant(1))
  const page = (): Promise<number> =>
    timed(async () => {
      const { rows } = await window.call<TicketPage>(scope, 'query', 'tickets.page', LIST)
      if (rows.length < LIST.limit) throw new Error('a page of 50 tickets came short')
    })
  for (let i = 0; i < 50; i++) await page()
  await window.openClient(LARGE)
  const times: number[] = []
  let loaded = false
  // Not asked of the client itself: that would be the client on screen then.
  const looking = until(async () => {
    const sync = (await window.clients()).find(({ id }) => id === LARGE)?.sync
    loaded = sync?.phase === 'idle' && sync.lastSuccessAt !== null
    return loaded && (untilLoaded || times.length === most)
  }, LOOK_MS)
  while (times.length < most && !(untilLoaded && loaded)) times.push(await page())
  await looking
  await stop()
  return times
}
