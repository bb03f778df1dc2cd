import { createHash } from 'node:crypto'
import { problem, type Problem } from '../../src-shared/problem.ts'

/** How a compartment can fail: by an exception nobody caught, by its heap limit, by not answering. */
export type FailureKind = 'crash' | 'out-of-memory' | 'unresponsive'

/** One failure, without a word of what the compartment held. */
export interface Failure {
  kind: FailureKind
  /** A code of Node or SQLite, null where there was none. */
  code: string | null
  /** The same for failures at the same place of the code; null where the place is not known. */
  stack: string | null
}

const CODE = /^(ERR|SQLITE|E)_?[A-Z0-9_]+$/

/** What may be kept of an exception: its text can hold data, its code and the places that it passed cannot. */
export function failureOf(error: unknown): Failure {
  const found = error instanceof Error ? error : new Error()
  const given = 'code' in found && typeof found.code === 'string' && CODE.test(found.code) ? found.code : null
  const frames = (error instanceof Error ? (found.stack ?? '') : '').match(/^ +at .*$/gm)
  return {
    kind: given === 'ERR_WORKER_OUT_OF_MEMORY' ? 'out-of-memory' : 'crash',
    code: given,
    stack: frames && createHash('sha256').update(frames.join('\n')).digest('hex').slice(0, 12),
  }
}

export const UNRESPONSIVE: Failure = { kind: 'unresponsive', code: null, stack: null }

/** It said something that no compartment says. */
export const NONSENSE: Failure = { kind: 'crash', code: 'ERR_NONSENSE', stack: null }

/** What a person is told while the compartment is started again. */
export function problemOfFailure({ kind }: Failure): Problem {
  if (kind === 'out-of-memory') return problem('compartment-out-of-memory')
  return problem(kind === 'unresponsive' ? 'compartment-unresponsive' : 'compartment-crashed')
}
