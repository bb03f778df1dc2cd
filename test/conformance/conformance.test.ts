import fc from 'fast-check'
import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { withCloud, sampleData, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'
import { about, expectSame, expectWholeLinks, inPostgres, note, ticket, update, work } from './acts.ts'
import { TinySession, TinyTenant } from './client.mjs'
import { BadNetwork } from './bad-network.ts'

let cloud: TestCloud
const ends = new AbortController()

beforeAll(async () => {
  cloud = await withCloud([
    sampleOrganisation('Alpha', [sampleClient('Acme', 13), sampleClient('Zephyr', 5)]),
    ...sampleData().slice(1),
  ])
})
afterEach(() => network.heal())
afterAll(async () => {
  ends.abort()
  await cloud.close()
})

const network = new BadNetwork()
async function session(through: typeof fetch = network.fetch): Promise<TinySession> {
  const made = new TinySession(cloud.url, through)
  await made.signIn('robin@alpha.example', 'secret of Alpha')
  return made
}

/** A client that has read the feed once. */
async function client(through?: typeof fetch): Promise<TinyTenant> {
  const made = new TinyTenant(await session(through), uuid('tenant', 'Acme'))
  await made.pull()
  return made
}

describe('two clients written from docs/protocol.md', () => {
  const field = fc.constantFrom(
    ['subject', ['Printer', 'Router', 'VPN']] as const,
    ['status', ['new', 'open', 'vendor', 'no such word']] as const,
    ['assigneeId', [null, uuid('technician', 'Alpha')]] as const,
    ['tags', [[], ['vip'], ['vip', 'loud']]] as const,
    ['customFields', [{ site: 'Harbour' }, { site: 'Yard' }, { seats: 3 }, { site: null, seats: 4 }]] as const,
  )
  const edit = fc.record({
    do: fc.constant('edit' as const),
    number: fc.integer({ min: 1, max: 4 }),
    field,
    pick: fc.nat(9),
  })
  const few = fc.integer({ min: 1, max: 4 })
  const relate = fc.record({
    do: fc.constantFrom('link' as const, 'unlink' as const, 'merge' as const, 'unmerge' as const),
    number: few,
    other: few,
    relation: fc.constantFrom('related', 'parent', 'child', 'blocks'),
  })
  const tags = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 })
  const tag = fc.record({ do: fc.constant('tag' as const), number: few, add: tags, remove: tags })
  const person = fc.record({ do: fc.constant('person' as const), phone: fc.constantFrom(null, '1', '2') })
  const rest = fc.record({ do: fc.constantFrom('note', 'time', 'create', 'push', 'pull', 'push', 'pull') })
  const deed = fc.oneof(edit, { weight: 2, arbitrary: rest }, relate, tag, person)
  const step = fc.record({ who: fc.integer({ min: 0, max: 1 }), act: deed, fault: fc.nat(3) })

  test('end with what Postgres holds, whatever they do and whatever the network does to them', async () => {
    let conflicts = 0
    let rejected = 0
    const run = fc.asyncProperty(
      fc.array(step, { minLength: 40, maxLength: 60 }),
      fc.integer(),
      async (steps, seed) => {
        const clients = [await client(), await client()] as const
        let written = 0
        const before = await inPostgres(cloud)
        network.spoil(seed)
        for (const { who, act } of steps) {
          const one = clients[who === 0 ? 0 : 1]
          const stirred = act.do === 'push' || act.do === 'pull' ? one[act.do]() : null
          if (act.do === 'edit') one.write(editOf(one, act))
          if (act.do === 'note') one.write(note(1 + (written++ % 4), 'Called back.'))
          if (act.do === 'time') one.write(work(1 + (written++ % 4), 15))
          if (act.do === 'create') one.write(creation(`Number ${written++}`))
          if (act.do === 'tag') one.write({ ...about('tag', act.number), add: act.add, remove: act.remove })
          if (act.do === 'link' || act.do === 'unlink')
            one.write({ ...about(act.do, act.number), otherId: ticket(act.other), relation: act.relation })
          if (act.do === 'merge') one.write({ ...about('merge', act.number), intoId: ticket(act.other) })
          if (act.do === 'unmerge') one.write(about('unmerge', act.number))
          if (act.do === 'person') one.write(call(one, act.phone))
          await stirred?.catch(() => undefined)
        }
        network.heal()
        for (const one of clients) await one.push()
        for (const one of clients) await one.pull()
        await expectSame(cloud, ...clients)
        for (const one of clients) {
          expect(one.outbox).toEqual([])
          expect(one.acknowledged).toEqual([])
          expectWholeLinks(one)
          conflicts += one.conflicts.length
          rejected += one.rejected.length
        }
        const added = [...(await inPostgres(cloud)).keys()].filter((key) => !before.has(key))
        expect(added).toHaveLength(written)
      },
    )
    await fc.assert(run, { numRuns: 12, endOnFailure: true })
    expect(conflicts).toBeGreaterThan(0)
    expect(rejected).toBeGreaterThan(0)
    // How many depends on what is drawn: some fifty.
    expect(network.faults).toBeGreaterThan(15)
  })
})

