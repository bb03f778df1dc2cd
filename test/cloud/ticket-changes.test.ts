import { afterAll, beforeAll, expect, test } from 'vitest'
import { paths } from '../../src-shared/protocol/api.ts'
import type { TicketChange } from '../../src-shared/domain/ticket-change.ts'
import { ask, readFeed, type FeedLine } from '../support/cloud.ts'
import { uuid } from '../support/sample.ts'
import { newTicket, ROBIN, withWorkbench, type Workbench } from './workbench.ts'

/** More than a page of 2000 rows holds, where each has a change. */
const TICKETS = 1500

let bench: Workbench
beforeAll(async () => {
  bench = await withWorkbench(TICKETS)
})
afterAll(() => bench.cloud.close())

/** The feed together with the kind that is told apart. */
async function feedWith(after = 0, kind = 'change'): Promise<FeedLine[]> {
  const response = await ask(bench.cloud.url, `${paths.changes}?after=${after}&with=${kind}`, { token: bench.robin })
  const lines = (await response.text()).split('\n').filter(Boolean)
  return lines.slice(1, -1).map((line) => JSON.parse(line) as FeedLine)
}
/** A ticket and its change have one version, in either order. */
const inOrder = (lines: FeedLine[]): FeedLine[] =>
  lines.toSorted((x, y) => x.version - y.version || x.kind.localeCompare(y.kind))
async function changesOf(ticketId: string): Promise<TicketChange[]> {
  const lines = (await feedWith()).filter(({ kind, deleted }) => kind === 'change' && !deleted)
  return lines.map(({ data }) => data as TicketChange).filter((change) => change.ticketId === ticketId)
}

test('a change says who changed what from what to what, once for all that a batch did, and has its ticket’s version', async () => {
  const id = bench.fresh()
  const before = await bench.ticket(id)
  const site = before.customFields['site'] ?? null
  await bench.all([
    { kind: 'ticket.update', ticketId: id, base: { status: before.status }, patch: { status: 'vendor' } },
    {
      kind: 'ticket.update',
      ticketId: id,
      base: { customFields: { site } },
      patch: { customFields: { site: 'Pier 4' } },
    },
    { kind: 'ticket.tag', ticketId: id, add: ['loud'], remove: [] },
    { kind: 'ticket.watch', ticketId: id, add: [ROBIN], remove: [] },
  ])
  const [change, ...more] = await changesOf(id)
  expect(more).toEqual([])
  expect(change).toMatchObject({ by: { kind: 'technician', id: ROBIN, name: 'Robin of Alpha' } })
  expect(change?.acts).toEqual([
    { field: 'status', from: before.status, to: 'vendor' },
    { field: 'customFields.site', from: site, to: 'Pier 4' },
    { field: 'tags', from: [], to: ['loud'] },
    { field: 'watchers', from: [], to: [ROBIN] },
  ])
  const line = (await feedWith()).find((one) => one.id === change?.id)
  expect(line?.version).toBe((await bench.row('ticket', id)).version)
})

test('there and back within a batch is told as both', async () => {
  const id = bench.fresh()
  const { status } = await bench.ticket(id)
  const set = (base: string, to: string) =>
    ({ kind: 'ticket.update', ticketId: id, base: { status: base }, patch: { status: to } }) as const
  await bench.all([
    set(status, 'vendor'),
    { kind: 'ticket.tag', ticketId: id, add: ['loud'], remove: [] },
    set('vendor', status),
  ])
  expect((await changesOf(id)).map(({ acts }) => acts)).toEqual([
    [
      { field: 'status', from: status, to: 'vendor' },
      { field: 'tags', from: [], to: ['loud'] },
      { field: 'status', from: 'vendor', to: status },
    ],
  ])
})

