import { asTenant } from '../database/as.ts'
import type { Sql } from '../database/connect.ts'
import { publishConfiguration } from './store.ts'

/**
 * Works the configurations of all tenants out anew, as public holidays are worked out three years ahead: those of a year
 * that has come near come with it. Each tenant in its own scope and transaction; one to whom nothing comes gets no new
 * version, so that it may run as often as it likes.
 * @param owner as the owner of the database, who learns which tenants there are and nothing of them
 * @param failed told of a tenant that could not be renewed; the others are, and the next day tries again
 * @returns how many tenants got something
 */
export async function renewConfigurations(
  { owner, api }: { owner: Sql; api: Sql },
  now: Date,
  failed: (error: unknown) => void,
  signal: AbortSignal,
): Promise<number> {
  const tenants = await owner<{ id: string }[]>`select tenant_id as id from tenant_feed order by tenant_id`
  let renewed = 0
  for (const { id } of tenants) {
    if (signal.aborted) break
    try {
      const got = await asTenant(api, id, async (tx) => {
        await tx`select bulkhead.own_settings()`
        // From before there were layers: all of it is the client's own, and nothing is worked out.
        const [layered] = await tx`select from configuration_revision limit 1`
        return layered !== undefined && publishConfiguration(tx, now)
      })
      if (got) renewed++
    } catch (error) {
      failed(error)
    }
  }
  return renewed
}
