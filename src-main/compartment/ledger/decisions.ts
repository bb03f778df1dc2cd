import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { mentionsIn } from '../../../src-shared/domain/mentions.ts'
import { ContactPatch } from '../../../src-shared/domain/people.ts'
import { ViewPatch } from '../../../src-shared/domain/saved-view.ts'
import { TicketPatch, type NewTicket } from '../../../src-shared/domain/ticket.ts'
import type { FieldChoice } from '../../../src-shared/domain/views.ts'
import { ProblemError } from '../../../src-shared/problem.ts'
import type { BodyOf, MutationBody } from '../../../src-shared/protocol/mutation.ts'
import { flatten, isUpdate, unflatten, withFields, type Fields, type Update } from './coalesce.ts'
import type { Change, Ledger } from './ledger.ts'
import type { OutboxItem } from './outbox.ts'
import { unsent } from './recording.ts'
import { entityOf, subjectOf, withFollowers } from './subjects.ts'

/** How a person mends a refused write: another text, or other values of fields. */
export interface Mending {
  text?: string | undefined
  patch?: TicketPatch | ContactPatch | ViewPatch | undefined
}

/**
 * Decides a conflict field by field. The base of what is sent is the value that the person saw as theirs, so a value
 * that came after it is a new conflict and never overwritten.
 * @returns the writes whose views it changes
 * @throws ProblemError `not-found`, `invalid-input` where a field has no choice, or a third value does not fit it
 */
export function resolve(ledger: Ledger, id: string, choices: readonly FieldChoice[]): OutboxItem[] {
  const item = undecided(ledger, id)
  const { outcome, body } = item
  if (outcome?.outcome !== 'conflict' || !isUpdate(body))
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
  const checked = fitting(body, unflatten(patch))
  ledger.change((change) => {
    change.put(item, { state: 'decided' })
    if (patch.size > 0) change.add(withFields(body, base, checked), id)
    const count = (kind: string): number => choices.filter(({ choice }) => choice === kind).length
    const counts = { mine: count('mine'), theirs: count('theirs'), other: count('other') }
    change.audit('inbox.resolved', entityOf(body), { id, ...counts })
  })
  return [item]
}

/** Gives an undecided edit up. @throws ProblemError `not-found` */
export function dismiss(ledger: Ledger, id: string): OutboxItem[] {
  const item = undecided(ledger, id)
  ledger.change((change) => {
    change.put(item, { state: 'decided' })
    change.audit('inbox.dismissed', entityOf(item.body), { id })
  })
  return [item]
}

/**
 * Sends a refused write again, as it was or mended. What was refused with it goes with it, in order: a ticket that was
 * not opened, and all that was to follow.
 * @param seen the value that the cloud has of a field of what a write is about
 * @returns the writes whose views it changes
 * @throws ProblemError `not-found`, `invalid-input`
 */
export function resend(
  ledger: Ledger,
  id: string,
  mend: Mending,
  seen: (body: MutationBody, field: string) => unknown,
): OutboxItem[] {
  const item = undecided(ledger, id)
  if (item.outcome?.outcome === 'conflict')
    throw new ProblemError('invalid-input', { reason: 'This edit is in conflict: choose a value for each field.' })
  const refused = ledger
    .inState('failed')
    .filter(({ outcome }) => outcome?.outcome === 'rejected')
    .sort((x, y) => x.place - y.place)
  const root = refused.find((one) => withFollowers(one, refused).includes(item)) ?? item
  const together = withFollowers(root, refused)
  const body = mended(item.body, mend, (field) => seen(item.body, field))
  ledger.change((change) => {
    const sent = new Map<string, string>()
    for (const one of together) {
      change.put(one, { state: 'decided' })
      const again = one === item ? body : one.body
      if (again) {
        const fresh = change.add(again, one.id)
        sent.set(one.id, fresh.id)
        if (one.needs !== null) change.put(fresh, { needs: sent.get(one.needs) ?? null })
      }
      change.audit('inbox.resent', entityOf(one.body), {
        id: one.id,
        mended: one === item && (mend.text ?? mend.patch) ? 1 : 0,
      })
    }
  })
  return together
}

/**
 * Takes a decision back: the edit is undecided again. What the decision queued is withdrawn, or answered by a write
 * back where it was sent.
 * @throws ProblemError `not-found`, `edit-sent` where what was sent cannot be answered: a note, a reply, a ticket
 */
export function reopen(ledger: Ledger, id: string): OutboxItem[] {
  const item = ledger.find(id)
  if (item?.state !== 'decided') throw new ProblemError('not-found', { what: 'This decision' })
  const answers = ledger.answersTo(id)
  for (const answer of answers) {
    if (!unsent(answer) && answer.state !== 'failed' && !inverseOf(answer.body)) throw new ProblemError('edit-sent')
  }
  ledger.change((change) => {
    for (const answer of answers) takeBack(change, answer)
    change.put(item, { state: 'failed' })
    change.audit('inbox.reopened', entityOf(item.body), { id })
  })
  return [item]
}

