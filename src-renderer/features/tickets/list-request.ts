import type { Desk } from '../../../src-shared/domain/views.ts'
import { carriedBy, filterOf } from '../../tenant/kept-views.ts'
import type { ListView } from '../../tenant/memory.ts'
import { blockQuery, deskQuery, type ListRequest } from '../../tenant/queries.ts'
import type { Tenant } from '../../tenant/tenant.ts'

export function requestOf(view: ListView, desk: Pick<Desk, 'me'>): ListRequest {
  return { filter: filterOf(view, desk), sort: view.sort, columns: carriedBy(view) }
}

/** Asks for what a client's first screen needs, in the order in which it is needed; what is cached is not asked for. */
export async function warm(tenant: Tenant): Promise<void> {
  try {
    const view = tenant.memory.view.get()
    const desk = tenant.queries.ensureQueryData(deskQuery(tenant))
    // The rows go out beside the desk, not behind it, unless they depend on it.
    const me = view.assignee === 'me' ? (await desk).me : ''
    await Promise.all([desk, tenant.queries.prefetchQuery(blockQuery(tenant, requestOf(view, { me }), 0))])
  } catch {
    // The screen asks again and shows why it cannot.
  }
}
