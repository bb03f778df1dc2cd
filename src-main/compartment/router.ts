import { initTRPC } from '@trpc/server'
import { z } from 'zod'
import { MAX_PIECE } from '../../src-shared/domain/attachment.ts'
import {
  BulkBack,
  BulkChange,
  BulkText,
  MAX_BULK,
  MAX_CHOSEN,
  type BulkPreview,
  type BulkResult,
} from '../../src-shared/domain/bulk.ts'
import type { TriedConnection } from '../../src-shared/domain/connection.ts'
import { MAX_BODY, WorkTime } from '../../src-shared/domain/entry.ts'
import { ColumnKey, ColumnOrder, Columns, OwnLayout } from '../../src-shared/domain/layout.ts'
import type { FilledTicket } from '../../src-shared/domain/macros.ts'
import { ContactPatch, NewContact } from '../../src-shared/domain/people.ts'
import { Id, Instant, Key } from '../../src-shared/domain/primitives.ts'
import { NewView, ViewPatch } from '../../src-shared/domain/saved-view.ts'
import type { SimilarTicket } from '../../src-shared/domain/similar.ts'
import { ChangePlace, type TicketActivity } from '../../src-shared/domain/ticket-change.ts'
import { LinkRelation, MAX_WATCHERS, NewTicket, Tag, TicketPatch } from '../../src-shared/domain/ticket.ts'
import {
  FieldChoice,
  MAX_PAGE,
  PageKey,
  TicketFilter,
  TicketSort,
  DraftKind,
  type AttachmentPiece,
  type Change,
  type ContactView,
  type Desk,
  type Draft,
  type InboxItem,
  type OutboxEntry,
  type SavedViewView,
  type SearchHit,
  type SyncReport,
  type SyncState,
  type TicketArrangement,
  type TicketCounts,
  type TicketDetail,
  type TicketOutline,
  type TicketPage,
  type TimerView,
  type UploadPlace,
} from '../../src-shared/domain/views.ts'
import type { ReportedCheck } from '../../src-shared/protocol/onboarding.ts'
import { MAX_QUERY } from '../../src-shared/query/parse.ts'
import { importRouter, type ImportCalls } from './import/router.ts'
import { presenceRouter, type PresenceCalls } from './presence/router.ts'
import { settingsRouter, type SettingsCalls } from './settings/router.ts'
import { vaultRouter, type VaultCalls } from './vault/router.ts'

