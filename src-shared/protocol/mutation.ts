import { z } from 'zod'
import { NewAttachment } from '../domain/attachment.ts'
import { EntryKind, MAX_BODY, Mention, WorkTime } from '../domain/entry.ts'
import { MAX_MENTIONS } from '../domain/mentions.ts'
import { ContactPatch, NewContact } from '../domain/people.ts'
import { Id, Instant, Version } from '../domain/primitives.ts'
import { NewView, ViewPatch } from '../domain/saved-view.ts'
import { LinkRelation, MAX_TAGS, MAX_WATCHERS, NewTicket, Tag, TicketBase, TicketPatch } from '../domain/ticket.ts'

const Tags = z.array(Tag).max(MAX_TAGS).default([])
const Watchers = z.array(Id).max(MAX_WATCHERS).default([])
const Link = { ticketId: Id, otherId: Id, relation: LinkRelation }

/**
 * One intended write. `base` holds, for each field of `patch`, the value that the technician saw. Ids of what a mutation
 * makes are chosen by the client, so that sending it twice makes it once.
 */
export const MutationBody = z.discriminatedUnion('kind', [
  /** The cloud gives the number. */
  z.object({ kind: z.literal('ticket.create'), ticketId: Id, ticket: NewTicket }),
  z.object({
    kind: z.literal('ticket.update'),
    ticketId: Id,
    base: TicketBase,
    patch: TicketPatch,
    /**
     * Where the patch gives a field of the priority matrix a value: `matrix` where the priority was worked out by it,
     * `hand` where it is to be as the patch has it, or as it is. Absent: the cloud works it out where the patch has none.
     */
    priorityBy: z.enum(['matrix', 'hand']).optional(),
  }),
  /** Tags put on and taken off, whatever others did to the rest of them; never a conflict. */
  z.object({ kind: z.literal('ticket.tag'), ticketId: Id, add: Tags, remove: Tags }),
  /** Technicians who follow the ticket from now on, and who no longer do; merges like tags. */
  z.object({ kind: z.literal('ticket.watch'), ticketId: Id, add: Watchers, remove: Watchers }),
  /** `ticketId` becomes part of `intoId`. Its status is an update of its own. */
  z.object({ kind: z.literal('ticket.merge'), ticketId: Id, intoId: Id }),
  z.object({ kind: z.literal('ticket.unmerge'), ticketId: Id }),
  /** Opens `ticketId` with copies of some entries of `fromId`, and links the two. */
  z.object({
    kind: z.literal('ticket.split'),
    ticketId: Id,
    fromId: Id,
    ticket: NewTicket,
    entries: z.array(z.object({ from: Id, id: Id })).max(500),
  }),
  z.object({ kind: z.literal('ticket.link'), ...Link }),
  z.object({ kind: z.literal('ticket.unlink'), ...Link }),
  z.object({
    kind: z.literal('entry.create'),
    ticketId: Id,
    entryId: Id,
    entryKind: EntryKind.exclude(['event']),
    body: z.string().min(1).max(MAX_BODY),
    /** With `entryKind` `time`, and only then. */
    time: WorkTime.optional(),
    /** With `entryKind` `note` alone: whom it mentions. They watch the ticket by a mutation of its own. */
    mentions: z.array(Mention).min(1).max(MAX_MENTIONS).optional(),
  }),
  z.object({
    kind: z.literal('attachment.add'),
    attachmentId: Id,
    ticketId: Id,
    entryId: Id.nullable(),
    attachment: NewAttachment,
  }),
  z.object({ kind: z.literal('contact.create'), contactId: Id, contact: NewContact }),
  z.object({ kind: z.literal('contact.update'), contactId: Id, base: ContactPatch, patch: ContactPatch }),
  z.object({ kind: z.literal('view.create'), viewId: Id, view: NewView }),
  z.object({ kind: z.literal('view.update'), viewId: Id, base: ViewPatch, patch: ViewPatch }),
  z.object({ kind: z.literal('view.delete'), viewId: Id }),
])
export type MutationBody = z.infer<typeof MutationBody>
export type MutationKind = MutationBody['kind']
export type BodyOf<Kind extends MutationKind> = Extract<MutationBody, { kind: Kind }>

