import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Entry } from '../../src-shared/domain/entry.ts'
import type { Contact } from '../../src-shared/domain/people.ts'
import type { NewView, SavedView } from '../../src-shared/domain/saved-view.ts'
import { DELETED_TASK, MAX_TASKS } from '../../src-shared/domain/task-list.ts'
import type { TasksPatch } from '../../src-shared/domain/tasks.ts'
import { MAX_TAGS } from '../../src-shared/domain/ticket.ts'
import type { BodyOf, MutationBody } from '../../src-shared/protocol/mutation.ts'
import { readFeed } from '../support/cloud.ts'
import { uuid } from '../support/sample.ts'
import { newTicket, note, rejection, ROBIN, SAM, withWorkbench, type Workbench } from './workbench.ts'

let bench: Workbench
beforeAll(async () => {
  bench = await withWorkbench(60)
})
afterAll(() => bench.cloud.close())

describe('tasks', () => {
  const change = (ticketId: string, base: TasksPatch, patch: TasksPatch): MutationBody => ({
    kind: 'ticket.update',
    ticketId,
    base: { tasks: base },
    patch: { tasks: patch },
  })
  const tasks = async (id: string) => (await bench.ticket(id)).tasks ?? {}
  const [a, b] = [uuid('task', 1), uuid('task', 2)]
  const none = DELETED_TASK
  const fresh = { text: 'Check the backup', done: false, position: 1 }
  const withTwo = async (): Promise<string> => {
    const id = bench.fresh()
    const two = { [a]: fresh, [b]: { ...fresh, text: 'Call back', position: 2 } }
    expect(await bench.one(change(id, {}, two))).toMatchObject({ outcome: 'applied' })
    return id
  }

  test('of two technicians who tick one each, both are done, and each by who ticked it', async () => {
    const id = await withTwo()
    await bench.one(change(id, { [a]: { done: false } }, { [a]: { done: true } }))
    const sams = change(id, { [b]: { done: false } }, { [b]: { done: true, assigneeId: ROBIN } })
    expect(await bench.one(sams, bench.sam)).toMatchObject({ outcome: 'applied' })
    expect(await tasks(id)).toMatchObject({
      [a]: { ...fresh, done: true, doneBy: ROBIN },
      [b]: { done: true, doneBy: SAM, assigneeId: ROBIN },
    })
    await bench.one(change(id, { [a]: { done: true } }, { [a]: { done: false } }), bench.sam)
    expect((await tasks(id))[a]).toEqual(fresh)
  })

  test('other fields of one merge, the same one is in conflict, and the last place counts', async () => {
    const id = await withTwo()
    const seen = { [a]: { text: fresh.text, position: 1 } }
    await bench.one(change(id, seen, { [a]: { text: 'Check all backups', position: 3 } }), bench.sam)
    const mine = change(id, { [a]: { ...fresh } }, { [a]: { text: 'Check it', done: true, position: 5 } })
    expect(await bench.one(mine)).toMatchObject({
      outcome: 'conflict',
      conflicts: [
        {
          field: `tasks.${a}.text`,
          base: 'Check the backup',
          mine: 'Check it',
          theirs: 'Check all backups',
          by: 'Sam of Alpha',
        },
      ],
    })
    expect((await tasks(id))[a]).toEqual({ text: 'Check all backups', done: true, position: 5, doneBy: ROBIN })
  })

  test('deleting wins over ticking, whichever comes first, but not over a text that nobody saw', async () => {
    const id = await withTwo()
    const ticked = change(id, { [a]: { done: false } }, { [a]: { done: true, position: 4 } })
    await bench.one(ticked, bench.sam)
    expect(await bench.one(change(id, { [a]: fresh }, { [a]: none }))).toMatchObject({ outcome: 'applied' })
    expect(Object.keys(await tasks(id))).toEqual([b])
    expect(await bench.one(ticked, bench.sam)).toMatchObject({ outcome: 'merged' })
    expect(Object.keys(await tasks(id))).toEqual([b])
    const renamed = change(id, { [a]: fresh }, { [a]: { text: 'Check it', done: true } })
    expect(await bench.one(renamed, bench.sam)).toMatchObject({
      outcome: 'conflict',
      conflicts: [{ field: `tasks.${a}.text`, mine: 'Check it', theirs: null, by: 'Robin of Alpha' }],
    })
    await bench.one(change(id, { [b]: { text: 'Call back' } }, { [b]: { text: 'Call Mina back' } }))
    expect(await bench.one(change(id, { [b]: { text: 'Call back' } }, { [b]: none }))).toMatchObject({
      outcome: 'conflict',
      conflicts: [{ field: `tasks.${b}.text`, mine: null, theirs: 'Call Mina back' }],
    })
    expect((await tasks(id))[b]?.text).toBe('Call Mina back')
  })

  test('are kept within bounds, each with one sentence', async () => {
    const id = bench.fresh()
    const some = (from: number, count: number): TasksPatch =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [uuid('task of many', from + i), fresh]))
    expect(await bench.one(change(id, {}, some(0, MAX_TASKS)))).toMatchObject({ outcome: 'applied' })
    expect(await bench.one(change(id, {}, some(MAX_TASKS, 1)))).toMatchObject({
      ...rejection('too-many'),
      message: 'A ticket can have 100 tasks at most. Take some off first.',
    })
    const other = bench.fresh()
    for (const [task, message] of [
      [{ ...fresh, text: 'x'.repeat(501) }, 'A task has 500 characters at most: shorten it.'],
      [{ ...fresh, assigneeId: uuid('stranger') }, 'That technician does not work for this client (any more).'],
      [{ ...fresh, doneBy: SAM }, /wrong form/],
    ] as const) {
      expect(await bench.one(change(other, {}, { [a]: task } as TasksPatch))).toMatchObject({
        ...rejection('invalid-input'),
        message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
      })
    }
    expect(await tasks(other)).toEqual({})
  })

  test('stay with a ticket that is merged, and a split takes none', async () => {
    const [id, into, split] = [await withTwo(), bench.fresh(), randomUUID()]
    await bench.all([
      { kind: 'ticket.split', ticketId: split, fromId: id, ticket: newTicket, entries: [] },
      { kind: 'ticket.merge', ticketId: id, intoId: into },
    ])
    expect(await Promise.all([id, into, split].map(async (one) => Object.keys(await tasks(one)).length))).toEqual([
      2, 0, 0,
    ])
  })
})

