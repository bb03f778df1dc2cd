import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { NewView } from '../../src-shared/domain/saved-view.ts'
import type { MutationBody } from '../../src-shared/protocol/mutation.ts'
import { pushed, readFeed } from '../support/cloud.ts'
import { uuid } from '../support/sample.ts'
import { newTicket, note, SAM, withWorkbench, type Workbench } from './workbench.ts'

let bench: Workbench
beforeAll(async () => {
  bench = await withWorkbench(60)
})
afterAll(() => bench.cloud.close())

const leave = async (technician: string, away: boolean) => {
  await bench.cloud.owner.begin(async (tx) => {
    await tx`select bulkhead.use_tenant(${uuid('tenant', 'Acme')})`
    await tx`
      update tenant_technician set deleted = ${away}, version = null
      where tenant_id = ${uuid('tenant', 'Acme')} and id = ${technician}`
    await tx`select bulkhead.publish()`
  })
}

/** One of each kind, about a ticket and things of its own. */
function everyKind(
  ticketId: string,
  to: Partial<Record<'other' | 'contact' | 'view' | 'entry', string>> = {},
): MutationBody[] {
  const [made, apart, part] = [randomUUID(), randomUUID(), randomUUID()]
  const [entryId, viewId, contactId] = [randomUUID(), to.view ?? randomUUID(), to.contact ?? randomUUID()]
  const contact = { name: 'Ada', email: null, phone: null, title: null, site: null, vip: false }
  const view: NewView = {
    name: 'All',
    ownerId: null,
    filter: {},
    sort: { by: 'due', direction: 'ascending' },
    columns: [],
  }
  const time = { minutes: 5, billable: true, workedAt: '2026-11-20T08:00:00.000Z' }
  const file = { name: 'log.txt', type: 'text/plain', size: 3, sha256: 'a'.repeat(64) }
  const other = to.other ?? made
  return [
    { kind: 'contact.create', contactId, contact },
    { kind: 'contact.update', contactId, base: { name: 'Ada' }, patch: { name: 'Ada L.' } },
    { kind: 'ticket.create', ticketId: made, ticket: newTicket },
    { kind: 'ticket.create', ticketId: part, ticket: newTicket },
    { kind: 'ticket.update', ticketId, base: { priority: 'p2' }, patch: { priority: 'p1' } },
    { kind: 'ticket.tag', ticketId, add: ['loud'], remove: [] },
    note(ticketId, 'A note.', entryId),
    { kind: 'entry.create', ticketId, entryId: randomUUID(), entryKind: 'time', body: 'Worked.', time },
    { kind: 'attachment.add', attachmentId: randomUUID(), ticketId, entryId: to.entry ?? entryId, attachment: file },
    { kind: 'ticket.link', ticketId, otherId: other, relation: 'blocks' },
    { kind: 'ticket.unlink', ticketId, otherId: other, relation: 'blocks' },
    { kind: 'ticket.merge', ticketId: part, intoId: to.other ?? ticketId },
    { kind: 'ticket.unmerge', ticketId: part },
    {
      kind: 'ticket.split',
      ticketId: apart,
      fromId: ticketId,
      ticket: newTicket,
      entries: [{ from: to.entry ?? entryId, id: randomUUID() }],
    },
    { kind: 'view.create', viewId, view },
    { kind: 'view.update', viewId, base: { name: 'All' }, patch: { name: 'Everything' } },
    { kind: 'view.delete', viewId },
  ]
}

