import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Ticket } from '../../src-shared/domain/ticket.ts'
import { isPlainTicket } from '../../src-main/compartment/sync/plain-ticket.ts'
import { ticketOf } from './desk.ts'

const odd = fc.oneof(
  fc.constantFrom(null, '', undefined, 0, -1, 1.5, NaN, 2 ** 53, true, [], {}, [null], { a: { b: 1 } }, { a: ['x'] }),
  fc.constantFrom('x'.repeat(64), 'x'.repeat(65), 'x'.repeat(301), '2024-02-30T00:00:00Z', '2024-02-28T00:00Z'),
  fc.constantFrom(
    '2024-02-28T00:00:00.123456Z',
    '2024-13-01T00:00:00Z',
    '2024-01-01T24:00:00Z',
    '2024-01-01T00:00:00+01:00',
  ),
  fc.constantFrom('ffffffff-ffff-ffff-ffff-ffffffffffff', 'a8e7a6ac-c895-968f-8d8c-11981c52cda7', ['a', 'b'], {
    a: 1,
    b: null,
  }),
  fc.string({ maxLength: 70 }),
  fc.jsonValue({ maxDepth: 2 }),
)
const fields = [...Object.keys(ticketOf(1)), 'later']

test('what passes as a plain ticket passes the schema, which leaves it as it is', () => {
  let plain = 0
  fc.assert(
    fc.property(fc.constantFrom(...fields), odd, fc.integer({ min: 1, max: 50 }), (field, value, number) => {
      const candidate: unknown = { ...ticketOf(number), [field]: value }
      if (!isPlainTicket(candidate)) return
      plain += 1
      expect(Ticket.parse(candidate)).toEqual(candidate)
    }),
    { numRuns: 5000 },
  )
  expect(plain).toBeGreaterThan(500)
})

test('a ticket as the cloud usually sends it is plain', () => {
  for (let number = 1; number <= 100; number++) expect(isPlainTicket(ticketOf(number))).toBe(true)
})
