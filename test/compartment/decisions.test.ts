import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DELETED_TASK } from '../../src-shared/domain/task-list.ts'
import type { FieldChoice, InboxItem, OutboxEntry } from '../../src-shared/domain/views.ts'
import { deskChanges, idOf, ticketOf } from './desk.ts'
import { Driven, temporaryFolder, type Start } from './driver.ts'
import { ModelCloud } from './model-cloud.ts'
import { ScriptedCloud } from './scripted-cloud.ts'

let cloud: ScriptedCloud
let model: ModelCloud
let place: ReturnType<typeof temporaryFolder>
const open: Driven[] = []
const seven = idOf('ticket 7')
const known = { status: 'new', priority: 'p3', subject: 'As it was' }

beforeEach(async () => {
  cloud = await ScriptedCloud.start(deskChanges(60))
  model = new ModelCloud(cloud)
  cloud.add('ticket', seven, ticketOf(7, known))
  place = temporaryFolder()
})
afterEach(async () => {
  for (const driven of open.splice(0)) await driven.close()
  await cloud.stop()
  place.remove()
})

async function start(more: Partial<Start> = {}): Promise<Driven> {
  const driven = await Driven.open({ folder: place.folder, cloudUrl: cloud.url, online: false, ...more })
  open.push(driven)
  return driven
}
const inbox = (driven: Driven): Promise<InboxItem[]> => driven.call('query', 'inbox.list')
const outbox = (driven: Driven): Promise<OutboxEntry[]> => driven.call('query', 'outbox.list')
const resolve = (driven: Driven, id: string, choices: FieldChoice[]): Promise<InboxItem[]> =>
  driven.call('mutation', 'inbox.resolve', { id, choices })
const decide = (driven: Driven, what: 'reopen' | 'dismiss' | 'resend', id: string, more = {}): Promise<InboxItem[]> =>
  driven.call('mutation', `inbox.${what}`, { id, ...more })
const note = (driven: Driven, body: string): Promise<unknown> =>
  driven.call('mutation', 'tickets.addEntry', { ticketId: seven, kind: 'note', body })

/** Synced, then off: what is edited stays here. */
async function offline(): Promise<Driven> {
  const driven = await start()
  await driven.sync()
  await cloud.stop()
  await driven.sync()
  return driven
}
async function back(driven: Driven): Promise<void> {
  await cloud.listen()
  await driven.sync()
}
/** Mine and theirs changed the same two fields. */
async function conflicted(): Promise<{ driven: Driven; item: InboxItem }> {
  const driven = await offline()
  await driven.edit(seven, { status: 'working', priority: 'p1', subject: 'Mine alone' })
  cloud.add('ticket', seven, ticketOf(7, { ...known, status: 'vendor', priority: 'p2' }))
  await back(driven)
  const [item] = await inbox(driven)
  if (!item) throw new Error('no conflict')
  return { driven, item }
}

test('a conflict shows base, mine, theirs and who, one line per field, and the value of the cloud is on view', async () => {
  const { driven, item } = await conflicted()
  expect(item).toMatchObject({ kind: 'conflict', ticket: { id: seven, number: 7, subject: 'Mine alone' }, text: null })
  expect(item.fields).toMatchObject([
    { field: 'status', base: 'new', mine: 'working', theirs: 'vendor', by: 'Noor' },
    { field: 'priority', base: 'p3', mine: 'p1', theirs: 'p2', by: 'Noor' },
  ])
  const { ticket } = await driven.ticket(seven)
  expect(ticket).toMatchObject({ status: 'vendor', priority: 'p2', subject: 'Mine alone' })
})

