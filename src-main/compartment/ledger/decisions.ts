import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { TicketPatch, type NewTicket } from '../../../src-shared/domain/ticket.ts'
import type { FieldChoice } from '../../../src-shared/domain/views.ts'
import { ProblemError } from '../../../src-shared/problem.ts'
import type { MutationBody } from '../../../src-shared/protocol/mutation.ts'
import { flatten, unflatten } from './coalesce.ts'
import type { Change, Ledger } from './ledger.ts'
import type { OutboxItem } from './outbox.ts'

/**
 * Decides a conflict field by field. The base of what is sent is the value that the person saw as theirs, so a value
 * that came after it is a new conflict and never overwritten.
 * @throws ProblemError `not-found`, `invalid-input` where a field has no choice, or a third value does not fit it
 */
export function resolve(ledger: Ledger, id: string, choices: readonly FieldChoice[]): OutboxItem {
  const item = undecided(ledger, id)
  const { outcome, body } = item
  if (outcome?.outcome !== 'conflict' || body.kind !== 'ticket.update')
    throw new ProblemError('invalid-input', { reason: 'This edit was refused: send it again or give it up.' })
  const chosen = new Map(choices.map((choice) => [choice.field, choice]))
  const base = new Map<string, unknown>()
  const patch = new Map<string, unknown>()
  for (const { field, mine, theirs } of outcome.conflicts) {
    const choice = chosen.get(field)
    if (!choice) throw new ProblemError('invalid-input', { reason: `Choose a value for ${field} too.` })
    const value = choice.choice === 'other' ? choice.value : choice.choice === 'mine' ? mine : theirs
    if (isDeepStrictEqual(value ?? null, theirs ?? null)) continue
    base.set(field, theirs ?? null)
    patch.set(field, value ?? null)
  }
  const checked = TicketPatch.safeParse(unflatten(patch))
  if (!checked.success) throw new ProblemError('invalid-input', { reason: 'That value does not fit its field.' })
  ledger.change((change) => {
    change.put(item, { state: 'decided' })
    if (patch.size > 0) change.add({ ...body, base: unflatten(base), patch: checked.data }, id)
    const count = (kind: string): number => choices.filter(({ choice }) => choice === kind).length
    const counts = { mine: count('mine'), theirs: count('theirs'), other: count('other') }
    change.audit('inbox.resolved', `ticket:${body.ticketId}`, { id, ...counts })
  })
  return item
}

/** Gives an undecided edit up. @throws ProblemError `not-found` */
export function dismiss(ledger: Ledger, id: string): OutboxItem {
  const item = undecided(ledger, id)
  ledger.change((change) => {
    change.put(item, { state: 'decided' })
    change.audit('inbox.dismissed', `ticket:${item.body.ticketId}`, { id })
  })
  return item
}

/**
 * Sends a refused edit again, as it was or mended. Where its ticket was refused too, all that was refused of that ticket
 * goes, in order.
 * @throws ProblemError `not-found`, `invalid-input`
 */
export function resend(
  ledger: Ledger,
  id: string,
  mend: { text?: string | undefined; patch?: TicketPatch | undefined },
  seen: (field: string) => unknown,
): OutboxItem {
  const item = undecided(ledger, id)
  const { ticketId } = item.body
  if (item.outcome?.outcome === 'conflict')
    throw new ProblemError('invalid-input', { reason: 'This edit is in conflict: choose a value for each field.' })
  const refused = ledger
    .about(ticketId)
    .filter(({ state, outcome }) => state === 'failed' && outcome?.outcome === 'rejected')
  const together = refused.some(({ body }) => body.kind === 'ticket.create') ? refused : [item]
  ledger.change((change) => {
    for (const one of [...together].sort((x, y) => x.place - y.place)) {
      change.put(one, { state: 'decided' })
      const body = one === item ? mended(one.body, mend, seen) : one.body
      if (body) change.add(body, one.id)
      change.audit('inbox.resent', `ticket:${ticketId}`, {
        id: one.id,
        mended: one === item && (mend.text ?? mend.patch) ? 1 : 0,
      })
    }
  })
  return item
}

