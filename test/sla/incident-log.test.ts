import { expect, test } from 'vitest'
import { agreementOf, fittedTargets, OFFICE, replayLog, type Reading } from './replay.ts'

const incidents = replayLog()
/** Every other one of them, so that what is fitted to the one half is measured on the other. */
const [fitted, measured] = [0, 1].map((half) => incidents.filter((_, i) => i % 2 === half)) as [
  typeof incidents,
  typeof incidents,
]

/** The readings of docs/service-levels.md with the number of the 250 other incidents on which log and engine agree. */
const readings: [name: string, reading: Reading, same: number][] = [
  ['to Resolved, round the clock, pauses', { hours: '24x7', pauses: true, until: 'Resolved' }, 209],
  ['to Resolved, round the clock', { hours: '24x7', pauses: false, until: 'Resolved' }, 246],
  ['to Resolved, office hours, pauses', { hours: OFFICE, pauses: true, until: 'Resolved' }, 209],
  ['to Resolved, office hours', { hours: OFFICE, pauses: false, until: 'Resolved' }, 244],
  ['to Closed, round the clock, pauses', { hours: '24x7', pauses: true, until: 'Closed' }, 232],
  ['to Closed, round the clock', { hours: '24x7', pauses: false, until: 'Closed' }, 246],
  ['to Closed, office hours, pauses', { hours: OFFICE, pauses: true, until: 'Closed' }, 233],
  ['to Closed, office hours', { hours: OFFICE, pauses: false, until: 'Closed' }, 245],
]

test('the log is replayed whole, each incident to its end', () => {
  expect(incidents).toHaveLength(500)
  expect(incidents.filter(({ madeSla }) => madeSla)).toHaveLength(323)
  expect(new Set(incidents.map(({ ticket }) => ticket.status))).toEqual(new Set(['closed']))
})

test('who always says that the service level was made is right as often as this, which a reading has to beat', () => {
  expect(measured.filter(({ madeSla }) => madeSla)).toHaveLength(163)
})

test.each(readings)('%s', (_, reading, same) => {
  const targets = fittedTargets(reading, fitted)
  expect(agreementOf(reading, targets, measured)).toEqual({ same, of: 250 })
})

test('one reading explains all 500, though only where its targets are fitted to all of them', () => {
  const reading: Reading = { hours: '24x7', pauses: false, until: 'Closed' }
  const targets = fittedTargets(reading, incidents)
  expect(agreementOf(reading, targets, incidents)).toEqual({ same: 500, of: 500 })
})
