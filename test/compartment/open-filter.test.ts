import { expect, test } from 'vitest'
import { withOpenStatuses } from '../../src-main/compartment/triage/open-filter.ts'
import { configuration } from './desk.ts'

test('open means the statuses that still need work, in the words of this client', () => {
  expect(withOpenStatuses({ open: true }, configuration).statuses).toEqual(['new', 'working', 'vendor'])
})

test('open together with statuses leaves those that are both', () => {
  const meant = withOpenStatuses({ open: true, statuses: ['vendor', 'closed'], priorities: ['p1'] }, configuration)
  expect(meant.statuses).toEqual(['vendor'])
  expect(meant.priorities).toEqual(['p1'])
})

test('a filter without open stays as it is', () => {
  const filter = { statuses: ['closed'] }
  expect(withOpenStatuses(filter, configuration)).toBe(filter)
})
