import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { API_HEADER } from '../../src-shared/protocol/api.ts'
import type { FeedChange } from '../../src-shared/protocol/feed.ts'
import type { MutationBatch, MutationResult } from '../../src-shared/protocol/mutation.ts'

/** A server that speaks the protocol and misbehaves where a test wants it to. */
export class ScriptedCloud {
  epoch = 'epoch-1'
  changes: FeedChange[] = []
  /** Every batch of mutations that was received. */
  readonly received: MutationBatch[] = []
  readonly requests: { path: string; authorization: string | undefined; after: number }[] = []
  readonly requestedUrls: string[] = []
  /** Takes over an answer; returns true where it did. */
  intercept: (request: IncomingMessage, response: ServerResponse, url: URL) => boolean = () => false
  /** The same for a batch of mutations that was read. */
  interceptBatch: (batch: MutationBatch, response: ServerResponse) => boolean = () => false
  /** Whether a batch ends at the first mutation that is to come again. */
  stopAtRetry = false
  /** What becomes of a mutation; the default applies it at the next version without changing any ticket. */
  decide: (mutation: MutationBatch['mutations'][number], clientId: string) => MutationResult = (mutation) => ({
    sequence: mutation.sequence,
    outcome: 'applied',
    version: this.head,
  })
  readonly #server
  readonly #lastSequences = new Map<string, number>()
  url = ''

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response))
  }

  static async start(changes: FeedChange[] = []): Promise<ScriptedCloud> {
    const cloud = new ScriptedCloud()
    cloud.changes = changes
    await cloud.listen(0)
    return cloud
  }

  /** Comes (back) up; the address stays the same. */
  async listen(port = Number(new URL(this.url).port)): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve))
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Goes away: nothing listens any more. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  get head(): number {
    return this.changes.at(-1)?.version ?? 0
  }

  /** Adds the latest state of an entity as the next version. @param name of a technician who is gone */
  add(kind: FeedChange['kind'], id: string, data: Record<string, unknown> | null, name?: string): number {
    const version = this.head + 1
    this.changes = this.changes.filter((change) => change.id !== id)
    this.changes.push(data ? { kind, id, version, data } : { kind, id, version, deleted: true, ...(name && { name }) })
    return version
  }

  /** The lines of the feed after a cursor, newlines included. */
  feed(after: number, client = ''): string[] {
    const rows = this.changes.filter((change) => change.version > after)
    return [
      { feed: 1, epoch: this.epoch, head: this.head, rows: rows.length },
      ...rows,
      { end: true, cursor: this.head, lastSequence: this.lastSequence(client) },
    ].map((line) => `${JSON.stringify(line)}\n`)
  }

  /** Decides a mutation and remembers its sequence. */
  take(clientId: string, mutation: MutationBatch['mutations'][number]): MutationResult {
    const result = this.decide(mutation, clientId)
    const last = Math.max(this.lastSequence(clientId), mutation.sequence)
    if (result.outcome !== 'retry') this.#lastSequences.set(clientId, last)
    return result
  }

  /** Knows no client any more. */
  forget(): void {
    this.#lastSequences.clear()
  }

  /** The last sequence that was taken of a client. */
  lastSequence(client: string): number {
    return this.#lastSequences.get(client) ?? 0
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.url)
    const after = Number(url.searchParams.get('after') ?? 0)
    this.requests.push({ path: url.pathname, authorization: request.headers.authorization, after })
    this.requestedUrls.push(request.url ?? '')
    response.setHeader(API_HEADER, '1')
    if (this.intercept(request, response, url)) return
    if (url.pathname === '/v1/changes')
      return void response.end(this.feed(after, url.searchParams.get('client') ?? '').join(''))
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const batch = JSON.parse(Buffer.concat(chunks).toString()) as MutationBatch
      this.received.push(batch)
      if (this.interceptBatch(batch, response)) return
      const results: MutationResult[] = []
      for (const mutation of batch.mutations) {
        const result = this.take(batch.clientId, mutation)
        results.push(result)
        if (result.outcome === 'retry' && this.stopAtRetry) break
      }
      const lastSequence = this.lastSequence(batch.clientId)
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ results, lastSequence }))
    })
  }
}
