import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Entry } from '../../src-shared/domain/entry.ts'
import { begunHistory } from '../../src-shared/domain/history.ts'
import { Ticket } from '../../src-shared/domain/ticket.ts'
import { isPlainEntry } from '../../src-main/compartment/sync/plain-entry.ts'
import { isPlainTicket } from '../../src-main/compartment/sync/plain-ticket.ts'
import { entryOf, idOf, ticketOf } from './desk.ts'

const times = fc.constantFrom(null, '2024-02-28T00:00:00Z', '2024-02-28T00:00:00.000Z', '2024-02-30T00:00:00Z')

const odd = fc.oneof(
  fc.constantFrom(null, '', undefined, 0, -1, 1.5, NaN, 2 ** 53, true, [], {}, [null], { a: { b: 1 } }, { a: ['x'] }),
  fc.constantFrom('x'.repeat(64), 'x'.repeat(65), 'x'.repeat(301), '2024-02-30T00:00:00Z', '2024-02-28T00:00Z'),
  fc.constantFrom(
    '2024-02-28T00:00:00.123456Z',
    '2024-13-01T00:00:00Z',
    '2024-01-01T24:00:00Z',
    '2024-01-01T00:00:00+01:00',
    '2023-02-29T00:00:00Z',
    '2024-04-31T00:00:00Z',
    '2024-12-31T23:59:59Z',
  ),
  fc.constantFrom('ffffffff-ffff-ffff-ffff-ffffffffffff', 'a8e7a6ac-c895-968f-8d8c-11981c52cda7', ['a', 'b'], {
    a: 1,
    b: null,
  }),
  fc.constantFrom(
    'time',
    'event',
    { kind: 'system', id: null, name: '' },
    { kind: 'system', id: null, name: '', x: 1 },
  ),
  fc.constantFrom(idOf('another'), [{ ticketId: idOf('another'), relation: 'related' }], [{ relation: 'related' }]),
  fc.record(
    {
      statuses: fc.array(
        fc.record(
          { status: fc.string({ maxLength: 2 }), at: times.map(String), x: times },
          { requiredKeys: ['status', 'at'] },
        ),
      ),
      respondedAt: times,
      unassignedSince: times,
      reassigned: fc.constantFrom(0, 1, -1, 1.5, null),
      later: times,
    },
    { requiredKeys: ['statuses', 'unassignedSince', 'reassigned'] },
  ),
  fc.string({ maxLength: 70 }),
  fc.jsonValue({ maxDepth: 2 }),
)

test.each([
  {
    name: 'ticket',
    ...{ one: (number: number): object => ticketOf(number), isPlain: isPlainTicket, schema: Ticket },
    fields: [...Object.keys(ticketOf(1)), 'mergedInto', 'links', 'history', 'tasks', 'watchers', 'later'],
  },
  {
    name: 'entry',
    ...{ one: (number: number): object => entryOf(number, number, 'A body.'), isPlain: isPlainEntry, schema: Entry },
    fields: [...Object.keys(entryOf(1, 1, '')), 'time', 'copiedFrom', 'mentions', 'later'],
  },
])('what passes as a plain $name passes the schema, which leaves it as it is', ({ one, isPlain, schema, fields }) => {
  let plain = 0
  fc.assert(
    fc.property(fc.constantFrom(...fields), odd, fc.integer({ min: 1, max: 50 }), (field, value, number) => {
      const candidate: unknown = { ...one(number), [field]: value }
      if (!isPlain(candidate)) return
      plain += 1
      expect(schema.parse(candidate)).toEqual(candidate)
    }),
    { numRuns: 5000 },
  )
  expect(plain).toBeGreaterThan(500)
})

test('tickets and entries as the cloud usually sends them are plain', () => {
  for (let number = 1; number <= 2000; number++) {
    const ticket = ticketOf(number)
    // Of the 29th of February the schema is asked.
    const rare = [ticket.createdAt, ticket.updatedAt, ticket.dueAt].some((at) => at?.includes('-02-29'))
    expect(isPlainTicket(ticket)).toBe(!rare)
    if (!rare) expect(isPlainTicket({ ...ticket, history: begunHistory(ticket) })).toBe(true)
  }
  for (let index = 0; index < 100; index++) expect(isPlainEntry(entryOf(1, index, 'A body.'))).toBe(true)
})
