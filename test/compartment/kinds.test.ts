import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ContactView, InboxItem, OutboxEntry, SavedViewView, TicketDetail } from '../../src-shared/domain/views.ts'
import type { MutationKind } from '../../src-shared/protocol/mutation.ts'
import { contactOf, deskChanges, idOf, technicianOf, ticketOf } from './desk.ts'
import { Driven, ME, temporaryFolder, type Start } from './driver.ts'
import { ModelCloud } from './model-cloud.ts'
import { ScriptedCloud } from './scripted-cloud.ts'

let cloud: ScriptedCloud
let model: ModelCloud
let place: ReturnType<typeof temporaryFolder>
const open: Driven[] = []
const seven = idOf('ticket 7')
const eight = idOf('ticket 8')
const ten = idOf('ticket 10')
const draft = { subject: 'Badger in the server room', description: 'It bites', status: 'new', priority: 'p1' }
const workedAt = '2026-01-05T09:00:00.000Z'

beforeEach(async () => {
  cloud = await ScriptedCloud.start(deskChanges(12))
  for (const number of [7, 8])
    cloud.add('ticket', idOf(`ticket ${number}`), ticketOf(number, { status: 'new', tags: [] }))
  model = new ModelCloud(cloud)
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
  await driven.sync()
}
const inbox = (driven: Driven): Promise<InboxItem[]> => driven.call('query', 'inbox.list')
const outbox = (driven: Driven): Promise<OutboxEntry[]> => driven.call('query', 'outbox.list')
const act = (driven: Driven, what: string, input: object): Promise<TicketDetail> =>
  driven.call('mutation', `tickets.${what}`, input)
const contacts = (driven: Driven, text: string, limit = 50): Promise<ContactView[]> =>
  driven.call('query', 'contacts.list', { text, limit })
const views = (driven: Driven): Promise<SavedViewView[]> => driven.call('query', 'views.list')
const newView = {
  name: 'Urgent',
  ownerId: null,
  filter: { priorities: ['p1'] },
  sort: { by: 'due', direction: 'ascending' },
}

/** Everything that a technician does, once, without the cloud. */
async function everything(driven: Driven): Promise<{ made: string; half: string; contact: string }> {
  await act(driven, 'tag', { id: seven, add: ['vip', 'loud'], remove: [] })
  await act(driven, 'watch', { id: seven, add: [technicianOf(1).id, ME] })
  await act(driven, 'watch', { id: seven, add: [technicianOf(2).id], remove: [technicianOf(1).id] })
  await act(driven, 'addTime', { ticketId: seven, time: { minutes: 25, billable: true, workedAt }, body: 'Looked' })
  await act(driven, 'link', { id: seven, otherId: ten, relation: 'blocks' })
  const made = (await act(driven, 'create', draft)).ticket.id
  await act(driven, 'addEntry', { ticketId: eight, kind: 'note', body: 'From the other one' })
  await act(driven, 'merge', { id: eight, intoId: seven, status: 'closed' })
  const [entry] = (await driven.ticket(ten)).entries
  const half = (
    await act(driven, 'split', { fromId: ten, entryIds: [entry?.id], ticket: { ...draft, subject: 'Half' } })
  ).ticket.id
  const { id: contact } = await driven.call<ContactView>('mutation', 'contacts.create', {
    name: 'Zoë Quist',
    site: 'Pier 4',
  })
  await driven.call('mutation', 'contacts.edit', { id: contactOf(3).id, patch: { vip: true, phone: '112' } })
  await driven.call('mutation', 'views.create', newView)
  return { made, half, contact }
}

async function look(driven: Driven, { half, contact }: { half: string; contact: string }): Promise<unknown> {
  const [a, b, c, d] = await Promise.all([seven, eight, ten, half].map((id) => driven.ticket(id)))
  const entries = (detail: TicketDetail | undefined): unknown =>
    detail?.entries.map(({ body, from, copiedFrom, kind }) => [kind, body, from?.id ?? null, copiedFrom ?? null])
  const related = (detail: TicketDetail | undefined): unknown => [
    detail?.links.map(({ relation, ticket }) => [relation, ticket.id]),
    detail?.mergedInto?.id ?? null,
    detail?.mergedFrom.map(({ id }) => id),
  ]
  return {
    entries: [a, b, c, d].map(entries),
    related: [a, b, c, d].map(related),
    minutes: [a, b, c, d].map((detail) => detail?.workedMinutes),
    tags: a?.ticket.tags,
    watchers: a?.ticket.watchers,
    status: b?.ticket.status,
    unread: [a, b, c, d].map((detail) => detail?.unread),
    contacts: (await contacts(driven, 'zoe pier')).map(({ id, name }) => [id === contact, name]),
    vip: await driven
      .call<ContactView>('query', 'contacts.get', { id: contactOf(3).id })
      .then(({ vip, phone }) => [vip, phone]),
    views: (await views(driven)).map(({ name, filter }) => [name, filter]),
  }
}

test('everything that is done offline is on view at once, after a crash, while it is sent, and when it is back', async () => {
  const driven = await offline()
  const made = await everything(driven)
  const first = await look(driven, made)
  const copied = expect.arrayContaining([expect.arrayContaining(['Called back about the zeppelin 10'])])
  expect(first).toMatchObject({
    related: [
      [[['blocks', ten]], null, [eight]],
      [[], seven, []],
      [
        [
          ['blocked-by', seven],
          ['split-into', made.half],
        ],
        null,
        [],
      ],
      [[['split-from', ten]], null, []],
    ],
    minutes: [25, 0, 0, 0],
    tags: ['vip', 'loud'],
    watchers: [ME, technicianOf(2).id],
    status: 'closed',
    contacts: [[true, 'Zoë Quist']],
    vip: [true, '112'],
    views: [['Urgent', { priorities: ['p1'] }]],
  })
  expect((first as { entries: unknown[] }).entries[0]).toEqual([
    ['time', 'Looked', null, null],
    ['note', 'From the other one', eight, null],
  ])
  expect((first as { entries: unknown[] }).entries[3]).toEqual(copied)
  await driven.crash()
  const again = await start()
  expect(await look(again, made)).toEqual(first)
  const seen: Promise<unknown>[] = []
  const stop = again.follow('changes', () => seen.push(look(again, made)))
  await cloud.listen()
  again.post({ op: 'online', online: true, cloudUrl: cloud.url })
  await vi.waitFor(async () => expect(await again.state()).toMatchObject({ pending: 0, failed: 0, phase: 'idle' }))
  await again.sync()
  stop()
  for (const one of await Promise.all(seen)) expect(one).toEqual(first)
  expect(seen.length).toBeGreaterThan(0)
  expect(await look(again, made)).toEqual(first)
  expect((await views(again))[0]?.pending).toBe(false)
  expect(Object.fromEntries(model.schemas)).toEqual({
    ...{
      'ticket.create': 1,
      'ticket.update': 1,
      'ticket.tag': 2,
      'ticket.watch': 5,
      'ticket.merge': 2,
      'ticket.split': 2,
      'ticket.link': 2,
    },
    ...{ 'entry.create': 1, 'contact.create': 2, 'contact.update': 2, 'view.create': 2 },
  })
  expect(model.mistaken).toBe(0)
})

test('what is undone before it was sent is never sent', async () => {
  const driven = await start()
  await driven.sync()
  await driven.call('mutation', 'sync.pause', { paused: true })
  await act(driven, 'tag', { id: seven, add: ['vip'], remove: [] })
  await act(driven, 'tag', { id: seven, add: [], remove: ['vip'] })
  expect(await act(driven, 'watch', { id: seven, add: [ME] })).toMatchObject({ pendingFields: ['watchers'] })
  await act(driven, 'watch', { id: seven, remove: [ME] })
  await act(driven, 'link', { id: seven, otherId: ten, relation: 'blocks' })
  await act(driven, 'unlink', { id: ten, otherId: seven, relation: 'blocked-by' })
  await act(driven, 'merge', { id: eight, intoId: seven, status: 'closed' })
  expect((await outbox(driven)).map(({ kind }) => kind)).toEqual(['ticket.merge', 'ticket.update'])
  const alone = await act(driven, 'unmerge', { id: eight, status: 'new' })
  expect(alone).toMatchObject({ mergedInto: null, ticket: { status: 'new' } })
  await driven.call('mutation', 'contacts.edit', { id: contactOf(3).id, patch: { vip: true } })
  await driven.call('mutation', 'contacts.edit', { id: contactOf(3).id, patch: { vip: false } })
  const [view] = await driven.call<SavedViewView[]>('mutation', 'views.create', newView)
  await driven.call('mutation', 'views.edit', { id: view?.id, patch: { name: 'Pressing' } })
  expect((await views(driven)).map(({ name }) => name)).toEqual(['Pressing'])
  expect(await driven.call('mutation', 'views.remove', { id: view?.id })).toEqual([])
  expect(await outbox(driven)).toEqual([])
  expect((await driven.ticket(seven)).pendingFields).toEqual([])
  await driven.call('mutation', 'sync.pause', { paused: false })
  await driven.sync()
  expect(model.applied).toEqual([])
})

test('what was sent is undone by a write of its own, seen from both sides', async () => {
  const driven = await start()
  await driven.sync()
  await act(driven, 'link', { id: seven, otherId: ten, relation: 'parent' })
  await act(driven, 'merge', { id: eight, intoId: seven, status: 'closed' })
  await driven.sync()
  expect((await driven.ticket(ten)).links).toMatchObject([{ relation: 'child', ticket: { id: seven } }])
  await act(driven, 'unlink', { id: ten, otherId: seven, relation: 'child' })
  await act(driven, 'unmerge', { id: eight, status: 'new' })
  await driven.sync()
  expect(await driven.ticket(seven)).toMatchObject({ links: [], mergedFrom: [], mergedInto: null })
  expect(await driven.ticket(eight)).toMatchObject({ links: [], mergedInto: null, ticket: { status: 'new' } })
  expect(model.ticket(eight)).toMatchObject({ mergedInto: null, status: 'new' })
  expect(model.ticket(ten)?.links).toEqual([])
})

/** Has the cloud refuse one kind of write. */
function refuse(kind: MutationKind): () => void {
  const answer = cloud.decide
  cloud.decide = (mutation, client) =>
    mutation.body.kind === kind
      ? { sequence: mutation.sequence, outcome: 'rejected', code: 'invalid-input', message: 'Not like this.' }
      : answer(mutation, client)
  return () => (cloud.decide = answer)
}

test('a refused contact fails the ticket that waits for it and its note, alone, and mended takes them along', async () => {
  const driven = await offline()
  const person = await driven.call<ContactView>('mutation', 'contacts.create', { name: 'Zoë Quist', email: 'zoe@' })
  const { id } = (await act(driven, 'create', { ...draft, requesterId: person.id })).ticket
  expect((await driven.ticket(id)).requester?.name).toBe('Zoë Quist')
  await act(driven, 'addEntry', { ticketId: id, kind: 'note', body: 'Fetched a net' })
  await act(driven, 'tag', { id: seven, add: ['vip'], remove: [] })
  const accept = refuse('contact.create')
  await back(driven)
  await vi.waitFor(async () => expect((await inbox(driven)).length).toBe(3))
  accept()
  const items = await inbox(driven)
  expect(items.map(({ mutation, about }) => [mutation, about])).toEqual([
    ['entry.create', null],
    ['ticket.create', null],
    ['contact.create', 'Zoë Quist'],
  ])
  expect(items.at(-1)).toMatchObject({ reason: 'Not like this.', ticket: null })
  expect(model.ticket(seven)?.tags).toEqual(['vip'])
  expect(await contacts(driven, 'zoe')).toEqual([])
  const mend = { id: items.at(-1)?.id, patch: { email: 'zoe@example.com' } }
  expect(await driven.call('mutation', 'inbox.resend', mend)).toEqual([])
  await driven.sync()
  await driven.sync()
  expect(model.get(person.id)).toMatchObject({ email: 'zoe@example.com' })
  expect((await driven.ticket(id)).entries).toMatchObject([{ body: 'Fetched a net', pending: false }])
  expect((await driven.ticket(id)).requester).toMatchObject({ email: 'zoe@example.com' })
})

test('a note makes watchers of those whom it mentions, and not without it: offline, refused, and mended', async () => {
  const driven = await offline()
  const [one, two, three] = [1, 2, 3].map((index) => technicianOf(index))
  const text = `@${one?.name} and @TECHNICIAN 3: see mail to x@Technician 2 and @Technician 22.`
  const noted = await act(driven, 'addEntry', { ticketId: seven, kind: 'note', body: text })
  expect(noted.entries.at(-1)?.mentions).toEqual([one, three].map((some) => ({ id: some?.id, name: some?.name })))
  expect(noted).toMatchObject({ ticket: { watchers: [one?.id, three?.id] }, pendingFields: ['watchers'] })
  // The requester reads it: an @ is a letter like others there.
  const replied = await act(driven, 'addEntry', { ticketId: seven, kind: 'reply', body: `@${two?.name} will call you` })
  expect(replied.entries.at(-1)).not.toHaveProperty('mentions')
  const accept = refuse('entry.create')
  await back(driven)
  await vi.waitFor(async () => expect((await inbox(driven)).length).toBe(3))
  accept()
  expect((await driven.ticket(seven)).ticket.watchers ?? []).toEqual([])
  const note = (await inbox(driven)).find((item) => item.text === text)
  await driven.call('mutation', 'inbox.resend', { id: note?.id, text: `@${three?.name} alone` })
  await driven.sync()
  await driven.sync()
  const { entries, ticket } = await driven.ticket(seven)
  expect(entries.at(-1)).toMatchObject({ mentions: [{ id: three?.id }], pending: false })
  expect(ticket.watchers).toEqual(model.ticket(seven)?.watchers)
  expect(Object.fromEntries(model.schemas)).toMatchObject({ 'entry.create': 5, 'ticket.watch': 5 })
})

test('a merge that is refused leaves the ticket as open as it was, and goes again with its status', async () => {
  const driven = await offline()
  await act(driven, 'merge', { id: eight, intoId: seven, status: 'closed' })
  const accept = refuse('ticket.merge')
  await back(driven)
  await vi.waitFor(async () => expect((await inbox(driven)).length).toBe(2))
  accept()
  expect(model.ticket(eight)?.status).toBe('new')
  expect(await driven.ticket(eight)).toMatchObject({ mergedInto: null, ticket: { status: 'new' } })
  const merge = (await inbox(driven)).find(({ mutation }) => mutation === 'ticket.merge')
  expect(await driven.call('mutation', 'inbox.resend', { id: merge?.id })).toEqual([])
  await driven.sync()
  await driven.sync()
  expect(model.ticket(eight)).toMatchObject({ mergedInto: seven, status: 'closed' })
})

test('conflicts of contacts and views are decided field by field, and decisions taken back', async () => {
  const driven = await start()
  await driven.sync()
  await driven.call('mutation', 'views.create', newView)
  await driven.sync()
  const [view] = await views(driven)
  const three = contactOf(3).id
  await cloud.stop()
  await driven.call('mutation', 'contacts.edit', { id: three, patch: { phone: '1', title: 'Chief' } })
  await driven.call('mutation', 'views.edit', { id: view?.id, patch: { name: 'Mine' } })
  cloud.add('contact', three, { ...contactOf(3), phone: '2' })
  cloud.add('view', String(view?.id), { ...model.get(String(view?.id)), name: 'Theirs' })
  await back(driven)
  const items = await inbox(driven)
  expect(items.map(({ mutation, about, fields }) => [mutation, about, fields.map(({ field }) => field)])).toEqual([
    ['view.update', 'Theirs', ['name']],
    ['contact.update', 'Contact 3', ['phone']],
  ])
  const [ofView, ofContact] = items
  const person = (): Promise<ContactView> => driven.call('query', 'contacts.get', { id: three })
  expect(await person()).toMatchObject({ phone: '2', title: 'Chief', pending: false })
  const wrong = { id: ofContact?.id, choices: [{ field: 'phone', choice: 'other', value: 7 }] }
  await expect(driven.call('mutation', 'inbox.resolve', wrong)).rejects.toThrow('invalid-input')
  const third = { id: ofContact?.id, choices: [{ field: 'phone', choice: 'other', value: '3' }] }
  await driven.call('mutation', 'inbox.resolve', third)
  await driven.call('mutation', 'inbox.resolve', { id: ofView?.id, choices: [{ field: 'name', choice: 'mine' }] })
  expect(await person()).toMatchObject({ phone: '3', pending: true })
  await driven.sync()
  await driven.sync()
  expect(await inbox(driven)).toEqual([])
  expect(model.get(three)).toMatchObject({ phone: '3', title: 'Chief' })
  expect((await views(driven)).map(({ name, pending }) => [name, pending])).toEqual([['Mine', false]])
  await driven.call('mutation', 'inbox.reopen', { id: ofContact?.id })
  await driven.sync()
  await driven.sync()
  expect(await person()).toMatchObject({ phone: '2' })
  expect(await inbox(driven)).toMatchObject([{ mutation: 'contact.update' }])
})

test('a write that is put off holds what shares a subject with it, however far, and nothing else', async () => {
  const driven = await offline()
  await driven.edit(seven, { subject: 'Held' })
  await act(driven, 'link', { id: seven, otherId: eight, relation: 'related' })
  await act(driven, 'tag', { id: eight, add: ['after'], remove: [] })
  await act(driven, 'tag', { id: ten, add: ['free'], remove: [] })
  const answer = cloud.decide
  let putOff = true
  cloud.decide = (mutation, client) =>
    putOff && mutation.body.kind === 'ticket.update'
      ? { sequence: mutation.sequence, outcome: 'retry', message: 'Later.' }
      : answer(mutation, client)
  cloud.stopAtRetry = true
  await back(driven)
  await vi.waitFor(() => expect(model.ticket(ten)?.tags).toEqual(['free']))
  expect(model.applied.map(({ kind }) => kind)).toEqual(['ticket.tag'])
  putOff = false
  await driven.sync()
  await vi.waitFor(async () => expect((await driven.state()).pending).toBe(0))
  expect(model.applied.map(({ kind }) => kind)).toEqual(['ticket.tag', 'ticket.update', 'ticket.link', 'ticket.tag'])
})

test('kinds that a console does not know are passed over, and read by one that does', async () => {
  const id = idOf('a view')
  cloud.add('view', id, { id, ...newView, columns: [] })
  cloud.add('ticket', seven, ticketOf(7, { subject: 'After the view' }))
  const old = await start({
    worker: { entry: new URL('forgetful-worker.ts', import.meta.url), data: ['view', 'attachment'] },
  })
  await old.sync()
  expect((await old.ticket(seven)).ticket.subject).toBe('After the view')
  expect(await views(old)).toEqual([])
  expect(await old.state()).toMatchObject({ problem: null })
  await old.close()
  const driven = await start()
  await driven.sync()
  expect((await views(driven)).map(({ name }) => name)).toEqual(['Urgent'])
  const asked = cloud.requests.filter(({ path }) => path === '/v1/changes')
  await driven.sync()
  expect(cloud.requests.filter(({ path }) => path === '/v1/changes').slice(asked.length)[0]?.after).toBe(cloud.head)
})