/** The only contact, with another phone. */
function call(one: TinyTenant, phone: string | null): object {
  const contactId = uuid('Acme', 'contact')
  const { phone: seen } = one.thing('contact', contactId)
  return { kind: 'contact.update', contactId, base: { phone: seen }, patch: { phone } }
}

type Edit = { number: number; field: readonly [string, readonly unknown[]]; pick: number }

function editOf(one: TinyTenant, { number, field: [name, values], pick }: Edit): object {
  const seen = one.ticket(ticket(number)) as Record<string, unknown>
  const mine = values[pick % values.length]
  if (name !== 'customFields') return update(number, { [name]: seen[name] }, { [name]: mine })
  const fields = (seen[name] ?? {}) as Record<string, unknown>
  const base = Object.fromEntries(Object.keys(mine as object).map((key) => [key, fields[key] ?? null]))
  return update(number, { customFields: base }, { customFields: mine })
}

function creation(subject: string): object {
  const given = { subject, description: 'By hand.', status: 'new', priority: 'p2' }
  return { kind: 'ticket.create', ticketId: randomUUID(), ticket: given }
}

test('a line of a kind that the client does not know is passed over', async () => {
  const newer: typeof fetch = async (...request) => {
    const response = await network.fetch(...request)
    if (!String(request[0]).includes('/v1/changes')) return response
    const lines = (await response.text()).split('\n')
    const closing = JSON.parse(lines.at(-2) ?? '') as { cursor: number }
    const strange = { kind: 'teapot', id: randomUUID(), version: closing.cursor, data: { short: true } }
    return new Response(lines.toSpliced(-2, 0, JSON.stringify(strange)).join('\n'), response)
  }
  const one = await client(newer)
  expect([...one.skipped]).toEqual(['teapot'])
  await expectSame(cloud, one)
})

describe('sequences', () => {
  test('a batch that is sent twice, one after the other or at once, counts once', async () => {
    const one = await client()
    one.write(update(5, { subject: 'Acme ticket 5' }, { subject: 'Once' }))
    one.write(update(5, { subject: 'Once' }, { subject: 'Twice' }))
    const batch = { clientId: one.clientId, mutations: structuredClone(one.outbox) }
    const send = () => one.withToken('/v1/mutations', { method: 'POST', body: batch })
    const [first, second] = await Promise.all([send(), send()])
    expect(second).toEqual(first)
    expect(await send()).toEqual(first)
    await one.push()
    await one.pull()
    expect(one.ticket(ticket(5)).subject).toBe('Twice')
    await expectSame(cloud, one)
  })

  test('a gap is refused, nothing of it is applied, and a new client id takes what waited', async () => {
    const one = await client()
    one.write(note(6, 'Sent.'))
    await one.push()
    one.numbered = 5
    one.write(note(6, 'After the gap.'))
    const body = { clientId: one.clientId, mutations: one.outbox }
    await expect(one.withToken('/v1/mutations', { method: 'POST', body })).rejects.toMatchObject({
      status: 409,
      code: 'sequence-gap',
    })
    await expectSame(cloud, await client())
    const before = one.clientId
    await one.push()
    expect(one.clientId).not.toBe(before)
    await one.pull()
    expect(bodiesOf(one, 6)).toEqual(['First word on 6', 'Sent.', 'After the gap.'])
  })

  test.each([
    ['reads first', 7],
    ['pushes first', 13],
  ])('a copy that was set back and %s takes a new client id, and loses no write', async (first, n) => {
    const one = await client()
    one.write(note(n, 'Before the backup.'))
    await one.push()
    const backup = { sent: one.sent, numbered: one.numbered }
    one.write(note(n, 'After the backup.'))
    await one.push()
    Object.assign(one, backup)
    one.write(note(n, 'After the restore.'))
    if (first === 'reads first') await one.pull()
    await one.push()
    await one.pull()
    expect(bodiesOf(one, n).slice(1)).toEqual(['Before the backup.', 'After the backup.', 'After the restore.'])
  })

  test('what the cloud does not know yet waits, and so does all behind it', async () => {
    const one = await client()
    one.write(note(8, 'Known.'))
    one.write({ kind: 'ticket.teleport' })
    one.outbox[1].schema = 99
    one.write(note(8, 'Behind.'))
    await one.push()
    expect(one.outbox.map(({ sequence }: { sequence: number }) => sequence)).toEqual([2, 3])
    await one.pull()
    expect(bodiesOf(one, 8)).toEqual(['First word on 8', 'Known.'])
  })
})

