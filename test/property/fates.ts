import { expect } from 'vitest'
import { hashOf } from '../../src-cloud/mutations/content.ts'
import type { Sql } from '../../src-cloud/database/connect.ts'
import { flatten, isUpdate } from '../../src-main/compartment/ledger/coalesce.ts'
import {
  MutationBatch,
  MutationReply,
  MutationResult,
  subjectsOf,
  type MutationBody,
} from '../../src-shared/protocol/mutation.ts'
import type { serverTickets } from '../faults/equal.ts'
import type { Arrived } from '../faults/proxy.ts'

type State = Awaited<ReturnType<typeof serverTickets>>

export interface Told {
  /** What went over the wire. */
  arrived: readonly Arrived[]
  owner: Sql
  tenant: string
  before: State
  viewsBefore: readonly { id: string }[]
  after: State
  /** People and views as they ended. */
  others: readonly { id: string }[]
  /** Tickets that were deleted in the cloud, each with the version of that. */
  deleted: ReadonlyMap<string, number>
}

/** An edit that the cloud did not take, or not all of it. */
export interface Refused {
  body: MutationBody
  outcome: MutationResult
}

interface Written {
  version: number
  base: unknown
  mine: unknown
}

/**
 * From what went over the wire and what the cloud stored of it: on each field, what was written follows what was written
 * before it, so nobody wrote over a value that they had not seen; a field that was not written is in exactly one conflict
 * record, or had that value already; and nothing was written on a ticket or view after it was deleted.
 * @returns what waits, or waited, for a person
 */
export async function everyEditHasOneFate(told: Told): Promise<Refused[]> {
  const { sent, answered } = readWire(told.arrived)
  const outcomes = await readOutcomes(told, [...sent.keys()])
  for (const [key, result] of answered) expect([key, result]).toEqual([key, outcomes.get(key)])
  const settled = new Set([...outcomes.keys()].map((key) => hashOf(sent.get(key))))
  const refused: Refused[] = []
  const deleted = new Map(told.deleted)
  for (const [key, body] of sent) {
    const outcome = outcomes.get(key)
    if (body.kind !== 'view.delete' || outcome?.outcome !== 'applied') continue
    deleted.set(body.viewId, Math.min(outcome.version, deleted.get(body.viewId) ?? Infinity))
  }
  const fields = new Map<string, Written[]>()
  const known = [...told.before.map(({ ticket }) => ticket), ...told.viewsBefore]
  const starts = new Map(known.map((one) => [one.id, flatten({ ...one })]))
  for (const [key, body] of sent) {
    const outcome = outcomes.get(key)
    // Sent under a client id that was given up, and again under the next.
    if (!outcome) expect([key, settled.has(hashOf(body))]).toEqual([key, true])
    if (!outcome) continue
    const about = subjectsOf(body)
    const [id] = about
    if (outcome.outcome === 'conflict' || outcome.outcome === 'rejected') refused.push({ body, outcome })
    const gones = about.flatMap((one) => deleted.get(one) ?? [])
    const gone = gones.length > 0 ? Math.min(...gones) : undefined
    if (outcome.outcome === 'rejected') {
      // Two merges that cross each other, or lead elsewhere meanwhile.
      if (body.kind === 'ticket.merge' && ['circular', 'merged-elsewhere'].includes(outcome.code)) continue
      expect(['ticket-deleted', 'not-found']).toContain(outcome.code)
      expect([body.kind, gone !== undefined]).toEqual([body.kind, true])
      continue
    }
    const version = 'version' in outcome ? outcome.version : 0
    // Taking off or away what is gone is done already.
    if (gone !== undefined && body.kind !== 'ticket.unlink' && body.kind !== 'view.delete')
      expect(version).toBeLessThan(gone)
    if (body.kind === 'ticket.create' || body.kind === 'ticket.split') starts.set(id, flatten(body.ticket))
    if (body.kind === 'contact.create') starts.set(id, flatten(body.contact))
    if (body.kind === 'view.create') starts.set(id, flatten(body.view))
    if (!isUpdate(body)) continue
    const conflicts = outcome.outcome === 'conflict' ? outcome.conflicts.map(({ field }) => field) : []
    expect(new Set(conflicts).size).toBe(conflicts.length)
    const base = flatten(body.base)
    for (const [field, mine] of flatten(body.patch)) {
      if (conflicts.includes(field)) continue
      const place = `${id} ${field}`
      fields.set(place, [...(fields.get(place) ?? []), { version, base: base.get(field) ?? null, mine }])
    }
  }
  for (const [place, writes] of fields) {
    const [id = '', field = ''] = place.split(' ')
    let now: unknown = starts.get(id)?.get(field) ?? null
    for (const { base, mine } of writes.sort((a, b) => a.version - b.version)) {
      if (JSON.stringify(mine) === JSON.stringify(now)) continue
      expect([place, base]).toEqual([place, now])
      now = mine
    }
    const ended = told.after.find(({ ticket }) => ticket.id === id)?.ticket ?? told.others.find((one) => one.id === id)
    if (!deleted.has(id)) expect([place, flatten({ ...ended }).get(field) ?? null]).toEqual([place, now])
  }
  return refused
}

/** What was sent and what was answered, by client id and sequence. */
function readWire(arrived: readonly Arrived[]): {
  sent: Map<string, MutationBody>
  answered: Map<string, MutationResult>
} {
  const sent = new Map<string, MutationBody>()
  const answered = new Map<string, MutationResult>()
  for (const { method, body, answer } of arrived) {
    if (method !== 'POST') continue
    const { clientId, mutations } = MutationBatch.parse(JSON.parse(body))
    for (const { sequence, body: one } of mutations) {
      const key = `${clientId} ${sequence}`
      // Sent again it is the same; a number never gets another meaning.
      if (sent.has(key)) expect(one).toEqual(sent.get(key))
      sent.set(key, one)
    }
    if (answer === null) continue
    for (const result of MutationReply.parse(JSON.parse(answer)).results) {
      const key = `${clientId} ${result.sequence}`
      if (result.outcome === 'retry') continue
      // Asked again, the cloud answers as it did.
      if (answered.has(key)) expect(result).toEqual(answered.get(key))
      answered.set(key, result)
    }
  }
  return { sent, answered }
}

/** What the cloud has stored, also where no answer came through. */
async function readOutcomes({ owner, tenant }: Told, keys: string[]): Promise<Map<string, MutationResult>> {
  if (keys.length === 0) return new Map()
  const clients = [...new Set(keys.map((key) => key.split(' ')[0] ?? ''))]
  const rows = await owner<{ key: string; result: unknown }[]>`
    select client_id || ' ' || sequence as key, result from bulkhead.mutation_outcome
    where tenant_id = ${tenant} and client_id in ${owner(clients)}`
  return new Map(rows.map(({ key, result }) => [key, MutationResult.parse(result)]))
}
