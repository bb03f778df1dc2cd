import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Entry } from '../../src-shared/domain/entry.ts'
import { inverseRelation, LinkRelation, MAX_LINKS } from '../../src-shared/domain/ticket.ts'
import type { MutationBody, MutationResult } from '../../src-shared/protocol/mutation.ts'
import { pushed } from '../support/cloud.ts'
import { uuid } from '../support/sample.ts'
import { newTicket, note, rejection, withWorkbench, type Workbench } from './workbench.ts'

let bench: Workbench
beforeAll(async () => {
  bench = await withWorkbench(150)
})
afterAll(() => bench.cloud.close())

const merge = (ticketId: string, intoId: string): MutationBody => ({ kind: 'ticket.merge', ticketId, intoId })
const unmerge = (ticketId: string): MutationBody => ({ kind: 'ticket.unmerge', ticketId })
const link = (ticketId: string, otherId: string, relation: LinkRelation = 'related'): MutationBody => ({
  kind: 'ticket.link',
  ticketId,
  otherId,
  relation,
})
const unlink = (ticketId: string, otherId: string, relation: LinkRelation = 'related'): MutationBody => ({
  kind: 'ticket.unlink',
  ticketId,
  otherId,
  relation,
})
const remove = (id: string) =>
  bench.cloud.owner`select bulkhead.delete_ticket(${uuid('tenant', 'Acme')}, ${id}) as version`
const mergedInto = async (id: string) => (await bench.ticket(id)).mergedInto
const links = async (id: string) => (await bench.ticket(id)).links ?? []
const outcomes = (results: MutationResult[]) => results.map(({ outcome }) => outcome)

describe('a merge', () => {
  test('makes a ticket part of another, leaves that one as it is, and can be undone', async () => {
    const [a, b] = [bench.fresh(), bench.fresh()]
    const before = await bench.row('ticket', b)
    const result = await bench.one(merge(a, b))
    expect(result).toEqual({ sequence: 1, outcome: 'applied', version: (await bench.row('ticket', a)).version })
    expect(await mergedInto(a)).toBe(b)
    expect(await bench.row('ticket', b)).toEqual(before)
    await bench.one(unmerge(a))
    expect(await bench.ticket(a)).not.toHaveProperty('mergedInto')
  })

  test('goes to where the other was merged already', async () => {
    const [a, b, c, d] = [bench.fresh(), bench.fresh(), bench.fresh(), bench.fresh()]
    await bench.all([merge(b, c), merge(c, d), merge(a, b)])
    expect(await mergedInto(a)).toBe(d)
    expect(await mergedInto(b)).toBe(c)
  })

  test('that is there already writes nothing, also when the other was merged on meanwhile', async () => {
    const [a, b, c] = [bench.fresh(), bench.fresh(), bench.fresh()]
    await bench.all([merge(a, b), merge(b, c)])
    const head = await bench.head()
    const { version } = await bench.row('ticket', a)
    expect(outcomes(await bench.all([merge(a, b), merge(a, c), unmerge(c)]))).toEqual(['applied', 'applied', 'applied'])
    expect(await bench.one(merge(a, b))).toMatchObject({ version })
    expect(await bench.head()).toBe(head)
  })

  test('with itself, in a circle, into what is gone, or from one that was merged elsewhere is rejected', async () => {
    const [a, b, c, gone] = [bench.fresh(), bench.fresh(), bench.fresh(), bench.fresh()]
    await remove(gone)
    await bench.all([merge(a, b), merge(b, c)])
    const head = await bench.head()
    expect(
      await bench.all([merge(c, c), merge(c, a), merge(c, gone), merge(c, uuid('x')), merge(gone, c)]),
    ).toMatchObject([
      rejection('circular'),
      rejection('circular'),
      rejection('not-found'),
      rejection('not-found'),
      rejection('ticket-deleted'),
    ])
    const { number } = await bench.ticket(b)
    expect(await bench.one(merge(a, bench.fresh()))).toMatchObject({
      ...rejection('merged-elsewhere'),
      message: expect.stringContaining(`#${number} `) as string,
    })
    expect(await bench.head()).toBe(head)
  })

  test('of two tickets into each other at once leaves one of them standing', async () => {
    for (let round = 0; round < 8; round++) {
      const [a, b] = [bench.fresh(), bench.fresh()]
      const results = await Promise.all([bench.one(merge(a, b)), bench.one(merge(b, a), bench.sam)])
      expect(outcomes(results).sort()).toEqual(['applied', 'rejected'])
      expect([await mergedInto(a), await mergedInto(b)].filter(Boolean)).toHaveLength(1)
    }
  })
})