test('tasks that were changed apart come together, and of the same field of one a person decides', async () => {
  const [kept, gone, mine] = [idOf('task 1'), idOf('task 2'), idOf('task 3')]
  const there = { text: 'Check the backup', done: false, position: 1 }
  const tasks = { [kept]: there, [gone]: { ...there, text: 'Call back', position: 2 } }
  cloud.add('ticket', seven, ticketOf(7, { ...known, tasks }))
  const driven = await start()
  await driven.sync()
  await driven.call('mutation', 'sync.pause', { paused: true })
  const edit = (id: string, task: object) => driven.edit(seven, { tasks: { [id]: task } })
  // What is added, ticked and deleted again before it is sent is nothing.
  await edit(mine, { text: 'Order a fan', done: false, position: 3 })
  await edit(mine, { done: true })
  await edit(mine, DELETED_TASK)
  expect(await driven.state()).toMatchObject({ pending: 0 })
  await edit(mine, { text: 'Order a fan', done: false, position: 3 })
  await edit(kept, { text: 'Check it', done: true, dueAt: '2026-03-04T09:00:00Z' })
  await edit(gone, DELETED_TASK)
  const { ticket, pendingFields } = await driven.ticket(seven)
  expect(Object.keys(ticket.tasks ?? {}).sort()).toEqual([kept, mine].sort())
  expect(pendingFields).toContain(`tasks.${kept}.done`)
  expect(await outbox(driven)).toHaveLength(1)
  const theirs = { ...there, text: 'Check all backups', dueAt: '2026-03-05T09:00:00Z' }
  cloud.add('ticket', seven, ticketOf(7, { ...known, tasks: { ...tasks, [kept]: theirs } }))
  await driven.call('mutation', 'sync.pause', { paused: false })
  await driven.sync()
  const [item] = await inbox(driven)
  expect(item?.fields).toMatchObject([
    { field: `tasks.${kept}.text`, base: 'Check the backup', mine: 'Check it', theirs: 'Check all backups' },
    { field: `tasks.${kept}.dueAt`, task: 'Check it', base: null },
  ])
  expect(model.ticket(seven)?.tasks).toEqual({
    [kept]: { ...theirs, done: true },
    [mine]: { text: 'Order a fan', done: false, position: 3 },
  })
  expect(model.schemas.get('ticket.update')).toBe(5)
  await resolve(driven, item?.id ?? '', [
    { field: `tasks.${kept}.text`, choice: 'mine' },
    { field: `tasks.${kept}.dueAt`, choice: 'theirs' },
  ])
  await driven.sync()
  expect(model.ticket(seven)?.tasks?.[kept]).toEqual({ ...theirs, text: 'Check it', done: true })
  const many = Object.fromEntries(Array.from({ length: 99 }, (_, i) => [idOf(`task ${i + 10}`), there]))
  await expect(driven.edit(seven, { tasks: many })).rejects.toThrow('too-many')
  await expect(edit(kept, { text: 'x'.repeat(501) })).rejects.toThrow('invalid-input')
})

test('choices per field are sent with theirs as base: mine, theirs and a third value', async () => {
  const { driven, item } = await conflicted()
  await cloud.stop()
  const left = await resolve(driven, item.id, [
    { field: 'status', choice: 'other', value: 'fixed' },
    { field: 'priority', choice: 'theirs' },
  ])
  expect(left).toEqual([])
  expect((await driven.ticket(seven)).ticket).toMatchObject({ status: 'fixed', priority: 'p2' })
  await driven.crash()
  const again = await start()
  await back(again)
  expect(model.applied.at(-1)).toMatchObject({ base: { status: 'vendor' }, patch: { status: 'fixed' } })
  expect(model.ticket(seven)).toMatchObject({ status: 'fixed', priority: 'p2', subject: 'Mine alone' })
  expect(await inbox(again)).toEqual([])
})

test('a field without a choice, or with a value that does not fit, decides nothing', async () => {
  const { driven, item } = await conflicted()
  await expect(resolve(driven, item.id, [{ field: 'status', choice: 'mine' }])).rejects.toThrow('invalid-input')
  const bad: FieldChoice[] = [
    { field: 'status', choice: 'other', value: { not: 'a status' } },
    { field: 'priority', choice: 'mine' },
  ]
  await expect(resolve(driven, item.id, bad)).rejects.toThrow('invalid-input')
  expect(await inbox(driven)).toEqual([item])
  expect(await outbox(driven)).toEqual([])
})

test('a value that came after what the person saw is a new conflict, never overwritten', async () => {
  const { driven, item } = await conflicted()
  cloud.add('ticket', seven, ticketOf(7, { ...known, status: 'closed', priority: 'p2' }))
  await driven.sync()
  await resolve(driven, item.id, [
    { field: 'status', choice: 'mine' },
    { field: 'priority', choice: 'mine' },
  ])
  await driven.sync()
  expect(model.ticket(seven)).toMatchObject({ status: 'closed', priority: 'p1' })
  const [next] = await inbox(driven)
  expect(next?.fields).toMatchObject([{ field: 'status', base: 'vendor', mine: 'working', theirs: 'closed' }])
})

const mine: FieldChoice[] = [
  { field: 'status', choice: 'mine' },
  { field: 'priority', choice: 'theirs' },
]

test('a decision that was not sent is taken back without a trace in the cloud, after a restart too', async () => {
  const { driven, item } = await conflicted()
  await driven.call('mutation', 'sync.pause', { paused: true })
  await resolve(driven, item.id, mine)
  await driven.close()
  const again = await start()
  expect(await outbox(again)).toHaveLength(1)
  expect(await decide(again, 'reopen', item.id)).toEqual([item])
  expect(await outbox(again)).toEqual([])
  expect((await again.ticket(seven)).ticket.status).toBe('vendor')
  const sent = model.applied.length
  await again.call('mutation', 'sync.pause', { paused: false })
  await again.sync()
  expect(model.applied).toHaveLength(sent)
})

test('a decision that was sent is taken back by an edit back to theirs', async () => {
  const { driven, item } = await conflicted()
  await resolve(driven, item.id, mine)
  await driven.sync()
  await driven.sync()
  expect(model.ticket(seven)?.status).toBe('working')
  expect(await decide(driven, 'reopen', item.id)).toMatchObject([{ id: item.id }])
  await driven.sync()
  expect(model.ticket(seven)?.status).toBe('vendor')
  // And decided once more: only the newer decision is taken back then.
  await resolve(driven, item.id, mine)
  await driven.sync()
  expect(model.ticket(seven)?.status).toBe('working')
})

