import type { WorkTime } from '../../src-shared/domain/entry.ts'
import type { LinkRelation, NewTicket } from '../../src-shared/domain/ticket.ts'
import type { TicketDetail } from '../../src-shared/domain/views.ts'
import { applyDetail } from './edits.ts'
import { keys } from './queries.ts'
import type { Tenant } from './tenant.ts'

/** Puts tags on and takes tags off; both show at once. */
export function tagTicket(tenant: Tenant, id: string, add: string[], remove: string[]): Promise<void> {
  return changeList(tenant, 'tags', { id, add, remove }, (list) => tenant.client.tickets.tag.mutate(list))
}

/** Puts technicians among those who follow a ticket, and takes others off; both show at once. */
export function watchTicket(tenant: Tenant, id: string, add: string[], remove: string[]): Promise<void> {
  return changeList(tenant, 'watchers', { id, add, remove }, (list) => tenant.client.tickets.watch.mutate(list))
}

interface ListChange {
  id: string
  add: string[]
  remove: string[]
}

async function changeList(
  { queries }: Tenant,
  field: 'tags' | 'watchers',
  change: ListChange,
  send: (change: ListChange) => Promise<TicketDetail>,
): Promise<void> {
  const { id, add, remove } = change
  await queries.cancelQueries({ queryKey: keys.ticket(id) })
  const before = queries.getQueryData<TicketDetail>(keys.ticket(id))
  if (before) {
    const list = [...new Set([...(before.ticket[field] ?? []), ...add])].filter((one) => !remove.includes(one))
    queries.setQueryData<TicketDetail>(keys.ticket(id), {
      ...before,
      ticket: { ...before.ticket, [field]: list },
      pendingFields: [...new Set([...before.pendingFields, field])],
    })
  }
  try {
    applyDetail(queries, await send(change))
  } catch (error) {
    if (before) queries.setQueryData(keys.ticket(id), before)
    throw error
  }
}

export async function addTime(
  { client, queries }: Tenant,
  work: { ticketId: string; time: WorkTime; body: string },
): Promise<void> {
  applyDetail(queries, await client.tickets.addTime.mutate(work))
}

/** Opens a ticket; it is on screen before the cloud has numbered it. */
export async function createTicket({ client, queries }: Tenant, ticket: NewTicket): Promise<TicketDetail> {
  const detail = await client.tickets.create.mutate(ticket)
  applyDetail(queries, detail)
  return detail
}

/** @param status what the merged ticket is set to, null to leave it */
export async function mergeTicket(
  tenant: Tenant,
  merge: { id: string; intoId: string; status: string | null },
): Promise<void> {
  applyDetail(tenant.queries, await tenant.client.tickets.merge.mutate(merge))
  await readAgain(tenant, merge.id)
}

/** @param status what the ticket is set to, null to leave it */
export async function unmergeTicket(tenant: Tenant, id: string, intoId: string, status: string | null): Promise<void> {
  applyDetail(tenant.queries, await tenant.client.tickets.unmerge.mutate({ id, status }))
  await readAgain(tenant, intoId)
}

export async function splitTicket(
  tenant: Tenant,
  split: { fromId: string; entryIds: string[]; ticket: NewTicket },
): Promise<TicketDetail> {
  const detail = await tenant.client.tickets.split.mutate(split)
  applyDetail(tenant.queries, detail)
  await readAgain(tenant, split.fromId)
  return detail
}

interface Link {
  id: string
  otherId: string
  relation: LinkRelation
}

export async function linkTicket(tenant: Tenant, link: Link): Promise<void> {
  applyDetail(tenant.queries, await tenant.client.tickets.link.mutate(link))
  await readAgain(tenant, link.otherId)
}

export async function unlinkTicket(tenant: Tenant, link: Link): Promise<void> {
  applyDetail(tenant.queries, await tenant.client.tickets.unlink.mutate(link))
  await readAgain(tenant, link.otherId)
}

/** The other ticket of an act on two. */
async function readAgain({ queries }: Tenant, id: string): Promise<void> {
  await queries.invalidateQueries({ queryKey: keys.ticket(id) })
}
