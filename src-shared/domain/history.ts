import { z } from 'zod'
import { Instant, Key } from './primitives.ts'

/** Statuses that a history holds at most; the oldest but the first go when more come. */
export const MAX_STATUSES = 500

/**
 * What service levels need to know of a ticket's past, carried by the ticket itself. The cloud keeps it; what a
 * technician wrote and was not sent yet is laid over it. A ticket from before there was one has none.
 */
export const TicketHistory = z.object({
  /** Every status that the ticket has had and since when, oldest first. */
  statuses: z.array(z.object({ status: Key, at: Instant })).max(MAX_STATUSES),
  /** When a technician first replied in public; null where nobody has, absent where that is not known. */
  respondedAt: Instant.nullable().optional(),
  /** Since when nobody has it; null where somebody does. */
  unassignedSince: Instant.nullable(),
  /** How often it went from one technician to another. */
  reassigned: z.number().int().nonnegative(),
})
export type TicketHistory = z.infer<typeof TicketHistory>

interface Tracked {
  status: string
  assigneeId: string | null
  createdAt: string
  history?: TicketHistory | undefined
}

/** The history of a ticket that is opened now. */
export function begunHistory({ status, assigneeId, createdAt: at }: Tracked): TicketHistory {
  return {
    statuses: [{ status, at }],
    respondedAt: null,
    unassignedSince: assigneeId === null ? at : null,
    reassigned: 0,
  }
}

/**
 * The history after a change of status or assignee. The same object where neither changed and there is one.
 * @param at when it was changed
 */
export function movedHistory(before: Tracked, after: Tracked, at: string): TicketHistory {
  // Begun late: what was before the change is all that is known, and whether anybody replied is not.
  const { history = { ...begunHistory(before), respondedAt: undefined } } = before
  const moved = before.status !== after.status
  const handed = before.assigneeId !== after.assigneeId
  if (!moved && !handed) return history
  const statuses = moved ? [...history.statuses, { status: after.status, at }] : history.statuses
  return {
    ...history,
    statuses: statuses.length > MAX_STATUSES ? statuses.toSpliced(1, statuses.length - MAX_STATUSES) : statuses,
    unassignedSince: handed ? (after.assigneeId === null ? at : null) : history.unassignedSince,
    reassigned: history.reassigned + (before.assigneeId !== null && after.assigneeId !== null && handed ? 1 : 0),
  }
}

/** The history after a technician's public reply; the same object where it is not the first that is known. */
export function repliedHistory(history: TicketHistory, at: string): TicketHistory {
  return history.respondedAt === null ? { ...history, respondedAt: at } : history
}
