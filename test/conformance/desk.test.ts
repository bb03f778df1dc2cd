import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withCloud, sampleData, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'
import { about, expectSame, expectWholeLinks, note, ticket, work } from './acts.ts'
import { TinySession, TinyTenant } from './client.mjs'

let cloud: TestCloud
beforeAll(async () => {
  cloud = await withCloud([sampleOrganisation('Alpha', [sampleClient('Acme', 8)]), ...sampleData().slice(1)])
})
afterAll(() => cloud.close())

/** A client that has read the feed once. */
async function client(): Promise<TinyTenant> {
  const session = new TinySession(cloud.url)
  await session.signIn('robin@alpha.example', 'secret of Alpha')
  const made = new TinyTenant(session, uuid('tenant', 'Acme'))
  await made.pull()
  return made
}

test('tags and watchers of two clients are a set: both count, and neither is a conflict', async () => {
  const [one, other] = [await client(), await client()]
  one.write({ ...about('tag', 1), add: ['one', 'both'], remove: [] })
  other.write({ ...about('tag', 1), add: ['other', 'both'], remove: ['one'] })
  expect(other.ticket(ticket(1)).tags).toEqual(['other', 'both'])
  const robin = uuid('technician', 'Alpha')
  one.write({ ...about('watch', 1), add: [robin], remove: [] })
  other.write({ ...about('watch', 1), add: [robin], remove: [] })
  await one.push()
  await other.push()
  expect(other.conflicts).toEqual([])
  await other.pull()
  expect(other.ticket(ticket(1)).tags).toEqual(['both', 'other'])
  expect(other.ticket(ticket(1)).watchers).toEqual([robin])
})

test('a merge shows both conversations, work counts once, and apart they are again what they were', async () => {
  const one = await client()
  one.write(work(2, 45))
  one.write(work(2, -15))
  one.write(note(3, 'Here too.'))
  one.write({ ...about('merge', 3), intoId: ticket(2) })
  await one.push()
  await one.pull()
  const talk = one.conversation(ticket(2))
  expect(talk.map(({ body }) => body)).toEqual([
    'First word on 2',
    'First word on 3',
    'Worked.',
    'Worked.',
    'Here too.',
  ])
  expect(talk.reduce((sum, { time }) => sum + (time?.minutes ?? 0), 0)).toBe(30)
  one.write({ ...about('merge', 2), intoId: ticket(3) })
  one.write({ ...about('merge', 3), intoId: ticket(4) })
  one.write(about('unmerge', 3))
  await one.push()
  expect(one.rejected.map(({ code }: { code: string }) => code)).toEqual(['circular', 'merged-elsewhere'])
  await one.pull()
  expect(one.conversation(ticket(2))).toHaveLength(3)
  await expectSame(cloud, one)
})

test('a link is on both tickets, a second parent and a circle are refused, and it goes from both', async () => {
  const one = await client()
  const link = (a: number, b: number, relation: string, act = 'link') =>
    one.write({ ...about(act, a), otherId: ticket(b), relation })
  link(5, 6, 'parent')
  expect(one.ticket(ticket(6)).links).toEqual([{ ticketId: ticket(5), relation: 'child' }])
  link(5, 7, 'parent')
  link(6, 5, 'parent')
  link(5, 7, 'blocks')
  await one.push()
  expect(one.rejected.map(({ code }: { code: string }) => code)).toEqual(['has-parent', 'circular'])
  await one.pull()
  expect(one.ticket(ticket(5)).links).toHaveLength(2)
  expectWholeLinks(one)
  link(6, 5, 'child', 'unlink')
  await one.push()
  await one.pull()
  expect([one.ticket(ticket(5)).links, one.ticket(ticket(6)).links]).toEqual([
    [{ ticketId: ticket(7), relation: 'blocks' }],
    [],
  ])
})

test('a split opens a ticket with copies, where work is a note', async () => {
  const one = await client()
  one.write(work(8, 7))
  await one.push()
  await one.pull()
  const ticketId = randomUUID()
  const entries = one.conversation(ticket(8)).map(({ id }) => ({ from: id, id: randomUUID() }))
  const given = { subject: 'Apart', description: '', status: 'new', priority: 'p2' }
  one.write({ kind: 'ticket.split', ticketId, fromId: ticket(8), ticket: given, entries })
  await one.push()
  await one.pull()
  expect(one.conversation(ticketId).map(({ kind, body, copiedFrom, time }) => [kind, body, copiedFrom, time])).toEqual([
    ['reply', 'First word on 8', entries[0]?.from, undefined],
    ['note', 'Worked.', entries[1]?.from, undefined],
  ])
  expect(one.ticket(ticketId).links).toEqual([{ ticketId: ticket(8), relation: 'split-from' }])
  await expectSame(cloud, one)
})

test('a contact merges by field, and can be named by a ticket that comes right behind it', async () => {
  const [one, other] = [await client(), await client()]
  const contactId = randomUUID()
  one.write({ kind: 'contact.create', contactId, contact: { name: 'Ada', vip: true } })
  const opened = { subject: 'For Ada', description: '', status: 'new', priority: 'p2', requesterId: contactId }
  one.write({ kind: 'ticket.create', ticketId: randomUUID(), ticket: opened })
  await one.push()
  expect(one.rejected).toEqual([])
  await other.pull()
  expect(other.thing('contact', contactId)).toMatchObject({ name: 'Ada', phone: null, vip: true })
  const update = (base: object, patch: object) => ({ kind: 'contact.update', contactId, base, patch })
  one.write(update({ phone: null }, { phone: '1' }))
  other.write(update({ phone: null, site: null }, { phone: '2', site: 'Mill' }))
  await one.push()
  await other.push()
  expect(other.conflicts).toMatchObject([
    { conflicts: [{ field: 'phone', mine: '2', theirs: '1', by: 'Robin of Alpha' }] },
  ])
  await other.pull()
  expect(other.thing('contact', contactId)).toMatchObject({ phone: '1', site: 'Mill' })
})

test('a view is kept, changed and deleted, and stays deleted', async () => {
  const [one, other] = [await client(), await client()]
  const viewId = randomUUID()
  const view = { name: 'Open', ownerId: null, filter: { open: true }, sort: { by: 'due', direction: 'ascending' } }
  one.write({ kind: 'view.create', viewId, view })
  await one.push()
  await other.pull()
  expect(other.thing('view', viewId)).toEqual({ id: viewId, ...view, columns: [] })
  one.write({ kind: 'view.delete', viewId })
  expect(one.thing('view', viewId)).toBeUndefined()
  other.write({ kind: 'view.update', viewId, base: { name: 'Open' }, patch: { name: 'Ours' } })
  await one.push()
  await other.push()
  expect(other.rejected).toMatchObject([{ code: 'not-found' }])
  await other.pull()
  expect(other.store.has(`view/${viewId}`)).toBe(false)
})
