import { problem, type ProblemCode } from '../../src-shared/problem.ts'
import type { MutationResult } from '../../src-shared/protocol/mutation.ts'
import type { EntityRow } from './desk.ts'

type WithoutSequence<R> = R extends MutationResult ? Omit<R, 'sequence'> : never

/**
 * What a mutation came to. Where it has a version, that is the last one of the rows that hold its effect: what the batch
 * takes for them at its end, or what they had where it writes none of them.
 */
export interface Outcome {
  result: WithoutSequence<MutationResult>
  rows: EntityRow[]
}

/** @param version what the rows had */
export function applied(rows: EntityRow[], version: number): Outcome {
  return { result: { outcome: 'applied', version }, rows }
}

/** An outcome that writes nothing and stays so. */
export function rejected(code: string, message: string): Outcome {
  return { result: { outcome: 'rejected', code, message }, rows: [] }
}

/** The same, with a problem of the one list. */
export function refused(code: ProblemCode, details?: Record<string, string | number>): Outcome {
  return rejected(code, problem(code, details).message)
}

export const MISSING = rejected('not-found', 'This ticket does not exist (any more).')
export const DELETED = rejected(
  'ticket-deleted',
  'This ticket was deleted in the cloud, so the edit has nothing to go to.',
)
export const OTHER_MISSING = rejected('not-found', 'The other ticket does not exist (any more).')
export const TOO_LARGE = refused('too-large', { what: 'The ticket with this edit', limit: '1 MiB' })
export const STRANGER = rejected('not-allowed', 'You do not work for this client (any more).')
export const READER = refused('read-only')
