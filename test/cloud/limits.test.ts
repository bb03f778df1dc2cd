import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { NewTicket, Ticket, TicketPatch } from '../../src-shared/domain/ticket.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import type { MutationBody } from '../../src-shared/protocol/mutation.ts'
import { ask, pushed, withCloud, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleConfiguration, sampleOrganisation, uuid } from '../support/sample.ts'

const FIELDS = Array.from({ length: 10 }, (_, i) => `text-${i}`)
/** Takes six bytes a character on the wire. */
const wide = (characters: number) => '\u0001'.repeat(characters)
const newTicket: NewTicket = {
  subject: 'New',
  description: '',
  status: 'new',
  priority: 'p2',
  type: null,
  queue: null,
  requesterId: null,
  assigneeId: null,
  tags: [],
  customFields: {},
}

let cloud: TestCloud
let token: string
beforeAll(async () => {
  const customFields = FIELDS.map((key) => ({ type: 'text' as const, key, label: key }))
  const client = { ...sampleClient('Acme', 5), configuration: { ...sampleConfiguration, customFields } }
  cloud = await withCloud([sampleOrganisation('Alpha', [client])])
  token = await cloud.tenantToken()
})
afterAll(async () => {
  await cloud.close()
})

const one = async (body: MutationBody) => (await pushed(cloud.url, token, randomUUID(), 1, [body])).results[0]
const create = (ticket: Partial<NewTicket>, ticketId = randomUUID()) =>
  one({ kind: 'ticket.create', ticketId, ticket: { ...newTicket, ...ticket } })
const update = (ticketId: string, base: TicketPatch, patch: TicketPatch) =>
  one({ kind: 'ticket.update', ticketId, base, patch })
const ticketNow = async (id: string) =>
  (await cloud.owner<{ data: Ticket }[]>`select data from ticket where id = ${id}`)[0]?.data
const words = (count: number) => Array.from({ length: count }, (_, i) => `tag ${i}`)

describe('an edit is rejected', () => {
  test.each<[string, Partial<NewTicket> & TicketPatch]>([
    ['with more than 64 tags', { tags: words(65) }],
    ['with more than 200 custom fields', { customFields: Object.fromEntries(words(201).map((key) => [key, null])) }],
    ['with an empty subject', { subject: '' }],
  ])('%s, and so is a new ticket', async (_, values) => {
    const wrong = { outcome: 'rejected', message: expect.stringContaining('wrong form') as string }
    expect(await create(values)).toMatchObject(wrong)
    expect(await update(uuid('Acme', 'ticket', 1), {}, values)).toMatchObject(wrong)
  })

  test('where the ticket would be larger than 1 MiB on the wire, and the ticket stays as it is', async () => {
    const tooLarge = { outcome: 'rejected', code: 'too-large', message: expect.stringContaining('1 MiB') as string }
    const texts = (count: number) => Object.fromEntries(FIELDS.slice(0, count).map((key) => [key, wide(10_000)]))
    const description = wide(100_000)
    const [lost, id] = [randomUUID(), randomUUID()]
    expect(await create({ description, customFields: texts(8) }, lost)).toMatchObject(tooLarge)
    expect(await ticketNow(lost)).toBeUndefined()
    expect(await create({ description, customFields: texts(1) }, id)).toMatchObject({ outcome: 'applied' })
    const before = await ticketNow(id)
    expect(await update(id, {}, { customFields: texts(8) })).toMatchObject(tooLarge)
    expect(await ticketNow(id)).toEqual(before)
    const more = await update(id, { customFields: texts(1) }, { customFields: texts(7) })
    expect(more).toMatchObject({ outcome: 'applied' })
  })
})

test('a ticket that is beyond the limits already can be edited back into them', async () => {
  const id = uuid('Acme', 'ticket', 2)
  const ticket = { ...(await ticketNow(id)), subject: '', tags: words(70) }
  await cloud.owner`update ticket set data = ${JSON.stringify(ticket)}::text::json where id = ${id}`
  const result = await update(id, { subject: '', tags: words(70) }, { subject: 'Printer', tags: words(64) })
  expect(result).toMatchObject({ outcome: 'applied' })
  expect(await ticketNow(id)).toMatchObject({ subject: 'Printer', tags: words(64) })
})

test('a body above 16 MiB is answered with 413 and a problem', async () => {
  const response = await ask(cloud.url, paths.mutations, { token, body: { filler: 'x'.repeat(17 * 1024 * 1024) } })
  expect([response.status, await response.json()]).toEqual([
    413,
    { error: { code: 'too-large', message: expect.stringContaining('16 MiB') as string, retry: false } },
  ])
})
