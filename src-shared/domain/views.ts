/** What the window shows of one tenant: shapes that the compartment makes and the renderer reads. */
import { z } from 'zod'
import type { Problem } from '../problem.ts'
import type { MutationKind } from '../protocol/mutation.ts'
import type { Attachment, AttachmentPolicy } from './attachment.ts'
import type { Configuration } from './configuration.ts'
import type { OwnLayout } from './layout.ts'
import type { Entry } from './entry.ts'
import type { OwnFields } from './fields.ts'
import type { Contact, Technician } from './people.ts'
import { Id, Key } from './primitives.ts'
import type { SavedView } from './saved-view.ts'
import type { TaskCount } from './task-list.ts'
import type { FieldValue, LinkRelation, Ticket } from './ticket.ts'

/** A line of the ticket list: no description, no conversation. */
export interface TicketRow {
  id: string
  /** Below zero until the cloud has given one: shown as "new". */
  number: number
  subject: string
  status: string
  priority: string
  type: string | null
  assigneeId: string | null
  requesterId: string | null
  requesterName: string | null
  createdAt: string
  updatedAt: string
  /** When it is due by the client's service levels, else by the cloud's word; null where nothing runs. */
  dueAt: string | null
  /** From when on it is at risk; null as `dueAt`. */
  riskAt: string | null
  unread: boolean
  /** Until when it sleeps, or slept; null where it is not snoozed, or was woken by the requester. */
  snoozedUntil: string | null
  /** Why it looks like noise by the client's rules; null where it does not. */
  noise: string | null
  /** Since when its timer runs; null where none does. */
  timerSince: string | null
  /** Other tickets, or tasks that are not done, are parts of it, so that it is not resolved unasked; else absent. */
  hasParts?: true
  /** An edit of this ticket has not reached the cloud. */
  pending: boolean
  /** Only where columns were asked for that show them, as the next ones. */
  queue?: string | null
  tags?: string[]
  watchers?: string[]
  taskCount?: TaskCount | null
  /** Values of the custom fields that were asked for, by key; those that are not set are left out. */
  fields?: Record<string, FieldValue>
}

export const TicketFilter = z
  .object({
    /** Only tickets that still need work, whatever words the client has for that; not the snoozed ones. */
    open: z.literal(true),
    /** Only those that are snoozed now, or only those that are not; absent for both, but for `open`. */
    snoozed: z.boolean(),
    /** Only these statuses; absent for all. */
    statuses: z.array(Key).max(100),
    priorities: z.array(Key).max(100),
    /** Only tickets of these technicians; null in the list stands for unassigned. */
    assignees: z.array(Id.nullable()).max(100),
    /** What a kept view searches for, with operators; a list is asked for it as a search. */
    query: z.string().max(500),
  })
  .partial()
export type TicketFilter = z.infer<typeof TicketFilter>

export const TicketSort = z.object({
  /** `wakes`: when they wake, for lists of snoozed ones; others have no index for it. */
  by: z.enum(['updated', 'created', 'priority', 'due', 'wakes']),
  /** `descending` is newest first, or least urgent first. */
  direction: z.enum(['ascending', 'descending']),
})
export type TicketSort = z.infer<typeof TicketSort>

/** Opaque place in a sorted list: the sort key and number of a row. */
export const PageKey = z.tuple([z.union([z.string(), z.number()]), z.number()])
export type PageKey = z.infer<typeof PageKey>

/** A page never holds more rows than this. */
export const MAX_PAGE = 200

export interface TicketPage {
  rows: TicketRow[]
  /** Where the next page starts, null at the end. */
  next: PageKey | null
}

/** The list without its rows: how long it is, and where every `stride`-th row stands, so that any part can be paged to. */
export interface TicketOutline {
  total: number
  stride: number
  /** `anchors[i]` is the key of row `i * stride`; a page `from` it starts with that row. */
  anchors: PageKey[]
}

/** Tickets of one list that are put in an order which no index has, or into sections, at most. */
export const MAX_ARRANGED = 10_000

/** A part of a list whose tickets have one value of the column that it is parted by. */
export interface ListSection {
  /** The value: a key or id, a day as `2026-11-27`, or as the field has it; null where there is none. */
  key: string | null
  count: number
}

/** A whole list by numbers, which stand for its rows: below zero as {@link TicketRow.number}. */
export interface TicketArrangement {
  numbers: number[]
  /** There are more than {@link MAX_ARRANGED}. */
  more: boolean
  /** Whether it is in the order and sections that were asked for: not where there are more. */
  arranged: boolean
  /** In the order of `numbers`; null where it has none. */
  sections: ListSection[] | null
}

