import { initTRPC } from '@trpc/server'
import { z } from 'zod'
import { Id } from '../../src-shared/domain/primitives.ts'
import { NewTicket, TicketPatch } from '../../src-shared/domain/ticket.ts'
import {
  FieldChoice,
  MAX_PAGE,
  PageKey,
  TicketFilter,
  TicketSort,
  type Change,
  type Desk,
  type InboxItem,
  type OutboxEntry,
  type SearchHit,
  type SyncReport,
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
  /** Opens a ticket, also without the cloud; its number is negative until the cloud gives one. */
  create(ticket: NewTicket): TicketDetail
  markSeen(id: string): void
  inbox(): InboxItem[]
  /** Decides every field of a conflict. @returns what is left to decide */
  resolve(input: { id: string; choices: FieldChoice[] }): InboxItem[]
  /** Sends a refused edit again, mended or as it was; what depends on it goes with it. */
  resend(input: { id: string; text?: string | undefined; patch?: TicketPatch | undefined }): InboxItem[]
  dismiss(id: string): InboxItem[]
  /** Takes a decision back. */
  reopen(id: string): InboxItem[]
  outbox(): OutboxEntry[]
  /** Withdraws an edit that was not sent, with what depends on it. */
  cancel(id: string): OutboxEntry[]
  syncState(): SyncState
  syncNow(): void
  syncReport(): SyncReport
  pause(paused: boolean): void
  resync(): void
  allowDeletes(): void
  /** What support needs to know, without data of the client. */
  diagnostics(): string
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
    create: t.procedure.input(NewTicket).mutation(({ ctx, input }) => ctx.create(input)),
    markSeen: t.procedure.input(z.object({ id: Id })).mutation(({ ctx, input }) => ctx.markSeen(input.id)),
  }),
  inbox: t.router({
    list: t.procedure.query(({ ctx }) => ctx.inbox()),
    resolve: t.procedure
      .input(z.object({ id: Id, choices: z.array(FieldChoice).min(1).max(200) }))
      .mutation(({ ctx, input }) => ctx.resolve(input)),
    resend: t.procedure
      .input(
        z.object({ id: Id, text: z.string().trim().min(1).max(100_000).optional(), patch: TicketPatch.optional() }),
      )
      .mutation(({ ctx, input }) => ctx.resend(input)),
    dismiss: t.procedure.input(z.object({ id: Id })).mutation(({ ctx, input }) => ctx.dismiss(input.id)),
    reopen: t.procedure.input(z.object({ id: Id })).mutation(({ ctx, input }) => ctx.reopen(input.id)),
  }),
  outbox: t.router({
    list: t.procedure.query(({ ctx }) => ctx.outbox()),
    cancel: t.procedure.input(z.object({ id: Id })).mutation(({ ctx, input }) => ctx.cancel(input.id)),
  }),
  sync: t.router({
    state: t.procedure.query(({ ctx }) => ctx.syncState()),
    now: t.procedure.mutation(({ ctx }) => ctx.syncNow()),
    watch: t.procedure.subscription(({ ctx, signal }) => ctx.syncStates(signal)),
    report: t.procedure.query(({ ctx }) => ctx.syncReport()),
    pause: t.procedure.input(z.object({ paused: z.boolean() })).mutation(({ ctx, input }) => ctx.pause(input.paused)),
    resync: t.procedure.mutation(({ ctx }) => ctx.resync()),
    allowDeletes: t.procedure.mutation(({ ctx }) => ctx.allowDeletes()),
    diagnostics: t.procedure.query(({ ctx }) => ctx.diagnostics()),
  }),
  changes: t.procedure.subscription(({ ctx, signal }) => ctx.changes(signal)),
})
export type TenantRouter = typeof tenantRouter
