import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { paths } from '../../src-shared/protocol/api.ts'
import type { MutationBody } from '../../src-shared/protocol/mutation.ts'
import { ask, push, pushed, withCloud, type TestCloud } from '../support/cloud.ts'
import { uuid } from '../support/sample.ts'

const ACME = uuid('tenant', 'Acme')
let cloud: TestCloud
let token: string
beforeAll(async () => {
  cloud = await withCloud()
  token = await cloud.tenantToken()
})
afterAll(async () => {
  await cloud.close()
})

const note = (body: string, entryId = randomUUID()): MutationBody => ({
  kind: 'entry.create',
  ticketId: uuid('Acme', 'ticket', 1),
  entryId,
  entryKind: 'note',
  body,
})
const entries = async (id: string) => (await cloud.owner`select from entry where id = ${id}`).length

test('a conflict that was stored before conflicts told by whom is answered, by nobody known', async () => {
  const client = randomUUID()
  const old = { field: 'status', base: 'open', mine: 'vendor', theirs: 'done', at: '2026-01-01T00:00:00.000Z' }
  const result = { sequence: 1, outcome: 'conflict', version: 3, conflicts: [old] }
  await cloud.owner`
    insert into client_sequence (tenant_id, client_id, last_sequence) values (${ACME}, ${client}, 1)`
  await cloud.owner`
    insert into mutation_result (tenant_id, client_id, first_sequence, last_sequence, results)
    values (${ACME}, ${client}, 1, 1, ${JSON.stringify([{ result, position: null }])}::text::json)`
  expect(await pushed(cloud.url, token, client, 1, [note('whatever it was')])).toEqual({
    results: [{ ...result, conflicts: [{ ...old, by: null }] }],
    lastSequence: 1,
  })
})

test('a known sequence with other content is refused, and nothing of the batch is applied', async () => {
  const [client, behind] = [randomUUID(), randomUUID()]
  const bodies = Array.from({ length: 120 }, (_, i) => note(`${i}`))
  const first = await pushed(cloud.url, token, client, 1, bodies)
  for (const changed of [0, 119]) {
    const others = [...bodies.with(changed, note('of a later life')), note('behind', behind)]
    const refused = await push(cloud.url, token, client, 1, others)
    expect([refused.status, await refused.json()]).toEqual([
      409,
      { error: { code: 'sequence-reused', message: expect.stringContaining('new numbers') as string, retry: false } },
    ])
  }
  expect(await entries(behind)).toBe(0)
  expect(await pushed(cloud.url, token, client, 1, bodies)).toEqual(first)
})

test('a rejected one with other content is refused too', async () => {
  const client = randomUUID()
  const nowhere: MutationBody = { ...note('x'), ticketId: uuid('nowhere') } as MutationBody
  expect((await pushed(cloud.url, token, client, 1, [nowhere])).results).toMatchObject([{ outcome: 'rejected' }])
  expect((await push(cloud.url, token, client, 1, [note('y')])).status).toBe(409)
})

test('the same content counts as the same whatever the order of its keys and the clock', async () => {
  const client = randomUUID()
  const body = note('once')
  const first = await pushed(cloud.url, token, client, 1, [body])
  const turned = Object.fromEntries(Object.entries(body).reverse())
  const mutations = [{ body: turned, at: '2026-01-01T00:00:00.000Z', schema: 1, sequence: 1 }]
  const again = await ask(cloud.url, paths.mutations, { token, body: { clientId: client, mutations } })
  expect(await again.json()).toEqual(first)
})