/** A search hit: the row and an excerpt with the words found between U+E000 and U+E001. */
export interface SearchHit {
  row: TicketRow
  excerpt: string
}

export interface EntryView extends Entry {
  pending: boolean
  /** The merged ticket that it belongs to, where it is not the one on view. */
  from: TicketReference | null
}

/** A file at a ticket, with where its content is. */
export interface AttachmentView extends Attachment {
  /** The mutation that names it has not reached the cloud. */
  pending: boolean
  /** The content is on this disk. */
  here: boolean
  /** Of the content on its way to the cloud; null where nothing is to be sent. */
  upload: { state: 'waiting' | 'sending' | 'failed'; sentBytes: number; problem: Problem | null } | null
}

/** A file on its way from the window to the compartment. */
export interface UploadPlace {
  uploadId: string
  /** Bytes taken so far: where the next piece begins. */
  offset: number
}

export interface AttachmentPiece {
  /** Base64. */
  data: string
  /** Bytes of the whole file. */
  size: number
}

/** A contact with unsent edits shown over it. */
export interface ContactView extends Contact {
  pending: boolean
}

/** A timer that runs. */
export interface TimerView {
  ticketId: string
  /** Null where the ticket was deleted. */
  ticket: TicketReference | null
  since: string
}

/** A kept list, with unsent edits shown over it. */
export interface SavedViewView extends SavedView {
  pending: boolean
}

export interface TicketLinkView {
  relation: LinkRelation
  ticket: TicketReference
}

export interface TicketDetail extends Pick<TicketRow, 'dueAt' | 'riskAt' | 'snoozedUntil' | 'timerSince'> {
  ticket: Ticket
  entries: EntryView[]
  requester: Contact | null
  unread: boolean
  attachments: AttachmentView[]
  links: TicketLinkView[]
  mergedInto: TicketReference | null
  /** Tickets that were merged into this one; their conversations are in `entries`. */
  mergedFrom: TicketReference[]
  /** Minutes of work on this ticket and those merged into it. */
  workedMinutes: number
  /** Fields whose edit has not reached the cloud. */
  pendingFields: string[]
  /** Edits that the cloud refused or found in conflict, newest first. */
  failed: { sequence: number; fields: string[]; problem: { code: string; message: string }; at: string }[]
  /** What was typed on it and not sent. */
  drafts: Draft[]
  ownFields?: OwnFields
}

/** What a tenant's screens need beside tickets. */
export interface Desk {
  /** The rules for files that hold for this client. */
  attachments: AttachmentPolicy
  configuration: Configuration
  technicians: Technician[]
  /** Names by id of technicians who left, to name them by and never to choose; absent where nobody left. */
  former?: Record<string, string>
  /** The signed-in technician's id. */
  me: string
  /** How the technician draws this client's lists on this machine; absent where as usual. */
  layout?: OwnLayout
}

export interface TicketCounts {
  /** Per status key, all tickets. */
  byStatus: Record<string, number>
  mine: number
  unassigned: number
}

export interface SyncState {
  phase: 'idle' | 'first-sync' | 'pulling' | 'pushing' | 'offline' | 'paused' | 'stopped'
  /** When everything was last known to be in step. */
  lastSuccessAt: string | null
  /** Edits that have not reached the cloud. */
  pending: number
  /** Edits that the cloud refused or found in conflict. */
  failed: number
  /** Rows so far of about so many, during a long pull; `secondsLeft` is null where nothing moves. */
  progress: { rows: number; total: number; perSecond: number; secondsLeft: number | null } | null
  problem: Problem | null
}

/** What a queued or undecided edit is about; null where the ticket is not here (any more). */
export interface TicketReference {
  id: string
  /** Below zero until the cloud has given one: shown as "new". */
  number: number
  subject: string
}

/** An edit that has not reached the cloud. */
export interface OutboxEntry {
  /** Stays the same for as long as the edit exists. */
  id: string
  ticket: TicketReference | null
  kind: MutationKind
  /** Name of the contact or view that it is about. */
  about: string | null
  /** Names of the fields that it changes; a custom field is `customFields.<key>`. */
  fields: string[]
  /** When the technician did it. */
  at: string
  /** Times that it was sent without an answer. */
  attempts: number
}

/** One field of an undecided edit. Absent values are null. */
export interface UndecidedField {
  field: string
  /** The text of the task that it is a field of, where its values do not say it. */
  task?: string
  /** What the technician saw when editing. */
  base: unknown
  mine: unknown
  theirs: unknown
  /** Who wrote `theirs` and when, where the cloud says so. */
  by: string | null
  at: string | null
}

