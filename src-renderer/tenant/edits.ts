import type { QueryClient } from '@tanstack/react-query'
import type { Ticket, TicketPatch } from '../../src-shared/domain/ticket.ts'
import type { SearchHit, TicketDetail, TicketRow } from '../../src-shared/domain/views.ts'
import { keys, type RowBlock } from './queries.ts'
import type { Tenant } from './tenant.ts'

/** What of a ticket is edited by itself: tasks have edits of their own. */
type FieldPatch = Omit<TicketPatch, 'tasks'>

/** The values that a patch replaces: applied, it is undone. A custom field that had no value gets null. */
export function inverseOf(patch: FieldPatch, before: FieldPatch): FieldPatch {
  const { customFields, ...fields } = patch
  // A ticket that was never snoozed has no such field.
  const there: FieldPatch = { ...before, snoozedUntil: before.snoozedUntil ?? null }
  const back: FieldPatch = Object.fromEntries(
    Object.keys(fields).map((field) => [field, there[field as keyof FieldPatch]]),
  )
  if (customFields) {
    back.customFields = Object.fromEntries(
      Object.keys(customFields).map((key) => [key, before.customFields?.[key] ?? null]),
    )
  }
  return back
}

/** Custom fields are patched one by one, the others as a whole. */
function patched(ticket: Ticket, patch: FieldPatch): Ticket {
  const { customFields, ...fields } = patch
  const next = { ...ticket, ...fields }
  if (customFields) next.customFields = { ...ticket.customFields, ...customFields }
  return next
}

/** Names of the patched fields, as `pendingFields` has them. */
function fieldsOf({ customFields, ...fields }: FieldPatch): string[] {
  return [...Object.keys(fields), ...Object.keys(customFields ?? {}).map((key) => `customFields.${key}`)]
}

/**
 * Edits a ticket: shows it at once in the ticket and in every list, then as the compartment answers; puts it back
 * where the compartment refuses.
 * @param back whether this takes back what was done
 * @returns the ticket as it is then
 * @throws TRPCClientError with its problem
 */
export function editTicket(tenant: Tenant, id: string, patch: FieldPatch, back = false): Promise<TicketDetail> {
  return editShown(
    tenant,
    { id, patch, back },
    {
      fields: fieldsOf(patch),
      detail: ({ ticket, snoozedUntil }) => ({
        ticket: patched(ticket, patch),
        snoozedUntil: patch.snoozedUntil === undefined ? snoozedUntil : patch.snoozedUntil,
      }),
      row: { ...rowPart(patch), pending: true },
    },
  )
}

/** How an edit shows before it is answered: the names of its fields, and what it makes of the ticket and of its rows. */
interface Shown {
  fields: readonly string[]
  detail(before: TicketDetail): Partial<TicketDetail>
  row?: Partial<TicketRow>
}

/** How many edits of each ticket are on screen and not answered yet. */
const underWay = new WeakMap<QueryClient, Map<string, number>>()

/**
 * Sends an edit of a ticket, which shows at once, then as the compartment answers; put back where it refuses.
 * @returns the ticket as it is then
 * @throws TRPCClientError with its problem
 */
export async function editShown(
  { client, queries }: Tenant,
  edit: { id: string; patch: TicketPatch; back?: boolean },
  { fields, detail, row: part }: Shown,
): Promise<TicketDetail> {
  const { id } = edit
  await queries.cancelQueries({ queryKey: keys.ticket(id) })
  const before = queries.getQueryData<TicketDetail>(keys.ticket(id))
  if (before) {
    const pendingFields = [...new Set([...before.pendingFields, ...fields])]
    queries.setQueryData<TicketDetail>(keys.ticket(id), { ...before, ...detail(before), pendingFields })
  }
  const rowBefore = part && patchRow(queries, id, (row) => ({ ...row, ...part }))
  const counts = underWay.get(queries) ?? new Map<string, number>()
  underWay.set(queries, counts)
  counts.set(id, (counts.get(id) ?? 0) + 1)
  const answered = (): void => {
    const left = (counts.get(id) ?? 1) - 1
    if (left > 0) counts.set(id, left)
    else counts.delete(id)
  }
  try {
    const after = await client.tickets.edit.mutate(edit)
    answered()
    applyDetail(queries, after)
    return after
  } catch (error) {
    answered()
    // A later edit stands on this one: its answer says how it is. Refused as well, it puts back what this one
    // showed: what is true is read again.
    if (!counts.has(id)) {
      if (before) queries.setQueryData(keys.ticket(id), before)
      if (rowBefore) patchRow(queries, id, () => rowBefore)
      void queries.invalidateQueries({ queryKey: keys.ticket(id) })
      void queries.invalidateQueries({ queryKey: keys.allRows })
    }
    throw error
  }
}

/** Adds an internal note or a public reply; the compartment's answer shows it, marked as pending. */
export async function addEntry(
  { client, queries }: Tenant,
  entry: { ticketId: string; kind: 'note' | 'reply'; body: string },
): Promise<void> {
  applyDetail(queries, await client.tickets.addEntry.mutate(entry))
}

/** Marks a ticket as read here and in its lists. */
export async function markSeen({ client, queries }: Tenant, id: string): Promise<void> {
  queries.setQueryData<TicketDetail>(keys.ticket(id), (detail) => detail && { ...detail, unread: false })
  patchRow(queries, id, (row) => ({ ...row, unread: false }))
  await client.tickets.markSeen.mutate({ id })
}

/**
 * Shows a ticket as a procedure has answered, in itself and in every list. While an edit of it is under way the answer is
 * older than what is on screen: the edit's own holds both.
 */
export function applyDetail(queries: QueryClient, detail: TicketDetail): void {
  const { ticket } = detail
  if (underWay.get(queries)?.has(ticket.id)) return
  queries.setQueryData(keys.ticket(ticket.id), detail)
  patchRow(queries, ticket.id, (row) => ({
    ...row,
    subject: ticket.subject,
    status: ticket.status,
    priority: ticket.priority,
    type: ticket.type,
    assigneeId: ticket.assigneeId,
    updatedAt: ticket.updatedAt,
    dueAt: detail.dueAt,
    riskAt: detail.riskAt,
    snoozedUntil: detail.snoozedUntil,
    timerSince: detail.timerSince,
    unread: detail.unread,
    pending: detail.pendingFields.length > 0 || detail.entries.some((entry) => entry.pending),
  }))
}

function rowPart({ subject, status, priority, type, assigneeId, snoozedUntil }: FieldPatch): Partial<TicketRow> {
  const part = { subject, status, priority, type, assigneeId, snoozedUntil }
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined))
}

/** Changes a row wherever it is cached; returns it as it was. */
function patchRow(queries: QueryClient, id: string, change: (row: TicketRow) => TicketRow): TicketRow | undefined {
  let before: TicketRow | undefined
  const apply = (row: TicketRow): TicketRow => {
    if (row.id !== id) return row
    before ??= row
    return change(row)
  }
  queries.setQueriesData<RowBlock>({ queryKey: keys.allRows }, (block) =>
    block?.rows.some((row) => row.id === id) ? { ...block, rows: block.rows.map(apply) } : block,
  )
  queries.setQueriesData<SearchHit[]>({ queryKey: keys.allSearches }, (hits) =>
    hits?.some(({ row }) => row.id === id) ? hits.map((hit) => ({ ...hit, row: apply(hit.row) })) : hits,
  )
  return before
}