describe('tags', () => {
  const tag = (ticketId: string, add: string[], remove: string[] = []): BodyOf<'ticket.tag'> => ({
    kind: 'ticket.tag',
    ticketId,
    add,
    remove,
  })
  const tags = async (id: string) => (await bench.ticket(id)).tags

  test('are taken off and put on as they are now, in order, whatever others did to the rest', async () => {
    const id = bench.fresh()
    await bench.one(tag(id, ['a', 'b', 'c']), bench.sam)
    expect(await bench.one(tag(id, ['d', 'a', 'd'], ['b', 'never']))).toMatchObject({ outcome: 'applied' })
    expect(await tags(id)).toEqual(['a', 'c', 'd'])
    await bench.one(tag(id, ['a'], ['a']))
    expect(await tags(id)).toEqual(['c', 'd', 'a'])
  })

  test('that are there, or gone, already write nothing', async () => {
    const id = bench.fresh()
    const { version } = (await bench.one(tag(id, ['a']))) as { version: number }
    const head = await bench.head()
    expect(await bench.one(tag(id, ['a'], ['z']))).toEqual({ sequence: 1, outcome: 'applied', version })
    expect(await bench.head()).toBe(head)
  })

  test(`are ${MAX_TAGS} at most, but what came with more can lose some`, async () => {
    const [id, beyond] = [bench.fresh(), bench.fresh()]
    const many = Array.from({ length: MAX_TAGS }, (_, i) => `t${i}`)
    await bench.one(tag(id, many))
    expect(await bench.one(tag(id, ['more']))).toMatchObject({
      ...rejection('too-many'),
      message: expect.stringContaining('64 tags') as string,
    })
    expect(await tags(id)).toEqual(many)
    await bench.cloud.owner`
      update ticket set data = jsonb_set(data::jsonb, '{tags}', ${JSON.stringify([...many, 'x', 'y', 'z'])}::text::jsonb)::json
      where id = ${beyond}`
    expect(await bench.one(tag(beyond, [], ['x']))).toMatchObject({ outcome: 'applied' })
    expect(await tags(beyond)).toHaveLength(MAX_TAGS + 2)
  })

  test('that someone put on stand in conflict with a list that was written unseen, under their name', async () => {
    const id = bench.fresh()
    await bench.one(tag(id, ['theirs']), bench.sam)
    const mine: MutationBody = { kind: 'ticket.update', ticketId: id, base: { tags: [] }, patch: { tags: ['mine'] } }
    expect(await bench.one(mine)).toMatchObject({
      conflicts: [{ field: 'tags', theirs: ['theirs'], by: 'Sam of Alpha' }],
    })
  })
})

