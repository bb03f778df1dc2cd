import { decodeReply, encodeFrame, type Address, type CallType } from '../../../src-shared/channel/frame.ts'
import { problem, type Problem } from '../../../src-shared/problem.ts'
import { Store } from '../../ui/store.ts'

/** `refused`: a host answers but does not know this window. `lost`: no host answers; the adapter keeps trying. */
export type ConnectionState = 'connecting' | 'open' | 'lost' | 'refused'

/** What an adapter tells the connection. Frames come only between `opened` and `lost`. */
export interface AdapterEvents {
  opened(): void
  lost(): void
  refused(): void
  frame(frame: string): void
}

/** Starts carrying frames and keeps at it; returns how to send one. */
export type Adapter = (events: AdapterEvents) => { send(frame: string): void }

export interface Call {
  to: Address
  type: CallType
  path: string
  input: unknown
}

/** Where the replies to one call go. `failed` and `done` end it. */
export interface Receiver {
  data(value: unknown): void
  failed(problem: Problem): void
  done(): void
}

/**
 * The window's end of the channel: numbers calls, parses each reply once, and drops replies to calls that it no longer
 * knows. Calls made before the first opening wait for it; when the host is lost, every running call fails with
 * `host-lost`.
 */
export class Connection {
  readonly state = new Store<ConnectionState>('connecting')
  readonly #transport: { send(frame: string): void }
  readonly #running = new Map<number, Receiver>()
  readonly #waiting = new Map<number, string>()
  #lastId = 0

  constructor(adapter: Adapter) {
    this.#transport = adapter({
      opened: () => this.#opened(),
      lost: () => this.#ended('lost'),
      refused: () => this.#ended('refused'),
      frame: (frame) => this.#receive(frame),
    })
  }

  /** Opens a client under this scope; calls to it may follow at once. Why it cannot be opened, each of them says. */
  open(scope: string, tenant: string): void {
    if (this.state.get() !== 'open') return
    this.#transport.send(encodeFrame({ op: 'open', id: ++this.#lastId, scope, tenant }))
  }

  /** Starts a call. The returned function stops it: the host is told, and nothing reaches the receiver any more. */
  call({ to, type, path, input }: Call, receiver: Receiver): () => void {
    const state = this.state.get()
    if (state === 'lost' || state === 'refused') {
      queueMicrotask(() => receiver.failed(problem('host-lost')))
      return () => undefined
    }
    const id = ++this.#lastId
    this.#running.set(id, receiver)
    const frame = encodeFrame({ op: 'call', id, to, type, path }, input === undefined ? '' : JSON.stringify(input))
    if (state === 'open') this.#transport.send(frame)
    else this.#waiting.set(id, frame)
    return () => {
      if (!this.#running.delete(id)) return
      if (!this.#waiting.delete(id) && this.state.get() === 'open')
        this.#transport.send(encodeFrame({ op: 'stop', id }))
    }
  }

  #opened(): void {
    this.state.set('open')
    for (const frame of this.#waiting.values()) this.#transport.send(frame)
    this.#waiting.clear()
  }

  #ended(state: 'lost' | 'refused'): void {
    const running = [...this.#running.values()]
    this.#running.clear()
    this.#waiting.clear()
    this.state.set(state)
    for (const receiver of running) receiver.failed(problem('host-lost'))
  }

  #receive(frame: string): void {
    const reply = decodeReply(frame)
    const receiver = reply && this.#running.get(reply.header.id)
    if (!receiver) return
    const { op, id } = reply.header
    if (op !== 'next') this.#running.delete(id)
    if (op === 'done') return receiver.done()
    let value: unknown
    try {
      value = reply.payload === '' ? undefined : JSON.parse(reply.payload)
    } catch {
      this.#running.delete(id)
      return receiver.failed(problem('internal'))
    }
    if (op === 'error') receiver.failed(value as Problem)
    else receiver.data(value)
  }
}
