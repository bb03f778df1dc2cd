import { TRPCClientError, type TRPCLink } from '@trpc/client'
import type { AnyTRPCRouter } from '@trpc/server'
import { observable } from '@trpc/server/observable'
import { problem, type Problem } from '../../../src-shared/problem.ts'
import { dateTime } from '../../ui/time.ts'
import type { Connection } from './connection.ts'

/** Where a client's calls go. A tenant's address is its scope, opened by asking for it, first or again. */
export interface Destination {
  current(): string
  /** The address that was used is no longer served; the next `current()` gives another. */
  gone(used: string): void
  /** The host let go of the address because nobody looked there. */
  rested?(): void
}

export const CONSOLE: Destination = { current: () => 'console', gone: () => undefined }

const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g

/** A problem that came over the channel, as an exception. Instants in its sentence are told in the technician's time. */
class ChannelError extends Error {
  readonly problem: Problem
  constructor(given: Problem) {
    const message = given.message.replace(INSTANT, dateTime)
    super(message)
    this.name = 'ChannelError'
    this.problem = { ...given, message }
  }
}

/**
 * The last link of a tRPC client: runs each call over the connection. Unsubscribing or aborting stops the call at the
 * host. A call to a scope that was closed meanwhile never ran there, so it goes out once more to the new scope.
 */
export function channelLink<Router extends AnyTRPCRouter>(
  connection: Connection,
  destination: Destination,
): TRPCLink<Router> {
  return () =>
    ({ op }) =>
      observable((observer) => {
        let stop: () => void = () => undefined
        let ended = false
        let reopened = false

        const fail = (given: Problem): void => {
          if (ended) return
          ended = true
          observer.error(new TRPCClientError(given.message, { cause: new ChannelError(given) }))
        }
        const run = (to: string): void => {
          if (ended) return
          stop = connection.call(
            { to, type: op.type, path: op.path, input: op.input },
            {
              data(value) {
                observer.next({ result: { type: 'data', data: value } })
                if (op.type === 'subscription') return
                ended = true
                observer.complete()
              },
              failed(given) {
                if (given.code !== 'scope-closed' && given.code !== 'scope-rested') return fail(given)
                destination.gone(to)
                if (given.code === 'scope-rested' && op.type === 'subscription') {
                  fail(given)
                  return destination.rested?.()
                }
                if (reopened) return fail(given)
                reopened = true
                start()
              },
              done() {
                ended = true
                observer.complete()
              },
            },
          )
          if (op.type === 'subscription') observer.next({ result: { type: 'started' } })
        }
        const start = (): void => run(destination.current())
        const aborted = (): void => {
          stop()
          fail(problem('cancelled'))
        }

        if (op.signal?.aborted) aborted()
        else {
          op.signal?.addEventListener('abort', aborted, { once: true })
          start()
        }
        return () => {
          op.signal?.removeEventListener('abort', aborted)
          ended = true
          stop()
        }
      })
}

/** The problem that a person reads for anything that a call can throw. */
export function problemFrom(error: unknown): Problem {
  for (let e = error, depth = 0; e instanceof Error && depth < 5; e = e.cause, depth++) {
    if (e instanceof ChannelError) return e.problem
  }
  return problem('internal')
}
