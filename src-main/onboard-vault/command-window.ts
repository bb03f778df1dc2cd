import { randomBytes } from 'node:crypto'
import { decodeReply, encodeFrame, type CallType } from '../../src-shared/channel/frame.ts'
import { ProblemError, type Problem } from '../../src-shared/problem.ts'
import type { Host, WindowChannel } from '../console/host.ts'

/** A command in the place of a window: what it asks passes the same borders. */
export class CommandWindow {
  readonly #channel: WindowChannel
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  #next = 1

  constructor(host: Pick<Host, 'attach'>) {
    this.#channel = host.attach((frame) => this.#receive(frame))
  }

  /** @param to a scope, or the console where none is given. @throws ProblemError as the answer tells it */
  ask<Value>(type: CallType, path: string, input?: unknown, to = 'console'): Promise<Value> {
    const payload = input === undefined ? '' : JSON.stringify(input)
    return this.#send((id) => encodeFrame({ op: 'call', id, to, type, path }, payload))
  }

  /** Opens a client. @returns its scope */
  async open(tenant: string): Promise<string> {
    const scope = randomBytes(32).toString('base64url')
    await this.#send((id) => encodeFrame({ op: 'open', id, scope, tenant }))
    return scope
  }

  #send<Value>(frame: (id: number) => string): Promise<Value> {
    const id = this.#next++
    const { promise, resolve, reject } = Promise.withResolvers<Value>()
    this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
    this.#channel.receive(frame(id))
    return promise
  }

  #receive(frame: string): void {
    const reply = decodeReply(frame)
    const waiting = reply && this.#waiting.get(reply.header.id)
    if (!reply || !waiting) return
    this.#waiting.delete(reply.header.id)
    if (reply.header.op !== 'error') waiting.resolve(reply.payload === '' ? undefined : JSON.parse(reply.payload))
    else waiting.reject(told(JSON.parse(reply.payload) as Problem))
  }
}

/** What the console answered, in its own sentence. */
function told({ message }: Problem): ProblemError {
  return new ProblemError('invalid-input', { reason: message })
}