/**
 * Takes a decision back: the edit is undecided again. What the decision queued is withdrawn, or answered by an edit
 * back where it was sent.
 * @throws ProblemError `not-found`, `edit-sent` where what was sent cannot be answered: a note, a reply, a ticket
 */
export function reopen(ledger: Ledger, id: string): OutboxItem {
  const item = ledger.find(id)
  if (item?.state !== 'decided') throw new ProblemError('not-found', { what: 'This decision' })
  const answers = ledger.answersTo(id)
  for (const answer of answers) {
    if (!unsent(answer) && answer.state !== 'failed' && answer.body.kind !== 'ticket.update')
      throw new ProblemError('edit-sent')
  }
  ledger.change((change) => {
    for (const answer of answers) takeBack(change, answer)
    change.put(item, { state: 'failed' })
    change.audit('inbox.reopened', `ticket:${item.body.ticketId}`, { id })
  })
  return item
}

/**
 * Withdraws an edit that was not sent; a ticket with all that was to follow it.
 * @throws ProblemError `not-found`, `edit-under-way`
 */
export function cancel(ledger: Ledger, id: string): OutboxItem {
  const item = ledger.find(id)
  if (item?.state !== 'queued') throw new ProblemError('not-found', { what: 'This unsent edit' })
  const { ticketId } = item.body
  const queued = ledger.about(ticketId).filter((other) => other.state === 'queued')
  const gone = item.body.kind === 'ticket.create' ? queued : [item]
  if (!gone.every(unsent)) throw new ProblemError('edit-under-way')
  ledger.change((change) => {
    for (const one of gone) {
      change.remove(one)
      change.audit('edit.withdrawn', `ticket:${ticketId}`, { id: one.id })
    }
  })
  return item
}

function undecided(ledger: Ledger, id: string): OutboxItem {
  const item = ledger.find(id)
  if (item?.state !== 'failed') throw new ProblemError('not-found', { what: 'This undecided edit' })
  return item
}

/** Whether the cloud can certainly not have it. */
function unsent(item: OutboxItem): boolean {
  return item.state === 'queued' && item.attempts === 0
}

function takeBack(change: Change, answer: OutboxItem): void {
  const entity = `ticket:${answer.body.ticketId}`
  if (unsent(answer)) {
    change.remove(answer)
    change.audit('edit.withdrawn', entity, { id: answer.id })
    return
  }
  if (answer.state === 'failed') return change.put(answer, { state: 'decided', answers: null })
  if (answer.state === 'decided') return change.put(answer, { answers: null })
  if (answer.body.kind !== 'ticket.update') return
  const { base, patch } = answer.body
  const back = change.add({ ...answer.body, base: patch, patch: base })
  change.put(answer, { answers: null })
  change.audit('ticket.update', entity, { id: back.id, fields: [...flatten(patch).keys()] })
}

/** @returns null where mending left nothing to send */
function mended(
  body: MutationBody,
  { text, patch }: { text?: string | undefined; patch?: TicketPatch | undefined },
  seen: (field: string) => unknown,
): MutationBody | null {
  switch (body.kind) {
    case 'entry.create':
      // Another text is another entry: the cloud may have the first under its id.
      return text === undefined || text === body.body ? body : { ...body, body: text, entryId: randomUUID() }
    case 'ticket.create':
      return { ...body, ticket: mendedTicket(body.ticket, text, patch) }
    case 'ticket.update': {
      if (!patch) return body
      const fields = new Map([...flatten(body.patch), ...flatten(patch)])
      const base = flatten(body.base)
      for (const [field, value] of fields) {
        if (!base.has(field)) base.set(field, seen(field) ?? null)
        if (isDeepStrictEqual(value, base.get(field))) fields.delete(field)
      }
      if (fields.size === 0) return null
      return { ...body, base: unflatten([...base].filter(([field]) => fields.has(field))), patch: unflatten(fields) }
    }
  }
}

function mendedTicket(ticket: NewTicket, text: string | undefined, patch: TicketPatch = {}): NewTicket {
  const { customFields, ...fields } = patch
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  const description = text ?? ticket.description
  return { ...ticket, ...given, description, customFields: { ...ticket.customFields, ...customFields } }
}
