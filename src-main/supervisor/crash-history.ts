import { setTimeout as sleep } from 'node:timers/promises'
import { problem, ProblemError, type Problem } from '../../src-shared/problem.ts'
import { problemOfFailure, type Failure, type FailureKind } from './failure.ts'

/** Failures within this time (ms, monotonic) count together; one that hangs needs half a minute to fail. */
const WINDOW = 600_000
/** After so many a compartment is stopped until a person opens it again. */
const LIMIT = 4
/** Failures of one compartment that are remembered. */
const REMEMBERED = 20

const WHAT: Record<FailureKind, string> = {
  crash: 'it crashed again and again',
  'out-of-memory': 'it used up its memory again and again',
  unresponsive: 'it did not answer again and again',
}

export interface RecordedFailure extends Failure {
  /** ISO instant, for display. */
  at: string
}

interface History {
  failures: (RecordedFailure & { monotonic: number })[]
  /** Failures of before do not count any more (monotonic ms). */
  forgiven: number
}

/**
 * How often each compartment failed of late, and how long its restart waits. It ends with the process: who starts the
 * console anew has perhaps updated it, and what still fails is stopped again soon.
 */
export class CrashHistory {
  readonly #histories = new Map<string, History>()

  /** @returns what to tell the person */
  record(tenantId: string, failure: Failure): Problem {
    const history = this.#histories.get(tenantId) ?? { failures: [], forgiven: 0 }
    history.failures.push({ ...failure, at: new Date().toISOString(), monotonic: performance.now() })
    history.failures.splice(0, history.failures.length - REMEMBERED)
    this.#histories.set(tenantId, history)
    return this.#isStopped(tenantId) ? stoppedBy(failure) : problemOfFailure(failure)
  }

  /** A person opens it again: it gets as many tries as at first. */
  forgive(tenantId: string): void {
    const history = this.#histories.get(tenantId)
    if (history) history.forgiven = performance.now()
  }

  /** Oldest first; those that were forgiven too. */
  of(tenantId: string): RecordedFailure[] {
    const failures = this.#histories.get(tenantId)?.failures ?? []
    return failures.map(({ at, kind, code, stack }) => ({ at, kind, code, stack }))
  }

  /**
   * Waits as long as a restart should: not at all after the first failure, then longer each time.
   * @throws ProblemError `compartment-stopped` after too many
   */
  async wait(tenantId: string): Promise<void> {
    const recent = this.#recent(tenantId)
    const last = recent.at(-1)
    if (last && recent.length >= LIMIT) throw new ProblemError('compartment-stopped', { what: WHAT[last.kind] })
    if (recent.length > 1) await sleep(250 * 4 ** (recent.length - 2))
  }

  #isStopped(tenantId: string): boolean {
    return this.#recent(tenantId).length >= LIMIT
  }

  #recent(tenantId: string): Failure[] {
    const { failures = [], forgiven = 0 } = this.#histories.get(tenantId) ?? {}
    const since = Math.max(forgiven, performance.now() - WINDOW)
    return failures.filter(({ monotonic }) => monotonic > since)
  }
}

function stoppedBy({ kind }: Failure): Problem {
  return problem('compartment-stopped', { what: WHAT[kind] })
}