describe('snoozing', () => {
  const snooze = (ticketId: string, snoozedUntil: string | null, seen: string | null = null): MutationBody => ({
    ...{ kind: 'ticket.update', ticketId, base: { snoozedUntil: seen }, patch: { snoozedUntil } },
  })
  const until = '2030-01-01T08:00:00.000Z'

  test('is a field like others, and the cloud says since when', async () => {
    const id = bench.fresh()
    expect(await bench.one(snooze(id, until))).toMatchObject({ outcome: 'applied' })
    const asleep = await bench.ticket(id)
    expect(asleep).toMatchObject({ snoozedUntil: until, snoozedAt: asleep.updatedAt })
    // Another edit leaves it.
    await bench.one({ kind: 'ticket.update', ticketId: id, base: {}, patch: { priority: 'p1' } })
    expect((await bench.ticket(id)).snoozedAt).toBe(asleep.snoozedAt)
    expect(await bench.one(snooze(id, null, until))).toMatchObject({ outcome: 'applied' })
    expect((await bench.ticket(id)).snoozedUntil).toBeNull()
  })

  test('to another time than a colleague’s is for a person to decide, and what is no time is refused', async () => {
    const id = bench.fresh()
    await bench.one(snooze(id, until), bench.sam)
    expect(await bench.one(snooze(id, '2031-01-01T08:00:00.000Z'))).toMatchObject({
      conflicts: [{ field: 'snoozedUntil', theirs: until, by: 'Sam of Alpha' }],
    })
    expect(await bench.one(snooze(id, 'tomorrow', until))).toMatchObject(rejection('invalid-input'))
  })
})

describe('time', () => {
  const time = { minutes: -15, billable: false, workedAt: '2026-11-20T08:00:00.000Z' }
  test('is an entry that touches its ticket', async () => {
    const [ticketId, entryId] = [bench.fresh(), randomUUID()]
    await bench.one({ kind: 'entry.create', ticketId, entryId, entryKind: 'time', body: 'Corrected.', time })
    const { data } = await bench.row<Entry>('entry', entryId)
    expect(data).toMatchObject({ kind: 'time', time, author: { id: ROBIN, name: 'Robin of Alpha' } })
    expect((await bench.ticket(ticketId)).updatedAt).toBe(data.createdAt)
  })

  test('belongs to entries of that kind, and to them always', async () => {
    const [ticketId, head] = [bench.fresh(), await bench.head()]
    const entry = (rest: object) => ({ ...note(ticketId), ...rest }) as MutationBody
    const results = await bench.all([
      entry({ entryKind: 'time' }),
      entry({ time }),
      entry({ entryKind: 'time', time: { ...time, minutes: 0 } }),
      entry({ entryKind: 'time', time: { ...time, minutes: 1441 } }),
      entry({ entryKind: 'event' }),
    ])
    expect(results).toMatchObject(results.map(() => rejection('invalid-input')))
    expect(await bench.head()).toBe(head)
  })
})

