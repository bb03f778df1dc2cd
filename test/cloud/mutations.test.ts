import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tokenKey, Tokens } from '../../src-cloud/tokens.ts'
import type { Ticket, TicketPatch } from '../../src-shared/domain/ticket.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { MUTATION_SCHEMA, type MutationBody } from '../../src-shared/protocol/mutation.ts'
import { ask, push, pushed, readFeed, withCloud, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'
import { newTicket } from './workbench.ts'

let cloud: TestCloud
let token: string
let next = 0
/** Of another technician, Sam. */
let samsToken: string
beforeAll(async () => {
  const data = sampleOrganisation('Alpha', [sampleClient('Acme', 60)])
  const sam = { id: uuid('technician', 'Sam'), name: 'Sam of Alpha', email: 'sam@alpha.example', password: 'secret' }
  cloud = await withCloud([{ ...data, technicians: [...data.technicians, sam] }])
  token = await cloud.tenantToken()
  const tokens = new Tokens(await tokenKey(cloud.owner))
  samsToken = await tokens.tenant({ technician: sam.id, tenant: uuid('tenant', 'Acme') })
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
const one = async (body: MutationBody, as = token) => (await pushed(cloud.url, as, randomUUID(), 1, [body])).results[0]

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
      conflicts: [
        {
          field: 'status',
          base: 'open',
          mine: 'vendor',
          theirs: 'done',
          at: theirs.data.updatedAt,
          by: 'Robin of Alpha',
        },
      ],
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
      update(
        id,
        { customFields: { site: 'Harbour' } },
        { customFields: { site: 'Dock', seats: 4, window: '2026-03-04T09:30:00Z' } },
      ),
    )
    expect(result).toMatchObject({
      outcome: 'conflict',
      conflicts: [{ field: 'customFields.site', base: 'Harbour', mine: 'Dock', theirs: 'Mill' }],
    })
    expect((await ticketNow(id)).data.customFields).toEqual({ site: 'Mill', seats: 4, window: '2026-03-04T09:30:00Z' })
  })
})

describe('a conflict tells who wrote theirs and when', () => {
  test('of that field, whoever touched the ticket later', async () => {
    const id = freshTicket()
    await one(update(id, { status: 'open' }, { status: 'done' }), samsToken)
    const byState = (await ticketNow(id)).data.updatedAt
    await one(update(id, { customFields: { site: 'Harbour' } }, { customFields: { site: 'Mill' } }))
    const bySite = (await ticketNow(id)).data.updatedAt
    await one(
      { kind: 'entry.create', ticketId: id, entryId: randomUUID(), entryKind: 'note', body: 'later' },
      samsToken,
    )
    const result = await one(
      update(
        id,
        { status: 'open', customFields: { site: 'Harbour' } },
        { status: 'new', customFields: { site: 'Dock' } },
      ),
    )
    expect(result).toMatchObject({
      conflicts: [
        { field: 'status', by: 'Sam of Alpha', at: byState },
        { field: 'customFields.site', by: 'Robin of Alpha', at: bySite },
      ],
    })
  })

  test('of a field that nobody changed since a technician opened the ticket', async () => {
    const ticketId = randomUUID()
    await one({ kind: 'ticket.create', ticketId, ticket: newTicket }, samsToken)
    const { data } = await ticketNow(ticketId)
    await one(update(ticketId, { priority: 'p2' }, { priority: 'p1' }))
    expect(await one(update(ticketId, { status: 'open' }, { status: 'done' }))).toMatchObject({
      conflicts: [{ field: 'status', theirs: 'new', by: 'Sam of Alpha', at: data.createdAt }],
    })
  })

  test('of a ticket that came from elsewhere: when it was last written, by nobody known', async () => {
    const id = freshTicket()
    const { data } = await ticketNow(id)
    expect(await one(update(id, { status: 'new' }, { status: 'done' }))).toMatchObject({
      conflicts: [{ field: 'status', by: null, at: data.updatedAt }],
    })
  })

  test('and none of that is in the feed', async () => {
    const { changes } = await readFeed(cloud.url, token)
    expect(changes.some(({ data }) => data && 'changed' in data)).toBe(false)
  })
})

