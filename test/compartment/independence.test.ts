import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { InboxItem } from '../../src-shared/domain/views.ts'
import { subjectsOf, type MutationBatch } from '../../src-shared/protocol/mutation.ts'
import { deskChanges, idOf } from './desk.ts'
import { Driven, temporaryFolder } from './driver.ts'
import { ModelCloud } from './model-cloud.ts'
import { ScriptedCloud } from './scripted-cloud.ts'

let cloud: ScriptedCloud
let model: ModelCloud
let driven: Driven
let place: ReturnType<typeof temporaryFolder>
const id = (number: number): string => idOf(`ticket ${number}`)
const subject = (number: number): string | undefined => model.ticket(id(number))?.subject

beforeEach(async () => {
  cloud = await ScriptedCloud.start(deskChanges(60))
  model = new ModelCloud(cloud)
  place = temporaryFolder()
  driven = await Driven.open({ folder: place.folder, cloudUrl: cloud.url, online: false })
  await driven.sync()
})
afterEach(async () => {
  await driven.close()
  await cloud.stop()
  place.remove()
})

/** Queues edits of tickets 1 to `count` without sending them. */
async function queue(count: number): Promise<void> {
  await driven.call('mutation', 'sync.pause', { paused: true })
  for (let number = 1; number <= count; number++) await driven.edit(id(number), { subject: `Mine ${number}` })
}
const go = (): Promise<void> => driven.call('mutation', 'sync.pause', { paused: false })
const inbox = (): Promise<InboxItem[]> => driven.call('query', 'inbox.list')

/** Answers every request with a mutation of ticket 3 with a status, and looks into the others. */
function poison(status: number): void {
  cloud.interceptBatch = (batch, response) => {
    if (!batch.mutations.some(({ body }) => subjectsOf(body)[0] === id(3))) return false
    response.writeHead(status).end('{}')
    return true
  }
}

test('an edit that the cloud puts off holds its own ticket, in order, and no other', async () => {
  const answer = cloud.decide
  let putOff = true
  cloud.decide = (mutation, client) =>
    putOff && subjectsOf(mutation.body)[0] === id(1)
      ? { sequence: mutation.sequence, outcome: 'retry', message: 'Later.' }
      : answer(mutation, client)
  cloud.stopAtRetry = true
  await queue(5)
  await driven.call('mutation', 'tickets.addEntry', { ticketId: id(1), kind: 'note', body: 'After it' })
  await driven.edit(id(1), { status: 'vendor' })
  await go()
  await vi.waitFor(async () => expect((await driven.state()).pending).toBe(3))
  expect([2, 3, 4, 5].map(subject)).toEqual(['Mine 2', 'Mine 3', 'Mine 4', 'Mine 5'])
  expect(model.applied.some((body) => subjectsOf(body)[0] === id(1))).toBe(false)
  putOff = false
  await driven.sync()
  await vi.waitFor(async () => expect((await driven.state()).pending).toBe(0))
  const first = model.applied.filter((body) => subjectsOf(body)[0] === id(1))
  expect(first.map((body) => body.kind)).toEqual(['ticket.update', 'entry.create', 'ticket.update'])
  expect(model.mistaken).toBe(0)
})

test.each([400, 413, 422])(
  'an edit that makes requests fail with %i is found, set aside and blocks nothing',
  async (status) => {
    poison(status)
    await queue(9)
    await go()
    await vi.waitFor(async () => expect(await driven.state()).toMatchObject({ pending: 0, failed: 1 }))
    expect([1, 2, 4, 5, 6, 7, 8, 9].map(subject)).toEqual([1, 2, 4, 5, 6, 7, 8, 9].map((number) => `Mine ${number}`))
    const [item] = await inbox()
    expect(item).toMatchObject({
      kind: 'rejected',
      ticket: { number: 3 },
      fields: [{ field: 'subject', mine: 'Mine 3' }],
    })
    expect(item?.reason).toContain(`HTTP ${status}`)
    // Mended, it goes.
    cloud.interceptBatch = () => false
    await driven.call('mutation', 'inbox.resend', { id: item?.id })
    await vi.waitFor(() => expect(subject(3)).toBe('Mine 3'))
    expect(model.mistaken).toBe(0)
  },
)

test('an edit over which the cloud itself fails waits, then is set aside once others proved that the cloud works', async () => {
  poison(500)
  await queue(4)
  await go()
  await vi.waitFor(() => expect([1, 2, 4].map(subject)).toEqual(['Mine 1', 'Mine 2', 'Mine 4']))
  // The cloud has the last of them a moment before the compartment has its answer.
  await vi.waitFor(async () => expect(await driven.state()).toMatchObject({ pending: 1, failed: 0 }))
  await driven.edit(id(9), { subject: 'Mine 9' })
  await vi.waitFor(() => expect(subject(9)).toBe('Mine 9'))
  for (let i = 0; i < 3; i++) await driven.sync()
  await vi.waitFor(async () => expect(await driven.state()).toMatchObject({ pending: 0, failed: 1 }))
  // The pull was never cut off by it.
  cloud.add('ticket', id(8), { ...model.ticket(id(8)), subject: 'Theirs' })
  await driven.sync()
  expect((await driven.ticket(id(8))).ticket.subject).toBe('Theirs')
})

test('a cloud that fails over every edit loses none: all stay queued', async () => {
  cloud.interceptBatch = (_, response) => {
    response.writeHead(500).end('{}')
    return true
  }
  await queue(4)
  await go()
  for (let i = 0; i < 8; i++) await driven.sync()
  expect(await driven.state()).toMatchObject({ pending: 4, failed: 0 })
  cloud.interceptBatch = () => false
  await driven.sync()
  await vi.waitFor(async () => expect((await driven.state()).pending).toBe(0))
  expect([1, 2, 3, 4].map(subject)).toEqual(['Mine 1', 'Mine 2', 'Mine 3', 'Mine 4'])
})

test('answers that are lost after the cloud acted are asked for again and nothing is applied twice', async () => {
  let lose = 3
  cloud.interceptBatch = (batch, response) => {
    if (lose-- <= 0) return false
    for (const mutation of batch.mutations) cloud.take(batch.clientId, mutation)
    response.destroy()
    return true
  }
  await queue(3)
  await driven.call('mutation', 'tickets.addEntry', { ticketId: id(1), kind: 'note', body: 'Once' })
  await go()
  const notes = (batch: MutationBatch): number =>
    batch.mutations.filter(({ body }) => body.kind === 'entry.create').length
  for (let i = 0; i < 5; i++) await driven.sync()
  expect(await driven.state()).toMatchObject({ pending: 0, failed: 0 })
  expect(cloud.received.filter((batch) => notes(batch) > 0).length).toBeGreaterThan(1)
  expect(model.applied.map((body) => body.kind)).toEqual([
    ...Array.from({ length: 3 }, () => 'ticket.update'),
    'entry.create',
  ])
  expect(model.mistaken).toBe(0)
})
