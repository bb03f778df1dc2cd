import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Ticket, TicketPatch } from '../../src-shared/domain/ticket.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import type { MutationBody } from '../../src-shared/protocol/mutation.ts'
import { ask, push, pushed, readFeed, withCloud, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'

let cloud: TestCloud
let token: string
let next = 0
beforeAll(async () => {
  cloud = await withCloud([sampleOrganisation('Alpha', [sampleClient('Acme', 60)])])
  token = await cloud.tenantToken()
})
afterAll(async () => {
  await cloud.close()
})

/** A ticket that no other test touches. */
const freshTicket = () => uuid('Acme', 'ticket', ++next)
const update = (ticketId: string, base: TicketPatch, patch: TicketPatch): MutationBody => ({
  kind: 'ticket.update',
  ticketId,
  base,
  patch,
})
const ticketNow = async (id: string) => {
  const [row] = await cloud.owner<
    { data: Ticket; version: number }[]
  >`select data, version from ticket where id = ${id}`
  if (!row) throw new Error('no such ticket')
  return row
}
const one = async (body: MutationBody) => (await pushed(cloud.url, token, randomUUID(), 1, [body])).results[0]

describe('a field', () => {
  const mine = { status: 'vendor' } as const
  test('that only I changed is mine', async () => {
    const id = freshTicket()
    const result = await one(update(id, { status: 'open' }, mine))
    const { data, version } = await ticketNow(id)
    expect(result).toEqual({ sequence: 1, outcome: 'applied', version })
    expect(data.status).toBe('vendor')
    expect(data.updatedAt > '2026-01-02').toBe(true)
  })

  test('that both changed to the same value is fine and writes nothing', async () => {
    const id = freshTicket()
    await one(update(id, { status: 'open' }, mine))
    const before = await ticketNow(id)
    const result = await one(update(id, { status: 'open' }, mine))
    expect(result).toMatchObject({ outcome: 'merged', version: before.version })
    expect(await ticketNow(id)).toEqual(before)
  })

  test('that both changed differently stays theirs, is told, and the other fields apply', async () => {
    const id = freshTicket()
    await one(update(id, { status: 'open', priority: 'p2' }, { status: 'done' }))
    const theirs = await ticketNow(id)
    const result = await one(update(id, { status: 'open', priority: 'p2' }, { ...mine, priority: 'p1' }))
    const { data, version } = await ticketNow(id)
    expect(data).toMatchObject({ status: 'done', priority: 'p1' })
    expect(result).toEqual({
      sequence: 1,
      outcome: 'conflict',
      version,
      conflicts: [{ field: 'status', base: 'open', mine: 'vendor', theirs: 'done', at: theirs.data.updatedAt }],
    })
  })

  test('that they changed beside mine is kept: merged', async () => {
    const id = freshTicket()
    await one(update(id, { priority: 'p2' }, { priority: 'p1' }))
    const result = await one(update(id, { status: 'open', priority: 'p2' }, mine))
    expect(result).toMatchObject({ outcome: 'merged' })
    expect((await ticketNow(id)).data).toMatchObject({ status: 'vendor', priority: 'p1' })
  })

  test('that I set back to what I saw gives way to theirs', async () => {
    const id = freshTicket()
    await one(update(id, { status: 'open' }, { status: 'done' }))
    expect(await one(update(id, { status: 'open' }, { status: 'open' }))).toMatchObject({ outcome: 'merged' })
    expect((await ticketNow(id)).data.status).toBe('done')
  })

  test('of the client’s own kind merges by its key', async () => {
    const id = freshTicket()
    await one(update(id, { customFields: { site: 'Harbour' } }, { customFields: { site: 'Mill' } }))
    const result = await one(
      update(id, { customFields: { site: 'Harbour' } }, { customFields: { site: 'Dock', seats: 4 } }),
    )
    expect(result).toMatchObject({
      outcome: 'conflict',
      conflicts: [{ field: 'customFields.site', base: 'Harbour', mine: 'Dock', theirs: 'Mill' }],
    })
    expect((await ticketNow(id)).data.customFields).toEqual({ site: 'Mill', seats: 4 })
  })
})

describe('a mutation is rejected with a clear message', () => {
  test.each<[string, TicketPatch, string]>([
    ['an unknown status', { status: 'nowhere' }, 'no status "nowhere"'],
    ['an unknown priority', { priority: 'p9' }, 'no priority "p9"'],
    ['an unknown queue', { queue: 'attic' }, 'no queue "attic"'],
    ['an unknown custom field', { customFields: { shoe: 'left' } }, 'no field "shoe"'],
    ['a custom field of the wrong type', { customFields: { seats: 'many' } }, '"Seats" does not take'],
    ['a choice that is none', { customFields: { floor: 'nine' } }, '"Floor" does not take'],
    ['an assignee who does not work there', { assigneeId: uuid('stranger') }, 'That technician'],
    ['a value of the wrong form', { subject: '' }, 'wrong form'],
    ['a text that the database cannot hold', { subject: 'nul \u0000' }, 'does not take'],
  ])('for %s', async (_, patch, message) => {
    const id = freshTicket()
    const before = await ticketNow(id)
    const current = before.data as unknown as Record<string, unknown>
    const base = Object.fromEntries(
      Object.keys(patch).map((key) => [key, key === 'customFields' ? {} : current[key]]),
    ) as TicketPatch
    expect(await one(update(id, base, patch))).toMatchObject({
      outcome: 'rejected',
      message: expect.stringContaining(message) as string,
    })
    expect(await ticketNow(id)).toEqual(before)
  })

  test('for an unknown ticket, and the ones behind it apply', async () => {
    const id = freshTicket()
    const { results, lastSequence } = await pushed(cloud.url, token, randomUUID(), 1, [
      update(uuid('nowhere'), {}, { status: 'done' }),
      update(id, { status: 'open' }, { status: 'done' }),
    ])
    expect(results).toMatchObject([{ outcome: 'rejected', code: 'not-found' }, { outcome: 'applied' }])
    expect(lastSequence).toBe(2)
  })
})

describe('sequences', () => {
  test('a batch sent twice is applied once and answered the same', async () => {
    const [client, ticketId, entryId] = [randomUUID(), freshTicket(), randomUUID()]
    const bodies: MutationBody[] = [
      update(ticketId, { status: 'open' }, { status: 'done' }),
      { kind: 'entry.create', ticketId, entryId, entryKind: 'note', body: 'once' },
    ]
    const first = await pushed(cloud.url, token, client, 1, bodies)
    const after = await ticketNow(ticketId)
    expect(await pushed(cloud.url, token, client, 1, bodies)).toEqual(first)
    expect(await ticketNow(ticketId)).toEqual(after)
    expect(await cloud.owner`select from entry where id = ${entryId}`).toHaveLength(1)
  })

  test('the same batch sent by two connections at once is applied once', async () => {
    const [client, ticketId] = [randomUUID(), freshTicket()]
    const bodies = Array.from({ length: 10 }, (_, i): MutationBody => ({
      kind: 'entry.create',
      ticketId,
      entryId: uuid(client, i),
      entryKind: 'note',
      body: `${i}`,
    }))
    const [a, b] = await Promise.all([
      pushed(cloud.url, token, client, 1, bodies),
      pushed(cloud.url, token, client, 1, bodies),
    ])
    expect(a.results).toEqual(b.results)
    expect(await cloud.owner`select from entry where ticket_id = ${ticketId}`).toHaveLength(11)
  })

  test('a gap is refused, between batches and within one, and nothing of it is applied', async () => {
    const [client, id] = [randomUUID(), freshTicket()]
    const before = await ticketNow(id)
    const body = update(id, { status: 'open' }, { status: 'done' })
    const ahead = await push(cloud.url, token, client, 2, [body])
    expect([ahead.status, await ahead.json()]).toEqual([
      409,
      { error: { code: 'sequence-gap', message: expect.stringContaining('expects edit 1') as string, retry: true } },
    ])
    const at = new Date().toISOString()
    const holed = await ask(cloud.url, paths.mutations, {
      token,
      body: { clientId: client, mutations: [1, 3].map((sequence) => ({ sequence, schema: 1, at, body })) },
    })
    expect(holed.status).toBe(409)
    expect(await ticketNow(id)).toEqual(before)
  })

  test('a kind of edit that the cloud does not know yet waits, and so does all behind it', async () => {
    const at = new Date().toISOString()
    const newer = { sequence: 1, schema: 2, at, body: { kind: 'ticket.split' } }
    const behind = { sequence: 2, schema: 1, at, body: update(freshTicket(), {}, { status: 'done' }) }
    const response = await ask(cloud.url, paths.mutations, {
      token,
      body: { clientId: randomUUID(), mutations: [newer, behind] },
    })
    expect(await response.json()).toMatchObject({ results: [{ sequence: 1, outcome: 'retry' }], lastSequence: 0 })
  })
})

describe('new things', () => {
  const ticket = {
    subject: 'New',
    description: '',
    status: 'new',
    priority: 'p2',
    type: null,
    queue: null,
    requesterId: null,
    assigneeId: null,
    tags: [],
    customFields: {},
  }

  test('tickets get the next number each, also when many are made at once', async () => {
    const ids = Array.from({ length: 12 }, () => randomUUID())
    const results = await Promise.all(ids.map((ticketId) => one({ kind: 'ticket.create', ticketId, ticket })))
    expect(results.map((result) => result?.outcome)).toEqual(ids.map(() => 'applied'))
    const numbers = await Promise.all(ids.map(async (id) => (await ticketNow(id)).data.number))
    expect(numbers.sort((a, b) => a - b)).toEqual(ids.map((_, i) => 61 + i))
  })

  test('an entry is by the token’s technician, and once for its id whoever sends it', async () => {
    const [entryId, ticketId] = [randomUUID(), freshTicket()]
    const body: MutationBody = { kind: 'entry.create', ticketId, entryId, entryKind: 'reply', body: 'On it.' }
    const [first, second] = [await one(body), await one(body)]
    expect(second).toEqual(first)
    const [row] = await cloud.owner<{ data: unknown }[]>`select data from entry where id = ${entryId}`
    expect(row?.data).toMatchObject({
      kind: 'reply',
      body: 'On it.',
      author: { kind: 'technician', id: uuid('technician', 'Alpha'), name: 'Robin of Alpha' },
    })
    expect(await cloud.owner`select from entry where id = ${entryId}`).toHaveLength(1)
  })

  test('come in the feed with the sequence that made them', async () => {
    const client = randomUUID()
    const { closing } = await readFeed(cloud.url, token, 0, client)
    expect(closing.lastSequence).toBe(0)
    const ticketId = randomUUID()
    const { results } = await pushed(cloud.url, token, client, 1, [{ kind: 'ticket.create', ticketId, ticket }])
    const feed = await readFeed(cloud.url, token, closing.cursor, client)
    expect(feed.changes).toMatchObject([
      { kind: 'ticket', id: ticketId, version: (results[0] as { version: number }).version },
    ])
    expect(feed.closing.lastSequence).toBe(1)
  })
})