/** What the procedures act on: one compartment, opened. */
export interface CompartmentApi {
  readonly vault: VaultCalls
  /** Asks the address of a credential, with it, and tells what came of that; see vault/use/try-out.ts. */
  tryCredential(id: string): Promise<TriedConnection>
  readonly imports: ImportCalls
  readonly settings: SettingsCalls
  readonly presence: PresenceCalls
  desk(): Desk
  page(input: z.infer<typeof PageInput>): TicketPage
  outline(input: z.infer<typeof OutlineInput>): TicketOutline
  /** At which index of a list a ticket is, from 0; null where the list does not have it. */
  place(input: z.infer<typeof PlaceInput>): number | null
  /** A whole list in an order and in sections that no index has; bounded, see `MAX_ARRANGED`. */
  arrange(input: z.infer<typeof ArrangeInput>): TicketArrangement
  /** Rows of an arrangement by number, with excerpts where something is searched. */
  rows(input: z.infer<typeof RowsInput>): SearchHit[]
  /** Ids of rows of an arrangement, in their order. */
  idsOf(numbers: number[]): string[]
  counts(): TicketCounts
  /** How many tickets each list has; of those with a query as many as can be changed at once. */
  tally(lists: TicketFilter[]): number[]
  search(input: z.infer<typeof SearchInput>): SearchHit[]
  /** Tickets that may tell of the same event, the likeliest first; see triage/similar.ts. */
  similar(id: string): SimilarTicket[]
  /** Ids of the tickets of a list, or of what a search finds in it, in its order. */
  ticketIds(input: z.infer<typeof IdsInput>): string[]
  bulkPreview(input: z.infer<typeof BulkInput>): BulkPreview
  /** Changes many tickets, and writes on them: all is recorded, or nothing. */
  bulk(input: z.infer<typeof BulkInput>): BulkResult
  /** What texts of macros are filled in with, of those tickets that are here. */
  fillings(input: { ids: string[] }): FilledTicket[]
  /** Takes a bulk change back, but for what somebody changed since then. */
  bulkBack(input: { back: BulkBack[] }): BulkResult
  ticket(id: string): TicketDetail
  edit(input: { id: string; patch: TicketPatch }): TicketDetail
  addEntry(input: { ticketId: string; kind: 'note' | 'reply'; body: string }): TicketDetail
  /** Opens a ticket, also without the cloud; its number is negative until the cloud gives one. */
  create(ticket: NewTicket): TicketDetail
  /** Who changed what of a ticket: the last changes, or those before a place where it has more than so many. */
  activity(input: { id: string; limit: number; before?: ChangePlace | null | undefined }): TicketActivity
  markSeen(id: string): void
  /** What was typed about a ticket and not sent; of null, what was typed for a new one. */
  drafts(ticketId: string | null): Draft[]
  /** Keeps what is being typed; an empty text forgets it. Adding the entry forgets it too. */
  saveDraft(input: { ticketId: string | null; kind: DraftKind; body: string }): void
  /** Timers of work that run, the longest first. */
  timers(): TimerView[]
  startTimer(input: { ticketId: string; since?: string | undefined }): void
  stopTimer(ticketId: string): string | null
  /** Puts tags on and takes tags off. */
  tag(input: { id: string; add: string[]; remove: string[] }): TicketDetail
  /** Puts technicians among those who follow a ticket, and takes others off. */
  watch(input: { id: string; add: string[]; remove: string[] }): TicketDetail
  /** Notes work; a correction has minutes below zero. */
  addTime(input: { ticketId: string; time: WorkTime; body: string }): TicketDetail
  /** Makes a ticket part of another, and gives it a status that needs no more work. @returns the other */
  merge(input: { id: string; intoId: string; status: string | null }): TicketDetail
  unmerge(input: { id: string; status: string | null }): TicketDetail
  /** Opens a ticket with copies of some entries of another. @returns the new one */
  split(input: { fromId: string; entryIds: string[]; ticket: NewTicket }): TicketDetail
  link(input: { id: string; otherId: string; relation: LinkRelation }): TicketDetail
  unlink(input: { id: string; otherId: string; relation: LinkRelation }): TicketDetail
  /** Contacts whose name, address or site has all these words, by name. */
  contacts(input: { text: string; limit: number }): ContactView[]
  contact(id: string): ContactView
  createContact(contact: NewContact): ContactView
  editContact(input: { id: string; patch: ContactPatch }): ContactView
  /** The views that everybody sees and the technician's own, by name. */
  views(): SavedViewView[]
  createView(view: NewView): SavedViewView[]
  editView(input: { id: string; patch: ViewPatch }): SavedViewView[]
  removeView(id: string): SavedViewView[]
  /** How the technician draws lists where no view says otherwise. */
  setLayout(layout: OwnLayout): void
  /** Begins to take a file from the window, in pieces. @throws ProblemError `too-large`, `file-refused`, `disk-full` */
  beginUpload(input: {
    ticketId: string
    entryId: string | null
    name: string
    type: string
    size: number
  }): Promise<UploadPlace>
  /** Takes the next bytes, in base64; at most {@link MAX_PIECE} of them. */
  appendUpload(input: { uploadId: string; offset: number; data: string }): Promise<UploadPlace>
  /** Puts the file to its ticket; its content goes to the cloud by and by. */
  finishUpload(uploadId: string): Promise<TicketDetail>
  abandonUpload(uploadId: string): Promise<void>
  /** Sends a content again that the cloud did not take. */
  retryAttachment(id: string): TicketDetail
  /**
   * Gives up a content that was not sent. Where the cloud does not know of the file it is off its ticket; else it stays
   * there without content.
   */
  cancelAttachment(id: string): TicketDetail
  /** Bytes of a file, in base64; fetched from the cloud where they are not here. */
  readAttachment(input: { id: string; offset: number; length: number }): Promise<AttachmentPiece>
  inbox(): InboxItem[]
  /** Decides every field of a conflict. @returns what is left to decide */
  resolve(input: { id: string; choices: FieldChoice[] }): InboxItem[]
  /** Sends a refused edit again, mended or as it was; what depends on it goes with it. */
  resend(input: { id: string; text?: string | undefined; patch?: z.infer<typeof AnyPatch> | undefined }): InboxItem[]
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
  /** Looks at what only the compartment can look at, for the verification of an onboarding. */
  selfCheck(): ReportedCheck[]
  changes(signal: AbortSignal | undefined): AsyncIterable<Change>
  syncStates(signal: AbortSignal | undefined): AsyncIterable<SyncState>
}

