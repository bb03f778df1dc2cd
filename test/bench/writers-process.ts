/** Run by the bench as a process of its own: writers at a cloud, and a reader that follows what they write. */
import { createParser } from 'eventsource-parser'
import { setTimeout as delay } from 'node:timers/promises'
import { paths } from '../../src-shared/protocol/api.ts'
import type { VersionEvent } from '../../src-shared/protocol/events.ts'
import { ticketOf } from '../compartment/desk.ts'
import { percentile } from './bench.ts'
import { answerQuestions } from './forked.ts'
import { Writer } from './writer.ts'

interface Question {
  url: string
  /** Of the technician, for the event stream. */
  token: string
  /** Each with its token and the number of its first ticket. */
  tenants: { id: string; token: string; first: number }[]
  /** Per tenant; each has a ticket of its own. */
  writers: number
  seconds: number
}

/** What was written and read meanwhile. */
export interface Followed {
  changes: number
  seconds: number
  /** Milliseconds from sending an edit to its line in the feed, p99. */
  fresh: number
}

/** The value of each ticket's field from the last run: the next one begins with it. */
const last = new Map<string, number>()

answerQuestions(follow, async () => undefined)

async function follow({ url, token, tenants, writers, seconds }: Question): Promise<Followed> {
  const abort = new AbortController()
  /** By ticket: what was sent and not read yet, oldest first. */
  const sent = new Map<string, { value: number; at: number }[]>()
  const fresh: number[] = []
  const readers = new Map(tenants.map((tenant) => [tenant.id, new Reader(url, tenant.token, read)]))
  const ready = Promise.withResolvers<void>()
  const streaming = listen(url, token, abort.signal, ready.resolve, ({ tenant }) => readers.get(tenant)?.moved())
  await ready.promise
  for (const reader of readers.values()) await reader.moved()

  function read(ticketId: string, value: number): void {
    const waiting = sent.get(ticketId) ?? []
    // A later state of a ticket stands for those before it.
    while (waiting[0] && waiting[0].value <= value) fresh.push(performance.now() - (waiting.shift()?.at ?? NaN))
  }

  const began = performance.now()
  const end = began + seconds * 1000
  let changes = 0
  await Promise.all(
    tenants.flatMap(({ token: own, first }) =>
      Array.from({ length: writers }, async (_, i) => {
        const writer = new Writer(url, own)
        const { id, subject } = ticketOf(first + i)
        const waiting: { value: number; at: number }[] = []
        sent.set(id, waiting)
        for (let value = last.get(id) ?? 0; performance.now() < end; last.set(id, ++value)) {
          waiting.push({ value: value + 1, at: performance.now() })
          await writer.edit(
            id,
            { subject: value === 0 ? subject : `Value ${value}` },
            { subject: `Value ${value + 1}` },
          )
          changes += 1
        }
      }),
    ),
  )
  const took = (performance.now() - began) / 1000
  while ([...sent.values()].some((waiting) => waiting.length > 0)) {
    if (performance.now() > end + 10_000) throw new Error('the feed did not bring every change')
    await delay(10)
  }
  abort.abort()
  await streaming
  return { changes, seconds: took, fresh: percentile(fresh, 0.99) }
}

/** Reads a tenant's feed on from where it ended, one request at a time. */
class Reader {
  readonly #url: string
  readonly #token: string
  readonly #read: (ticketId: string, value: number) => void
  #cursor = 0
  #wanted = false
  #reading: Promise<void> | null = null

  constructor(url: string, token: string, read: (ticketId: string, value: number) => void) {
    this.#url = url
    this.#token = token
    this.#read = read
  }

  /** The feed has more. */
  moved(): Promise<void> {
    this.#wanted = true
    return (this.#reading ??= this.#pull().finally(() => (this.#reading = null)))
  }

  async #pull(): Promise<void> {
    while (this.#wanted) {
      this.#wanted = false
      const headers = { authorization: `Bearer ${this.#token}` }
      const response = await fetch(`${this.#url}${paths.changes}?after=${this.#cursor}`, { headers })
      for (const line of (await response.text()).split('\n')) {
        if (line === '') continue
        const { id, data, cursor } = JSON.parse(line) as { id?: string; data?: { subject?: string }; cursor?: number }
        if (cursor !== undefined) this.#cursor = cursor
        const value = /^Value (\d+)$/.exec(data?.subject ?? '')?.[1]
        if (id && value) this.#read(id, Number(value))
      }
    }
  }
}

async function listen(
  url: string,
  token: string,
  signal: AbortSignal,
  ready: () => void,
  moved: (event: VersionEvent) => void,
): Promise<void> {
  const parser = createParser({
    onEvent: ({ event, data }) => (event === 'version' ? moved(JSON.parse(data) as VersionEvent) : ready()),
  })
  try {
    const response = await fetch(url + paths.events, { headers: { authorization: `Bearer ${token}` }, signal })
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk, { stream: true }))
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
