import { callTRPCProcedure, TRPCError, type AnyTRPCRouter } from '@trpc/server'
import type { CallType } from '../../src-shared/channel/frame.ts'
import { problem, problemOf, ProblemError, type Problem } from '../../src-shared/problem.ts'

/** Where the answer to a call goes. `payload` is JSON text. */
export type Answer = (op: 'data' | 'next' | 'error' | 'done', id: number, payload: string) => void

/**
 * Answers calls on one tRPC router: parses the payload once, runs the procedure, serialises the result once.
 * Every call is answered exactly once (`data`, `error`, or for a subscription `done`), unless it was stopped;
 * a stopped call is aborted and answers no more.
 */
export class Calls<Context> {
  readonly #running = new Map<number, AbortController>()
  readonly #router: AnyTRPCRouter
  readonly #context: Context
  readonly #answer: Answer

  constructor(router: AnyTRPCRouter, context: Context, answer: Answer) {
    this.#router = router
    this.#context = context
    this.#answer = answer
  }

  /** Runs a call; never throws and never rejects. */
  async call(id: number, type: CallType, path: string, payload: string): Promise<void> {
    if (this.#running.has(id)) return
    const abort = new AbortController()
    this.#running.set(id, abort)
    try {
      const input: unknown = payload === '' ? undefined : parse(payload)
      const result: unknown = await callTRPCProcedure({
        router: this.#router,
        path,
        type,
        ctx: this.#context,
        getRawInput: () => Promise.resolve(input),
        signal: abort.signal,
        batchIndex: 0,
      })
      if (type === 'subscription') await this.#follow(id, result, abort.signal)
      else if (!abort.signal.aborted) this.#answer('data', id, serialise(result))
    } catch (error) {
      if (!abort.signal.aborted) this.#answer('error', id, JSON.stringify(asProblem(error)))
    } finally {
      this.#running.delete(id)
    }
  }

  stop(id: number): void {
    this.#running.get(id)?.abort()
    this.#running.delete(id)
  }

  stopAll(): void {
    for (const id of [...this.#running.keys()]) this.stop(id)
  }

  async #follow(id: number, result: unknown, signal: AbortSignal): Promise<void> {
    if (!isAsyncIterable(result)) throw new Error('a subscription must return an async iterable')
    const iterator = result[Symbol.asyncIterator]()
    const stopped = new Promise<IteratorResult<unknown>>((resolve) =>
      signal.addEventListener('abort', () => resolve({ done: true, value: undefined }), { once: true }),
    )
    try {
      for (;;) {
        const item = await Promise.race([iterator.next(), stopped])
        if (signal.aborted) return
        if (item.done) break
        this.#answer('next', id, serialise(item.value))
      }
      this.#answer('done', id, '')
    } finally {
      // Not awaited: a generator that waits for its next event returns only once its signal wakes it.
      void Promise.resolve(iterator.return?.()).catch(() => undefined)
    }
  }
}

/** The problem that a person reads for anything that a procedure can throw. */
export function asProblem(error: unknown): Problem {
  if (error instanceof TRPCError) {
    if (error.code === 'NOT_FOUND' && !error.cause) return problem('not-found', { what: 'This procedure' })
    if (error.code === 'BAD_REQUEST') return problem('invalid-input', { reason: inputReason(error) })
  }
  return problemOf(error)
}

function inputReason(error: TRPCError): string {
  const issues = (error.cause as { issues?: { path: PropertyKey[]; message: string }[] } | undefined)?.issues
  const [first] = issues ?? []
  if (!first) return 'The input has the wrong form.'
  const where = first.path.map(String).join('.')
  return `${where || 'Input'}: ${first.message}.`
}

function parse(payload: string): unknown {
  try {
    return JSON.parse(payload)
  } catch (cause) {
    throw new ProblemError('invalid-input', { reason: 'The payload is not JSON.' }, { cause })
  }
}

function serialise(value: unknown): string {
  return JSON.stringify(value) ?? ''
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
