import { ProblemError } from '../../src-shared/problem.ts'
import { MutationResult } from '../../src-shared/protocol/mutation.ts'
import type { Transaction } from '../database/connect.ts'
import { applyMutation } from './apply.ts'
import { readDesk, type Desk, type EntityRow, type WritableKind } from './desk.ts'
import { READER, rejected, type Outcome } from './outcome.ts'
import type { ReadMutation } from './schema.ts'

/** A mutation with the hash of its content as it came. */
export type Settling = ReadMutation & { hash: string }

export interface Settled {
  results: MutationResult[]
  lastSequence: number
}

const REFUSED = rejected('invalid-input', 'The database does not take these values.')
const NEWER = 'The cloud does not know this kind of edit yet. It waits until the cloud is updated.'

/**
 * Applies mutations of consecutive sequences in a tenant's transaction, and stores what came of them with the client's
 * sequence. Reading comes first and locks the client's sequence and the tickets; the versions are taken in the last
 * statement, so that the order of versions is the order of commits.
 * @param technician who acts
 * @param refuse the database refused these values before: reject them, so that they block nothing behind them
 * @throws ProblemError `sequence-gap`, `sequence-reused`
 */
export async function settle(
  tx: Transaction,
  technician: string,
  clientId: string,
  chunk: Settling[],
  refuse: boolean,
): Promise<Settled> {
  const first = chunk[0]?.sequence ?? 1
  const bodies = chunk.flatMap((one) => ('mutation' in one ? [one.mutation.body] : []))
  // One flight; the lock comes first, so that the statements behind it see what the one who held it has committed.
  const [[client], stored, desk] = await Promise.all([
    tx<{ last: number }[]>`
      insert into client_sequence (tenant_id, client_id) values (bulkhead.current_tenant(), ${clientId})
      on conflict (tenant_id, client_id) do update set last_sequence = client_sequence.last_sequence
      returning last_sequence as last`.execute(),
    readStored(tx, clientId, first, first + chunk.length - 1),
    readDesk(tx, technician, bodies),
  ])
  const last = client?.last ?? 0
  if (first > last + 1) throw new ProblemError('sequence-gap', { expected: last + 1 })
  if (stored.length !== Math.min(chunk.length, last - first + 1)) throw new ProblemError('internal')
  // Of before hashes were kept: it counts as the same.
  if (stored.some(({ hash }, i) => hash !== undefined && hash !== chunk[i]?.hash))
    throw new ProblemError('sequence-reused')

  const results = stored.map(({ result }) => result)
  const outcomes: Decided[] = []
  let waiting: MutationResult | null = null
  for (const one of chunk.slice(results.length)) {
    if ('newer' in one) {
      waiting = { sequence: one.sequence, outcome: 'retry', message: NEWER }
      break
    }
    outcomes.push({ sequence: one.sequence, hash: one.hash, outcome: outcomeOf(desk, one, refuse) })
  }
  const settled = outcomes.length > 0 ? await storeBatch(tx, clientId, desk, outcomes) : []
  const lastSequence = outcomes.at(-1)?.sequence ?? last
  return { results: [...results, ...settled, ...(waiting ? [waiting] : [])], lastSequence }
}

/** What was decided of one mutation. */
export interface Decided {
  sequence: number
  hash: string
  outcome: Outcome
}

function outcomeOf(desk: Desk, one: Exclude<ReadMutation, { newer: true }>, refuse: boolean): Outcome {
  if (refuse) return REFUSED
  if (desk.readOnly) return READER
  return 'mutation' in one ? applyMutation(desk, one.mutation.body) : rejected('invalid-input', one.reason)
}

