import { taskField } from '../../../src-shared/domain/task-list.ts'
import type { InboxItem, OutboxEntry, UndecidedField } from '../../../src-shared/domain/views.ts'
import type { MutationBody } from '../../../src-shared/protocol/mutation.ts'
import type { Cache } from '../cache/cache.ts'
import { serverTicket } from '../cache/overlay.ts'
import { flatten, isUpdate, type Fields } from '../ledger/coalesce.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { OutboxItem } from '../ledger/outbox.ts'
import { subjectOf } from '../ledger/subjects.ts'
import { peopleOf } from './people.ts'
import { aboutOf, ticketOf } from './references.ts'

/** Unsent edits that are listed at most. */
const MAX_OUTBOX = 200

/** Edits that wait for a person, newest first. */
export function readInbox(cache: Cache, ledger: Ledger): InboxItem[] {
  return ledger
    .inState('failed')
    .sort((x, y) => y.place - x.place)
    .map((item) => inboxItem(cache, ledger, item))
}

/** Edits that the cloud has not answered, oldest first. */
export function readOutbox(cache: Cache, ledger: Ledger): OutboxEntry[] {
  return ledger.inState('queued', MAX_OUTBOX).map(({ id, at, body, attempts }) => ({
    id,
    ticket: ticketOf(cache, ledger, body),
    kind: body.kind,
    about: aboutOf(cache, ledger, body),
    fields: changedFields(body),
    at,
    attempts,
  }))
}

/** The value that the cloud has of a field of what a write is about, as far as is known here. */
export function serverValue(cache: Cache, body: MutationBody, field: string): unknown {
  return serverFields(cache, body).get(field) ?? null
}

/** Names of the fields that a write changes; a custom field is `customFields.<key>`. */
export function changedFields(body: MutationBody): string[] {
  if (isUpdate(body)) return [...flatten(body.patch).keys()]
  switch (body.kind) {
    case 'ticket.tag':
      return ['tags']
    case 'ticket.watch':
      return ['watchers']
    case 'ticket.merge':
    case 'ticket.unmerge':
      return ['mergedInto']
    case 'ticket.link':
    case 'ticket.unlink':
      return ['links']
    default:
      return [...flatten(givenFields(body)).keys()]
  }
}

/** What a write gives to something new. */
function givenFields(body: MutationBody): Fields {
  switch (body.kind) {
    case 'ticket.create':
    case 'ticket.split':
      return body.ticket
    case 'contact.create':
      return body.contact
    case 'view.create':
      return body.view
    default:
      return {}
  }
}

function inboxItem(cache: Cache, ledger: Ledger, item: OutboxItem): InboxItem {
  const { id, at, body, outcome } = item
  const fields = undecidedFields(cache, item)
  const people = peopleOf(
    cache,
    fields.flatMap(({ field, base, mine, theirs }) => [base, mine, theirs].map((value) => [field, value] as const)),
  )
  return {
    id,
    kind: outcome?.outcome === 'conflict' ? 'conflict' : 'rejected',
    ticket: ticketOf(cache, ledger, body),
    mutation: body.kind,
    about: aboutOf(cache, ledger, body),
    at,
    fields,
    ...(Object.keys(people).length > 0 && { people }),
    text: body.kind === 'entry.create' ? body.body : null,
    reason: outcome?.outcome === 'rejected' ? outcome.message : null,
  }
}

function undecidedFields(cache: Cache, { body, outcome }: OutboxItem): UndecidedField[] {
  const named = nameTasks(cache, body)
  // What the cloud said then, not what it has now: a choice is about what the person sees.
  if (outcome?.outcome === 'conflict')
    return outcome.conflicts.map(({ field, base, mine, theirs, by, at }) => ({
      field,
      ...named(field),
      base: base ?? null,
      mine: mine ?? null,
      theirs: theirs ?? null,
      by,
      at,
    }))
  if (!isUpdate(body)) {
    const { description: _, ...fields } = givenFields(body)
    return [...flatten(fields)].map(([field, mine]) => unanswered(field, null, mine, null))
  }
  const base = flatten(body.base)
  const theirs = serverFields(cache, body)
  return [...flatten(body.patch)].map(([field, mine]) =>
    Object.assign(unanswered(field, base.get(field) ?? null, mine, theirs.get(field) ?? null), named(field)),
  )
}

/** What a field's task is called, of those whose value does not say it. */
function nameTasks(cache: Cache, body: MutationBody): (field: string) => Pick<UndecidedField, 'task'> {
  return (name) => {
    const of = taskField(name)
    if (!of || of.field === 'text') return {}
    const mine = body.kind === 'ticket.update' ? body.patch.tasks?.[of.id]?.text : undefined
    const task = mine ?? serverTicket(cache, subjectOf(body).id)?.tasks?.[of.id]?.text
    return task ? { task } : {}
  }
}

function serverFields(cache: Cache, body: MutationBody): Map<string, unknown> {
  const { kind, id } = subjectOf(body)
  if (kind === 'contact') return flatten({ ...cache.contacts.server(id) })
  return flatten({ ...(kind === 'view' ? cache.views.get(id) : serverTicket(cache, id)) })
}

function unanswered(field: string, base: unknown, mine: unknown, theirs: unknown): UndecidedField {
  return { field, base, mine: mine ?? null, theirs, by: null, at: null }
}
