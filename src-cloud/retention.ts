import { asTenant } from './database/as.ts'
import type { Sql } from './database/connect.ts'

/** Days that tombstones are kept where nothing else is said. */
export const RETENTION_DAYS = 90

const DAY = 24 * 60 * 60 * 1000

/**
 * Drops the tombstones of every tenant that are older than so many days, each tenant in a transaction of its own. A
 * client that has not synced since then is told so by its feed and loads everything again. Those of technicians stay.
 * @param owner as the owner of the database
 * @param signal ends it between two tenants
 * @returns how many were dropped
 */
export async function sweepTombstones(owner: Sql, days: number, signal?: AbortSignal): Promise<number> {
  let dropped = 0
  for (const id of await tenantsOf(owner)) {
    if (signal?.aborted) break
    dropped += await owner.begin(async (tx) => {
      await tx`select bulkhead.use_tenant(${id})`
      // One that has no time is never old. They are few, and whoever loads the client later has their names from them.
      await tx`update tenant_technician set deleted_at = null where tenant_id = ${id} and deleted and deleted_at is not null`
      const [row] = await tx<{ dropped: number }[]>`select bulkhead.sweep_tombstones(${id}, ${days}) as dropped`
      return row?.dropped ?? 0
    })
  }
  return dropped
}

/**
 * Drops contents of files that no attachment names any more, and those that were left unfinished for so many days, each
 * in a transaction of its own.
 * @param owner as the owner of the database
 * @param signal ends it between two contents
 * @returns how many it dropped
 */
export async function sweepContents(owner: Sql, days: number, signal?: AbortSignal): Promise<number> {
  let dropped = 0
  for (const id of await tenantsOf(owner)) {
    while (!signal?.aborted) {
      const [row] = await owner<{ found: boolean }[]>`select bulkhead.sweep_content(${id}, ${days}) as found`
      if (!row?.found) break
      dropped++
    }
  }
  return dropped
}

/** Days that the file of an import is kept which is not run any more. */
const IMPORT_DAYS = 7

/** Drops the files of imports that nobody has touched for a week, of one tenant after the other. */
export async function sweepImports({ owner, api }: { owner: Sql; api: Sql }, signal?: AbortSignal): Promise<void> {
  for (const id of await tenantsOf(owner)) {
    if (signal?.aborted) break
    await asTenant(api, id, async (tx) => {
      const old = tx`select id from import_job where state <> 'running' and changed_at < now() - make_interval(days => ${IMPORT_DAYS})`
      await tx`delete from import_part where import_id in (${old})`
      await tx`delete from import_chunk where import_id in (${old})`
    })
  }
}

async function tenantsOf(owner: Sql): Promise<string[]> {
  const rows = await owner<{ id: string }[]>`select tenant_id as id from tenant_feed`
  return rows.map(({ id }) => id)
}

/**
 * Sweeps now and every day. A sweep that fails is made up for by the next.
 * @param failed told of one that failed
 * @returns a function that ends it
 */
export function sweepDaily(owner: Sql, days: number, failed: (error: unknown) => void): () => Promise<void> {
  const stop = new AbortController()
  let sweep: Promise<unknown> = Promise.resolve()
  const run = () => {
    // Contents after the tombstones, since those still name them.
    sweep = sweepTombstones(owner, days, stop.signal)
      .then(() => sweepContents(owner, days, stop.signal))
      .catch(failed)
  }
  run()
  const timer = setInterval(run, DAY)
  timer.unref()
  return async () => {
    stop.abort()
    clearInterval(timer)
    await sweep
  }
}
