import { z } from 'zod'
import { Id } from '../../src-shared/domain/primitives.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import { Mutation, type MutationReply, type MutationResult } from '../../src-shared/protocol/mutation.ts'
import { asTenant } from '../database/as.ts'
import type { Sql, Transaction } from '../database/connect.ts'
import type { TenantIdentity } from '../tokens.ts'
import { applyMutation, type Outcome } from './apply.ts'

/** The envelope alone: one mutation that cannot be read is rejected by itself and blocks none behind it. */
const Envelope = z.object({
  clientId: Id,
  mutations: z
    .array(z.looseObject({ sequence: z.number().int().positive(), schema: z.number().int() }))
    .min(1)
    .max(500),
})

/** serialization_failure, deadlock_detected, lock_not_available */
const PASSING = new Set(['40001', '40P01', '55P03'])
const ATTEMPTS = 4
const REFUSED: Outcome = {
  outcome: 'rejected',
  code: 'invalid-input',
  message: 'The database does not take these values.',
}

/**
 * Applies a batch in order, each mutation in a transaction of its own. One that was applied before is answered as then.
 * @param body as it came
 * @throws ProblemError `invalid-input`, `sequence-gap`
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
  const results: MutationResult[] = []
  let lastSequence = 0
  for (const mutation of mutations) {
    const one = await pushOne(api, identity, clientId, mutation)
    results.push(one.result)
    lastSequence = one.lastSequence
    if (one.result.outcome === 'retry') break
  }
  return { results, lastSequence }
}

interface Pushed {
  result: MutationResult
  lastSequence: number
}
type Given = z.infer<typeof Envelope>['mutations'][number]

async function pushOne(api: Sql, identity: TenantIdentity, clientId: string, given: Given): Promise<Pushed> {
  let refuse = false
  for (let attempt = 1; ; attempt++) {
    try {
      return await asTenant(api, identity.tenant, (tx) => settle(tx, identity.technician, clientId, given, refuse))
    } catch (error) {
      const code = (error as { code?: string }).code ?? ''
      if (attempt < ATTEMPTS && isRefusal(code) && !refuse) refuse = true
      else if (!PASSING.has(code)) throw error
      else if (attempt >= ATTEMPTS) {
        const message = 'The cloud was busy with this client. The edit is sent again.'
        return { result: { sequence: given.sequence, outcome: 'retry', message }, lastSequence: given.sequence - 1 }
      }
    }
  }
}

/** data_exception or integrity_constraint_violation: the database will never take these values. */
function isRefusal(code: string): boolean {
  return /^2[23]...$/.test(code)
}

/** @param refuse the database refused these values before: reject them, so that they block nothing behind them */
async function settle(
  tx: Transaction,
  technician: string,
  clientId: string,
  given: Given,
  refuse: boolean,
): Promise<Pushed> {
  const { sequence } = given
  await tx`insert into client_sequence (tenant_id, client_id) values (bulkhead.current_tenant(), ${clientId}) on conflict do nothing`
  const [client] = await tx<{ last: number }[]>`
    select last_sequence as last from client_sequence where client_id = ${clientId} for update`
  const last = client?.last ?? 0
  if (sequence <= last) {
    const [stored] = await tx<{ result: MutationResult }[]>`
      select result from mutation_result where client_id = ${clientId} and sequence = ${sequence}`
    if (!stored) throw new ProblemError('internal')
    return { result: stored.result, lastSequence: last }
  }
  if (sequence > last + 1) throw new ProblemError('sequence-gap', { expected: last + 1 })
  if (given.schema > 1) {
    const message = 'The cloud does not know this kind of edit yet. It waits until the cloud is updated.'
    return { result: { sequence, outcome: 'retry', message }, lastSequence: last }
  }
  const outcome = refuse ? REFUSED : await outcomeOf(tx, technician, given)
  await tx`update client_sequence set last_sequence = ${sequence} where client_id = ${clientId}`
  const result: MutationResult = { ...outcome, sequence }
  return { result: await publish(tx, clientId, result), lastSequence: sequence }
}

async function outcomeOf(tx: Transaction, technician: string, given: Given): Promise<Outcome> {
  const mutation = Mutation.safeParse(given)
  if (mutation.success) return applyMutation(tx, technician, mutation.data.body)
  return { outcome: 'rejected', code: 'invalid-input', message: firstIssue(mutation.error) }
}

/**
 * Stores what came of a mutation and publishes what it wrote, in one statement and as the last of its transaction.
 * Version 0 stands for the one that is taken here.
 */
async function publish(tx: Transaction, clientId: string, result: MutationResult): Promise<MutationResult> {
  const text = JSON.stringify(result)
  const [row] =
    'version' in result && result.version === 0
      ? await tx<{ result: MutationResult }[]>`
          insert into mutation_result (tenant_id, client_id, sequence, result)
          select bulkhead.current_tenant(), ${clientId}, ${result.sequence},
                 jsonb_set(${text}::text::jsonb, '{version}', to_jsonb(published))
          from bulkhead.publish() published returning result`
      : await tx<{ result: MutationResult }[]>`
          insert into mutation_result (tenant_id, client_id, sequence, result)
          values (bulkhead.current_tenant(), ${clientId}, ${result.sequence}, ${text}::text::jsonb) returning result`
  if (!row) throw new ProblemError('internal')
  return row.result
}

function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues
  const where = issue?.path.map(String).join('.')
  return `${where || 'The edit'} has the wrong form: ${issue?.message ?? 'unreadable'}.`
}
