import { paths } from '../../../src-shared/protocol/api.ts'
import { MutationReply, schemaOf, type MutationBatch } from '../../../src-shared/protocol/mutation.ts'
import { ProblemError } from '../../../src-shared/problem.ts'
import type { Holdings } from '../holdings.ts'
import type { OutboxItem } from '../ledger/outbox.ts'
import type { Cloud } from './cloud.ts'

/** Writes sent in one request. */
const BATCH = 100
/** Milliseconds that a write waits whose turn did not come to an end; doubled each time up to the second. */
const FIRST_HOLD = 500
const LONGEST_HOLD = 60_000
/** Failures of the cloud over one write alone before it is set aside. */
const PATIENCE = 3
/** Writes in a row that were put off before the rest waits too: then it is not the writes. */
const PUT_OFF = 8
/** Answers that say that no request with this content will ever be taken. */
const REFUSED = [400, 413, 422]

interface Hold {
  until: number
  wait: number
  /** Times that the cloud failed over this write alone. */
  failures: number
  /** It took another one since the first of these failures. */
  othersWent: boolean
}

/**
 * Sends the outbox. Order is kept among writes that share a subject: what cannot go now holds those and no others. A
 * write that makes requests fail is found by sending ever fewer, and put where a person decides.
 */
export class Pusher {
  readonly #held: Holdings
  readonly #cloud: Cloud
  /** By id of the write. */
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

  /** Begins a round: each write may be put off once more. */
  begin(): void {
    this.#putOff = 0
  }

  /** Milliseconds until a write that was put off may go again, null where none waits. */
  get nextHold(): number | null {
    const untils = this.#held.ledger.inState('queued').flatMap(({ id }) => this.#holds.get(id)?.until ?? [])
    return untils.length === 0 ? null : Math.max(50, Math.min(...untils) - performance.now())
  }

  /**
   * Sends one batch of unanswered writes, oldest first.
   * @returns what was answered; `more` where the next batch can go right away
   * @throws ProblemError as {@link Cloud.request} does
   */
  async push(signal: AbortSignal): Promise<{ settled: OutboxItem[]; more: boolean }> {
    const { ledger } = this.#held
    const items = ledger.take(this.#limit, this.#waiting())
    const [first] = items
    if (!first) return { settled: [], more: false }
    const batch: MutationBatch = {
      clientId: ledger.clientId,
      mutations: items.map(({ sequence, at, body }) => ({ sequence: sequence ?? 0, schema: schemaOf(body), at, body })),
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
      if (item && result.outcome === 'retry') this.#hold(item)
    }
    if (settled.length > 0) {
      this.#limit = Math.min(BATCH, this.#limit * 2)
      this.#putOff = 0
      for (const { id } of settled) this.#holds.delete(id)
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
    const hold = this.#hold(item)
    hold.failures += 1
    this.#limit = 1
    // A cloud that fails over everything is not the fault of one write.
    const proven = hold.failures >= PATIENCE && hold.othersWent
    if (!REFUSED.includes(status) && !proven) {
      if (this.#more()) return { settled: [], more: true }
      throw new ProblemError('cloud-failed', { status })
    }
    this.#holds.delete(item.id)
    const message = `The cloud could not take this edit (HTTP ${status}).`
    return { settled: this.#held.ledger.setAside(item, 'request-refused', message), more: this.#more() }
  }

  #hold({ id }: OutboxItem): Hold {
    const before = this.#holds.get(id)
    const wait = Math.min(before ? before.wait * 2 : FIRST_HOLD, LONGEST_HOLD)
    const until = performance.now() + wait * (0.5 + Math.random() / 2)
    const hold = { failures: 0, othersWent: false, ...before, wait, until }
    this.#holds.set(id, hold)
    this.#putOff += 1
    return hold
  }

  #waiting(): Set<string> {
    const now = performance.now()
    const waiting = new Set<string>()
    for (const [id, hold] of this.#holds) if (hold.until > now) waiting.add(id)
    return waiting
  }

  /** Whether another request is worth making now. */
  #more(): boolean {
    return this.#putOff < PUT_OFF && this.#held.ledger.free(this.#waiting()).length > 0
  }
}

function isSequenceProblem(body: unknown): boolean {
  const code = (body as { error?: { code?: unknown } } | null)?.error?.code
  return code === 'sequence-gap' || code === 'sequence-reused'
}
