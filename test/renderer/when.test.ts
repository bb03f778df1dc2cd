import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { momentOf, problemOf, snoozeChoices } from '../../src-renderer/features/snooze/choices.ts'
import { readWhen, type Moment } from '../../src-shared/domain/when.ts'
import { DAY, zoneOf } from '../../src-shared/sla/zone.ts'
import type { OpenMinutes } from '../../src-shared/sla/hours.ts'
import { Configuration } from '../../src-shared/domain/configuration.ts'
import { configuration } from '../compartment/desk.ts'

const SYDNEY = 'Australia/Sydney'
/** Wednesday, 18 November 2026, 10:20 in Sydney (UTC+11). */
const NOW = Date.parse('2026-11-17T23:20:00Z')
const moment = (now = NOW, zone = SYDNEY): Moment => ({ now, zone: zoneOf(zone), opens: () => 8 * 60 + 30, hours })

/** Work from Monday to Friday, on Fridays till noon; not on Thursday, 19 November 2026. */
const hours = (day: number): OpenMinutes => {
  const weekday = (day + 4) % 7
  if (weekday === 0 || weekday === 6 || day * DAY === Date.UTC(2026, 10, 19)) return []
  return [[510, weekday === 5 ? 720 : 1020]]
}

/** What a text says, by the wall clock of the zone. */
function wall(text: string, given = moment()): string {
  const when = readWhen(text, given)
  return 'at' in when ? new Date(given.zone.wallAt(when.at)).toISOString().slice(0, 16).replace('T', ' ') : when.problem
}

test.each([
  ['in 2 hours', '2026-11-18 12:20'],
  ['2h', '2026-11-18 12:20'],
  ['1h 30m', '2026-11-18 11:50'],
  ['in an hour', '2026-11-18 11:20'],
  ['half an hour', '2026-11-18 10:50'],
  ['in 3 days', '2026-11-21 10:20'],
  ['in 1 working day', '2026-11-20 10:20'],
  ['in 2 working days', '2026-11-23 10:20'],
  ['2 business days at 14:00', '2026-11-23 14:00'],
  ['9:00 in three working days', '2026-11-24 09:00'],
  ['next working day', '2026-11-20 08:30'],
  ['two weeks', '2026-12-02 10:20'],
  ['in 3 months', '2027-02-18 10:20'],
  ['tomorrow', '2026-11-19 08:30'],
  ['tomorrow 9', '2026-11-19 09:00'],
  ['Tomorrow at 9pm', '2026-11-19 21:00'],
  ['9 tomorrow', '2026-11-19 09:00'],
  ['tmr 14:30', '2026-11-19 14:30'],
  ['the day after tomorrow', '2026-11-20 08:30'],
  ['14:30', '2026-11-18 14:30'],
  ['9', '2026-11-19 09:00'],
  ['4 pm', '2026-11-18 16:00'],
  ['noon', '2026-11-18 12:00'],
  ['tonight', '2026-11-18 20:00'],
  ['tomorrow morning', '2026-11-19 09:00'],
  ['friday 14:30', '2026-11-20 14:30'],
  ['fri', '2026-11-20 08:30'],
  ['wednesday', '2026-11-25 08:30'],
  ['wednesday 15:00', '2026-11-18 15:00'],
  ['next monday', '2026-11-23 08:30'],
  ['next friday', '2026-11-27 08:30'],
  ['monday at 7', '2026-11-23 07:00'],
  ['next week', '2026-11-23 08:30'],
  ['next month', '2026-12-01 08:30'],
  ['28 nov', '2026-11-28 08:30'],
  ['Nov 28th 14:30', '2026-11-28 14:30'],
  ['14:30 28 nov', '2026-11-28 14:30'],
  ['3 mar', '2027-03-03 08:30'],
  ['28.11.', '2026-11-28 08:30'],
  ['1.2.2027 8:15', '2027-02-01 08:15'],
  ['2026-12-24 06:00', '2026-12-24 06:00'],
])('“%s” is %s', (text, expected) => expect(wall(text)).toBe(expected))

test.each([
  ['', 'That is no time'],
  ['whenever', 'That is no time'],
  ['25:00', 'That is no time'],
  ['13 pm', 'That is no time'],
  ['31 feb', 'That is no time'],
  ['in', 'That is no time'],
  ['today 9', 'That is over already'],
  ['2020-01-01', 'That is over already'],
  ['in 6000 days', 'more than five years'],
  ['in 9999 months', 'more than five years'],
])('“%s” is none, and why is said: %s', (text, expected) => expect(wall(text)).toContain(expected))