test('a ticket that is made says so, each side of a link has its own, and what changes nothing has none', async () => {
  const [a, b] = [bench.fresh(), bench.fresh()]
  const ticketId = uuid('made here', 'ticket')
  await bench.one({ kind: 'ticket.create', ticketId, ticket: newTicket })
  await bench.one({ kind: 'ticket.link', ticketId: a, otherId: b, relation: 'parent' }, bench.sam)
  await bench.one({ kind: 'ticket.link', ticketId: a, otherId: b, relation: 'parent' }, bench.sam)
  expect((await changesOf(ticketId)).map(({ acts }) => acts)).toEqual([[{ field: 'created', from: null, to: null }]])
  const sides = [await changesOf(a), await changesOf(b)].map((list) => list.map(({ by, acts }) => [by.name, acts]))
  expect(sides).toEqual([
    [['Sam of Alpha', [{ field: 'links', from: [], to: [{ ticketId: b, relation: 'parent' }] }]]],
    [['Sam of Alpha', [{ field: 'links', from: [], to: [{ ticketId: a, relation: 'child' }] }]]],
  ])
})

test('a client that does not ask for them reads the feed as ever', async () => {
  const plain = await readFeed(bench.cloud.url, bench.robin)
  expect(plain.changes.some(({ kind }) => kind === 'change')).toBe(false)
  expect(plain.opening).toMatchObject({ apart: ['change'] })
  const whole = await feedWith()
  expect(whole.filter(({ kind }) => kind !== 'change')).toEqual(plain.changes)
  expect(await feedWith(0, 'tomorrow')).toEqual(plain.changes)
})

test('changes of a deleted ticket go with it, and a page never ends between a ticket and its change', async () => {
  await bench.cloud.owner`
    insert into ticket_change (tenant_id, id, version, data)
      select tenant_id, gen_random_uuid(), version,
             json_build_object('id', id, 'ticketId', id, 'by', json_build_object('kind', 'system', 'id', null, 'name', 'x'),
                               'at', now(), 'acts', json_build_array(json_build_object('field', 'imported')))
      from ticket t where tenant_id = ${uuid('tenant', 'Acme')}
        and not exists (select from ticket_change c where c.tenant_id = t.tenant_id and c.version = t.version)`
  const whole = await feedWith()
  expect(whole.filter(({ kind }) => kind === 'change').length).toBeGreaterThan(TICKETS - 1)
  expect(new Set(whole.map(({ kind, id }) => kind + id)).size).toBe(whole.length)
  for (const cut of [1999, 2000, 2001]) {
    const { version = 0 } = whole[cut] ?? {}
    expect(inOrder(await feedWith(version))).toEqual(inOrder(whole.filter((line) => line.version > version)))
  }
  const id = bench.fresh()
  const head = await bench.head()
  await bench.cloud.owner.begin(async (tx) => {
    await tx`select set_config('bulkhead.tenant', ${uuid('tenant', 'Acme')}, true)`
    await tx`update ticket set deleted = true, version = null where id = ${id}`
    await tx`select bulkhead.publish()`
  })
  const gone = (await feedWith(head)).filter(({ kind, deleted }) => kind === 'change' && deleted)
  expect(gone).toHaveLength(1)
  expect(await changesOf(id)).toEqual([])
})

test('what was done to a task is told with its text, its place is not', async () => {
  const id = bench.fresh()
  const task = uuid('task', 'told')
  const change = (base: object, patch: object) =>
    bench.one({
      kind: 'ticket.update',
      ticketId: id,
      base: { tasks: { [task]: base } },
      patch: { tasks: { [task]: patch } },
    })
  await change({}, { text: 'x'.repeat(400), done: false, position: 1 })
  await change({ done: false, position: 1 }, { done: true, position: 2 })
  await change({ position: 2 }, { position: 3 })
  await change({ text: 'x'.repeat(400) }, { text: null })
  const open = { text: `${'x'.repeat(299)}…`, done: false, assigneeId: null, dueAt: null }
  const field = `tasks.${task}`
  const told = (await changesOf(id)).map(({ acts }) => acts).filter(([act]) => act?.field === field)
  expect(told).toEqual([
    [{ field, from: null, to: open }],
    [{ field, from: open, to: { ...open, done: true } }],
    [{ field, from: { ...open, done: true }, to: null }],
  ])
})
