import { initTRPC } from '@trpc/server'
import { z } from 'zod'
import { Id } from '../../src-shared/domain/primitives.ts'
import { TicketPatch } from '../../src-shared/domain/ticket.ts'
import {
  MAX_PAGE,
  PageKey,
  TicketFilter,
  TicketSort,
  type Change,
  type Desk,
  type SearchHit,
  type SyncState,
  type TicketCounts,
  type TicketDetail,
  type TicketOutline,
  type TicketPage,
} from '../../src-shared/domain/views.ts'

/** What the procedures act on: one compartment, opened. */
export interface CompartmentApi {
  desk(): Desk
  page(input: z.infer<typeof PageInput>): TicketPage
  outline(input: z.infer<typeof OutlineInput>): TicketOutline
  counts(): TicketCounts
  search(input: z.infer<typeof SearchInput>): SearchHit[]
  ticket(id: string): TicketDetail
  edit(input: { id: string; patch: TicketPatch }): TicketDetail
  addEntry(input: { ticketId: string; kind: 'note' | 'reply'; body: string }): TicketDetail
  markSeen(id: string): void
  syncState(): SyncState
  syncNow(): void
  changes(signal: AbortSignal | undefined): AsyncIterable<Change>
  syncStates(signal: AbortSignal | undefined): AsyncIterable<SyncState>
}

const PageInput = z.object({
  filter: TicketFilter,
  sort: TicketSort,
  /** Rows after this place; absent for the first page. */
  after: PageKey.nullish(),
  /** Rows from this place on, itself included; excludes `after`. */
  from: PageKey.nullish(),
  limit: z.number().int().min(1).max(MAX_PAGE).default(100),
})
const OutlineInput = z.object({ filter: TicketFilter, sort: TicketSort })
const SearchInput = z.object({
  text: z.string().max(500),
  filter: TicketFilter,
  order: z.enum(['newest', 'rank']),
  limit: z.number().int().min(1).max(MAX_PAGE).default(100),
})

const t = initTRPC.context<CompartmentApi>().create()

/** Everything that a window can ask of one tenant. No input names a tenant: a scope leads to exactly one. */
export const tenantRouter = t.router({
  desk: t.procedure.query(({ ctx }) => ctx.desk()),
  tickets: t.router({
    page: t.procedure.input(PageInput).query(({ ctx, input }) => ctx.page(input)),
    outline: t.procedure.input(OutlineInput).query(({ ctx, input }) => ctx.outline(input)),
    counts: t.procedure.query(({ ctx }) => ctx.counts()),
    search: t.procedure.input(SearchInput).query(({ ctx, input }) => ctx.search(input)),
    get: t.procedure.input(z.object({ id: Id })).query(({ ctx, input }) => ctx.ticket(input.id)),
    edit: t.procedure.input(z.object({ id: Id, patch: TicketPatch })).mutation(({ ctx, input }) => ctx.edit(input)),
    addEntry: t.procedure
      .input(z.object({ ticketId: Id, kind: z.enum(['note', 'reply']), body: z.string().trim().min(1).max(100_000) }))
      .mutation(({ ctx, input }) => ctx.addEntry(input)),
    markSeen: t.procedure.input(z.object({ id: Id })).mutation(({ ctx, input }) => ctx.markSeen(input.id)),
  }),
  sync: t.router({
    state: t.procedure.query(({ ctx }) => ctx.syncState()),
    now: t.procedure.mutation(({ ctx }) => ctx.syncNow()),
    watch: t.procedure.subscription(({ ctx, signal }) => ctx.syncStates(signal)),
  }),
  changes: t.procedure.subscription(({ ctx, signal }) => ctx.changes(signal)),
})
export type TenantRouter = typeof tenantRouter
