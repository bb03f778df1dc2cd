import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TicketFilter, TicketSort } from '../../src-shared/domain/views.ts'
import { openCache, type Cache } from '../../src-main/compartment/cache/cache.ts'
import { firstIndexes, fulltext, lastIndex, listIndexes, statusIndex } from '../../src-main/compartment/cache/schema.ts'
import { contactsSql } from '../../src-main/compartment/cache/contacts.ts'
import { branchesOf } from '../../src-main/compartment/triage/branches.ts'
import { outlineSql, pageSql } from '../../src-main/compartment/triage/page.ts'
import { configuration, technicianOf, ticketOf } from './desk.ts'
import { temporaryFolder } from './driver.ts'

let cache: Cache
const place = temporaryFolder()

beforeAll(() => {
  cache = openCache(place.folder, randomBytes(32))
  cache.write(() => {
    cache.putConfiguration(configuration)
    for (let number = 1; number <= 500; number++) cache.tickets.put(ticketOf(number), number, number, number)
  })
  for (const sql of [statusIndex, ...firstIndexes, ...listIndexes, lastIndex, fulltext]) cache.db.exec(sql)
})
afterAll(() => {
  cache.close()
  place.remove()
})

const filters: [string, TicketFilter][] = [
  ['everything', {}],
  ['one status', { statuses: ['new'] }],
  ['the open statuses', { statuses: ['new', 'working', 'vendor'] }],
  ['priorities', { priorities: ['p1', 'p2'] }],
  ['one assignee', { assignees: [technicianOf(1).id] }],
  ['nobody and one', { assignees: [null, technicianOf(1).id] }],
  ['open and mine', { statuses: ['new', 'working'], assignees: [technicianOf(1).id] }],
  ['open and urgent', { statuses: ['new', 'working'], priorities: ['p1'] }],
  ['all three', { statuses: ['new', 'working'], priorities: ['p1', 'p3'], assignees: [null, technicianOf(2).id] }],
]
const sorts = (['updated', 'created', 'priority', 'due'] as const).flatMap((by) =>
  (['ascending', 'descending'] as const).map((direction): TicketSort => ({ by, direction })),
)

function plan(sql: string): string[] {
  const bound = sql.replaceAll('@limit', '51').replaceAll('@value', '2').replaceAll('@number', '300')
  return cache.db
    .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${bound}`)
    .all()
    .map((row) => row.detail)
}

test.each(filters)('no list of %s reads the table from end to end or sorts it', (_, filter) => {
  for (const sort of sorts) {
    const branches = branchesOf(filter, sort, cache.words)
    for (const start of [null, 'after', 'from'] as const) {
      const steps = plan(pageSql(branches, start))
      expect(steps.filter((step) => /SCAN|TEMP B-TREE/.test(step))).toEqual([])
      const searches = steps.filter((step) => step.startsWith('SEARCH'))
      expect(searches).toHaveLength(branches.where.length * (start === null ? 1 : 2))
      for (const step of searches) expect(step).toMatch(/^SEARCH ticket USING (COVERING )?INDEX/)
      // The range of a tie ends at the number itself, not at the value that thousands may share.
      if (start) expect(searches.filter((step) => step.includes('rowid'))).toHaveLength(branches.where.length)
    }
  }
})

test.each(filters)('no outline of %s sorts its rows', (_, filter) => {
  for (const sort of sorts) {
    const steps = plan(outlineSql(branchesOf(filter, sort, cache.words)))
    expect(steps.filter((step) => /TEMP B-TREE|SCAN ticket/.test(step))).toEqual([])
  }
})

test('searching by word lets the text index lead, with a filter too', () => {
  const sql =
    'SELECT ticket_text.rowid FROM ticket_text CROSS JOIN ticket t ON t.number = ticket_text.rowid WHERE ticket_text MATCH \'"a"\' AND t.status IN (1, 2) ORDER BY ticket_text.rowid DESC LIMIT 5'
  const steps = plan(sql)
  expect(steps[0]).toContain('SCAN ticket_text VIRTUAL TABLE')
  expect(steps.join()).not.toContain('TEMP B-TREE')
})

test('people are searched along the index of their words, in its order', () => {
  for (const words of [0, 1, 3]) {
    const steps = plan(contactsSql(words).replaceAll('instr(text, ?)', "instr(text, 'a')").replaceAll('?', '51'))
    expect(steps).toEqual(['SCAN contact USING INDEX contact_text'])
  }
})