describe('contacts', () => {
  const contact = { name: 'Ada', email: null, phone: null, title: null, site: null, vip: false }
  const create = (contactId: string): BodyOf<'contact.create'> => ({ kind: 'contact.create', contactId, contact })
  const update = (contactId: string, base: object, patch: object): BodyOf<'contact.update'> => ({
    kind: 'contact.update',
    contactId,
    base,
    patch,
  })

  test('are added, also with a ticket for them in the same batch', async () => {
    const [contactId, ticketId] = [randomUUID(), randomUUID()]
    const results = await bench.all([
      create(contactId),
      { kind: 'ticket.create', ticketId, ticket: { ...newTicket, requesterId: contactId } },
    ])
    const [person, ticket] = [await bench.row<Contact>('contact', contactId), await bench.row('ticket', ticketId)]
    expect(person.data).toEqual({ id: contactId, ...contact })
    expect(results).toMatchObject([
      { outcome: 'applied', version: person.version },
      { outcome: 'applied', version: ticket.version },
    ])
  })

  test('merge field by field as tickets do, and a conflict tells who and when', async () => {
    const id = randomUUID()
    await bench.one(create(id))
    await bench.one(update(id, { phone: null, site: null }, { phone: '1', site: 'Mill' }), bench.sam)
    const result = await bench.one(update(id, { phone: null, site: null, title: null }, { phone: '2', title: 'Chief' }))
    const { data, version } = await bench.row<Contact>('contact', id)
    expect(data).toMatchObject({ phone: '1', site: 'Mill', title: 'Chief' })
    expect(result).toEqual({
      sequence: 1,
      outcome: 'conflict',
      version,
      conflicts: [
        { field: 'phone', base: null, mine: '2', theirs: '1', by: 'Sam of Alpha', at: expect.any(String) as string },
      ],
    })
    expect(await bench.one(update(id, { site: null, vip: false }, { vip: true }))).toMatchObject({ outcome: 'merged' })
    expect(await bench.one(update(id, { vip: true }, { vip: true }))).toMatchObject({ outcome: 'applied' })
  })

  test('that came from elsewhere were written when they came, by nobody known', async () => {
    const id = uuid('Acme', 'contact')
    const result = await bench.one(update(id, { name: 'Somebody' }, { name: 'Somebody else' }))
    expect(result).toMatchObject({ outcome: 'conflict', conflicts: [{ by: null }] })
    const at = result.outcome === 'conflict' ? (result.conflicts[0]?.at ?? '') : ''
    expect(Math.abs(Date.now() - Date.parse(at))).toBeLessThan(3_600_000)
  })

  test('that are gone or were never there, and unknown fields, are rejected', async () => {
    const gone = randomUUID()
    await bench.one(create(gone))
    await bench.cloud.owner.begin(async (tx) => {
      await tx`select bulkhead.use_tenant(${uuid('tenant', 'Acme')})`
      await tx`update contact set deleted = true, version = null where id = ${gone}`
      await tx`select bulkhead.publish()`
    })
    expect(
      await bench.all([
        update(gone, {}, { name: 'Back' }),
        create(gone),
        update(uuid('x'), {}, { name: 'Nobody' }),
        update(uuid('Acme', 'contact'), {}, { shoe: 'left' }),
        update(uuid('Acme', 'contact'), {}, { name: '  ' }),
      ]),
    ).toMatchObject([
      rejection('not-found'),
      rejection('not-found'),
      rejection('not-found'),
      rejection('invalid-input'),
      rejection('invalid-input'),
    ])
  })
})

