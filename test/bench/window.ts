import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { decodeReply, encodeFrame, type CallType } from '../../src-shared/channel/frame.ts'
import type { SessionStatus } from '../../src-shared/domain/session-status.ts'
import type { ClientSummary } from '../../src-shared/domain/views.ts'

/** A window without a page: the channel's other end over the browser host's WebSocket. */
export class BareWindow {
  /** Name and value of the cookie that admits this browser. */
  readonly cookie: { name: string; value: string }
  readonly origin: string
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  readonly #streams = new Map<number, (value: unknown) => void>()
  #lastId = 0

  private constructor(origin: string, cookie: string, socket: WebSocket) {
    const [name = '', value = ''] = cookie.split('=')
    this.origin = origin
    this.cookie = { name, value }
    this.#socket = socket
    socket.on('message', (data) => this.#receive(String(data)))
  }

  /** @param address with the one-time token, as `console ready:` tells it */
  static async open(address: string): Promise<BareWindow> {
    const { origin, hash } = new URL(address)
    const admitted = await fetch(`${origin}/token`, {
      method: 'POST',
      headers: { origin, 'content-type': 'application/json' },
      body: JSON.stringify({ token: hash.slice(1) }),
    })
    const cookie = admitted.headers.get('set-cookie')?.split(';')[0] ?? ''
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/channel`, { headers: { origin, cookie } })
    await once(socket, 'open')
    return new BareWindow(origin, cookie, socket)
  }

  /** @param to `console` or a scope */
  call<Value>(to: string, type: CallType, path: string, input?: unknown): Promise<Value> {
    const id = ++this.#lastId
    return new Promise<Value>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
      this.#socket.send(
        encodeFrame({ op: 'call', id, to, type, path }, input === undefined ? '' : JSON.stringify(input)),
      )
    })
  }

  /** Follows a subscription of a scope. @returns a function that stops it */
  follow<Value>(scope: string, path: string, receive: (value: Value) => void): () => void {
    const id = ++this.#lastId
    this.#streams.set(id, receive as (value: unknown) => void)
    this.#socket.send(encodeFrame({ op: 'call', id, to: scope, type: 'subscription', path }))
    return () => {
      this.#streams.delete(id)
      this.#socket.send(encodeFrame({ op: 'stop', id }))
    }
  }

  clients(): Promise<ClientSummary[]> {
    return this.call('console', 'query', 'clients.list')
  }

  /** Opens a client. @returns its scope */
  async openClient(tenantId: string): Promise<string> {
    const scope = randomBytes(32).toString('base64url')
    const id = ++this.#lastId
    await new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#socket.send(encodeFrame({ op: 'open', id, scope, tenant: tenantId }))
    })
    return scope
  }

  /** Opens a client and closes it again: it is awake then, on no window, and the most recently used. */
  async touchClient(tenantId: string): Promise<void> {
    const scope = await this.openClient(tenantId)
    await this.call('console', 'mutation', 'clients.close', { scope })
  }

  /** Waits until the profile is open. */
  async opened(): Promise<void> {
    await until(async () => (await this.call<SessionStatus>('console', 'query', 'session.status')).state === 'open', 2)
  }

  close(): void {
    this.#socket.terminate()
  }

  #receive(frame: string): void {
    const reply = decodeReply(frame)
    if (reply?.header.op === 'next') return this.#streams.get(reply.header.id)?.(JSON.parse(reply.payload))
    const waiting = reply && this.#waiting.get(reply.header.id)
    if (!waiting) return
    this.#waiting.delete(reply.header.id)
    const value: unknown = reply.payload === '' ? undefined : JSON.parse(reply.payload)
    if (reply.header.op === 'error') waiting.reject(new Error(`the host answered ${reply.payload}`))
    else waiting.resolve(value)
  }
}

/**
 * Waits for a condition.
 * @param every milliseconds between two looks
 * @param minutes to wait
 * @throws after those
 */
export async function until(condition: () => boolean | Promise<boolean>, every = 20, minutes = 2): Promise<void> {
  const end = performance.now() + minutes * 60_000
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited ${minutes} minutes for ${condition.toString().slice(0, 200)}`)
    await delay(every)
  }
}