describe('a link', () => {
  test.each(LinkRelation.options)(
    'as %s is carried by both tickets, each from its side, and goes from both',
    async (relation) => {
      const [a, b] = [bench.fresh(), bench.fresh()]
      const added = await bench.one(link(a, b, relation))
      const rows = [await bench.row('ticket', a), await bench.row('ticket', b)]
      expect(added).toMatchObject({ outcome: 'applied', version: Math.max(...rows.map(({ version }) => version)) })
      expect(await links(a)).toEqual([{ ticketId: b, relation }])
      expect(await links(b)).toEqual([{ ticketId: a, relation: inverseRelation[relation] }])
      // From the other's side it is the same link.
      const head = await bench.head()
      await bench.one(link(b, a, inverseRelation[relation]))
      expect(await bench.head()).toBe(head)
      await bench.one(unlink(b, a, inverseRelation[relation]))
      expect([await links(a), await links(b)]).toEqual([[], []])
      await bench.one(unlink(a, b, relation))
      expect(await bench.head()).toBe(head + 2)
    },
  )

  test('that half is there is made whole', async () => {
    const [a, b] = [bench.fresh(), bench.fresh()]
    await bench.one(link(a, b))
    await bench.cloud.owner.begin(async (tx) => {
      await tx`select bulkhead.use_tenant(${uuid('tenant', 'Acme')})`
      await tx`update ticket set data = (data::jsonb - 'links')::json, version = null where id = ${b}`
      await tx`select bulkhead.publish()`
    })
    await bench.one(link(a, b))
    expect(await links(b)).toEqual([{ ticketId: a, relation: 'related' }])
  })

  test('to itself, to what is gone or was never there is rejected', async () => {
    const [a, gone] = [bench.fresh(), bench.fresh()]
    await remove(gone)
    expect(await bench.all([link(a, a), link(a, gone), link(a, uuid('x')), link(gone, a)])).toMatchObject([
      rejection('circular'),
      rejection('not-found'),
      rejection('not-found'),
      rejection('ticket-deleted'),
    ])
    expect(await links(a)).toEqual([])
  })

  test('gives a ticket one parent, from whichever side, and never one below it', async () => {
    const [top, middle, low, other] = [bench.fresh(), bench.fresh(), bench.fresh(), bench.fresh()]
    await bench.all([link(middle, top, 'parent'), link(middle, low, 'child')])
    expect(
      await bench.all([
        link(low, other, 'parent'),
        link(other, low, 'child'),
        link(top, low, 'parent'),
        link(low, top, 'child'),
        link(low, middle, 'parent'),
      ]),
    ).toMatchObject([
      rejection('has-parent'),
      rejection('has-parent'),
      rejection('circular'),
      rejection('circular'),
      { outcome: 'applied' },
    ])
    expect(await links(other)).toEqual([])
  })

  test(`is the ${MAX_LINKS}th at most`, async () => {
    const ids = Array.from({ length: MAX_LINKS + 1 }, () => randomUUID())
    const hub = randomUUID()
    await bench.all([hub, ...ids].map((ticketId) => ({ kind: 'ticket.create', ticketId, ticket: newTicket })))
    const results = await bench.all(ids.map((id) => link(id, hub)))
    expect(results.at(-2)).toMatchObject({ outcome: 'applied' })
    expect(results.at(-1)).toMatchObject(rejection('too-many'))
    expect(await links(hub)).toHaveLength(MAX_LINKS)
    expect(await links(ids.at(-1) ?? '')).toEqual([])
  })

  test('is never half of one, however many clients link the same tickets at once', async () => {
    const ids = Array.from({ length: 6 }, () => bench.fresh())
    const pairs = ids.flatMap((a) => ids.filter((b) => b !== a).map((b) => [a, b] as const))
    const clients = Array.from({ length: 6 }, (_, i) => {
      const mine = pairs.map((pair, j) => [pair, (j * 7 + i * 11) % pairs.length] as const)
      const bodies = mine
        .sort(([, a], [, b]) => a - b)
        .flatMap(([[a, b]], j): MutationBody[] => [
          j % 3 === i % 3 ? unlink(a, b, 'blocks') : link(a, b, 'blocks'),
          link(a, b, 'parent'),
          note(b),
        ])
      return pushed(bench.cloud.url, i % 2 ? bench.robin : bench.sam, randomUUID(), 1, bodies)
    })
    for (const { results } of await Promise.all(clients)) expect(outcomes(results)).not.toContain('retry')
    const held = new Map(await Promise.all(ids.map(async (id) => [id, await links(id)] as const)))
    for (const [id, some] of held) {
      for (const { ticketId, relation } of some)
        expect(held.get(ticketId)).toContainEqual({ ticketId: id, relation: inverseRelation[relation] })
      expect(some.filter(({ relation }) => relation === 'parent').length).toBeLessThan(2)
    }
    // A forest: from every ticket up, nobody comes by the same ticket twice.
    for (const id of ids) {
      const seen = new Set<string>()
      for (let at: string | undefined = id; at !== undefined;) {
        expect(seen).not.toContain(at)
        seen.add(at)
        at = held.get(at)?.find(({ relation }) => relation === 'parent')?.ticketId
      }
    }
  })

  test('in a circle that two clients close at once, over tickets that neither shares, is refused to one', async () => {
    for (let round = 0; round < 6; round++) {
      const [a, b, c, d] = Array.from({ length: 4 }, () => randomUUID()) as [string, string, string, string]
      await bench.all([a, b, c, d].map((ticketId) => ({ kind: 'ticket.create', ticketId, ticket: newTicket })))
      await bench.all([link(a, b, 'parent'), link(c, d, 'parent')])
      const results = await Promise.all([bench.one(link(b, c, 'parent')), bench.one(link(d, a, 'parent'), bench.sam)])
      expect(outcomes(results).sort()).toEqual(['applied', 'rejected'])
    }
  })
})