/** Stores everything that a batch wrote, in one statement and as the last of its transaction. */
export async function storeBatch(
  tx: Transaction,
  clientId: string,
  desk: Desk,
  outcomes: Decided[],
): Promise<MutationResult[]> {
  await giveNumbers(tx, desk)
  const positions = new Map<EntityRow, number>()
  /** Rows to write as JSON, by what they are. */
  const elements = new Map<WrittenAs, string[]>()
  for (const { row, kind, id, held } of desk.written) {
    const position = positions.size + 1
    positions.set(row, position)
    const { data, changed, deleted, version } = held
    const as: WrittenAs = `${version === 0 ? 'new' : 'old'} ${kind}`
    const some = elements.get(as) ?? []
    some.push(JSON.stringify({ id, position, data, changed, deleted }))
    elements.set(as, some)
  }
  const rows = outcomes.map(({ sequence, hash, outcome }): StoredResult => ({
    result: { ...outcome.result, sequence } as MutationResult,
    position: lastOf(outcome.rows.flatMap((row) => positions.get(row) ?? [])),
    hash,
  }))
  const changes = desk.changes.map(({ row, change }) =>
    JSON.stringify({ id: change.id, position: positions.get(row), data: change }),
  )
  const list = (as: WrittenAs) => {
    const some = elements.get(as)
    return some ? `[${some.join(',')}]` : null
  }
  const [written] = await tx<{ held: number }[]>`
    select bulkhead.write_batch(${clientId}, ${outcomes[0]?.sequence ?? 0}, ${outcomes.at(-1)?.sequence ?? 0},
      ${JSON.stringify(rows)}::text::json, ${positions.size},
      ${list('new contact')}::text::json, ${list('old contact')}::text::json,
      ${list('new ticket')}::text::json, ${list('old ticket')}::text::json,
      ${list('new entry')}::text::json, ${list('new attachment')}::text::json,
      ${list('new view')}::text::json, ${list('old view')}::text::json,
      ${changes.length > 0 ? `[${changes.join(',')}]` : null}::text::json) as held`
  return rows.map((one) => versioned(one, written?.held ?? 0))
}

type WrittenAs = `${'new' | 'old'} ${WritableKind}`

function lastOf(positions: number[]): number | null {
  return positions.length === 0 ? null : Math.max(...positions)
}

/** A result as a batch stores it: its version, where it wrote something, is so many after the one before the batch. */
interface StoredResult {
  result: MutationResult
  position: number | null
  /** Of the mutation's content. */
  hash?: string
}

function versioned({ result, position }: StoredResult, held: number): MutationResult {
  return position === null ? result : ({ ...result, version: held + position } as MutationResult)
}

interface Known {
  result: MutationResult
  hash: string | undefined
}

/**
 * What came of a client's mutations from `first` to `last`, of those that were applied before. Parsed, for what older
 * clouds did not store.
 */
async function readStored(tx: Transaction, clientId: string, first: number, last: number): Promise<Known[]> {
  const batches = await tx<{ held: number; results: StoredResult[] }[]>`
    select held, results from mutation_result
    where tenant_id = bulkhead.current_tenant() and client_id = ${clientId}
      and last_sequence >= ${first} and first_sequence <= ${last} order by last_sequence`
  return batches
    .flatMap(({ held, results }) =>
      results.map((one) => ({ result: MutationResult.parse(versioned(one, held)), hash: one.hash })),
    )
    .filter(({ result: { sequence } }) => sequence >= first && sequence <= last)
}

/** Numbers the tickets that the batch creates, in its order. */
async function giveNumbers(tx: Transaction, desk: Desk): Promise<void> {
  const created = desk.createdTickets
  if (created.length === 0) return
  const [numbered] = await tx<{ last: number }[]>`
    insert into ticket_number (tenant_id, last_number) values (bulkhead.current_tenant(), ${created.length})
    on conflict (tenant_id) do update set last_number = ticket_number.last_number + ${created.length}
    returning last_number as last`
  const last = numbered?.last ?? 0
  for (const [i, ticket] of created.entries()) ticket.number = last - created.length + i + 1
}
