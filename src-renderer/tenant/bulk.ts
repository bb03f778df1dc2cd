import type { BulkBack, BulkChange, BulkPreview, BulkResult } from '../../src-shared/domain/bulk.ts'
import { keys } from './queries.ts'
import type { Tenant } from './tenant.ts'

/** What a change would do to the chosen tickets, without doing it. */
export function previewBulk({ client }: Tenant, ids: readonly string[], change: BulkChange): Promise<BulkPreview> {
  return client.tickets.bulkPreview.query({ ids: [...ids], change })
}

/** Changes the chosen tickets, all or none. @throws TRPCClientError with its problem */
export async function runBulk(tenant: Tenant, ids: readonly string[], change: BulkChange): Promise<BulkResult> {
  return shown(tenant, await tenant.client.tickets.bulk.mutate({ ids: [...ids], change }))
}

/** Takes a change of many back, but for what somebody changed since then. */
export async function takeBulkBack(tenant: Tenant, back: BulkBack[]): Promise<BulkResult> {
  return shown(tenant, await tenant.client.tickets.bulkBack.mutate({ back }))
}

/** The lists on screen at once; the pause after other changes is for those that come from elsewhere. */
async function shown({ queries }: Tenant, result: BulkResult): Promise<BulkResult> {
  await Promise.all([
    queries.invalidateQueries({ queryKey: keys.allRows }),
    queries.invalidateQueries({ queryKey: keys.allSearches }),
  ])
  return result
}
