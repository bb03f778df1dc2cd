import { paths } from '../../../src-shared/protocol/api.ts'
import { MutationReply, type MutationBatch } from '../../../src-shared/protocol/mutation.ts'
import { ProblemError } from '../../../src-shared/problem.ts'
import type { Holdings } from '../holdings.ts'
import type { OutboxItem } from '../ledger/outbox.ts'
import type { Cloud } from './cloud.ts'

/** Writes sent in one request. */
const BATCH = 100
/** Milliseconds that the writes of a ticket wait whose turn did not come to an end; doubled each time up to the second. */
const FIRST_HOLD = 500
const LONGEST_HOLD = 60_000
/** Failures of the cloud over one write alone before it is set aside. */
const PATIENCE = 3
/** Tickets in a row that were put off before the rest waits too: then it is not the tickets. */
const PUT_OFF = 8
/** Answers that say that no request with this content will ever be taken. */
const REFUSED = [400, 413, 422]

interface Hold {
  until: number
  wait: number
  /** Times that the cloud failed over a write of this ticket alone, since it last took one of another. */
  failures: number
  /** It took one of another ticket since the first of these failures. */
  othersWent: boolean
}

/**
 * Sends the outbox. Order is kept per ticket: what cannot go now holds its own ticket and no other. A write that makes
 * requests fail is found by sending ever fewer, and put where a person decides.
 */
export class Pusher {
  readonly #held: Holdings
  readonly #cloud: Cloud
  readonly #holds = new Map<string, Hold>()
  #limit = BATCH
  #putOff = 0

  constructor(held: Holdings, cloud: Cloud) {
    this.#held = held
    this.#cloud = cloud
  }

  /** Has nothing wait any more. */
  release(): void {
    for (const hold of this.#holds.values()) hold.until = 0
    this.#putOff = 0
  }

  /** Begins a round: each ticket may be put off once more. */
  begin(): void {
    this.#putOff = 0
  }

  /** Milliseconds until a ticket that was put off may go again, null where none waits. */
  get nextHold(): number | null {
    const untils = this.#held.ledger
      .inState('queued')
      .flatMap(({ body }) => this.#holds.get(body.ticketId)?.until ?? [])
    return untils.length === 0 ? null : Math.max(50, Math.min(...untils) - performance.now())
  }

  /**
   * Sends one batch of unanswered writes, oldest first.
   * @returns what was answered; `more` where the next batch can go right away
   * @throws ProblemError as {@link Cloud.request} does
   */
  async push(signal: AbortSignal): Promise<{ settled: OutboxItem[]; more: boolean }> {
    const { ledger } = this.#held
    const items = ledger.take(this.#limit, this.#heldTickets())
    const [first] = items
    if (!first) return { settled: [], more: false }
    const batch: MutationBatch = {
      clientId: ledger.clientId,
      mutations: items.map(({ sequence, at, body }) => ({ sequence: sequence ?? 0, schema: 1, at, body })),
    }
    const init = { method: 'POST', body: JSON.stringify(batch), headers: { 'content-type': 'application/json' } }
    const trace = { arrived: false }
    const answer = await this.#cloud
      .request(paths.mutations, init, signal, [...REFUSED, 409, 500], trace)
      .catch((error: unknown) => {
        if (!trace.arrived) ledger.notSent(items)
        throw error
      })
    try {
      const { status } = answer
      const body: unknown = await answer.response.json().catch(() => null)
      if (status === 409) {
        if (!isSequenceProblem(body)) throw new ProblemError('cloud-failed', { status })
        // The cloud knows fewer of our writes than it once took, or others: under a new client id they all count.
        ledger.renumber()
        return { settled: [], more: false }
      }
      if (status >= 400) return this.#failed(items, status)
      const reply = MutationReply.safeParse(body)
      if (!reply.success) throw new ProblemError('cloud-failed', { status })
      return this.#answered(items, reply.data)
    } finally {
      answer.end()
    }
  }

  #answered(items: OutboxItem[], { results, lastSequence }: MutationReply): { settled: OutboxItem[]; more: boolean } {
    const { ledger } = this.#held
    if (lastSequence >= ledger.nextSequence) {
      // These sequences were another's: what was answered is not what was sent.
      ledger.renumber()
      return { settled: [], more: true }
    }
    const settled = ledger.settle(results)
    for (const result of results) {
      const item = items.find(({ sequence }) => sequence === result.sequence)
      if (item && result.outcome === 'retry') this.#hold(item.body.ticketId)
    }
    if (settled.length > 0) {
      this.#limit = Math.min(BATCH, this.#limit * 2)
      this.#putOff = 0
      for (const { body } of settled) this.#holds.delete(body.ticketId)
      for (const hold of this.#holds.values()) if (hold.failures > 0) hold.othersWent = true
    }
    return { settled, more: this.#more() }
  }

  #failed(items: OutboxItem[], status: number): { settled: OutboxItem[]; more: boolean } {
    if (items.length > 1) {
      this.#limit = Math.ceil(items.length / 2)
      return { settled: [], more: true }
    }
    const [item] = items
    if (!item) return { settled: [], more: false }
    const { ticketId } = item.body
    const hold = this.#hold(ticketId)
    hold.failures += 1
    this.#limit = 1
    // A cloud that fails over everything is not the fault of one write.
    const proven = hold.failures >= PATIENCE && hold.othersWent
    if (!REFUSED.includes(status) && !proven) {
      if (this.#more()) return { settled: [], more: true }
      throw new ProblemError('cloud-failed', { status })
    }
    this.#holds.delete(ticketId)
    const message = `The cloud could not take this edit (HTTP ${status}).`
    return { settled: this.#held.ledger.setAside(item, 'request-refused', message), more: this.#more() }
  }

  #hold(ticketId: string): Hold {
    const before = this.#holds.get(ticketId)
    const wait = Math.min(before ? before.wait * 2 : FIRST_HOLD, LONGEST_HOLD)
    const until = performance.now() + wait * (0.5 + Math.random() / 2)
    const hold = { failures: 0, othersWent: false, ...before, wait, until }
    this.#holds.set(ticketId, hold)
    this.#putOff += 1
    return hold
  }

  #heldTickets(): Set<string> {
    const now = performance.now()
    const held = new Set<string>()
    for (const [ticketId, hold] of this.#holds) if (hold.until > now) held.add(ticketId)
    return held
  }

  /** Whether another request is worth making now. */
  #more(): boolean {
    if (this.#putOff >= PUT_OFF) return false
    const held = this.#heldTickets()
    return this.#held.ledger.inState('queued').some(({ body }) => !held.has(body.ticketId))
  }
}

function isSequenceProblem(body: unknown): boolean {
  const code = (body as { error?: { code?: unknown } } | null)?.error?.code
  return code === 'sequence-gap' || code === 'sequence-reused'
}
