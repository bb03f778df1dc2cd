import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { Mutation, MutationBody } from '../../src-shared/protocol/mutation.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { deskChanges, idOf } from '../compartment/desk.ts'
import { Driven, temporaryFolder } from '../compartment/driver.ts'
import { ScriptedCloud } from '../compartment/scripted-cloud.ts'
import { ask, readFeed, withCloud, type TestCloud } from '../support/cloud.ts'
import { uuid } from '../support/sample.ts'
import { ran } from './cases.ts'

let cloud: TestCloud
const undo: (() => unknown)[] = []
beforeAll(async () => {
  cloud = await withCloud()
})
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})
afterAll(() => cloud.close())

test('a client of the first mutation schema is served by the cloud of today', async () => {
  const token = await cloud.tenantToken()
  const [client, ticketId, entryId] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()]
  // As the first console wrote them: keys that came later are not there.
  const bodies = [
    {
      ...{ kind: 'ticket.create', ticketId },
      ticket: {
        ...{ subject: 'From an old console', description: '', status: 'new', priority: 'p2', type: null, queue: null },
        ...{ requesterId: null, assigneeId: null, tags: [], customFields: {} },
      },
    },
    { kind: 'ticket.update', ticketId, base: { status: 'new' }, patch: { status: 'open' } },
    { kind: 'entry.create', ticketId, entryId, entryKind: 'note', body: 'Old, and still here' },
    { kind: 'ticket.update', ticketId: uuid('Acme', 'ticket', 1), base: { tags: [] }, patch: { tags: ['old'] } },
  ]
  const mutations = bodies.map((body, i) => ({ sequence: i + 1, schema: 1, at: new Date().toISOString(), body }))
  const sent = await ask(cloud.url, paths.mutations, { token, body: { clientId: client, mutations } })
  expect(await sent.json()).toMatchObject({
    results: bodies.map((_, i) => ({ sequence: i + 1, outcome: 'applied' })),
    lastSequence: bodies.length,
  })
  const { changes, closing } = await readFeed(cloud.url, token, 0, client)
  expect(closing.lastSequence).toBe(bodies.length)
  expect(changes.find(({ id }) => id === ticketId)?.data).toMatchObject({ status: 'open' })
  expect(changes.find(({ id }) => id === entryId)?.data).toMatchObject({ body: 'Old, and still here' })
})

test('an edit that the cloud is too old for waits, holds up no other ticket, and goes when the cloud is updated', async () => {
  const scripted = await ScriptedCloud.start(deskChanges(20))
  undo.push(() => scripted.stop())
  const { folder, remove } = temporaryFolder()
  const driven = await Driven.open({ folder, cloudUrl: scripted.url, online: false })
  undo.push(remove, () => driven.close())
  await driven.sync()
  const taken: MutationBody[] = []
  let known = 1
  scripted.stopAtRetry = true
  scripted.decide = ({ sequence, schema, body }: Mutation) => {
    if (schema > known) return { sequence, outcome: 'retry', message: 'The cloud does not know this kind of edit yet.' }
    taken.push(body)
    return { sequence, outcome: 'applied', version: scripted.head }
  }
  const [seven, others] = [idOf('ticket 7'), [8, 9, 10, 11].map((n) => idOf(`ticket ${n}`))]
  driven.post({ op: 'online', online: true, cloudUrl: scripted.url })
  await driven.call('mutation', 'tickets.tag', { id: seven, add: ['newer'] })
  for (const id of others) await driven.edit(id, { subject: 'Older' })
  await driven.edit(seven, { subject: 'After the tag' })
  await vi.waitFor(() =>
    expect(new Set(taken.map((body) => 'ticketId' in body && body.ticketId))).toEqual(new Set(others)),
  )
  // In order on its own ticket: what came after waits with it.
  expect(taken.map(({ kind }) => kind)).toEqual(others.map(() => 'ticket.update'))
  expect(await driven.state()).toMatchObject({ pending: 2, failed: 0 })
  known = 2
  await vi.waitFor(async () => expect(await driven.state()).toMatchObject({ pending: 0, failed: 0 }))
  expect(taken.slice(others.length)).toMatchObject([
    { kind: 'ticket.tag', ticketId: seven, add: ['newer'] },
    { kind: 'ticket.update', ticketId: seven, patch: { subject: 'After the tag' } },
  ])
  expect(taken).toHaveLength(others.length + 2)
  ran('edits that a cloud was too old for', 1)
})
