import { randomUUID } from 'node:crypto'
import { movedHistory } from '../../src-shared/domain/history.ts'
import type { Entry } from '../../src-shared/domain/entry.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import { effectOf, type Effect, type Strike } from '../../src-shared/sla/escalation.ts'
import type { ServiceDesk } from '../../src-shared/sla/service-desk.ts'
import type { Desk, EntityRow, Held } from '../mutations/desk.ts'

/** How the desk's own acts are signed. */
const AUTHOR = { kind: 'system' as const, id: null, name: 'Escalation' }

/** A rule that was executed for a ticket. */
export interface Executed extends Strike {
  ticketId: string
  effect: Effect
}

/**
 * Executes a rule on a ticket of a desk: the ticket is written, and its conversation tells what was done.
 * @param names of the technicians who work here, by id; others are passed over
 * @param now ms since 1970, for who is on call
 * @returns what came of it, and the rows that were written
 */
export function executeRule(
  desk: Desk,
  service: ServiceDesk,
  held: Held<Ticket>,
  { rule, at }: Strike,
  names: ReadonlyMap<string, string>,
  now: number,
): { executed: Executed; rows: EntityRow[] } {
  const before = held.data
  const effect = presentOnly(effectOf(service, rule, before, now), names)
  const fields = {
    ...(effect.assigneeId && { assigneeId: effect.assigneeId }),
    ...(effect.priority && { priority: effect.priority }),
  }
  const after: Ticket = { ...before, ...fields, updatedAt: desk.now }
  const stamp = { by: `${AUTHOR.name}: ${rule.label}`, at: desk.now }
  const changed = { ...held.changed, ...Object.fromEntries(Object.keys(fields).map((field) => [field, stamp])) }
  const data = effect.assigneeId ? { ...after, history: movedHistory(before, after, desk.now) } : after
  desk.put('ticket', before.id, { ...held, changed, data })
  desk.sign(before.id, { ...AUTHOR, name: stamp.by })
  const rows: EntityRow[] = [`ticket/${before.id}`]
  const add = (kind: 'event' | 'note', body: string): void => {
    const entry: Entry = { id: randomUUID(), ticketId: before.id, kind, author: AUTHOR, body, createdAt: desk.now }
    desk.create('entry', entry.id, entry)
    rows.push(`entry/${entry.id}`)
  }
  add('event', sentenceOf(service, rule.label, effect, names))
  for (const note of effect.notes) add('note', note)
  return { executed: { rule, at, ticketId: before.id, effect }, rows }
}

function presentOnly({ assigneeId, ...effect }: Effect, names: ReadonlyMap<string, string>): Effect {
  const notify = effect.notify.filter((id) => names.has(id))
  return { ...effect, notify, ...(assigneeId && names.has(assigneeId) ? { assigneeId } : {}) }
}

function sentenceOf(service: ServiceDesk, label: string, effect: Effect, names: ReadonlyMap<string, string>): string {
  const { priorities } = service.configuration
  const priority = priorities.find(({ key }) => key === effect.priority)?.label
  const done = [
    effect.assigneeId && `assigned to ${names.get(effect.assigneeId)}`,
    priority && `priority raised to ${priority}`,
    effect.notify.length > 0 && `for the attention of ${effect.notify.map((id) => names.get(id)).join(', ')}`,
    effect.notes.length > 0 && 'a note was added',
  ].filter(Boolean)
  return `${label}: ${done.length > 0 ? done.join('; ') : 'there was nothing left to do'}.`
}
