import { z } from 'zod'
import { TicketHistory } from './history.ts'
import { Id, Instant, Key } from './primitives.ts'
import { Tasks, TasksPatch } from './tasks.ts'

/** The value of a custom field; which shape a field takes is the configuration's business. */
export const FieldValue = z.union([
  z.string().max(10_000),
  z.number(),
  z.boolean(),
  z.array(z.string().max(1000)).max(100),
  z.null(),
])
export type FieldValue = z.infer<typeof FieldValue>

/**
 * How a ticket stands to another, read from the ticket that carries it: with `parent`, the other is this one's parent.
 * Both tickets carry the link, each from its side.
 */
export const LinkRelation = z.enum([
  'related',
  'parent',
  'child',
  'blocks',
  'blocked-by',
  'duplicate-of',
  'duplicated-by',
  'split-from',
  'split-into',
])
export type LinkRelation = z.infer<typeof LinkRelation>

/** The same link seen from the other ticket. */
export const inverseRelation = {
  related: 'related',
  parent: 'child',
  child: 'parent',
  blocks: 'blocked-by',
  'blocked-by': 'blocks',
  'duplicate-of': 'duplicated-by',
  'duplicated-by': 'duplicate-of',
  'split-from': 'split-into',
  'split-into': 'split-from',
} as const satisfies Record<LinkRelation, LinkRelation>

export const TicketLink = z.object({ ticketId: Id, relation: LinkRelation })
export type TicketLink = z.infer<typeof TicketLink>

/** Links that one ticket carries at most. */
export const MAX_LINKS = 200

/** A ticket as the cloud sends it. Keys that a newer cloud adds are kept as they came. */
export const Ticket = z.looseObject({
  id: Id,
  /** Counts up per tenant, in order of opening. */
  number: z.number().int().positive(),
  subject: z.string().max(300),
  /** What the requester first wrote. */
  description: z.string().max(100_000),
  status: Key,
  priority: Key,
  type: Key.nullable(),
  queue: Key.nullable(),
  requesterId: Id.nullable(),
  assigneeId: Id.nullable(),
  tags: z.array(z.string().max(64)),
  customFields: z.record(z.string(), FieldValue),
  createdAt: Instant,
  updatedAt: Instant,
  /**
   * When it is due by somebody's word; null where nobody gave one. Where the configuration has a target for it, that
   * counts instead.
   */
  dueAt: Instant.nullable(),
  /** The ticket that this one was merged into; it keeps its own conversation, which is shown there too. */
  mergedInto: Id.nullable().optional(),
  links: z.array(TicketLink).max(MAX_LINKS).optional(),
  history: TicketHistory.optional(),
  /** What is to be done for it; absent where nobody has listed any of it. */
  tasks: Tasks.optional(),
  /**
   * Until when it is snoozed, out of the lists of open tickets; null, absent or past where it is not. It wakes earlier
   * where the requester writes after `snoozedAt`. Nobody has to do anything for it: both follow from the times.
   */
  snoozedUntil: Instant.nullable().optional(),
  /** When `snoozedUntil` was set, by the cloud's clock. */
  snoozedAt: Instant.nullable().optional(),
  /** Ids of technicians who follow it, in the order in which they came; some may not work here any more. */
  watchers: z.array(Id).optional(),
})
export type Ticket = z.infer<typeof Ticket>

export const Tag = z.string().min(1).max(64)

/** Tags that a technician gives one ticket at most. */
export const MAX_TAGS = 64

/** Watchers that one ticket is given at most. */
export const MAX_WATCHERS = 64

/** What a technician may write. A ticket that is there may be beyond it, so reading one stays loose. */
const written = {
  subject: z.string().min(1).max(300),
  tags: z.array(z.string().max(64)).max(MAX_TAGS),
  customFields: z
    .record(z.string(), FieldValue)
    .refine((fields) => Object.keys(fields).length <= 200, 'Too big: expected at most 200 fields'),
}

/** The fields of a ticket that a technician saw when they changed some. */
export const TicketBase = Ticket.pick({
  subject: true,
  status: true,
  priority: true,
  type: true,
  queue: true,
  assigneeId: true,
  tags: true,
  customFields: true,
  snoozedUntil: true,
})
  .extend({ tasks: TasksPatch.optional() })
  .partial()
  .strict()

/** The fields of a ticket that a technician changes, each merged on its own. */
export const TicketPatch = TicketBase.extend(written).partial()
export type TicketPatch = z.infer<typeof TicketPatch>

/** What a technician gives to open a ticket; the rest is the cloud's to fill. */
export const NewTicket = Ticket.pick({ description: true, status: true, priority: true }).extend({
  subject: written.subject,
  type: Key.nullable().default(null),
  queue: Key.nullable().default(null),
  requesterId: Id.nullable().default(null),
  assigneeId: Id.nullable().default(null),
  tags: written.tags.default([]),
  customFields: written.customFields.default({}),
})
export type NewTicket = z.infer<typeof NewTicket>