describe('a batch', () => {
  test('merges edits of one ticket in order; each has the version of the row that holds it', async () => {
    const [first, second] = [freshTicket(), freshTicket()]
    const { results } = await pushed(cloud.url, token, randomUUID(), 1, [
      update(first, { status: 'open' }, { status: 'vendor' }),
      update(second, { status: 'open' }, { status: 'vendor' }),
      update(first, { status: 'vendor' }, { status: 'done' }),
      update(first, { status: 'open' }, { status: 'new' }),
    ])
    const [a, b] = [await ticketNow(first), await ticketNow(second)]
    expect(a.data.status).toBe('done')
    expect(results).toMatchObject([
      { outcome: 'applied', version: a.version },
      { outcome: 'applied', version: b.version },
      { outcome: 'applied', version: a.version },
      { outcome: 'conflict', version: a.version, conflicts: [{ theirs: 'done' }] },
    ])
    expect(a.version).toBe(b.version + 1)
  })

  test('loses nothing to a value that the database refuses', async () => {
    const [first, second, client] = [freshTicket(), freshTicket(), randomUUID()]
    const bodies = [
      update(first, { status: 'open' }, { status: 'vendor' }),
      update(first, { subject: (await ticketNow(first)).data.subject }, { subject: 'nul \u0000' }),
      update(second, { status: 'open' }, { status: 'vendor' }),
    ]
    const { results, lastSequence } = await pushed(cloud.url, token, client, 1, bodies)
    expect(results.map(({ outcome }) => outcome)).toEqual(['applied', 'rejected', 'applied'])
    expect(lastSequence).toBe(3)
    expect([(await ticketNow(first)).data.status, (await ticketNow(second)).data.status]).toEqual(['vendor', 'vendor'])
    expect((await pushed(cloud.url, token, client, 1, bodies)).results).toEqual(results)
  })

  test('of more than one transaction, partly applied before, goes on where it was', async () => {
    const [client, ticketId] = [randomUUID(), freshTicket()]
    const bodies = Array.from({ length: 250 }, (_, i): MutationBody => ({
      kind: 'entry.create',
      ticketId,
      entryId: uuid(client, i),
      entryKind: 'note',
      body: `${i}`,
    }))
    const first = await pushed(cloud.url, token, client, 1, bodies.slice(0, 130))
    const all = await pushed(cloud.url, token, client, 1, bodies)
    expect(all.results.slice(0, 130)).toEqual(first.results)
    expect(all.lastSequence).toBe(250)
    const middle = await pushed(cloud.url, token, client, 51, bodies.slice(50, 160))
    expect(middle).toEqual({ results: all.results.slice(50, 160), lastSequence: 250 })
    const versions = all.results.map((result) => ('version' in result ? result.version : 0))
    expect(versions).toEqual(versions.toSorted((a, b) => a - b))
    const rows = await cloud.owner<{ version: number }[]>`
      select version from entry where ticket_id = ${ticketId} and data ->> 'kind' = 'note' order by version`
    expect(rows.map(({ version }) => version)).toEqual(versions)
  })
})

describe('a mutation is rejected with a clear message', () => {
  test.each<[string, TicketPatch, string]>([
    ['an unknown status', { status: 'nowhere' }, 'no status "nowhere"'],
    ['an unknown priority', { priority: 'p9' }, 'no priority "p9"'],
    ['an unknown queue', { queue: 'attic' }, 'no queue "attic"'],
    ['an unknown custom field', { customFields: { shoe: 'left' } }, 'no field "shoe"'],
    ['a custom field of the wrong type', { customFields: { seats: 'many' } }, '"Seats" does not take'],
    ['a day where an instant is meant', { customFields: { window: '2026-03-04' } }, '"Window" does not take'],
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
    const newer = { sequence: 1, schema: MUTATION_SCHEMA + 1, at, body: { kind: 'ticket.teleport' } }
    const behind = { sequence: 2, schema: 1, at, body: update(freshTicket(), {}, { status: 'done' }) }
    const response = await ask(cloud.url, paths.mutations, {
      token,
      body: { clientId: randomUUID(), mutations: [newer, behind] },
    })
    expect(await response.json()).toMatchObject({ results: [{ sequence: 1, outcome: 'retry' }], lastSequence: 0 })
  })
})

describe('new things', () => {
  test('tickets get the next number each, also when many are made at once', async () => {
    const ids = Array.from({ length: 12 }, () => randomUUID())
    const [row] = await cloud.owner<{ before: number }[]>`select last_number as before from ticket_number`
    const before = row?.before ?? NaN
    const results = await Promise.all(
      ids.map((ticketId) => one({ kind: 'ticket.create', ticketId, ticket: newTicket })),
    )
    expect(results.map((result) => result?.outcome)).toEqual(ids.map(() => 'applied'))
    const numbers = await Promise.all(ids.map(async (id) => (await ticketNow(id)).data.number))
    expect(numbers.sort((a, b) => a - b)).toEqual(ids.map((_, i) => before + 1 + i))
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
    const { results } = await pushed(cloud.url, token, client, 1, [
      { kind: 'ticket.create', ticketId, ticket: newTicket },
    ])
    const feed = await readFeed(cloud.url, token, closing.cursor, client)
    expect(feed.changes).toMatchObject([
      { kind: 'ticket', id: ticketId, version: (results[0] as { version: number }).version },
    ])
    expect(feed.closing.lastSequence).toBe(1)
  })
})