/** The columns whose values rows carry; `own` for those of the technician's own layout. */
const Carried = z.union([z.literal('own'), Columns]).optional()
const PageInput = z.object({
  filter: TicketFilter,
  sort: TicketSort,
  /** Rows after this place; absent for the first page. */
  after: PageKey.nullish(),
  /** Rows from this place on, itself included; excludes `after`. */
  from: PageKey.nullish(),
  columns: Carried,
  limit: z.number().int().min(1).max(MAX_PAGE).default(100),
})
/** Of what the refused edit is about. */
const AnyPatch = z.union([TicketPatch, ContactPatch, ViewPatch])
const Watchers = z.array(Id).max(MAX_WATCHERS).default([])
const LinkInput = z.object({ id: Id, otherId: Id, relation: LinkRelation })
const OutlineInput = z.object({ filter: TicketFilter, sort: TicketSort })
const BulkIds = z.array(Id).min(1).max(MAX_BULK)
const BulkInput = z.object({ ids: BulkIds, change: BulkChange, texts: z.array(BulkText).max(MAX_BULK).optional() })
const SearchInput = z.object({
  /** Words and operators; see src-shared/query. */
  text: z.string().max(MAX_QUERY),
  filter: TicketFilter,
  /** Of what words find. */
  order: z.enum(['newest', 'rank']),
  /** Where no words are looked for; absent for the newest first. */
  sort: TicketSort.optional(),
  columns: Carried,
  limit: z.number().int().min(1).max(MAX_PAGE).default(100),
})

const PlaceInput = OutlineInput.extend({ id: Id })

const IdsInput = OutlineInput.extend({
  text: z.string().max(MAX_QUERY).default(''),
  order: z.enum(['newest', 'rank']).default('newest'),
  limit: z.number().int().min(1).max(MAX_CHOSEN).default(MAX_BULK),
})

/** Characters of a draft: settings with their values of before are the longest. */
const MAX_DRAFT = 4_000_000

const ArrangeInput = IdsInput.omit({ limit: true }).extend({ by: ColumnOrder.nullish(), group: ColumnKey.nullish() })
const RowsInput = z.object({
  numbers: z.array(z.number().int()).max(MAX_PAGE),
  /** What is searched; excerpts show it. */
  text: z.string().max(MAX_QUERY).default(''),
  columns: Carried,
})

const t = initTRPC.context<CompartmentApi>().create()

