import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import type { TicketFilter, TicketSort } from '../../src-shared/domain/views.ts'
import { openCache, type Cache } from '../../src-main/compartment/cache/cache.ts'
import {
  firstIndexes,
  fulltext,
  lastIndex,
  listIndexes,
  mentionIndex,
  statusIndex,
  termIndex,
} from '../../src-main/compartment/cache/schema.ts'
import { contactsSql } from '../../src-main/compartment/cache/contacts.ts'
import { branchesOf } from '../../src-main/compartment/triage/branches.ts'
import { askedOf, type Asked } from '../../src-main/compartment/triage/asked.ts'
import { outlineSql, pageSql, placeSql } from '../../src-main/compartment/triage/page.ts'
import { countSql, listSql, textSql } from '../../src-main/compartment/triage/search.ts'
import { havingSql } from '../../src-main/compartment/triage/similar.ts'
import { resolveQuery } from '../../src-shared/query/resolve.ts'
import { configuration, contactOf, technicianOf, ticketOf } from './desk.ts'
import { temporaryFolder } from './driver.ts'

let cache: Cache
const place = temporaryFolder()

beforeAll(() => {
  cache = openCache(place.folder, randomBytes(32))
  cache.write(() => {
    const customFields = [
      { type: 'text' as const, key: 'site', label: 'Site' },
      { type: 'person' as const, key: 'owner', label: 'Owner' },
    ]
    cache.putConfiguration({ ...configuration, customFields })
    cache.contacts.put(contactOf(1), 1)
    cache.setMeta('loaded', '1')
    for (let number = 1; number <= 500; number++)
      cache.tickets.put(ticketOf(number, said(number)), number, number, number)
  })
  for (const sql of [statusIndex, ...firstIndexes, ...listIndexes, mentionIndex, termIndex, lastIndex, fulltext])
    cache.db.exec(sql)
})
afterAll(() => {
  cache.close()
  place.remove()
})

/** What one ticket in forty says of itself, and another one. */
function said(number: number): Partial<Ticket> {
  if (number % 20 > 0) return {}
  const me = technicianOf(1).id
  return number % 40 === 0
    ? { tags: ['VIP-site'], watchers: [me], customFields: { site: 'HQ', owner: me } }
    : { customFields: { site: 'HQ West', owner: 'Kim of old' } }
}

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

test.each(filters)('the place of a ticket in a list of %s is counted by ranges of an index', (_, filter) => {
  for (const sort of sorts) {
    const branches = branchesOf(filter, sort, cache.words)
    const steps = plan(placeSql(branches)).filter((step) => step.includes('ticket'))
    expect(steps).toHaveLength(branches.where.length * 2)
    for (const step of steps) expect(step).toMatch(/^SEARCH ticket USING (COVERING )?INDEX/)
  }
})

function asked(text: string, filter: TicketFilter = {}): Asked {
  const technicians = [technicianOf(1)]
  const query = resolveQuery(text, {
    configuration: cache.configuration,
    technicians,
    me: technicianOf(1).id,
    now: Date.now(),
  })
  expect(query.misread).toEqual([])
  return askedOf(cache, { pending: () => ['a'], failed: () => ['b'] }, query, filter)
}
function withValues(sql: string, { values }: Asked): string {
  const all = { ...values, limit: 51, few: 3001, match: '"a"' }
  return sql.replaceAll(/@(\w+)/g, (_, name: keyof typeof all) => {
    const value: unknown = all[name]
    return typeof value === 'number' ? String(value) : `'${String(value)}'`
  })
}

test('searching by word lets the text index lead, with a filter and operators too', () => {
  for (const text of ['a', 'a status:new tag:vip', 'a requester:contact created:<7d', 'a -b is:unread']) {
    const some = asked(text, { statuses: ['new', 'working'] })
    const steps = plan(withValues(textSql(cache, some, some.drivers[0] ?? null, 'newest'), some))
    expect(steps[0]).toContain('SCAN ticket_text VIRTUAL TABLE')
    expect(steps.join()).not.toMatch(/ORDER BY|SCAN ticket (?!USING (?:COVERING )?INDEX ticket_(?:unread|tasks))/)
  }
})

test('tickets that are alike are looked for by the text index, within the numbers near', () => {
  const bound = (sql: string): string =>
    sql.replaceAll(/@(\w+)/g, (_, name: string) => (name === 'match' ? '\'subject : "a"\'' : '3'))
  // M: words; > and <: both ends of the numbers.
  expect(plan(bound(havingSql)).join()).toMatch(/^SCAN ticket_text VIRTUAL TABLE INDEX \d+:(?:M.*><|><.*M)[^,]*$/)
})

const operators =
  'tag:vip tag:"vip" watcher:me mentions:me tasks:open tasks:late field.site:hq requester:contact type:incident queue:service is:unread is:pending is:failed created:<7d updated:>2h sla:<2h'
    .split(' ')
    .map((text) => [text] as const)

test.each(operators)('%s is an index range, and what few tickets meet is all that is sorted', (text) => {
  const some = asked(text)
  const [driver = ''] = some.drivers
  expect(driver).not.toBe('')
  for (const sql of [countSql(driver), listSql(cache, some, driver, { by: 'due', direction: 'ascending' })]) {
    const steps = plan(withValues(sql, some)).filter((step) => !step.includes('json_each'))
    expect(
      steps.filter((step) => /SCAN (ticket|contact) (?!USING (?:COVERING )?INDEX ticket_(?:unread|tasks))/.test(step)),
    ).toEqual([])
  }
})

test.each(operators)('%s that many tickets meet walks the list in its order', (text) => {
  const some = asked(`${text} -priority:p1 -tag:"x"`, { open: true })
  for (const sort of sorts) {
    const steps = plan(withValues(listSql(cache, some, null, sort), some))
    expect(steps.filter((step) => /SCAN ticket|ORDER BY/.test(step))).toEqual([])
  }
})

test('people are searched along the index of their words, in its order', () => {
  for (const words of [0, 1, 3]) {
    const steps = plan(contactsSql(words).replaceAll('instr(text, ?)', "instr(text, 'a')").replaceAll('?', '51'))
    expect(steps).toEqual(['SCAN contact USING INDEX contact_text'])
  }
})

test.each([
  ...['tag:vip-', 'tag:"vip-site"', '-tag:vip', 'watcher:me', '-watcher:me', 'field.site:hq', '-field.site:"hq west"'],
  ...['field.owner:me', 'field.owner:kim', '-field.owner:"Kim of old"'],
])('before there is an index of terms, %s finds row by row what it finds by the index', (text) => {
  const found = (loaded: '0' | '1') => {
    cache.write(() => cache.setMeta('loaded', loaded))
    const some = asked(text)
    const sql = withValues(listSql(cache, some, null, { by: 'created', direction: 'descending' }), some)
    expect(sql.includes('ticket_term')).toBe(loaded === '1')
    return cache.db.prepare(sql).all()
  }
  const rows = found('0')
  expect(rows.length).toBeGreaterThan(0)
  expect(found('1')).toEqual(rows)
})