describe('a split', () => {
  const split = (fromId: string, entries: string[], ticketId: string = randomUUID()) => ({
    kind: 'ticket.split' as const,
    ticketId,
    fromId,
    ticket: { ...newTicket, subject: 'Apart' },
    entries: entries.map((from) => ({ from, id: randomUUID() })),
  })

  test('opens a ticket with copies, links the two, and counts no work twice', async () => {
    const [from, merged] = [bench.fresh(), bench.fresh()]
    const [noted, worked, elsewhere] = [randomUUID(), randomUUID(), randomUUID()]
    const time = { minutes: 30, billable: true, workedAt: '2026-11-20T08:00:00.000Z' }
    await bench.all(
      [
        note(from, 'Two things.', noted),
        { kind: 'entry.create', ticketId: from, entryId: worked, entryKind: 'time', body: 'Looked.', time },
        note(merged, 'From the other.', elsewhere),
        merge(merged, from),
      ],
      bench.sam,
    )
    const body = split(from, [noted, worked, elsewhere])
    const result = await bench.one(body)
    const created = await bench.row('ticket', body.ticketId)
    expect(created.data).toMatchObject({
      subject: 'Apart',
      number: expect.any(Number) as number,
      links: [{ ticketId: from, relation: 'split-from' }],
    })
    expect(await links(from)).toEqual([{ ticketId: body.ticketId, relation: 'split-into' }])
    const originals = await Promise.all([noted, worked, elsewhere].map((id) => bench.row<Entry>('entry', id)))
    const copies = await Promise.all(body.entries.map(({ id }) => bench.row<Entry>('entry', id)))
    expect(copies.map(({ data }) => data)).toEqual(
      originals.map(({ data: { id, author, body: text, createdAt } }, i) => ({
        id: body.entries[i]?.id,
        ticketId: body.ticketId,
        kind: 'note',
        author,
        body: text,
        createdAt,
        copiedFrom: id,
      })),
    )
    expect(result).toMatchObject({ version: Math.max(...copies.map(({ version }) => version)) })
    expect(originals[1]?.data.time).toEqual(time)
  })

  test('with an entry of another ticket, a taken id, words that the client does not have, or from what is gone is rejected whole', async () => {
    const [from, other, gone] = [bench.fresh(), bench.fresh(), bench.fresh()]
    const [mine, theirs] = [randomUUID(), randomUUID()]
    await bench.all([note(from, 'Mine.', mine), note(other, 'Theirs.', theirs)])
    await remove(gone)
    const head = await bench.head()
    const taken = { ...split(from, []), entries: [{ from: mine, id: theirs }] }
    const twice = { ...split(from, []), entries: [mine, mine].map((one) => ({ from: one, id: uuid('twice') })) }
    const strange = split(from, [mine])
    const results = await bench.all([
      split(from, [mine, theirs]),
      split(from, [uuid('x')]),
      taken,
      twice,
      { ...strange, ticket: { ...strange.ticket, status: 'nowhere' } },
      split(gone, []),
      split(uuid('x'), []),
    ])
    expect(results).toMatchObject([
      ...Array.from({ length: 5 }, () => rejection('invalid-input')),
      rejection('ticket-deleted'),
      rejection('not-found'),
    ])
    expect(await bench.head()).toBe(head)
  })
})

test('a deleted ticket leaves no link and no merge behind', async () => {
  const [gone, linked, part] = [bench.fresh(), bench.fresh(), bench.fresh()]
  await bench.all([link(linked, gone, 'parent'), link(linked, part), merge(part, gone)])
  await remove(gone)
  expect(await links(linked)).toEqual([{ ticketId: part, relation: 'related' }])
  expect(await bench.ticket(part)).not.toHaveProperty('mergedInto')
  // And both are free for others.
  const other = bench.fresh()
  expect(outcomes(await bench.all([link(linked, other, 'parent'), merge(part, other)]))).toEqual(['applied', 'applied'])
})