/** Everything that a window can ask of one tenant. No input names a tenant: a scope leads to exactly one. */
export const tenantRouter = t.router({
  desk: t.procedure.query(({ ctx }) => ctx.desk()),
  tickets: t.router({
    page: t.procedure.input(PageInput).query(({ ctx, input }) => ctx.page(input)),
    outline: t.procedure.input(OutlineInput).query(({ ctx, input }) => ctx.outline(input)),
    place: t.procedure.input(PlaceInput).query(({ ctx, input }) => ctx.place(input)),
    arrange: t.procedure.input(ArrangeInput).query(({ ctx, input }) => ctx.arrange(input)),
    rows: t.procedure.input(RowsInput).query(({ ctx, input }) => ctx.rows(input)),
    idsOf: t.procedure
      .input(z.object({ numbers: z.array(z.number().int()).max(MAX_BULK) }))
      .query(({ ctx, input }) => ctx.idsOf(input.numbers)),
    counts: t.procedure.query(({ ctx }) => ctx.counts()),
    tally: t.procedure
      .input(z.object({ lists: z.array(TicketFilter).max(20) }))
      .query(({ ctx, input }) => ctx.tally(input.lists)),
    search: t.procedure.input(SearchInput).query(({ ctx, input }) => ctx.search(input)),
    similar: t.procedure.input(z.object({ id: Id })).query(({ ctx, input }) => ctx.similar(input.id)),
    ids: t.procedure.input(IdsInput).query(({ ctx, input }) => ctx.ticketIds(input)),
    bulkPreview: t.procedure.input(BulkInput).query(({ ctx, input }) => ctx.bulkPreview(input)),
    fillings: t.procedure.input(z.object({ ids: BulkIds })).query(({ ctx, input }) => ctx.fillings(input)),
    bulk: t.procedure.input(BulkInput).mutation(({ ctx, input }) => ctx.bulk(input)),
    bulkBack: t.procedure
      .input(z.object({ back: z.array(BulkBack).min(1).max(MAX_BULK) }))
      .mutation(({ ctx, input }) => ctx.bulkBack(input)),
    get: t.procedure.input(z.object({ id: Id })).query(({ ctx, input }) => ctx.ticket(input.id)),
    activity: t.procedure
      .input(z.object({ id: Id, limit: z.number().int().min(1).max(2000).default(100), before: ChangePlace.nullish() }))
      .query(({ ctx, input }) => ctx.activity(input)),
    edit: t.procedure
      .input(z.object({ id: Id, patch: TicketPatch, back: z.boolean().optional() }))
      .mutation(({ ctx, input }) => ctx.edit(input)),
    addEntry: t.procedure
      .input(z.object({ ticketId: Id, kind: z.enum(['note', 'reply']), body: z.string().trim().min(1).max(MAX_BODY) }))
      .mutation(({ ctx, input }) => ctx.addEntry(input)),
    create: t.procedure.input(NewTicket).mutation(({ ctx, input }) => ctx.create(input)),
    markSeen: t.procedure.input(z.object({ id: Id })).mutation(({ ctx, input }) => ctx.markSeen(input.id)),
    drafts: t.procedure
      .input(z.object({ ticketId: Id.nullable() }))
      .query(({ ctx, input }) => ctx.drafts(input.ticketId)),
    saveDraft: t.procedure
      .input(z.object({ ticketId: Id.nullable(), kind: DraftKind, body: z.string().max(MAX_DRAFT) }))
      .mutation(({ ctx, input }) => ctx.saveDraft(input)),
    timers: t.procedure.query(({ ctx }) => ctx.timers()),
    startTimer: t.procedure
      .input(z.object({ ticketId: Id, since: Instant.optional() }))
      .mutation(({ ctx, input }) => ctx.startTimer(input)),
    stopTimer: t.procedure
      .input(z.object({ ticketId: Id }))
      .mutation(({ ctx, input }) => ctx.stopTimer(input.ticketId)),
    tag: t.procedure
      .input(z.object({ id: Id, add: z.array(Tag).max(64).default([]), remove: z.array(Tag).max(64).default([]) }))
      .mutation(({ ctx, input }) => ctx.tag(input)),
    watch: t.procedure
      .input(z.object({ id: Id, add: Watchers, remove: Watchers }))
      .mutation(({ ctx, input }) => ctx.watch(input)),
    addTime: t.procedure
      .input(z.object({ ticketId: Id, time: WorkTime, body: z.string().trim().min(1).max(MAX_BODY) }))
      .mutation(({ ctx, input }) => ctx.addTime(input)),
    merge: t.procedure
      .input(z.object({ id: Id, intoId: Id, status: Key.nullable() }))
      .mutation(({ ctx, input }) => ctx.merge(input)),
    unmerge: t.procedure
      .input(z.object({ id: Id, status: Key.nullable() }))
      .mutation(({ ctx, input }) => ctx.unmerge(input)),
    split: t.procedure
      .input(z.object({ fromId: Id, entryIds: z.array(Id).max(500), ticket: NewTicket }))
      .mutation(({ ctx, input }) => ctx.split(input)),
    link: t.procedure.input(LinkInput).mutation(({ ctx, input }) => ctx.link(input)),
    unlink: t.procedure.input(LinkInput).mutation(({ ctx, input }) => ctx.unlink(input)),
  }),
  contacts: t.router({
    list: t.procedure
      .input(z.object({ text: z.string().max(200), limit: z.number().int().min(1).max(MAX_PAGE).default(50) }))
      .query(({ ctx, input }) => ctx.contacts(input)),
    get: t.procedure.input(z.object({ id: Id })).query(({ ctx, input }) => ctx.contact(input.id)),
    create: t.procedure.input(NewContact).mutation(({ ctx, input }) => ctx.createContact(input)),
    edit: t.procedure
      .input(z.object({ id: Id, patch: ContactPatch }))
      .mutation(({ ctx, input }) => ctx.editContact(input)),
  }),
  views: t.router({
    list: t.procedure.query(({ ctx }) => ctx.views()),
    create: t.procedure.input(NewView).mutation(({ ctx, input }) => ctx.createView(input)),
    edit: t.procedure.input(z.object({ id: Id, patch: ViewPatch })).mutation(({ ctx, input }) => ctx.editView(input)),
    remove: t.procedure.input(z.object({ id: Id })).mutation(({ ctx, input }) => ctx.removeView(input.id)),
    setLayout: t.procedure.input(OwnLayout).mutation(({ ctx, input }) => ctx.setLayout(input)),
  }),
  vault: vaultRouter,
  connections: t.router({
    tryOut: t.procedure.input(z.object({ id: Id })).mutation(({ ctx, input }) => ctx.tryCredential(input.id)),
  }),
  imports: importRouter,
  configuration: settingsRouter,
  presence: presenceRouter,
  attachments: t.router({
    begin: t.procedure
      .input(
        z.object({
          ticketId: Id,
          entryId: Id.nullable().default(null),
          name: z.string().min(1).max(1000),
          type: z.string().max(200),
          size: z.number().int().nonnegative(),
        }),
      )
      .mutation(({ ctx, input }) => ctx.beginUpload(input)),
    append: t.procedure
      .input(z.object({ uploadId: Id, offset: z.number().int().nonnegative(), data: z.base64().max(MAX_PIECE * 1.4) }))
      .mutation(({ ctx, input }) => ctx.appendUpload(input)),
    finish: t.procedure
      .input(z.object({ uploadId: Id }))
      .mutation(({ ctx, input }) => ctx.finishUpload(input.uploadId)),
    abandon: t.procedure
      .input(z.object({ uploadId: Id }))
      .mutation(({ ctx, input }) => ctx.abandonUpload(input.uploadId)),
    retry: t.procedure.input(z.object({ id: Id })).mutation(({ ctx, input }) => ctx.retryAttachment(input.id)),
    cancel: t.procedure.input(z.object({ id: Id })).mutation(({ ctx, input }) => ctx.cancelAttachment(input.id)),
    read: t.procedure
      .input(
        z.object({
          id: Id,
          offset: z.number().int().nonnegative(),
          length: z.number().int().min(1).max(MAX_PIECE),
        }),
      )
      .query(({ ctx, input }) => ctx.readAttachment(input)),
  }),
  inbox: t.router({
    list: t.procedure.query(({ ctx }) => ctx.inbox()),
    resolve: t.procedure
      .input(z.object({ id: Id, choices: z.array(FieldChoice).min(1).max(200) }))
      .mutation(({ ctx, input }) => ctx.resolve(input)),
    resend: t.procedure
      .input(z.object({ id: Id, text: z.string().trim().min(1).max(100_000).optional(), patch: AnyPatch.optional() }))
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
  selfCheck: t.procedure.mutation(({ ctx }) => ctx.selfCheck()),
  changes: t.procedure.subscription(({ ctx, signal }) => ctx.changes(signal)),
})
export type TenantRouter = typeof tenantRouter
