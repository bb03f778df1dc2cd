import { expect, test } from 'vitest'
import { fromMatch } from '../../src-renderer/features/tickets/excerpt.ts'
import { filterOf, listOf } from '../../src-renderer/tenant/kept-views.ts'
import { INITIAL_VIEW, type ListView } from '../../src-renderer/tenant/memory.ts'
import { durationText, minutesOf } from '../../src-renderer/ui/duration.ts'

test.each([
  ['90', 90],
  ['45 min', 45],
  ['1h 30', 90],
  ['1h30m', 90],
  ['1:30', 90],
  ['1.5 h', 90],
  ['1,5h', 90],
  ['2 hours 5 minutes', 125],
  ['-15m', -15],
  ['0', null],
  ['25h', null],
  ['1 30', null],
  ['an hour', null],
  ['1h abc', null],
  ['', null],
])('"%s" is %s minutes of work', (text, minutes) => {
  expect(minutesOf(text)).toBe(minutes)
})

test('durations read as people say them, and are read back as the same', () => {
  expect([45, 60, 90, 0, -15].map(durationText)).toEqual(['45 min', '1 h', '1 h 30 min', '0 min', '−15 min'])
  for (let minutes = 1; minutes <= 1440; minutes++) expect(minutesOf(durationText(minutes))).toBe(minutes)
})

const DESK = { me: 'me' }

test.each<[string, Partial<ListView>]>([
  ['as everyone starts', {}],
  ['mine, urgent first', { assignee: 'me', sort: { by: 'priority', direction: 'ascending' } }],
  ['unassigned', { assignee: 'unassigned', priorities: ['p1', 'p2'] }],
  ['of some statuses and one colleague', { statuses: ['new', 'open'], assignee: 'lena' }],
  ['of several people, closed ones too', { statuses: 'all', assignee: ['me', null] }],
])('a list %s is the same after it was kept as a view', (_, part) => {
  const list = { ...INITIAL_VIEW, ...part }
  expect(listOf({ filter: filterOf(list, DESK), sort: list.sort }, DESK)).toEqual(list)
})

test('the excerpt of a hit begins shortly before the match, at a word', () => {
  expect(fromMatch('\uE000vpn\uE001 drops every day')).toBe('\uE000vpn\uE001 drops every day')
  expect(fromMatch('Since Monday morning the office \uE000vpn\uE001 drops')).toBe('…office \uE000vpn\uE001 drops')
  expect(fromMatch('averylongwordwithoutanyspace\uE000vpn\uE001')).toBe('…\uE000vpn\uE001')
})
