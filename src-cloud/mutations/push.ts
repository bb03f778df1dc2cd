import { z } from 'zod'
import { Id } from '../../src-shared/domain/primitives.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import type { MutationReply, MutationResult } from '../../src-shared/protocol/mutation.ts'
import { asTenant } from '../database/as.ts'
import type { Sql } from '../database/connect.ts'
import { ATTEMPTS, isPassing } from '../database/passing.ts'
import type { TenantIdentity } from '../tokens.ts'
import { hashOf } from './content.ts'
import { readMutation } from './schema.ts'
import { settle, type Settled, type Settling } from './settle.ts'

/** The envelope alone: one mutation that cannot be read is rejected by itself and blocks none behind it. */
const Envelope = z.object({
  clientId: Id,
  mutations: z
    .array(z.looseObject({ sequence: z.number().int().positive(), schema: z.number().int() }))
    .min(1)
    .max(500),
})

/** Mutations of one transaction at most: it holds the tenant's counter while it writes. */
const TOGETHER = 100
const BUSY = 'The cloud was busy with this client. The edit is sent again.'

/**
 * Applies a batch in order. Up to a hundred mutations share one transaction, which commits all of them with their
 * outcomes or none; where the database refuses a value, each of them gets a transaction of its own, so that the bad one
 * is rejected alone. One that was applied before is answered as then, where it is the same.
 * @param body as it came
 * @throws ProblemError `invalid-input`, `sequence-gap`, `sequence-reused`
 */
export async function pushMutations(api: Sql, identity: TenantIdentity, body: unknown): Promise<MutationReply> {
  const parsed = Envelope.safeParse(body)
  if (!parsed.success)
    throw new ProblemError('invalid-input', {
      reason: `The batch has the wrong form: ${z.prettifyError(parsed.error)}`,
    })
  const { clientId, mutations } = parsed.data
  for (const [i, { sequence }] of mutations.entries()) {
    const expected = (mutations[0]?.sequence ?? 0) + i
    if (sequence !== expected) throw new ProblemError('sequence-gap', { expected })
  }
  const pusher = new Pusher(api, identity, clientId)
  const read = mutations.map((mutation) => ({ ...readMutation(mutation), hash: hashOf(mutation['body']) }))
  for (let from = 0; from < read.length && !pusher.stopped; from += TOGETHER)
    await pusher.push(read.slice(from, from + TOGETHER))
  return { results: pusher.results, lastSequence: pusher.lastSequence }
}

class Pusher {
  readonly results: MutationResult[] = []
  lastSequence = 0
  readonly #api: Sql
  readonly #identity: TenantIdentity
  readonly #clientId: string

  constructor(api: Sql, identity: TenantIdentity, clientId: string) {
    this.#api = api
    this.#identity = identity
    this.#clientId = clientId
  }

  /** A mutation has to be sent again, and so has all behind it. */
  get stopped(): boolean {
    return this.results.at(-1)?.outcome === 'retry'
  }

  async push(chunk: Settling[]): Promise<void> {
    let refuse = false
    for (let attempt = 1; ; attempt++) {
      try {
        const { tenant, technician } = this.#identity
        return this.#take(
          await asTenant(this.#api, tenant, (tx) => settle(tx, technician, this.#clientId, chunk, refuse)),
        )
      } catch (error) {
        const code = (error as { code?: string }).code ?? ''
        if (isPassing(error) && attempt < ATTEMPTS) continue
        if (isRefusal(code) && chunk.length > 1) return this.#pushEach(chunk)
        if (isRefusal(code) && !refuse) refuse = true
        else if (isPassing(error)) return this.#busy(chunk)
        else throw error
      }
    }
  }

  async #pushEach(chunk: Settling[]): Promise<void> {
    for (const one of chunk) {
      await this.push([one])
      if (this.stopped) return
    }
  }

  #take({ results, lastSequence }: Settled): void {
    this.results.push(...results)
    this.lastSequence = lastSequence
  }

  #busy([first]: Settling[]): void {
    const sequence = first?.sequence ?? 1
    this.#take({ results: [{ sequence, outcome: 'retry', message: BUSY }], lastSequence: sequence - 1 })
  }
}

/** data_exception or integrity_constraint_violation: the database will never take these values. */
function isRefusal(code: string): boolean {
  return /^2[23]...$/.test(code)
}