test('a dismissed edit is out of the inbox, and comes back', async () => {
  const { driven, item } = await conflicted()
  expect(await decide(driven, 'dismiss', item.id)).toEqual([])
  expect(await driven.state()).toMatchObject({ failed: 0, pending: 0 })
  await driven.close()
  const again = await start()
  expect(await inbox(again)).toEqual([])
  expect(await decide(again, 'reopen', item.id)).toEqual([item])
  await expect(decide(again, 'reopen', item.id)).rejects.toThrow('not-found')
})

test('a refused edit shows the reason of the cloud and is sent again, as it was or mended', async () => {
  const answer = cloud.decide
  const refuse: ScriptedCloud['decide'] = ({ sequence }) => ({
    sequence,
    outcome: 'rejected',
    code: 'invalid-input',
    message: 'No such status.',
  })
  const driven = await offline()
  await driven.edit(seven, { status: 'working', priority: 'p1' })
  await note(driven, 'First try')
  await note(driven, 'Second')
  cloud.decide = refuse
  await back(driven)
  cloud.decide = answer
  const [second, first, edit] = await inbox(driven)
  expect(first).toMatchObject({ kind: 'rejected', text: 'First try', reason: 'No such status.', fields: [] })
  expect(edit?.fields).toMatchObject([
    { field: 'status', base: 'new', mine: 'working', theirs: 'new' },
    { field: 'priority', base: 'p3', mine: 'p1', theirs: 'p3' },
  ])
  await decide(driven, 'resend', edit?.id ?? '', { patch: { status: 'vendor', subject: 'Mended' } })
  await decide(driven, 'resend', first?.id ?? '', { text: 'Mended too' })
  expect(await decide(driven, 'resend', second?.id ?? '')).toEqual([])
  await driven.sync()
  await driven.sync()
  expect(model.ticket(seven)).toMatchObject({ status: 'vendor', priority: 'p1', subject: 'Mended' })
  const { entries } = await driven.ticket(seven)
  expect(entries.map((entry) => entry.body)).toEqual(['Mended too', 'Second'])
  await expect(decide(driven, 'reopen', first?.id ?? '')).rejects.toThrow('edit-sent')
})

test('unsent edits are listed oldest first with their fields; a cut way counts as no attempt', async () => {
  const driven = await offline()
  await driven.edit(seven, { status: 'working', customFields: { room: 'B12' } })
  await note(driven, 'On the way')
  await driven.edit(idOf('ticket 8'), { subject: 'Other' })
  await driven.sync()
  const list = await outbox(driven)
  expect(list.map(({ kind, fields, ticket, attempts }) => [kind, fields, ticket?.number, attempts])).toEqual([
    ['ticket.update', ['status', 'customFields.room'], 7, 0],
    ['entry.create', [], 7, 0],
    ['ticket.update', ['subject'], 8, 0],
  ])
})

test('an edit that was never sent is withdrawn and gone from view; one that may be under way is not', async () => {
  const driven = await start()
  await driven.sync()
  await driven.call('mutation', 'sync.pause', { paused: true })
  await driven.edit(seven, { status: 'working' })
  await note(driven, 'To be withdrawn')
  const [edit, entry] = await outbox(driven)
  expect(await driven.call('mutation', 'outbox.cancel', { id: entry?.id })).toMatchObject([
    { id: edit?.id, attempts: 0 },
  ])
  expect(await driven.call('mutation', 'outbox.cancel', { id: edit?.id })).toEqual([])
  const { ticket, entries } = await driven.ticket(seven)
  expect([ticket.status, entries]).toEqual(['new', []])

  cloud.intercept = (request, _response, url) => url.pathname === '/v1/mutations' && request.resume() !== undefined
  await driven.edit(seven, { status: 'working' })
  await driven.call('mutation', 'sync.pause', { paused: false })
  await vi.waitFor(() => expect(cloud.requests.some((request) => request.path === '/v1/mutations')).toBe(true))
  const [flying] = await outbox(driven)
  expect(flying?.attempts).toBe(1)
  await expect(driven.call('mutation', 'outbox.cancel', { id: flying?.id })).rejects.toThrow('edit-under-way')
})

test('an edit that the cloud has put off can be withdrawn', async () => {
  cloud.decide = ({ sequence }) => ({ sequence, outcome: 'retry', message: 'Later.' })
  const driven = await start()
  await driven.sync()
  await driven.edit(seven, { status: 'working' })
  await driven.sync()
  const [edit] = await outbox(driven)
  expect(edit?.attempts).toBe(0)
  expect(await driven.call('mutation', 'outbox.cancel', { id: edit?.id })).toEqual([])
})