describe('outcomes', () => {
  test('a conflict tells the field with base, mine and theirs, who wrote it and when; the other fields apply', async () => {
    const [one, other] = [await client(), await client()]
    one.write(update(9, { priority: 'p2', subject: 'Acme ticket 9' }, { priority: 'p1', subject: 'First' }))
    other.write(update(9, { subject: 'Acme ticket 9', tags: [] }, { subject: 'Second', tags: ['late'] }))
    await one.push()
    await other.push()
    expect(other.outbox).toEqual([])
    expect(other.conflicts).toMatchObject([
      {
        sequence: 1,
        outcome: 'conflict',
        conflicts: [{ field: 'subject', base: 'Acme ticket 9', mine: 'Second', theirs: 'First' }],
      },
    ])
    const [told] = other.conflicts[0].conflicts
    expect(told.by).toBe('Robin of Alpha')
    expect(new Date(told.at).toISOString()).toBe(told.at)
    await other.pull()
    expect(other.ticket(ticket(9))).toMatchObject({ subject: 'First', priority: 'p1', tags: ['late'] })
  })

  test('a rejected write blocks nothing behind it', async () => {
    const one = await client()
    one.write(update(10, { status: 'open' }, { status: 'no such word' }))
    one.write({ kind: 'nonsense' })
    one.write({ ...update(10, {}, { subject: 'Lost' }), ticketId: randomUUID() })
    one.write(note(10, 'Behind them.'))
    await one.push()
    expect(one.rejected.map(({ sequence, code }: { sequence: number; code: string }) => [sequence, code])).toEqual([
      [1, 'invalid-input'],
      [2, 'invalid-input'],
      [3, 'not-found'],
    ])
    await one.pull()
    expect(bodiesOf(one, 10)).toEqual(['First word on 10', 'Behind them.'])
  })

  test('an own write stays in view from the key press to the feed that holds it', async () => {
    const one = await client()
    const seen: string[] = []
    const look = () => seen.push(one.ticket(ticket(11)).subject)
    one.write(update(11, { subject: 'Acme ticket 11' }, { subject: 'Mine' }))
    look()
    await one.push()
    look()
    await one.pull()
    look()
    expect(seen).toEqual(['Mine', 'Mine', 'Mine'])
    expect(one.acknowledged).toEqual([])
  })
})

function bodiesOf(one: TinyTenant, number: number): string[] {
  const entries = [...one.store].filter(
    ([key, { ticketId }]) => key.startsWith('entry/') && ticketId === ticket(number),
  )
  const at = (entry: { createdAt: string }) => Date.parse(entry.createdAt)
  return entries.sort(([, a], [, b]) => at(a) - at(b)).map(([, { body }]) => body)
}

test('a feed that is cut anywhere is whole again when it is asked for once more', async () => {
  const whole = await client()
  const length = (await (await fetchFeed(whole)).arrayBuffer()).byteLength
  for (let at = 0; at < length; at += 211) {
    const one = new TinyTenant(whole.session, whole.tenant)
    network.cutNextFeedAt(at)
    await one.pull()
    expect(one.store).toEqual(whole.store)
  }
})

function fetchFeed(one: TinyTenant): Promise<Response> {
  return one.withToken('/v1/changes', { raw: true })
}

describe('events', () => {
  test('a write of one client reaches the other through the stream', async () => {
    const [one, other] = [await client(), await client()]
    const heard: string[] = []
    const following = one.session.follow(async (event: string, data: { tenant: string; version: number }) => {
      heard.push(event)
      if (event === 'version' && data.tenant === one.tenant && data.version > one.cursor) await one.pull()
    }, ends.signal)
    following.catch(() => undefined)
    await expect.poll(() => heard).toEqual(['heartbeat'])
    other.write(note(12, 'Did you hear?'))
    await other.push()
    await expect.poll(() => bodiesOf(one, 12)).toContain('Did you hear?')
  })

  test('a stream that is silent is given up', async () => {
    const one = await session()
    await one.follow(() => undefined, ends.signal, 50)
  })
})