describe('views', () => {
  const view: NewView = {
    name: 'Mine, open',
    ownerId: null,
    filter: { open: true },
    sort: { by: 'due', direction: 'ascending' },
    columns: ['number', 'subject'],
  }
  const create = (viewId: string, ownerId: string | null = null): BodyOf<'view.create'> => ({
    kind: 'view.create',
    viewId,
    view: { ...view, ownerId },
  })
  const update = (viewId: string, base: object, patch: object): BodyOf<'view.update'> => ({
    kind: 'view.update',
    viewId,
    base,
    patch,
  })
  const remove = (viewId: string): BodyOf<'view.delete'> => ({ kind: 'view.delete', viewId })

  test('are kept, come in the feed, and merge field by field', async () => {
    const id = randomUUID()
    await bench.one(create(id))
    const { data, version } = await bench.row<SavedView>('view', id)
    expect(data).toEqual({ id, ...view })
    const { changes } = await readFeed(bench.cloud.url, bench.robin, version - 1)
    expect(changes[0]).toEqual({ kind: 'view', id, version, data })
    await bench.one(update(id, { filter: view.filter }, { filter: { statuses: ['new'] } }), bench.sam)
    expect(
      await bench.one(update(id, { filter: view.filter, name: view.name }, { filter: {}, name: 'Ours' })),
    ).toMatchObject({ outcome: 'conflict', conflicts: [{ field: 'filter', theirs: { statuses: ['new'] } }] })
    expect((await bench.row<SavedView>('view', id)).data).toMatchObject({ name: 'Ours', filter: { statuses: ['new'] } })
  })

  test('that are deleted leave a tombstone and never come back', async () => {
    const id = randomUUID()
    await bench.one(create(id))
    const result = await bench.one(remove(id), bench.sam)
    const { version } = await bench.row('view', id)
    expect(result).toEqual({ sequence: 1, outcome: 'applied', version })
    const { changes } = await readFeed(bench.cloud.url, bench.robin, version - 1)
    expect(changes).toEqual([{ kind: 'view', id, version, deleted: true }])
    expect(
      await bench.all([remove(id), update(id, {}, { name: 'Back' }), create(id), remove(uuid('x'))]),
    ).toMatchObject([
      { outcome: 'applied', version },
      rejection('not-found'),
      rejection('not-found'),
      rejection('not-found'),
    ])
    const [row] = await bench.cloud.owner<{ swept: number }[]>`
      select bulkhead.sweep_tombstones(${uuid('tenant', 'Acme')}, -1) as swept`
    expect(row?.swept).toBeGreaterThan(0)
    expect(await bench.cloud.owner`select from saved_view where id = ${id}`).toHaveLength(0)
  })

  test('made and deleted in one batch are gone', async () => {
    const id = randomUUID()
    const results = await bench.all([create(id), remove(id)])
    expect(results).toMatchObject([{ outcome: 'applied' }, { outcome: 'applied' }])
    expect(await bench.row('view', id)).toMatchObject({ deleted: true })
  })

  test('belong to the technician who acts or to everybody, and another’s can be neither changed nor deleted', async () => {
    const [own, shared] = [randomUUID(), randomUUID()]
    await bench.all([create(own, ROBIN), create(shared)])
    const results = await bench.all(
      [
        create(randomUUID(), ROBIN),
        update(own, { name: view.name }, { name: 'Taken' }),
        remove(own),
        update(shared, { ownerId: null }, { ownerId: ROBIN }),
      ],
      bench.sam,
    )
    expect(results).toMatchObject(results.map(() => rejection('not-allowed')))
    expect((await bench.row<SavedView>('view', own)).data).toMatchObject({ name: view.name, ownerId: ROBIN })
    expect(await bench.one(update(shared, { ownerId: null }, { ownerId: SAM }), bench.sam)).toMatchObject({
      outcome: 'applied',
    })
    expect(await bench.one(remove(shared))).toMatchObject(rejection('not-allowed'))
    expect(await bench.one(update(own, { ownerId: ROBIN }, { ownerId: null }))).toMatchObject({ outcome: 'applied' })
    expect(await bench.one(remove(own), bench.sam)).toMatchObject({ outcome: 'applied' })
  })
})
