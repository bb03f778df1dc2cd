import { createServer, request as ask, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { randomOf } from '../compartment/desk.ts'

/** What the network does to one request and its answer. */
export const FAULTS = [
  /** The connection closes before the request reached the server. */
  'drop-before',
  /** The server did the work; its answer is lost. */
  'drop-after',
  'delay',
  /** The server gets the request twice, the client one answer. */
  'duplicate',
  /** The answer ends at a random byte. */
  'truncate',
  /** The same with a TCP reset. */
  'reset',
  /** The answer trickles. */
  'throttle',
  /** The request is held until a later one was answered. */
  'reorder',
  /** Accepted and never answered; after a while, or when the network gets good, the connection is gone. */
  'half-open',
  /** A proxy on the way keeps everything until the answer is complete. */
  'buffer',
] as const
export type Fault = (typeof FAULTS)[number]

export interface FaultOptions {
  /** Share of requests that something happens to; 0.5 where absent. */
  rate?: number
  faults?: readonly Fault[]
  /** Milliseconds until a half-open connection is closed after all. */
  patience?: number
}

/** What arrived at the server, once for each time that it did. */
export interface Arrived {
  method: string
  path: string
  body: string
  /** What the server said to it, once it has; kept of requests with a body only. */
  answer: string | null
}

interface Answer {
  message: IncomingMessage
  body: Readable
}

/**
 * Stands between a client and the cloud and treats the n-th request as the seed says. Until {@link FaultProxy.good}:
 * from then on everything passes.
 */
export class FaultProxy {
  readonly arrived: Arrived[] = []
  readonly counts: Partial<Record<Fault, number>> = {}
  /** Answers a request with a status of its own, before the server or any fault sees it. */
  status: (request: IncomingMessage, index: number) => number | null = () => null
  /** Open streams go silent, and stay open, from now on. */
  silent = false
  /** What the answers that are under way now have in common. */
  #generation = { silent: false }
  /** Base address of the server behind. */
  target: string
  url = ''
  readonly #seed: number
  readonly #options: Required<FaultOptions>
  readonly #server: Server
  readonly #held = new Set<Socket>()
  #bad = true
  #index = 0
  #answered = Promise.withResolvers<void>()

  private constructor(target: string, seed: number, options: FaultOptions) {
    this.target = target
    this.#seed = seed
    this.#options = { rate: 0.5, faults: FAULTS, patience: 150, ...options }
    this.#server = createServer((request, response) => void this.#serve(request, response).catch(() => cut(request)))
  }

  static async start(target: string, seed: number, options: FaultOptions = {}): Promise<FaultProxy> {
    const proxy = new FaultProxy(target, seed, options)
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve))
    proxy.url = `http://127.0.0.1:${(proxy.#server.address() as AddressInfo).port}`
    return proxy
  }

  /** The network is good from now: what is held is let go, nothing more happens. */
  good(): void {
    this.#bad = false
    this.silent = false
    for (const socket of this.#held) socket.destroy()
  }

  bad(): void {
    this.#bad = true
  }

  /** Streams that are open now say nothing any more, and stay open; later ones are not touched. */
  silence(): void {
    this.#generation.silent = true
    this.#generation = { silent: false }
  }

  async close(): Promise<void> {
    this.good()
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const index = this.#index++
    const random = randomOf(this.#seed * 31 + index)
    const body = await whole(request)
    const status = this.status(request, index)
    if (status !== null) return void response.writeHead(status, { 'bulkhead-api': '1' }).end()
    const { rate, faults } = this.#options
    const fault = this.#bad && random() < rate ? faults[Math.floor(random() * faults.length)] : undefined
    if (fault) this.counts[fault] = (this.counts[fault] ?? 0) + 1
    const send = (): Promise<Answer> => this.#send(request, body)
    switch (fault) {
      case undefined:
        return this.#pass(await send(), response)
      case 'drop-before':
        return cut(request)
      case 'drop-after':
        await whole((await send()).body)
        return cut(request)
      case 'delay':
        await wait(random() * 40)
        return this.#pass(await send(), response)
      case 'duplicate': {
        const [first, second] = await Promise.all([send(), send()])
        second.body.resume()
        return this.#pass(first, response)
      }
      case 'truncate':
      case 'reset': {
        const answer = await send()
        const bytes = await whole(answer.body)
        head(answer, response)
        response.write(bytes.subarray(0, Math.floor(random() * bytes.length)), () =>
          fault === 'reset' ? request.socket.resetAndDestroy() : cut(request),
        )
        return
      }
      case 'throttle': {
        const answer = await send()
        const bytes = await whole(answer.body)
        head(answer, response)
        const size = Math.max(7, Math.ceil(bytes.length / (5 + Math.floor(random() * 15))))
        for (let at = 0; at < bytes.length && !response.destroyed; at += size) {
          response.write(bytes.subarray(at, at + size))
          await wait(random() * 4)
        }
        return void response.end()
      }
      case 'reorder':
        // Not for ever: there may be no later request.
        await Promise.race([this.#answered.promise, wait(60 + random() * 60)])
        return this.#pass(await send(), response)
      case 'half-open':
        this.#held.add(request.socket)
        await wait(this.#options.patience)
        return cut(request)
      case 'buffer': {
        const answer = await send()
        const bytes = await whole(answer.body)
        head(answer, response)
        response.end(bytes)
      }
    }
  }

  async #send(request: IncomingMessage, body: Buffer): Promise<Answer> {
    const { method = 'GET', url: path = '/' } = request
    const arrived: Arrived = { method, path, body: body.toString(), answer: null }
    this.arrived.push(arrived)
    const message = await new Promise<IncomingMessage>((resolve, reject) => {
      const onward = ask(this.target + path, { method, headers: { ...request.headers, connection: 'close' } }, resolve)
      onward.on('error', reject)
      const gone = (): void => void onward.destroy()
      request.socket.once('close', gone)
      onward.once('close', () => request.socket.off('close', gone))
      onward.end(body)
    })
    if (body.length === 0) return { message, body: message }
    const bytes = await whole(message)
    if (message.statusCode === 200) arrived.answer = bytes.toString()
    return { message, body: Readable.from([bytes]) }
  }

  #pass(answer: Answer, response: ServerResponse): void {
    head(answer, response)
    response.flushHeaders()
    const generation = this.#generation
    answer.body.on('data', (bytes: Buffer) => {
      if (!this.silent && !generation.silent) response.write(bytes)
    })
    answer.body.on('error', () => response.destroy())
    answer.body.on('end', () => {
      response.end()
      this.#answered.resolve()
      this.#answered = Promise.withResolvers()
    })
  }
}

function head({ message }: Answer, response: ServerResponse): void {
  const { connection: _, 'keep-alive': __, ...headers } = message.headers
  response.writeHead(message.statusCode ?? 502, headers)
}

function cut(request: IncomingMessage): void {
  request.socket.destroy()
}

async function whole(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
