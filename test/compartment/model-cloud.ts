import { isDeepStrictEqual } from 'node:util'
import { inverseRelation, type LinkRelation, type Ticket } from '../../src-shared/domain/ticket.ts'
import { subjectsOf, type Mutation, type MutationResult } from '../../src-shared/protocol/mutation.ts'
import type { FeedChange } from '../../src-shared/protocol/feed.ts'
import { flatten, isUpdate, unflatten, type Update } from '../../src-main/compartment/ledger/coalesce.ts'
import { madeBy, subjectOf } from '../../src-main/compartment/ledger/subjects.ts'
import { ME } from './driver.ts'
import type { ScriptedCloud } from './scripted-cloud.ts'

type Data = Record<string, unknown>

/**
 * The reference model of a cloud: everything merged field by field, entries only added, every answer stored under
 * client and sequence. `answer` is what a mutation gets; what it changes is in the feed of the scripted cloud.
 */
export class ModelCloud {
  readonly #cloud: ScriptedCloud
  readonly #answers = new Map<string, { mutation: string; result: MutationResult }>()
  /** Sequences that came a second time with another content. */
  mistaken = 0
  applied: Mutation['body'][] = []
  /** The schema of each mutation, by its kind. */
  readonly schemas = new Map<string, number>()

  constructor(cloud: ScriptedCloud) {
    this.#cloud = cloud
    cloud.decide = (mutation, clientId) => this.answer(mutation, clientId)
  }

  ticket(id: string): Ticket | null {
    return this.get(id) as Ticket | null
  }

  /** Anything that the feed tells of. */
  get(id: string): Data | null {
    const found = this.#cloud.changes.find((change) => change.id === id)
    return found && 'data' in found ? found.data : null
  }

  has(entryId: string): boolean {
    return this.get(entryId) !== null
  }

  answer(mutation: Mutation, clientId: string): MutationResult {
    const key = `${clientId} ${mutation.sequence}`
    const text = JSON.stringify(mutation.body)
    const stored = this.#answers.get(key)
    if (stored && stored.mutation !== text) this.mistaken += 1
    if (stored) return stored.result
    this.applied.push(mutation.body)
    this.schemas.set(mutation.body.kind, mutation.schema)
    const result = this.#apply(mutation)
    this.#answers.set(key, { mutation: text, result })
    return result
  }

  #apply({ sequence, body, at }: Mutation): MutationResult {
    const applied = (): MutationResult => ({ sequence, outcome: 'applied', version: this.#cloud.head })
    const { kind, id } = subjectOf(body)
    const there = this.get(id)
    const missing = subjectsOf(body).find((one) => one !== madeBy(body) && !this.get(one))
    if (missing) return { sequence, outcome: 'rejected', code: 'not-found', message: 'Something does not exist.' }
    if (isUpdate(body) && there) return this.#update(kind, body, there, { sequence, at })
    const put = (data: Data): unknown => this.#cloud.add(kind, id, { ...there, ...data })
    switch (body.kind) {
      case 'ticket.create':
        if (!there) put({ ...body.ticket, ...this.#given(id, at) })
        break
      case 'ticket.split':
        if (there) break
        put({ ...body.ticket, ...this.#given(id, at), links: [{ ticketId: body.fromId, relation: 'split-from' }] })
        this.#link(body.fromId, id, 'split-into', true)
        for (const { from, id: copy } of body.entries)
          this.#cloud.add('entry', copy, { ...this.get(from), id: copy, ticketId: id, copiedFrom: from })
        break
      case 'ticket.tag': {
        const kept = (there as Ticket).tags.filter((tag) => !body.remove.includes(tag))
        put({ tags: [...new Set([...kept, ...body.add])] })
        break
      }
      case 'ticket.watch': {
        const kept = ((there as Ticket).watchers ?? []).filter((one) => !body.remove.includes(one))
        put({ watchers: [...new Set([...kept, ...body.add])] })
        break
      }
      case 'ticket.merge':
        put({ mergedInto: body.intoId })
        break
      case 'ticket.unmerge':
        put({ mergedInto: null })
        break
      case 'ticket.link':
      case 'ticket.unlink':
        this.#link(id, body.otherId, body.relation, body.kind === 'ticket.link')
        this.#link(body.otherId, id, inverseRelation[body.relation], body.kind === 'ticket.link')
        break
      case 'entry.create': {
        const { entryId, ticketId, entryKind, time, mentions } = body
        const entry = { id: entryId, ticketId, kind: entryKind, author: ROBIN, body: body.body, createdAt: at }
        if (!this.has(entryId))
          this.#cloud.add('entry', entryId, { ...entry, ...(time && { time }), ...(mentions && { mentions }) })
        break
      }
      case 'attachment.add': {
        const { attachmentId, ticketId, entryId } = body
        const named = { ...body.attachment, id: attachmentId, ticketId, entryId, available: false }
        this.#cloud.add('attachment', attachmentId, { ...named, author: ROBIN, createdAt: at })
        break
      }
      case 'contact.create':
        if (!there) put({ ...body.contact, id })
        break
      case 'view.create':
        if (!there) put({ ...body.view, id })
        break
      case 'view.delete':
        this.#cloud.add('view', id, null)
    }
    return applied()
  }

  #update(
    kind: FeedChange['kind'],
    body: Update,
    there: Data,
    { sequence, at }: { sequence: number; at: string },
  ): MutationResult {
    const now = flatten({ ...there })
    const base = flatten(body.base)
    const conflicts = []
    for (const [field, mine] of flatten(body.patch)) {
      const theirs = now.get(field) ?? null
      if (isDeepStrictEqual(mine, theirs)) continue
      if (isDeepStrictEqual(base.get(field) ?? null, theirs)) now.set(field, mine)
      else conflicts.push({ field, base: base.get(field) ?? null, mine, theirs, at, by: 'Noor' })
    }
    const after = unflatten(now)
    if (after.tasks) after.tasks = tasksIn(after.tasks as Record<string, Data>)
    const version = this.#cloud.add(kind, String(there.id), { ...there, ...after })
    return conflicts.length > 0
      ? { sequence, outcome: 'conflict', version, conflicts }
      : { sequence, outcome: 'applied', version }
  }

  /** What the cloud gives to a new ticket. */
  #given(id: string, at: string): Data {
    const number = Math.max(0, ...this.#cloud.changes.map((change) => numberIn(change))) + 1
    return { id, number, createdAt: at, updatedAt: at, dueAt: null }
  }

  #link(id: string, otherId: string, relation: LinkRelation, there: boolean): void {
    const ticket = this.ticket(id)
    if (!ticket) return
    const others = (ticket.links ?? []).filter((link) => link.ticketId !== otherId || link.relation !== relation)
    this.#cloud.add('ticket', id, { ...ticket, links: there ? [...others, { ticketId: otherId, relation }] : others })
  }
}

/** What has no text is no task. */
function tasksIn(tasks: Record<string, Data>): Record<string, Data> {
  return Object.fromEntries(Object.entries(tasks).filter(([, { text }]) => typeof text === 'string'))
}

const ROBIN = { kind: 'technician', id: ME, name: 'Robin Vale' }

function numberIn(change: FeedChange): number {
  return change.kind === 'ticket' && 'data' in change ? Number(change.data.number) : 0
}
