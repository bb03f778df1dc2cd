import { createServer, request as ask, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request that passed, in the order of arrival. */
export interface Passed {
  method: string
  path: string
  /** Bytes of its body so far. */
  bytes: number
  /** Null until it was answered. */
  status: number | null
}

/** Stands between a client and the cloud and passes bytes on as they come, so that a test sees and holds large bodies. */
export class PassingProxy {
  readonly passed: Passed[] = []
  /** Asked before each piece of a body is passed on; it goes on when this resolves, and is cut where it rejects. */
  gate: (request: Passed) => Promise<void> | null = () => null
  /** The same before an answer is passed on. */
  answerGate: (request: Passed) => Promise<void> | null = () => null
  url = ''
  readonly #target: string
  readonly #server: Server

  private constructor(target: string) {
    this.#target = target
    this.#server = createServer((request, response) => {
      // The request forgets its socket when reading it ends in an exception.
      const { socket } = request
      void this.#pass(request, response).catch(() => socket.destroy())
    })
  }

  static async start(target: string): Promise<PassingProxy> {
    const proxy = new PassingProxy(target)
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve))
    proxy.url = `http://127.0.0.1:${(proxy.#server.address() as AddressInfo).port}`
    return proxy
  }

  /** Parts by number, each as often as it was answered well. */
  get parts(): number[] {
    return this.puts.filter(({ status }) => status === 200).map(({ path }) => Number(path.split('/').at(-1)))
  }

  get puts(): Passed[] {
    return this.passed.filter(({ method }) => method === 'PUT')
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const passed: Passed = { method: request.method ?? '', path: request.url ?? '', bytes: 0, status: null }
    this.passed.push(passed)
    const { host: _, ...headers } = request.headers
    const onward = ask(this.#target + passed.path, { method: passed.method, headers })
    request.on('close', () => request.complete || onward.destroy())
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      onward.on('response', resolve)
      onward.on('error', reject)
    })
    answered.catch(() => undefined)
    try {
      for await (const piece of request) {
        await this.gate(passed)
        passed.bytes += (piece as Buffer).length
        if (!onward.write(piece))
          await Promise.race([new Promise((resolve) => onward.once('drain', resolve)), answered])
      }
    } catch (error) {
      onward.destroy()
      throw error
    }
    onward.end()
    const answer = await answered
    await this.answerGate(passed)
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    response.on('close', () => answer.destroy())
    for await (const piece of answer) {
      passed.bytes += (piece as Buffer).length
      await this.gate(passed)
      if (!response.write(piece)) await new Promise((resolve) => response.once('drain', resolve))
    }
    response.end()
    passed.status = answer.statusCode ?? 502
  }
}
