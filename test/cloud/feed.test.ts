import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { createParser } from 'eventsource-parser'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { API_ROLE, apiPassword, connect, type Sql } from '../../src-cloud/database/connect.ts'
import { asTenant } from '../../src-cloud/database/as.ts'
import { tableOf } from '../../src-cloud/tables.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { APART, EntityKind, entities, FeedChange, FeedClosing, FeedOpening } from '../../src-shared/protocol/feed.ts'
import { addDesk, ask, pushed, readFeed, withCloud, type FeedLine, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'

/** More than one page of 2000 rows. */
const TICKETS = 2300
const ACME = uuid('tenant', 'Acme')
/** What every feed tells. */
const WHOLE = EntityKind.options.filter((kind) => !APART.includes(kind))

let cloud: TestCloud
let api: Sql
let token: string
beforeAll(async () => {
  cloud = await withCloud([
    sampleOrganisation('Alpha', [sampleClient('Acme', TICKETS), sampleClient('Zephyr', 3)]),
    sampleOrganisation('Beta', [sampleClient('Borealis', 3)]),
  ])
  api = connect(cloud.address, 12, { username: API_ROLE, password: apiPassword(cloud.address, undefined) })
  token = await cloud.tenantToken()
  await addDesk(cloud.url, token, 'Acme')
})
afterAll(async () => {
  await api.end()
  await cloud.close()
})

/** What the tables hold, as the feed would tell it. */
async function tableState(): Promise<Map<string, { version: number; deleted: boolean; data: unknown }>> {
  const state = new Map<string, { version: number; deleted: boolean; data: unknown }>()
  for (const kind of WHOLE) {
    const rows = await cloud.owner<{ id: string; version: number; deleted: boolean; data: unknown }[]>`
      select id::text, version, deleted, data from ${cloud.owner(tableOf[kind])} where tenant_id = ${ACME}`
    for (const { id, version, deleted, data } of rows) state.set(`${kind} ${id}`, { version, deleted, data })
  }
  return state
}

function replay(changes: FeedLine[], onto = new Map<string, FeedLine>()): Map<string, FeedLine> {
  for (const line of changes) onto.set(`${line.kind} ${line.id}`, line)
  return onto
}

async function expectSameState(held: Map<string, FeedLine>): Promise<void> {
  const state = await tableState()
  expect(new Set(held.keys())).toEqual(new Set(state.keys()))
  for (const [key, { version, deleted, data }] of state) {
    const line = held.get(key)
    if (
      line?.version !== version ||
      Boolean(line.deleted) !== deleted ||
      (!deleted && JSON.stringify(line.data) !== JSON.stringify(data))
    )
      expect.fail(`${key} differs from its table`)
  }
}

describe('the change feed', () => {
  test('is what its schemas say, in ascending version, and equals the tables', async () => {
    const response = await ask(cloud.url, paths.changes, { token })
    expect(response.headers.get('content-type')).toContain('application/x-ndjson')
    const { opening, changes, closing } = await readFeed(cloud.url, token)
    expect(FeedOpening.parse(opening)).toEqual(opening)
    expect(FeedClosing.parse(closing)).toEqual(closing)
    expect(opening.rows).toBe(changes.length)
    expect(closing.cursor).toBe(changes.at(-1)?.version)
    expect(changes.every(({ version }, i) => version > (changes[i - 1]?.version ?? 0))).toBe(true)
    for (const kind of WHOLE) {
      const [line] = changes.filter((change) => change.kind === kind)
      expect(FeedChange.parse(line)).toEqual(line)
      expect(entities[kind].parse(line?.data)).toEqual(line?.data)
    }
    await expectSameState(replay(changes))
  })

  test('resumes from any cursor: what was held and what comes make the same state', async () => {
    const { changes } = await readFeed(cloud.url, token)
    for (const cut of [0, 1, 2, 1999, 2000, 2001, changes.length - 1, changes.length]) {
      const held = changes.slice(0, cut)
      const rest = await readFeed(cloud.url, token, held.at(-1)?.version ?? 0)
      expect(rest.changes).toHaveLength(changes.length - cut)
      expect([...held, ...rest.changes]).toEqual(changes)
    }
  })

  test('tells a deletion as a tombstone', async () => {
    const before = (await readFeed(cloud.url, token)).closing.cursor
    const id = uuid('Acme', 'entry', 7)
    await asTenant(api, ACME, async (tx) => {
      await tx`update entry set deleted = true, version = null where id = ${id}`
      await tx`select bulkhead.publish()`
    })
    expect((await readFeed(cloud.url, token, before)).changes).toEqual([
      { kind: 'entry', id, version: before + 1, deleted: true },
    ])
  })

  test('refuses a cursor that is ahead of it', async () => {
    const response = await ask(cloud.url, `${paths.changes}?after=999999999`, { token })
    expect([response.status, await response.json()]).toEqual([
      410,
      { error: expect.objectContaining({ code: 'feed-gone' }) as object },
    ])
  })

  test('refuses a cursor that is none', async () => {
    expect((await ask(cloud.url, `${paths.changes}?after=-1`, { token })).status).toBe(400)
  })
})

describe('under 8 writers that hold and roll back at random', () => {
  test('a reader that follows by cursor loses nothing', async () => {
    const held = new Map<string, FeedLine>()
    let cursor = 0
    let rounds = 0
    let writing = true
    const follow = async () => {
      const feed = await readFeed(cloud.url, token, cursor)
      for (const { version } of feed.changes) expect(version).toBeGreaterThan(cursor)
      replay(feed.changes, held)
      cursor = feed.closing.cursor
      rounds++
    }
    const write = async (writer: number) => {
      for (let i = 0; i < 40; i++) {
        const rolledBack = Math.random() < 0.25
        await asTenant(api, ACME, async (tx) => {
          const id = uuid('written', writer, i)
          const data = JSON.stringify({
            id,
            name: `Contact ${writer}/${i}`,
            email: null,
            phone: null,
            title: null,
            site: null,
            vip: false,
          })
          await tx`insert into contact (tenant_id, id, data) values (${ACME}, ${id}, ${data}::text::json)`
          await tx`update ticket set version = null where id = ${uuid('Acme', 'ticket', 1 + Math.floor(Math.random() * 20) + writer * 20)}`
          await delay(Math.random() * 8)
          await tx`select bulkhead.publish()`
          await delay(Math.random() * 4)
          if (rolledBack) throw new RollBack()
        }).catch((error: unknown) => {
          if (!(error instanceof RollBack)) throw error
        })
      }
    }
    const reader = (async () => {
      while (writing) await follow()
    })()
    await Promise.all(Array.from({ length: 8 }, (_, writer) => write(writer)))
    writing = false
    await reader
    await follow()
    expect(rounds).toBeGreaterThan(3)
    await expectSameState(held)
  })

  test('a sequence that the closing line reports has its rows in what came', async () => {
    const client = randomUUID()
    const ticketId = uuid('Acme', 'ticket', 300)
    const entryOf = (sequence: number) => uuid('sequenced', client, sequence)
    let done = false
    const pusher = (async () => {
      for (let sequence = 1; sequence <= 60; sequence++)
        await pushed(cloud.url, token, client, sequence, [
          { kind: 'entry.create', ticketId, entryId: entryOf(sequence), entryKind: 'note', body: 'x' },
        ])
      done = true
    })()
    const seen = new Set<string>()
    const reported = new Set<number>()
    let cursor = 0
    while (!done) {
      const feed = await readFeed(cloud.url, token, cursor, client)
      for (const { id } of feed.changes) seen.add(id)
      cursor = feed.closing.cursor
      reported.add(feed.closing.lastSequence)
      for (let sequence = 1; sequence <= feed.closing.lastSequence; sequence++)
        expect(seen).toContain(entryOf(sequence))
    }
    await pusher
    expect(reported.size).toBeGreaterThan(2)
  })
})

class RollBack extends Error {}

describe('the organisation’s event stream', () => {
  test('beats at once, tells each commit’s version, and nothing of another organisation', async () => {
    const stop = new AbortController()
    const events: { event: string | undefined; data: unknown }[] = []
    const { accessToken } = await cloud.signIn()
    const response = await ask(cloud.url, paths.events, { token: accessToken, signal: stop.signal })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const parser = createParser({
      onEvent: ({ event, data }) => events.push({ event, data: JSON.parse(data) as unknown }),
    })
    const reading = (async () => {
      const decoder = new TextDecoder()
      for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }))
    })().catch(() => undefined)
    await vi.waitFor(() => expect(events[0]?.event).toBe('heartbeat'), { timeout: 10_000 })

    const other = await cloud.tenantToken(0, 1)
    const entry = (name: string) => ({
      kind: 'entry.create' as const,
      ticketId: uuid(name, 'ticket', 1),
      entryId: randomUUID(),
      entryKind: 'note' as const,
      body: 'x',
    })
    await pushed(cloud.url, other, randomUUID(), 1, [entry('Borealis')])
    const { results } = await pushed(cloud.url, token, randomUUID(), 1, [entry('Acme')])
    const { version } = results[0] as { version: number }
    await vi.waitFor(() => expect(events).toContainEqual({ event: 'version', data: { tenant: ACME, version } }), {
      timeout: 10_000,
    })
    expect(JSON.stringify(events)).not.toContain(uuid('tenant', 'Borealis'))
    stop.abort()
    await reading
  })
})