/**
 * The newest version of the mutation schema: 2 added all kinds but `ticket.create`, `ticket.update`, notes and replies;
 * 3 added snoozing; 4 the layout of views; 5 tasks, watchers and mentions.
 */
export const MUTATION_SCHEMA = 5

/** The oldest schema that knows such a mutation: an older cloud then takes what it can. */
export function schemaOf(body: MutationBody): 1 | 2 | 3 | 4 | 5 {
  if (body.kind === 'ticket.update' && (body.patch.tasks || body.base.tasks)) return 5
  if (body.kind === 'ticket.watch') return 5
  if (body.kind === 'view.create' && body.view.layout) return 4
  if (body.kind === 'view.update' && ('layout' in body.patch || 'layout' in body.base)) return 4
  if (body.kind === 'ticket.update' && ('snoozedUntil' in body.patch || 'snoozedUntil' in body.base)) return 3
  if (body.kind === 'view.create' && body.view.sort.by === 'wakes') return 3
  if (body.kind === 'view.update' && body.patch.sort?.by === 'wakes') return 3
  if (body.kind === 'entry.create' && body.mentions) return 5
  if (body.kind === 'entry.create') return body.entryKind === 'time' ? 2 : 1
  return body.kind === 'ticket.create' || body.kind === 'ticket.update' ? 1 : 2
}

/**
 * Ids of what a mutation is about, the thing itself first. Mutations that share one keep their order; others are
 * independent of each other.
 */
export function subjectsOf(body: MutationBody): [string, ...string[]] {
  switch (body.kind) {
    case 'ticket.create':
      return body.ticket.requesterId ? [body.ticketId, body.ticket.requesterId] : [body.ticketId]
    case 'ticket.split':
      return [body.ticketId, body.fromId, ...(body.ticket.requesterId ? [body.ticket.requesterId] : [])]
    case 'ticket.merge':
      return [body.ticketId, body.intoId]
    case 'ticket.link':
    case 'ticket.unlink':
      return [body.ticketId, body.otherId]
    case 'contact.create':
    case 'contact.update':
      return [body.contactId]
    case 'view.create':
    case 'view.update':
    case 'view.delete':
      return [body.viewId]
    default:
      return [body.ticketId]
  }
}

export const Mutation = z.object({
  /** Counts up by one per client, from 1. */
  sequence: z.number().int().positive(),
  /** Version of the mutation schema that it is written in. */
  schema: z.number().int().min(1).max(MUTATION_SCHEMA),
  /** When the technician did it, by their clock; for display. */
  at: Instant,
  body: MutationBody,
})
export type Mutation = z.infer<typeof Mutation>

export const MutationBatch = z.object({ clientId: Id, mutations: z.array(Mutation).min(1).max(500) })
export type MutationBatch = z.infer<typeof MutationBatch>

/** One field that both sides changed from the same base. The server's value stays until a person decides. */
export const FieldConflict = z.object({
  field: z.string(),
  base: z.unknown(),
  mine: z.unknown(),
  theirs: z.unknown(),
  /** When `theirs` was written, and the name of who wrote it where that is known. */
  at: Instant,
  by: z.string().nullable().default(null),
})
export type FieldConflict = z.infer<typeof FieldConflict>

/** What became of a mutation. All but `retry` advance the client's sequence. */
export const MutationResult = z.discriminatedUnion('outcome', [
  z.object({ sequence: z.number().int(), outcome: z.enum(['applied', 'merged']), version: Version }),
  z.object({
    sequence: z.number().int(),
    outcome: z.literal('conflict'),
    version: Version,
    conflicts: z.array(FieldConflict),
  }),
  z.object({ sequence: z.number().int(), outcome: z.literal('rejected'), code: z.string(), message: z.string() }),
  z.object({ sequence: z.number().int(), outcome: z.literal('retry'), message: z.string() }),
])
export type MutationResult = z.infer<typeof MutationResult>

export const MutationReply = z.object({
  results: z.array(MutationResult),
  lastSequence: z.number().int().nonnegative(),
})
export type MutationReply = z.infer<typeof MutationReply>