describe('a batch of all kinds', () => {
  test('is applied whole, in order, with the versions of the rows, and the feed tells all of it', async () => {
    const [ticketId, before] = [bench.fresh(), await bench.head()]
    const bodies = everyKind(ticketId)
    const results = await bench.all(bodies)
    expect(results.map(({ outcome }) => outcome)).toEqual(bodies.map(() => 'applied'))
    const { changes, closing } = await readFeed(bench.cloud.url, bench.robin, before)
    expect(changes.map(({ kind }) => kind).sort()).toEqual(
      ['contact', 'ticket', 'ticket', 'ticket', 'ticket', 'entry', 'entry', 'entry', 'attachment', 'view'].sort(),
    )
    const versions = new Set(changes.map(({ version }) => version))
    for (const result of results) expect(versions).toContain((result as { version: number }).version)
    expect(closing.cursor).toBe(before + changes.length)
  })

  test('sent twice by one client, or by two, at once or later, is applied once', async () => {
    const bodies = everyKind(bench.fresh())
    const [mine, theirs] = [randomUUID(), randomUUID()]
    const send = (client: string) => pushed(bench.cloud.url, bench.robin, client, 1, bodies)
    const [a, b] = await Promise.all([send(mine), send(mine)])
    expect(b).toEqual(a)
    const rows = async () =>
      (await readFeed(bench.cloud.url, bench.robin)).changes.map(({ kind, id }) => `${kind}/${id}`).sort()
    const before = await rows()
    expect(await send(mine)).toEqual(a)
    const again = await send(theirs)
    expect(await rows()).toEqual(before)
    // The view was deleted meanwhile; everything else is what it was.
    expect(again.results.map(({ outcome }) => outcome).slice(0, -3)).not.toContain('rejected')
  })

  test('of two clients about the same things, time after time, neither fails nor waits for ever', async () => {
    const ticketId = bench.fresh()
    const bodies = Array.from({ length: 6 }, () => everyKind(ticketId, { contact: uuid('Acme', 'contact') })).flat()
    const clients = [bodies, bodies.toReversed(), bodies].map((some) =>
      pushed(bench.cloud.url, bench.robin, randomUUID(), 1, some),
    )
    for (const { results } of await Promise.all(clients))
      expect(results.map(({ outcome }) => outcome)).not.toContain('retry')
  })

  test('naming another client’s things finds none of them, and changes none', async () => {
    const zephyr = {
      other: uuid('Zephyr', 'ticket', 2),
      contact: uuid('Zephyr', 'contact'),
      entry: uuid('Zephyr', 'entry', 2),
      view: randomUUID(),
    }
    const theirs = await bench.cloud.tenantToken(1)
    const view: NewView = {
      name: 'Theirs',
      ownerId: null,
      filter: {},
      sort: { by: 'due', direction: 'ascending' },
      columns: [],
    }
    await bench.all([{ kind: 'view.create', viewId: zephyr.view, view }], theirs)
    const held = await readFeed(bench.cloud.url, theirs)
    const mine = bench.fresh()
    const bodies = [...everyKind(uuid('Zephyr', 'ticket', 1), zephyr), ...everyKind(mine, zephyr)]
    const naming = bodies.filter(
      ({ kind }) => kind !== 'ticket.create' && kind !== 'contact.create' && kind !== 'view.create',
    )
    // Of those about my own ticket, these name only it.
    const own = new Set(['ticket.update', 'ticket.tag', 'entry.create', 'ticket.unmerge', 'ticket.unlink'])
    const results = await bench.all(naming)
    for (const [i, body] of naming.entries()) {
      if ('ticketId' in body && own.has(body.kind) && (i >= naming.length / 2 || body.kind === 'ticket.unmerge'))
        continue
      expect([body.kind, results[i]?.outcome]).toEqual([body.kind, 'rejected'])
    }
    expect(await readFeed(bench.cloud.url, theirs)).toEqual(held)
    const { links = [], mergedInto } = await bench.ticket(mine)
    expect([links, mergedInto]).toEqual([[], undefined])
  })
})

test('who does not work here any more adds no entry, file, contact or view', async () => {
  const ticketId = bench.fresh()
  await leave(SAM, true)
  const results = await bench.all(everyKind(ticketId), bench.sam)
  await leave(SAM, false)
  const refused = results.filter((result) => result.outcome === 'rejected' && result.code === 'not-allowed')
  // Note, time, file; contact twice; view three times.
  expect(refused).toHaveLength(8)
})
