import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import type { PageKey, TicketFilter, TicketRow, TicketSort } from '../../src-shared/domain/views.ts'
import { wordsOf } from '../../src-main/compartment/triage/words.ts'
import { configuration, deskChanges, technicianOf } from './desk.ts'
import { Driven, temporaryFolder } from './driver.ts'
import { ScriptedCloud } from './scripted-cloud.ts'

const changes = deskChanges(400)
// Few distinct instants, so that ties are common.
for (const change of changes) {
  if (change.kind !== 'ticket' || !('data' in change)) continue
  change.data.updatedAt = `2024-0${1 + (Number(change.data.number) % 7)}-01T00:00:00.000Z`
}
const tickets = changes.flatMap((change) =>
  change.kind === 'ticket' && 'data' in change ? [change.data as Ticket] : [],
)
const place = temporaryFolder()
let cloud: ScriptedCloud
let driven: Driven

beforeAll(async () => {
  cloud = await ScriptedCloud.start(changes)
  driven = await Driven.open({ folder: place.folder, cloudUrl: cloud.url, online: false })
  await driven.sync()
})
afterAll(async () => {
  await driven.close()
  await cloud.stop()
  place.remove()
})

const ranks = new Map(configuration.priorities.map((priority) => [priority.key, priority.rank]))
function expected(filter: TicketFilter, { by, direction }: TicketSort): number[] {
  const value = (ticket: Ticket): number => {
    if (by === 'priority') return ranks.get(ticket.priority) ?? 0
    if (by === 'due') return ticket.dueAt === null ? Infinity : Date.parse(ticket.dueAt)
    return Date.parse(by === 'created' ? ticket.createdAt : ticket.updatedAt)
  }
  const sorted = tickets
    .filter((ticket) => filter.statuses?.includes(ticket.status) ?? true)
    .filter((ticket) => filter.priorities?.includes(ticket.priority) ?? true)
    .filter((ticket) => filter.assignees?.includes(ticket.assigneeId) ?? true)
    .map((ticket) => ({ number: ticket.number, value: value(ticket) }))
    .sort((a, b) => (a.value === b.value ? a.number - b.number : a.value < b.value ? -1 : 1))
    .map((ticket) => ticket.number)
  return direction === 'ascending' ? sorted : sorted.reverse()
}

const filters = fc.record(
  {
    statuses: fc.subarray(['new', 'working', 'vendor', 'fixed', 'closed', 'unheard of']),
    priorities: fc.subarray(['p1', 'p2', 'p3', 'p4', 'p9']),
    assignees: fc.subarray([null, ...Array.from({ length: 8 }, (_, i) => technicianOf(i).id)]),
  },
  { requiredKeys: [] },
)
const sorts = fc.record({
  by: fc.constantFrom('updated' as const, 'created' as const, 'priority' as const, 'due' as const),
  direction: fc.constantFrom('ascending' as const, 'descending' as const),
})

test('pages one after the other are the list that a plain filter and sort give', async () => {
  await fc.assert(
    fc.asyncProperty(filters, sorts, fc.integer({ min: 7, max: 200 }), async (filter, sort, limit) => {
      const rows: TicketRow[] = []
      let after: PageKey | null = null
      do {
        const page = await driven.page({ filter, sort, after, limit })
        expect(page.rows.length).toBeLessThanOrEqual(limit)
        rows.push(...page.rows)
        after = page.next
      } while (after)
      expect(rows.map((row) => row.number)).toEqual(expected(filter, sort))
    }),
    { numRuns: 120 },
  )
})

test('an outline has the length of the list, and a page from each anchor starts with that row', async () => {
  await fc.assert(
    fc.asyncProperty(filters, sorts, async (filter, sort) => {
      const all = expected(filter, sort)
      const { total, stride, anchors } = await driven.outline({ filter, sort })
      expect(total).toBe(all.length)
      expect(anchors).toHaveLength(Math.ceil(all.length / stride))
      for (const [i, anchor] of anchors.entries()) {
        const page = await driven.page({ filter, sort, from: anchor, limit: 3 })
        expect(page.rows.map((row) => row.number)).toEqual(all.slice(i * stride, i * stride + 3))
      }
    }),
    { numRuns: 40 },
  )
})

test('the place of a ticket is its index in the list, and none where the list does not have it', async () => {
  await fc.assert(
    fc.asyncProperty(filters, sorts, fc.integer({ min: 1, max: 400 }), async (filter, sort, number) => {
      const all = expected(filter, sort)
      const ticket = tickets.find((one) => one.number === number) ?? tickets[0]!
      const index = all.indexOf(ticket.number)
      const found = await driven.call('query', 'tickets.place', { filter, sort, id: ticket.id })
      expect(found).toBe(index < 0 ? null : index)
    }),
    { numRuns: 120 },
  )
})

const operators = fc.constantFrom(
  '"',
  '""',
  '*',
  '-',
  'NEAR',
  'AND',
  'OR',
  'NOT',
  '(',
  ')',
  ':',
  '^',
  '+',
  "'",
  ';--',
  '\\',
  '\0',
)
const typed = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(fc.oneof(operators, fc.constantFrom('printer', 'subject', 'zeppelin', 'é', '日本', '\u{1e922}')), {
      maxLength: 8,
    })
    .map((parts) => parts.join(' ')),
  fc.array(operators, { maxLength: 6 }).map((parts) => `printer${parts.join('')}toner`),
)

test('nothing that a person types into the search is a syntax error', async () => {
  await fc.assert(
    fc.asyncProperty(typed, fc.constantFrom('newest' as const, 'rank' as const), async (text, order) => {
      const hits = await driven.search(text, order)
      if (wordsOf(text).length === 0) expect(hits).toEqual([])
    }),
    { numRuns: 300 },
  )
})

test('a search finds every ticket that has all the words, newest first', async () => {
  const has = (ticket: Ticket, word: string): boolean =>
    ` ${ticket.subject} ${ticket.description} `.includes(` ${word} `)
  for (const [first, second] of [
    ['printer', 'toner'],
    ['vpn', 'slow'],
    ['backup', 'cable'],
  ] as const) {
    const hits = await driven.search(`${first} ${second}`, 'newest', 200)
    const numbers = tickets.filter((ticket) => has(ticket, first) && has(ticket, second)).map((ticket) => ticket.number)
    expect(hits.map((hit) => hit.row.number)).toEqual(numbers.reverse())
    const ranked = await driven.search(`${first} ${second}`, 'rank', 200)
    expect(ranked.map((hit) => hit.row.number).sort((a, b) => b - a)).toEqual(numbers)
  }
})
