import { asTenant } from '../database/as.ts'
import type { Sql } from '../database/connect.ts'
import { escalateTenant } from './evaluate.ts'

/** Seconds between two looks at what is due, where nothing else is said. */
export const ESCALATION_SECONDS = 15

/**
 * Looks every few seconds, in every process of the cloud, at which tenants have rules of escalation to look at, and at
 * each of them in its own scope. Processes share the work: who comes second to a tenant passes it over.
 * @param owner as the owner of the database, who learns which tenants there are and nothing of them
 * @param api as the API role, to whom policies show one tenant
 * @param failed told of a tenant that could not be looked at; the next look tries again
 * @param clock ms since 1970
 * @returns a function that ends it
 */
export function escalateEvery(
  seconds: number,
  { owner, api }: { owner: Sql; api: Sql },
  failed: (error: unknown) => void,
  clock: () => number = Date.now,
): () => Promise<void> {
  const stop = new AbortController()
  let timer: NodeJS.Timeout | null = null
  let look: Promise<void> = Promise.resolve()
  const run = () => {
    look = escalateAll(owner, api, clock, failed, stop.signal)
      .catch(failed)
      .finally(() => {
        if (stop.signal.aborted) return
        timer = setTimeout(run, seconds * 1000)
        timer.unref()
      })
  }
  run()
  return async () => {
    stop.abort()
    if (timer) clearTimeout(timer)
    await look
  }
}

async function escalateAll(
  owner: Sql,
  api: Sql,
  clock: () => number,
  failed: (error: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  const at = new Date(clock()).toISOString()
  const tenants = await owner<{ id: string }[]>`select bulkhead.tenants_to_escalate(${at}) as id`
  for (const { id } of tenants) {
    try {
      for (let more = true; more && !signal.aborted;)
        more = await asTenant(api, id, (tx) => escalateTenant(tx, clock()))
    } catch (error) {
      failed(error)
    }
  }
}