describe('where the clocks are moved', () => {
  // Berlin goes forward on 29 March 2026 at 2:00, and back on 25 October at 3:00.
  const spring = moment(Date.parse('2026-03-28T11:00:00Z'), 'Europe/Berlin')
  const autumn = moment(Date.parse('2026-10-24T10:00:00Z'), 'Europe/Berlin')

  test('a day is a day by the wall clock, and an hour is an hour', () => {
    expect(wall('in 1 day', spring)).toBe('2026-03-29 12:00')
    expect(wall('in 24 hours', spring)).toBe('2026-03-29 13:00')
    expect(wall('tomorrow 12', autumn)).toBe('2026-10-25 12:00')
    expect(wall('in 24 hours', autumn)).toBe('2026-10-25 11:00')
  })

  test('a time that is left out is the end of the gap, and one that comes twice the first', () => {
    expect(wall('tomorrow 2:30', spring)).toBe('2026-03-29 03:00')
    expect(readWhen('tomorrow 2:30', autumn)).toEqual({ at: Date.parse('2026-10-25T00:30:00Z') })
  })
})

test('any day with any time, in any zone, is what the wall clock shows then', () => {
  const zones = fc.constantFrom(SYDNEY, 'Europe/Berlin', 'America/Los_Angeles', 'Asia/Kathmandu', 'Pacific/Apia')
  const at = fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2035-01-01') })
  fc.assert(
    fc.property(
      zones,
      at,
      fc.integer({ min: 4, max: 23 }),
      fc.integer({ min: 0, max: 59 }),
      (zone, now, hour, minute) => {
        const given = moment(now, zone)
        const time = `${hour}:${String(minute).padStart(2, '0')}`
        const tomorrow = new Date((Math.floor(given.zone.wallAt(now) / 86_400_000) + 1) * 86_400_000)
        expect(wall(`tomorrow ${time}`, given)).toBe(`${tomorrow.toISOString().slice(0, 10)} ${time.padStart(5, '0')}`)
      },
    ),
    { numRuns: 3000 },
  )
})

test('no text breaks it, and what it says is to come', () => {
  const words = fc.constantFrom(
    'next',
    'monday',
    'tomorrow',
    'in',
    '2',
    'hours',
    '9',
    '9pm',
    '28',
    'nov',
    'at',
    '.',
    'a',
  )
  const texts = fc.oneof(
    fc.string(),
    fc.array(words, { maxLength: 5 }).map((all) => all.join(' ')),
  )
  fc.assert(
    fc.property(texts, (text) => {
      const when = readWhen(text, moment())
      if ('at' in when) expect(when.at).toBeGreaterThan(NOW)
      else expect(when.problem).toMatch(/\.$/)
    }),
    { numRuns: 5000 },
  )
})

test('a day without a time begins when the client’s desk does, by its own clock and holidays', () => {
  const own = Configuration.parse({
    ...configuration,
    sla: {
      calendars: [
        {
          ...{ key: 'desk', label: 'Desk', timeZone: 'Pacific/Auckland' },
          hours: { thursday: [{ from: '07:15', to: '16:00' }], friday: [{ from: '10:00', to: '12:00' }] },
          holidays: [{ date: '2026-11-20', name: 'Show Day' }],
        },
      ],
      targets: [],
    },
  })
  const given = momentOf(own, SYDNEY, NOW)
  expect(wall('tomorrow', given)).toBe('2026-11-19 07:15')
  // Closed: nine, as where nothing is agreed.
  expect(wall('friday', given)).toBe('2026-11-20 09:00')
  expect(wall('tomorrow', momentOf(configuration, SYDNEY, NOW))).toBe('2026-11-19 09:00')
})

test('days of work keep the time of day as far as there is work', () => {
  const at = (hoursOn: number): string => wall('in 1 working day', moment(NOW + hoursOn * 3_600_000))
  // Said before work begins, within it, and after it ended.
  expect([at(-5), at(0), at(10)]).toEqual(['2026-11-20 08:30', '2026-11-20 10:20', '2026-11-20 12:00'])
})

test('usual times are offered for no text, unfinished ones as they may go on, and waking where it sleeps', () => {
  const labels = (text: string, asleep = false) => snoozeChoices(text, moment(), asleep).map(({ label }) => label)
  expect(labels('')).toEqual(['In 1 hour', 'In 3 hours', 'Tomorrow', 'Next monday', 'In 1 week', 'Next month'])
  expect(labels('in 2')).toEqual(['in 2 hours', 'in 2 days', 'in 2 working days'])
  expect(labels('to')).toEqual(['tomorrow'])
  expect(labels('w', true)[0]).toBe('Wake it now')
  expect(snoozeChoices('not', moment(), true, 'Not due').map(({ until }) => until)).toEqual([null])
  expect(labels('nonsense')).toEqual([])
  expect(problemOf('nonsense', moment())).toContain('Try “tomorrow 9”')
})
