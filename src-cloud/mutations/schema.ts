import type { z } from 'zod'
import { Mutation } from '../../src-shared/protocol/mutation.ts'

/** The mutation schema that this cloud applies; older ones are brought up to it. */
export const MUTATION_SCHEMA = 1

/**
 * What turns a mutation of a schema into one of the next, by the older schema's number. A new schema adds an entry here
 * for the one before it, raises {@link MUTATION_SCHEMA}, and leaves the entry until no client sends the old one: an
 * outbox may be older than its console.
 */
export type Upgrades = Readonly<Record<number, (mutation: Record<string, unknown>) => Record<string, unknown>>>
const UPGRADES: Upgrades = {}

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
  return parsed.success ? { sequence, mutation: parsed.data } : { sequence, reason: firstIssue(parsed.error) }
}

function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues
  const where = issue?.path.map(String).join('.')
  return `${where || 'The edit'} has the wrong form: ${issue?.message ?? 'unreadable'}.`
}
