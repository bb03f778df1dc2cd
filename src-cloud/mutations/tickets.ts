import { isDeepStrictEqual } from 'node:util'
import { begunHistory, movedHistory } from '../../src-shared/domain/history.ts'
import { taskField, tasksProblem } from '../../src-shared/domain/task-list.ts'
import { MAX_TAGS, type NewTicket, type Ticket, type TicketPatch } from '../../src-shared/domain/ticket.ts'
import type { BodyOf } from '../../src-shared/protocol/mutation.ts'
import type { Desk, Held } from './desk.ts'
import { withMatrix } from './matrix.ts'
import { fieldsOf, mergeTicket, patchOf, type Fields } from './merge.ts'
import { applied, DELETED, MISSING, refused, rejected, TOO_LARGE, type Outcome } from './outcome.ts'
import { writeTasks } from './tasks.ts'
import { misfit } from './vocabulary.ts'

/** Of a ticket as the feed sends it, so that no line is too long for a client; an entry is always shorter. */
const TICKET_BYTES = 1024 * 1024

export function createTicket(desk: Desk, { ticketId, ticket }: BodyOf<'ticket.create'>): Outcome {
  const known = desk.get('ticket', ticketId)
  if (known) return known.deleted ? DELETED : applied([`ticket/${ticketId}`], known.version)
  return openTicket(desk, { ...ticket, id: ticketId })
}

/**
 * Opens a ticket that is not there yet.
 * @param like a ticket whose values it may have, whatever was retired meanwhile: it is a part of that one
 */
export function openTicket(desk: Desk, ticket: NewTicket & Pick<Ticket, 'id' | 'links'>, like?: Ticket): Outcome {
  const wrong = unfit(desk, ticket, like, ticket.requesterId)
  if (wrong) return rejected('invalid-input', wrong)
  const { id, ...given } = ticket
  // The number is given when it is known how many the batch creates.
  const times = { createdAt: desk.now, updatedAt: desk.now, dueAt: null }
  const created: Ticket = { id, number: 0, ...given, ...times, history: begunHistory({ ...given, ...times }) }
  if (isTooLarge(created)) return TOO_LARGE
  desk.create('ticket', id, created)
  return applied([`ticket/${id}`], 0)
}

export function updateTicket(desk: Desk, body: BodyOf<'ticket.update'>): Outcome {
  const { ticketId, base, patch } = body
  const known = liveTicket(desk, ticketId)
  if ('result' in known) return known
  const own = mergeTicket(known.data, base, patch, known.changed)
  const { changes, conflicts, merged } = withMatrix(desk.configuration, known.data, body, own)
  const { customFields, tasks, ...rest } = patchOf(changes)
  const wrong = unfit(desk, patchOf(changes), beforeUndo(desk, known.data, changes), null)
  if (wrong) return rejected('invalid-input', wrong)
  const fields = Object.keys(changes)
  if (fields.length > 0) {
    const data: Ticket = { ...known.data, ...rest, customFields: { ...known.data.customFields, ...customFields } }
    let { changed } = known
    if (tasks) {
      const written = writeTasks({ tasks: data.tasks, changed }, tasks, desk.technician, desk.stamp)
      data.tasks = written.tasks
      changed = written.changed
      const wrongTasks = tasksProblem(known.data.tasks, tasks, written.tasks)
      if (wrongTasks) return refused(...wrongTasks)
    }
    if (isTooLarge(data)) return TOO_LARGE
    const stays = (field: string): boolean => {
      const task = taskField(field)
      return !task || data.tasks?.[task.id] !== undefined
    }
    writeTicket(desk, { ...known, data, changed }, fields.filter(stays))
  }
  const { version } = known
  const rows = [`ticket/${ticketId}` as const]
  if (conflicts.length > 0) return { result: { outcome: 'conflict', version, conflicts }, rows }
  return { result: { outcome: merged ? 'merged' : 'applied', version }, rows }
}

/** Tags are a set here: what others did to the rest of them stays. */
export function tagTicket(desk: Desk, { ticketId, add, remove }: BodyOf<'ticket.tag'>): Outcome {
  const known = liveTicket(desk, ticketId)
  if ('result' in known) return known
  const before = known.data.tags
  const kept = before.filter((tag) => !remove.includes(tag))
  const tags = [...kept, ...new Set(add.filter((tag) => !kept.includes(tag)))]
  // A ticket that came with more may keep them.
  if (tags.length > Math.max(MAX_TAGS, before.length))
    return refused('too-many', { what: 'A ticket', limit: MAX_TAGS, things: 'tags' })
  if (tags.length !== before.length || tags.some((tag, i) => tag !== before[i])) {
    const data = { ...known.data, tags }
    if (isTooLarge(data)) return TOO_LARGE
    writeTicket(desk, { ...known, data }, ['tags'])
  }
  return applied([`ticket/${ticketId}`], known.version)
}

/** A ticket that is there, or why not. */
export function liveTicket(desk: Desk, id: string): Held<Ticket> | Outcome {
  const held = desk.get('ticket', id)
  if (!held) return MISSING
  return held.deleted ? DELETED : held
}

/**
 * Writes a ticket that was there.
 * @param fields that were changed, of those that merge
 */
export function writeTicket(desk: Desk, held: Held<Ticket>, fields: string[] = []): void {
  const changed = { ...held.changed, ...Object.fromEntries(fields.map((field) => [field, desk.stamp])) }
  const before = desk.get('ticket', held.data.id)?.data
  const moved = before && (before.status !== held.data.status || before.assigneeId !== held.data.assigneeId)
  const history = moved ? { history: movedHistory(before, held.data, desk.now) } : {}
  const slept = fields.includes('snoozedUntil') ? { snoozedAt: desk.now } : {}
  const data = { ...held.data, ...history, ...slept, updatedAt: desk.now }
  desk.put('ticket', held.data.id, { ...held, changed, data })
}

export function isTooLarge(ticket: Ticket): boolean {
  return Buffer.byteLength(JSON.stringify(ticket)) > TICKET_BYTES
}

/** The ticket with what the technician took out of it and gives back now: that may return, whatever was retired since. */
function beforeUndo(desk: Desk, ticket: Ticket, changes: Fields): TicketPatch {
  const returns = Object.entries(changes).filter(([field, value]) =>
    isDeepStrictEqual(desk.takenFrom(ticket.id, field), value),
  )
  const { customFields, ...rest } = patchOf(Object.fromEntries(returns))
  return { ...ticket, ...rest, customFields: { ...ticket.customFields, ...customFields } }
}

/** What in a ticket's new values does not fit this tenant, or null. */
function unfit(
  desk: Desk,
  patch: TicketPatch,
  had: TicketPatch | undefined,
  requesterId: string | null,
): string | null {
  if (Object.keys(fieldsOf(patch)).length === 0) return null
  const wrong = desk.configuration
    ? misfit(desk.configuration, patch, had ?? {})
    : 'This client has no configuration yet.'
  if (wrong) return wrong
  const assigned = [patch, ...Object.values(patch.tasks ?? {})].flatMap(({ assigneeId }) => assigneeId ?? [])
  if (!assigned.every((id) => desk.technicians.has(id.toLowerCase())))
    return 'That technician does not work for this client (any more).'
  if (requesterId && desk.get('contact', requesterId.toLowerCase())?.deleted !== false)
    return 'That requester is no contact of this client (any more).'
  return null
}
