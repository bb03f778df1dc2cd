import type { Bench } from '../bench.ts'
import { technicianToken, tenantToken, type Clouds } from '../cloud.ts'
import { startForked } from '../forked.ts'
import { firstTicket, smallTenant, type SeedSize } from '../seed.ts'
import type { Followed } from '../writers-process.ts'

const TENANTS = 8
const WRITERS = 2

/** 1,000 edits through the cloud, against raw SQL in the same database. */
export async function measurePushes(bench: Bench, clouds: Clouds): Promise<void> {
  if (!bench.wants('pushed')) return
  bench.note('Pushing 1,000 edits and writing the same rows by SQL, in turn…')
  const { pushed, raw } = await clouds.push(bench.size(5, 2))
  bench.report('pushed', pushed, raw)
}

/**
 * Writers that send one edit after the other to several tenants, while a reader follows the event stream and pulls each
 * feed that moved. Cloud, Postgres, writers and reader share this machine.
 */
export async function measureCloud(bench: Bench, clouds: Clouds, size: SeedSize): Promise<void> {
  if (!bench.wants('sustained', 'fresh', 'cost')) return
  bench.note(`${TENANTS} × ${WRITERS} writers and a reader that follows…`)
  const url = await clouds.cloud(size)
  const tenants = []
  for (let i = 1; i <= TENANTS; i++) {
    const token = await tenantToken(url, smallTenant(i))
    tenants.push({ id: smallTenant(i), token, first: firstTicket(size, i) })
  }
  const process_ = startForked(bench, './writers-process.ts')
  const question = { url, token: await technicianToken(url), tenants, writers: WRITERS }
  await process_.ask<Followed>({ ...question, seconds: 1 })
  const before = await clouds.usage()
  const { changes, seconds, fresh } = await process_.ask<Followed>({ ...question, seconds: bench.size(10, 3) })
  const after = await clouds.usage()
  await process_.stop()
  bench.report('sustained', changes / seconds, null)
  bench.report('fresh', fresh, null)
  bench.report('cost', (after - before) / changes, null)
}
