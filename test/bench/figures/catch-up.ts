import type { TicketPage } from '../../../src-shared/domain/views.ts'
import { paths } from '../../../src-shared/protocol/api.ts'
import { timed, type Bench } from '../bench.ts'
import { technicianToken, tenantToken, type Clouds } from '../cloud.ts'
import { startHost, SYNC_MINUTES, syncedProfile } from '../host.ts'
import { smallTenant } from '../seed.ts'
import { until } from '../window.ts'

/** Changes of each client while the console was away. */
const CHANGES = 200
/** Feeds that the plain reading has open at the same time. */
const AT_ONCE = 4

/**
 * A console that was away while every ticket of every client changed. From the opened profile until the client that the
 * technician opens at once shows the changes, and until all clients have them. Beside it: the same feeds, read and
 * dropped.
 */
export async function measureCatchUp(bench: Bench, clouds: Clouds): Promise<void> {
  if (!bench.wants('returned', 'caughtUp', 'roundMemory')) return
  const count = bench.size(500, 30)
  const cloudUrl = await clouds.cloud({ tickets: 0, small: count, smallTickets: CHANGES })
  const profile = await syncedProfile(bench, cloudUrl)
  bench.note(`Changing ${CHANGES} tickets of each of ${count} clients…`)
  const before = await clouds.changeAll(cloudUrl)

  const host = await startHost(bench, profile, cloudUrl)
  const { window } = host
  const resident = async (): Promise<number> => (await host.usage()).resident / 1e6
  const atFirst = await resident()
  const began = performance.now()
  // Neither the first nor the last in any order.
  const scope = await window.openClient(smallTenant(Math.ceil(count / 2)))
  const input = { filter: {}, sort: { by: 'updated', direction: 'descending' }, limit: CHANGES }
  await until(async () => {
    const { rows } = await window.call<TicketPage>(scope, 'query', 'tickets.page', input)
    return rows.length === CHANGES && rows.every(({ status }) => status === 'new')
  }, 2)
  const returned = performance.now() - began
  // All are open now, which most were not.
  await until(async () => (await window.clients()).every(({ open }) => open === CHANGES), 10, SYNC_MINUTES)
  const caughtUp = performance.now() - began
  bench.report('roundMemory', await resident(), atFirst)
  await host.stop()

  const tokens = new Map<string, string>()
  const technician = await technicianToken(cloudUrl)
  for (const tenant of Object.keys(before)) tokens.set(tenant, await tenantToken(cloudUrl, tenant, technician))
  const waiting = Object.entries(before)
  const read = async (): Promise<void> => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const [tenant, version] = next
      const headers = { authorization: `Bearer ${tokens.get(tenant) ?? ''}` }
      const response = await fetch(`${cloudUrl}${paths.changes}?after=${version}`, { headers })
      const lines = (await response.text()).split('\n').length
      if (lines < CHANGES) throw new Error('a feed came short')
    }
  }
  const plain = await timed(() => Promise.all(Array.from({ length: AT_ONCE }, read)))
  bench.report('returned', returned, plain / count)
  bench.report('caughtUp', caughtUp, plain)
}
