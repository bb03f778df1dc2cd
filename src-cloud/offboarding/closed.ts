import { z } from 'zod'
import type { Sql } from '../database/connect.ts'

const Announced = z.object({ tenant: z.uuid(), closed: z.boolean() })

/**
 * The tenants that are on their way out or gone, kept up to date in this process: tokens of them count no more, whenever
 * they were minted.
 * @param owner as the owner of the database, who learns their ids
 */
export async function followClosed(owner: Sql, api: Sql): Promise<ReadonlySet<string>> {
  const closed = new Set<string>()
  const read = async () => {
    const rows = await owner<{ id: string }[]>`select bulkhead.closed_tenants() as id`
    closed.clear()
    for (const { id } of rows) closed.add(id)
  }
  await api.listen(
    'bulkhead_closed',
    (payload) => {
      const { tenant, closed: yes } = Announced.parse(JSON.parse(payload))
      if (yes) closed.add(tenant)
      else closed.delete(tenant)
    },
    // Also after the connection came back: something may have been missed.
    () => void read().catch(() => undefined),
  )
  await read()
  return closed
}
