import { isDeepStrictEqual } from 'node:util'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import type { Mutation, MutationResult } from '../../src-shared/protocol/mutation.ts'
import { flatten, unflatten } from '../../src-main/compartment/ledger/coalesce.ts'
import { ME } from './driver.ts'
import type { ScriptedCloud } from './scripted-cloud.ts'

/**
 * The reference model of a cloud: tickets merged field by field, entries only added, every answer stored under client
 * and sequence. `answer` is what a mutation gets; what it changes is in the feed of the scripted cloud.
 */
export class ModelCloud {
  readonly #cloud: ScriptedCloud
  readonly #answers = new Map<string, { mutation: string; result: MutationResult }>()
  /** Sequences that came a second time with another content. */
  mistaken = 0
  applied: Mutation['body'][] = []

  constructor(cloud: ScriptedCloud) {
    this.#cloud = cloud
    cloud.decide = (mutation, clientId) => this.answer(mutation, clientId)
  }

  ticket(id: string): Ticket | null {
    const found = this.#cloud.changes.find((change) => change.id === id)
    return found && 'data' in found ? (found.data as Ticket) : null
  }

  has(entryId: string): boolean {
    return this.#cloud.changes.some((change) => change.id === entryId && 'data' in change)
  }

  answer(mutation: Mutation, clientId: string): MutationResult {
    const key = `${clientId} ${mutation.sequence}`
    const text = JSON.stringify(mutation.body)
    const stored = this.#answers.get(key)
    if (stored && stored.mutation !== text) this.mistaken += 1
    if (stored) return stored.result
    const result = this.#apply(mutation)
    this.#answers.set(key, { mutation: text, result })
    return result
  }

  #apply({ sequence, body, at }: Mutation): MutationResult {
    this.applied.push(body)
    const ticket = this.ticket(body.ticketId)
    if (body.kind === 'ticket.create') {
      if (ticket) return { sequence, outcome: 'applied', version: this.#cloud.head }
      const number = Math.max(0, ...this.#cloud.changes.map((change) => numberIn(change))) + 1
      const data = { ...body.ticket, id: body.ticketId, number, createdAt: at, updatedAt: at, dueAt: null }
      return { sequence, outcome: 'applied', version: this.#cloud.add('ticket', body.ticketId, data) }
    }
    if (!ticket) return { sequence, outcome: 'rejected', code: 'not-found', message: 'This ticket does not exist.' }
    if (body.kind === 'entry.create') {
      if (this.has(body.entryId)) return { sequence, outcome: 'applied', version: this.#cloud.head }
      const author = { kind: 'technician', id: ME, name: 'Robin Vale' }
      const { entryId: id, ticketId, entryKind: kind } = body
      const data = { id, ticketId, kind, author, body: body.body, createdAt: at }
      return { sequence, outcome: 'applied', version: this.#cloud.add('entry', id, data) }
    }
    const now = flatten({ ...ticket })
    const base = flatten(body.base)
    const conflicts = []
    for (const [field, mine] of flatten(body.patch)) {
      const theirs = now.get(field) ?? null
      if (isDeepStrictEqual(mine, theirs)) continue
      if (isDeepStrictEqual(base.get(field) ?? null, theirs)) now.set(field, mine)
      else conflicts.push({ field, base: base.get(field) ?? null, mine, theirs, at, by: 'Noor' })
    }
    const version = this.#cloud.add('ticket', ticket.id, { ...ticket, ...unflatten(now) })
    return conflicts.length > 0
      ? { sequence, outcome: 'conflict', version, conflicts }
      : { sequence, outcome: 'applied', version }
  }
}

function numberIn(change: ScriptedCloud['changes'][number]): number {
  return change.kind === 'ticket' && 'data' in change ? Number(change.data.number) : 0
}
