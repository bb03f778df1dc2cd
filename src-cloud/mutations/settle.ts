import { ProblemError } from '../../src-shared/problem.ts'
import { MutationResult } from '../../src-shared/protocol/mutation.ts'
import type { Transaction } from '../database/connect.ts'
import { applyMutation, rejected, type Outcome } from './apply.ts'
import { readDesk, type Desk } from './desk.ts'
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
    outcomes.push({ sequence: one.sequence, hash: one.hash, outcome: outcomeOf(desk, technician, one, refuse) })
  }
  const settled = outcomes.length > 0 ? await store(tx, clientId, desk, outcomes) : []
  const lastSequence = outcomes.at(-1)?.sequence ?? last
  return { results: [...results, ...settled, ...(waiting ? [waiting] : [])], lastSequence }
}

interface Decided {
  sequence: number
  hash: string
  outcome: Outcome
}

function outcomeOf(
  desk: Desk,
  technician: string,
  one: Exclude<ReadMutation, { newer: true }>,
  refuse: boolean,
): Outcome {
  if (refuse) return REFUSED
  return 'mutation' in one ? applyMutation(desk, technician, one.mutation.body) : rejected('invalid-input', one.reason)
}

/** Stores everything that a batch wrote, in one statement and as the last of its transaction. */
async function store(tx: Transaction, clientId: string, desk: Desk, outcomes: Decided[]): Promise<MutationResult[]> {
  await giveNumbers(tx, desk)
  const [created, updated, added]: string[][] = [[], [], []]
  const positions = new Map<string, number>()
  for (const id of desk.written) {
    const position = positions.size + 1
    positions.set(id, position)
    const held = desk.tickets.get(id)
    const entry = desk.entries.get(id)?.entry
    if (held) (held.version === 0 ? created : updated)?.push(row(id, position, held.ticket, held.changed))
    else if (entry) added?.push(row(id, position, entry))
  }
  const rows = outcomes.map(({ sequence, hash, outcome }): StoredResult => ({
    result: { ...outcome.result, sequence } as MutationResult,
    position: outcome.row === null ? null : (positions.get(outcome.row) ?? null),
    hash,
  }))
  const list = (parts: string[] | undefined) => `[${(parts ?? []).join(',')}]`
  const [written] = await tx<{ held: number }[]>`
    select bulkhead.write_batch(${clientId}, ${outcomes[0]?.sequence ?? 0}, ${outcomes.at(-1)?.sequence ?? 0},
      ${list(created)}::text::json, ${list(updated)}::text::json, ${list(added)}::text::json,
      ${JSON.stringify(rows)}::text::json) as held`
  return rows.map((one) => versioned(one, written?.held ?? 0))
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

function row(id: string, position: number, data: object, changed?: object): string {
  return JSON.stringify({ id, position, data, ...(changed ? { changed } : {}) })
}

/** Numbers the tickets that the batch creates, in its order. */
async function giveNumbers(tx: Transaction, desk: Desk): Promise<void> {
  const created = [...desk.tickets.values()].filter(({ version }) => version === 0)
  if (created.length === 0) return
  const [numbered] = await tx<{ last: number }[]>`
    insert into ticket_number (tenant_id, last_number) values (bulkhead.current_tenant(), ${created.length})
    on conflict (tenant_id) do update set last_number = ticket_number.last_number + ${created.length}
    returning last_number as last`
  const last = numbered?.last ?? 0
  for (const [i, held] of created.entries()) held.ticket.number = last - created.length + i + 1
}