/**
 * Withdraws a write that was not sent, with all that was to follow it.
 * @throws ProblemError `not-found`, `edit-under-way`
 */
export function cancel(ledger: Ledger, id: string): OutboxItem[] {
  const item = ledger.find(id)
  if (item?.state !== 'queued') throw new ProblemError('not-found', { what: 'This unsent edit' })
  const gone = withFollowers(item, ledger.inState('queued'))
  if (!gone.every(unsent)) throw new ProblemError('edit-under-way')
  ledger.change((change) => {
    for (const one of gone) {
      change.remove(one)
      change.audit('edit.withdrawn', entityOf(one.body), { id: one.id })
    }
  })
  return gone
}

function undecided(ledger: Ledger, id: string): OutboxItem {
  const item = ledger.find(id)
  if (item?.state !== 'failed') throw new ProblemError('not-found', { what: 'This undecided edit' })
  return item
}

function takeBack(change: Change, answer: OutboxItem): void {
  const entity = entityOf(answer.body)
  if (unsent(answer)) {
    change.remove(answer)
    change.audit('edit.withdrawn', entity, { id: answer.id })
    return
  }
  if (answer.state === 'failed') return change.put(answer, { state: 'decided', answers: null })
  if (answer.state === 'decided') return change.put(answer, { answers: null })
  const inverse = inverseOf(answer.body)
  if (!inverse) return
  const back = change.add(inverse)
  change.put(answer, { answers: null })
  const fields = isUpdate(inverse) ? [...flatten(inverse.patch).keys()] : []
  change.audit(inverse.kind, entity, { id: back.id, fields })
}

/** The write that sets back what another did; null where none can. */
function inverseOf(body: MutationBody): MutationBody | null {
  if (isUpdate(body)) return withFields(body, flatten(body.patch), body.base)
  switch (body.kind) {
    case 'ticket.tag':
    case 'ticket.watch':
      return { ...body, add: body.remove, remove: body.add }
    case 'ticket.link':
      return { ...body, kind: 'ticket.unlink' }
    case 'ticket.unlink':
      return { ...body, kind: 'ticket.link' }
    case 'ticket.merge':
      return { kind: 'ticket.unmerge', ticketId: body.ticketId }
    default:
      return null
  }
}

/** @returns null where mending left nothing to send */
function mended(body: MutationBody, { text, patch }: Mending, seen: (field: string) => unknown): MutationBody | null {
  const values = patch && fitting(body, patch)
  if (isUpdate(body)) return values ? mendedUpdate(body, values, seen) : body
  switch (body.kind) {
    case 'entry.create':
      // Another text is another entry: the cloud may have the first under its id.
      return text === undefined || text === body.body ? body : mendedEntry(body, text)
    case 'ticket.create':
    case 'ticket.split':
      return { ...body, ticket: mendedTicket(body.ticket, text, values) }
    case 'contact.create':
      return { ...body, contact: { ...body.contact, ...values } }
    case 'view.create':
      return { ...body, view: { ...body.view, ...values } }
    default:
      return body
  }
}

function mendedUpdate(body: Update, values: Fields, seen: (field: string) => unknown): Update | null {
  const fields = new Map([...flatten(body.patch), ...flatten(values)])
  const base = flatten(body.base)
  for (const [field, value] of fields) {
    if (!base.has(field)) base.set(field, seen(field) ?? null)
    if (isDeepStrictEqual(value, base.get(field))) fields.delete(field)
  }
  if (fields.size === 0) return null
  return withFields(
    body,
    [...base].filter(([field]) => fields.has(field)),
    unflatten(fields),
  )
}

function mendedEntry({ mentions = [], ...body }: BodyOf<'entry.create'>, text: string): MutationBody {
  const still = mentionsIn(text, mentions)
  return { ...body, body: text, entryId: randomUUID(), ...(still.length > 0 && { mentions: still }) }
}

function mendedTicket(ticket: NewTicket, text: string | undefined, patch: TicketPatch = {}): NewTicket {
  const { customFields, ...fields } = patch
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  const description = text ?? ticket.description
  return { ...ticket, ...given, description, customFields: { ...ticket.customFields, ...customFields } }
}

const patches = { ticket: TicketPatch, contact: ContactPatch, view: ViewPatch } as const

/** @throws ProblemError `invalid-input` for fields that what the write is about does not have, or that do not fit */
function fitting(body: MutationBody, patch: Fields): Fields {
  const checked = patches[subjectOf(body).kind].safeParse(patch)
  if (!checked.success) throw new ProblemError('invalid-input', { reason: 'That value does not fit its field.' })
  return checked.data
}
