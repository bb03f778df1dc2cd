import { z } from 'zod'
import { Attachment } from '../domain/attachment.ts'
import { Configuration } from '../domain/configuration.ts'
import { Entry } from '../domain/entry.ts'
import { Contact, Technician } from '../domain/people.ts'
import { Version } from '../domain/primitives.ts'
import { SavedView } from '../domain/saved-view.ts'
import { TicketChange } from '../domain/ticket-change.ts'
import { Ticket } from '../domain/ticket.ts'

/** Schemas of what the change feed carries, by entity kind. */
export const entities = {
  configuration: Configuration,
  technician: Technician,
  contact: Contact,
  ticket: Ticket,
  entry: Entry,
  attachment: Attachment,
  view: SavedView,
  change: TicketChange,
} as const

export const EntityKind = z.enum([
  ...['configuration', 'technician', 'contact', 'ticket', 'entry', 'attachment', 'view'],
  'change',
] as const)
export type EntityKind = z.infer<typeof EntityKind>

/** Kinds that a feed tells where `with` names them, or where it is asked for them alone. */
export const APART: readonly EntityKind[] = ['change']

/** Kinds of which a tenant has many: those that checksums and buckets are about. */
export const BucketKind = EntityKind.exclude(['configuration'])
export type BucketKind = z.infer<typeof BucketKind>

/** Id of the one configuration entity of a tenant. */
export const CONFIGURATION_ID = 'configuration'

export const FeedQuery = z
  .object({
    /** The cursor of the last change that the client holds; 0 for everything. */
    after: z.coerce.number().int().nonnegative().default(0),
    /** The client whose last applied mutation the closing line reports. */
    client: z.uuid().optional(),
    /**
     * For a first sync that was cut and goes on from `after`: the `head` that its first opening line told. It started
     * from nothing, so tombstones from before that head are not missed and the cursor is never too old for them.
     */
    began: z.coerce.number().int().nonnegative().optional(),
    /**
     * Kinds of {@link APART} to tell too, with commas between them. A first sync goes without, and asks for them by
     * `kind` when the rest is here.
     */
    with: z.string().max(200).optional(),
    /** With `bucket` and `buckets`: only this kind. A copy's bucket is then to be replaced by what comes. */
    kind: BucketKind.optional(),
    /** Only entities of this bucket, see `bucketOf`. The closing cursor is then not one of the whole feed. */
    bucket: z.coerce.number().int().nonnegative().optional(),
    buckets: z.coerce.number().int().min(1).max(4096).optional(),
    /** Asks for this encoding whatever Accept-Encoding says; over loopback only so is the feed ever compressed. */
    encoding: z.enum(['identity', 'gzip', 'zstd']).optional(),
  })
  .refine(
    ({ kind, bucket, buckets }) =>
      (kind === undefined) === (bucket === undefined) && (kind === undefined) === (buckets === undefined),
    {
      error: 'kind, bucket and buckets go together',
    },
  )
  .refine(({ bucket = 0, buckets = 1 }) => bucket < buckets, { error: 'bucket is below buckets' })
export type FeedQuery = z.infer<typeof FeedQuery>

/** First line of `GET /v1/changes`: what is to come. */
export const FeedOpening = z.object({
  feed: z.literal(1),
  /** Changes when the server was restored from a backup: cursors of another epoch mean nothing. */
  epoch: z.string().min(1),
  /** The tenant's newest version when the feed was opened. */
  head: Version,
  /** About how many change lines follow, for progress. */
  rows: z.number().int().nonnegative(),
  /** Kinds that this feed tells only where `with` names them. */
  apart: z.array(z.string()).optional(),
})
export type FeedOpening = z.infer<typeof FeedOpening>

/**
 * A change: the latest state of one entity, or its tombstone. Lines come in ascending version; a change of a ticket has
 * that of the ticket.
 */
export const FeedChange = z.union([
  z.object({
    ...{ kind: EntityKind, id: z.string(), version: Version, deleted: z.literal(true) },
    /** What a technician is called who is gone: tickets and their past still name them. */
    name: z.string().optional(),
  }),
  z.object({ kind: EntityKind, id: z.string(), version: Version, data: z.record(z.string(), z.unknown()) }),
])
export type FeedChange = z.infer<typeof FeedChange>

/** Last line. A feed without it was cut: what came before it counts, up to the last whole line. */
export const FeedClosing = z.object({
  end: z.literal(true),
  /** Give this as `after` next time. */
  cursor: Version,
  /** The last sequence of this client that the rows above include; 0 if none. */
  lastSequence: z.number().int().nonnegative(),
})
export type FeedClosing = z.infer<typeof FeedClosing>