/** An edit that the cloud found in conflict or refused: the cloud's value is on view until a person decides. */
export interface InboxItem {
  id: string
  kind: 'conflict' | 'rejected'
  ticket: TicketReference | null
  mutation: MutationKind
  /** Name of the contact or view that it is about. */
  about: string | null
  /** When the technician did it. */
  at: string
  fields: UndecidedField[]
  /** Names by id of the people in values of the fields; absent for none. */
  people?: Record<string, string>
  /** The text of a note or reply that was refused, else null. */
  text: string | null
  /** Why it was refused, in the cloud's words. */
  reason: string | null
}

/** What a person decided for one field. `other` brings a third value. */
export const FieldChoice = z.discriminatedUnion('choice', [
  z.object({ field: z.string().max(200), choice: z.literal('mine') }),
  z.object({ field: z.string().max(200), choice: z.literal('theirs') }),
  z.object({ field: z.string().max(200), choice: z.literal('other'), value: z.unknown() }),
])
export type FieldChoice = z.infer<typeof FieldChoice>

/** A copy that was compared with the cloud by checksums. */
export interface Compared {
  at: string
  /** When rows differed last, and how many were read again; null for `rows` where it was everything. */
  mended: { at: string; rows: number | null } | null
}

/** Everything about the sync of one client, for its sync page. Times are ISO instants for display. */
export interface SyncReport {
  state: SyncState
  paused: boolean
  /** Of the way to the cloud for this client. */
  breaker: 'closed' | 'open' | 'half-open'
  lastPullAt: string | null
  lastPushAt: string | null
  /** When the next try is due, and why it waits; null where nothing waits. */
  nextTry: { at: string; reason: string } | null
  /** The feed version that is held here, and the cloud's newest that is known. */
  cursor: number
  head: number | null
  /** The last comparison of what is here with the cloud. */
  compared: Compared | null
  outbox: OutboxEntry[]
  files: { cacheBytes: number; ledgerBytes: number }
}

/** Told to open windows when the data of a compartment moved. */
export interface Change {
  /** Tickets that changed, or `all` where it was too many to name. */
  tickets: string[] | 'all'
  desk: boolean
  /** What is shown of credentials. */
  vault?: true
}

/** One client in the rail, the switcher and the overview. */
export interface ClientSummary {
  id: string
  name: string
  shortName: string
  initials: string
  colour: string
  /** A data URL; absent for its initials. */
  logo?: string
  domains: string[]
  aliases: string[]
  industry: string
  timeZone: string
  /** On its way in, and not live yet. */
  onboarding?: true
  /** Place among the pinned, from 0; null where not pinned. */
  pin: number | null
  lastOpenedAt: string | null
  open: number
  unread: number
  atRisk: number
  /** Credentials that are expired or to be changed, now or soon. */
  credentialsDue: number
  /** Since when the technician's timers run (ms since 1970). */
  timers: number[]
  sync: SyncState
  /** False until the client was synced for the first time. */
  known: boolean
}

/** What changed of the clients; `gone` names those that are not this technician's any more. */
export interface ClientsChange {
  changed: ClientSummary[]
  gone: string[]
}

/** A `ticket` is one that is not there yet; `settings` are changes of the client's settings. */
export const DraftKind = z.enum(['note', 'reply', 'time', 'ticket', 'settings'])
export type DraftKind = z.infer<typeof DraftKind>

/** What a technician typed and did not send yet. It stays on this machine. */
export interface Draft {
  kind: DraftKind
  body: string
  /** When it was begun. */
  at: string
}

export const Settings = z.object({
  theme: z.enum(['auto', 'light', 'dark']),
  density: z.enum(['comfortable', 'compact']),
  /** Where to go when a ticket is resolved: `stay` on it, the `next` one of the list, or back to the `list`. */
  afterResolve: z.enum(['stay', 'next', 'list']),
  /** The ticket that was open in each client, by tenant id, to come back to it after a restart. Ids only. */
  openTickets: z.record(Id, Id),
  /** Minutes without a sign of the person after which the console locks itself; null for never. */
  lockAfterMinutes: z.number().int().min(1).max(720).nullable(),
  /** Minutes after which a client that nobody looked at is let go of; its window opens it again. Null for never. */
  restAfterMinutes: z.number().int().min(1).max(720).nullable(),
  /** Keys that the person chose, by the id of the command; they take the place of the given ones. */
  keys: z.record(z.string().min(1).max(60), z.array(z.string().min(1).max(30)).max(4)),
})
export type Settings = z.infer<typeof Settings>
