import type { z } from 'zod'
import { Mutation, MUTATION_SCHEMA, type MutationBody } from '../../src-shared/protocol/mutation.ts'

/**
 * What turns a mutation of a schema into one of the next, by the older schema's number. A new schema adds an entry here
 * for the one before it, raises `MUTATION_SCHEMA`, and leaves the entry until no client sends the old one: an
 * outbox may be older than its console.
 */
export type Upgrades = Readonly<Record<number, (mutation: Record<string, unknown>) => Record<string, unknown>>>
const UPGRADES: Upgrades = {
  // Schema 2 added kinds and changed none.
  1: (mutation) => mutation,
  // Schema 3 added a field.
  2: (mutation) => mutation,
  // Schema 4 added one too.
  3: (mutation) => mutation,
  // Schema 5 added fields and a kind.
  4: (mutation) => mutation,
}

/** A mutation of any schema as it came, its envelope checked. */
export type GivenMutation = Record<string, unknown> & { sequence: number; schema: number }

export type ReadMutation =
  | { sequence: number; mutation: Mutation }
  /** It can never be applied; `reason` says why. */
  | { sequence: number; reason: string }
  /** It waits for a newer cloud. */
  | { sequence: number; newer: true }

/** Brings a mutation up to this cloud's schema and checks it. */
export function readMutation(given: GivenMutation, upgrades = UPGRADES): ReadMutation {
  const { sequence } = given
  if (given.schema > MUTATION_SCHEMA) return { sequence, newer: true }
  let mutation: Record<string, unknown> = given
  for (let schema = given.schema; schema < MUTATION_SCHEMA; schema++) {
    const upgrade = upgrades[schema]
    if (!upgrade)
      return { sequence, reason: 'This edit was written by a console that this cloud no longer understands.' }
    mutation = { ...upgrade(mutation), sequence, schema: schema + 1 }
  }
  const parsed = Mutation.safeParse(mutation)
  if (!parsed.success) return { sequence, reason: firstIssue(parsed.error) }
  return { sequence, mutation: { ...parsed.data, body: inLowerCase(parsed.data.body) } }
}

/** A mutation's own ids as they are compared and stored. */
function inLowerCase(body: MutationBody): MutationBody {
  const lower = Object.entries(body).map(([key, value]: [string, unknown]) => [
    key,
    typeof value === 'string' && key.endsWith('Id') ? value.toLowerCase() : value,
  ])
  const lowered = Object.fromEntries(lower) as MutationBody
  if (lowered.kind !== 'ticket.split') return lowered
  const entries = lowered.entries.map(({ from, id }) => ({ from: from.toLowerCase(), id: id.toLowerCase() }))
  return { ...lowered, entries }
}

function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues
  const where = issue?.path.map(String).join('.')
  return `${where || 'The edit'} has the wrong form: ${issue?.message ?? 'unreadable'}.`
}
