import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Configuration } from '../../src-shared/domain/configuration.ts'
import { Calendar } from '../../src-shared/sla/calendar.ts'
import { Rotation } from '../../src-shared/sla/on-call.ts'
import { ServiceDesk, type ClockedTicket } from '../../src-shared/sla/service-desk.ts'
import type { Holiday, OnCallRotation, Span, WeeklyHours } from '../../src-shared/sla/schema.ts'
import { configuration } from '../compartment/desk.ts'
import { cases, ran, seedOf } from '../faults/cases.ts'
import { isOpen, minuteAfter, minutesBetween, MINUTE, onCallByMinute, type Shop } from './sla-oracle.ts'

const DAY = 1440 * MINUTE
const seed = seedOf('service levels')

/** Days on which clocks did something, and some on which they did not. */
const places: [timeZone: string, date: string][] = [
  ['Europe/London', '2026-03-29'],
  ['Europe/Berlin', '2026-10-25'],
  ['America/New_York', '2026-03-08'],
  ['America/Los_Angeles', '2026-11-01'],
  ['Australia/Sydney', '2026-04-05'],
  ['Australia/Sydney', '2026-10-04'],
  // Half an hour.
  ['Australia/Lord_Howe', '2026-04-05'],
  ['Australia/Lord_Howe', '2026-10-04'],
  // Two hours.
  ['Antarctica/Troll', '2026-03-29'],
  // At midnight: there was no 00:00 on this day, and 23:00 came twice before that one.
  ['America/Sao_Paulo', '2017-10-15'],
  ['America/Sao_Paulo', '2018-02-18'],
  ['America/Havana', '2026-11-01'],
  // Minutes past midnight: the day before came back for an hour.
  ['America/St_Johns', '2010-11-07'],
  // A day left out.
  ['Pacific/Apia', '2011-12-30'],
  ['Pacific/Kiritimati', '1994-12-31'],
  ['Pacific/Kwajalein', '1993-08-21'],
  // A change of zone: half an hour, a quarter of one.
  ['America/Caracas', '2016-05-01'],
  ['Asia/Pyongyang', '2018-05-05'],
  ['Asia/Kathmandu', '1986-01-01'],
  // Twice within a month.
  ['Africa/Casablanca', '2026-02-15'],
  ['Africa/Casablanca', '2026-03-22'],
  ['Asia/Kolkata', '2028-02-29'],
  ['Asia/Tokyo', '2024-02-29'],
  ['Pacific/Auckland', '2024-02-29'],
  ['UTC', '2100-03-01'],
  ['UTC', '2025-12-31'],
]

const time = fc.integer({ min: 0, max: 95 }).map((quarter) => clockOf(quarter * 15))
const oddTime = fc.integer({ min: 0, max: 1439 }).map(clockOf)
const span: fc.Arbitrary<Span> = fc.record({
  from: fc.oneof(time, oddTime),
  to: fc.oneof(
    { weight: 1, arbitrary: fc.constant('24:00' as const) },
    { weight: 6, arbitrary: time },
    { weight: 2, arbitrary: oddTime },
  ),
})
const spans = fc.array(span, { maxLength: 3 })
const week: fc.Arbitrary<WeeklyHours> = fc.oneof(
  fc.record(
    { monday: spans, tuesday: spans, wednesday: spans, thursday: spans, friday: spans, saturday: spans, sunday: spans },
    { requiredKeys: [] },
  ),
  // What desks usually have: the same on all working days.
  spans.map((same) => ({ monday: same, tuesday: same, wednesday: same, thursday: same, friday: same })),
)

/** A desk somewhere, and a whole minute near a day on which something happens. */
const scene = fc
  .record({
    place: fc.constantFrom(...places),
    hours: fc.oneof({ weight: 1, arbitrary: fc.constant('24x7' as const) }, { weight: 7, arbitrary: week }),
    holidays: fc.array(
      fc.record({ days: fc.integer({ min: -3, max: 4 }), hours: fc.option(spans, { nil: undefined }) }),
      { maxLength: 3 },
    ),
    start: fc.integer({ min: -2880, max: 1440 }),
  })
  .map(({ place: [timeZone, date], hours, holidays, start }) => {
    const day = Date.parse(date)
    const shop: Shop = {
      timeZone,
      hours,
      holidays: holidays.map(({ days, hours: own }): Holiday => {
        const holiday = { date: new Date(day + days * DAY).toISOString().slice(0, 10), name: 'A day' }
        return own ? { ...holiday, hours: own } : holiday
      }),
    }
    return { shop, from: day + start * MINUTE }
  })

function clockOf(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}

function calendarOf({ timeZone, hours, holidays }: Shop): Calendar {
  return new Calendar(timeZone, hours, holidays)
}

function check<T>(name: string, inTest: number, inSoak: number, property: fc.IRawProperty<T>): void {
  const numRuns = cases(inTest, inSoak)
  fc.assert(property, { numRuns, seed })
  ran(name, numRuns)
}

test('business minutes between two instants are those that a person would count', () => {
  check(
    'business minutes counted',
    250,
    5000,
    fc.property(scene, fc.integer({ min: 0, max: 5000 }), ({ shop, from }, length) => {
      const to = from + length * MINUTE
      const calendar = calendarOf(shop)
      expect(calendar.between(from, to)).toBe(minutesBetween(shop, from, to))
      expect(calendar.isOpen(to)).toBe(isOpen(shop, to))
    }),
  )
})

test('business minutes added end at the minute at which a person would have counted them', () => {
  check(
    'business minutes added',
    150,
    4000,
    fc.property(scene, fc.integer({ min: 0, max: 2500 }), ({ shop, from }, minutes) => {
      const limit = from + 5 * DAY
      const expected = minuteAfter(shop, from, minutes, limit)
      const at = calendarOf(shop).add(from, minutes)
      if (expected !== null) expect(at).toBe(expected)
      else expect(at ?? Infinity).toBeGreaterThan(limit)
    }),
  )
})

test('the next change of a calendar is the next minute that differs', () => {
  check(
    'changes of a calendar',
    100,
    2000,
    fc.property(scene, ({ shop, from }) => {
      const change = calendarOf(shop).nextChange(from) ?? Infinity
      const now = isOpen(shop, from)
      for (let at = from; at < Math.min(change, from + 3 * DAY); at += MINUTE) expect(isOpen(shop, at)).toBe(now)
      if (change < from + 3 * DAY) expect(isOpen(shop, change)).toBe(!now)
    }),
  )
})

test('parts of minutes add up, over months and years too', () => {
  check(
    'sums of business time',
    200,
    2000,
    fc.property(scene, fc.array(fc.integer({ min: 0, max: 90 * DAY }), { maxLength: 6 }), ({ shop, from }, steps) => {
      const calendar = calendarOf(shop)
      let [at, sum] = [from + 1234, 0]
      for (const step of steps) {
        sum += calendar.between(at, at + step)
        at += step
      }
      const whole = calendar.between(from + 1234, at)
      expect(sum).toBeCloseTo(whole, 6)
      const end = calendar.add(from + 1234, whole)
      // The end of a day, where the rest of the time was closed.
      expect(end).not.toBeNull()
      expect(end).toBeLessThanOrEqual(at)
      expect(calendar.between(from + 1234, end ?? 0)).toBeCloseTo(whole, 6)
    }),
  )
})

const statuses = [...configuration.statuses.map(({ key }) => key), 'a-status-that-nobody-knows']

test('a service clock with pauses stands where counting each minute of work leads', () => {
  const changes = fc.array(
    fc.record({ status: fc.constantFrom(...statuses), after: fc.integer({ min: 0, max: 1500 }) }),
    { maxLength: 5 },
  )
  check(
    'service clocks',
    100,
    3000,
    fc.property(
      scene,
      changes,
      fc.integer({ min: 1, max: 2000 }),
      fc.integer({ min: 0, max: 4000 }),
      fc.option(fc.integer({ min: 0, max: 3000 })),
      ({ shop, from }, moves, minutes, later, replied) => {
        const desk = new ServiceDesk(withTarget(shop, minutes))
        const ticket = ticketWith(from, moves, replied)
        const now = from + later * MINUTE
        const last = ticket.history?.statuses.at(-1)
        const [runs, over] = [meaning(ticket.status).runs, meaning(ticket.status).over]
        const seen = desk.clocksOf({ ...ticket, history: ticket.history }, Math.max(now, Date.parse(last?.at ?? '')))
        const clock = seen.find(({ target }) => target === 'resolution')
        const end = over ? lastOver(ticket) : Math.max(now, Date.parse(last?.at ?? ''))
        const used = countUsed(shop, ticket, end)
        expect(clock).toMatchObject({
          used,
          minutes,
          state: over ? (used <= minutes ? 'met' : 'missed') : runs ? 'running' : 'paused',
        })
        const due = desk.dueOf(ticket)?.dueAt ?? null
        if (over) expect(due).toBeNull()
        if (due === null || seen.some(({ target, dueAt }) => target === 'first-response' && dueAt === due)) return
        // At its due time exactly the agreed minutes are used up, and a minute before they are not.
        expect(countUsed(shop, ticket, due)).toBe(minutes)
        expect(countUsed(shop, ticket, due - MINUTE)).toBe(minutes - 1)
      },
    ),
  )
})

const people = ['a', 'b', 'c'].map((letter) => `00000000-0000-4000-8000-00000000000${letter}`)
const layer = fc.record({
  begins: fc.integer({ min: -12, max: 3 }),
  lasts: fc.option(fc.integer({ min: 0, max: 12 })),
  handover: fc.oneof(time, oddTime),
  days: fc.constantFrom(1, 2, 3, 7),
  technicians: fc.array(fc.constantFrom(...people), { minLength: 1, maxLength: 4 }),
  hours: fc.option(week, { nil: undefined }),
})
const override = fc.record({
  start: fc.integer({ min: -2880, max: 5000 }),
  lasts: fc.integer({ min: 0, max: 3000 }),
  who: fc.constantFrom(null, ...people),
})

test('who is on call, until when and who then, is what a plan on the wall would show', () => {
  check(
    'on-call plans',
    25,
    300,
    fc.property(
      scene,
      fc.array(layer, { minLength: 1, maxLength: 3 }),
      fc.array(override, { maxLength: 2 }),
      ({ shop, from }, layers, overrides) => {
        const day = (offset: number): string =>
          new Date(Math.floor(from / DAY + offset) * DAY).toISOString().slice(0, 10)
        const plan: OnCallRotation = {
          ...{ key: 'desk', label: 'Desk', timeZone: shop.timeZone },
          layers: layers.map(({ begins, lasts, hours, ...rest }) => ({
            ...rest,
            from: day(begins),
            ...(lasts === null ? {} : { until: day(begins + lasts) }),
            ...(hours ? { hours } : {}),
          })),
          overrides: overrides.map(({ start, lasts, who }) => ({
            from: new Date(from + start * MINUTE).toISOString(),
            to: new Date(from + (start + lasts) * MINUTE).toISOString(),
            technicianId: who,
          })),
        }
        const length = 4000
        const expected = onCallByMinute(plan, from, from + length * MINUTE)
        const rotation = new Rotation(plan)
        for (let i = 0; i < length; i += 7) expect(rotation.who(from + i * MINUTE)).toBe(expected[i])
        const { technicianId, until, next } = rotation.at(from)
        const moved = expected.findIndex((one) => one !== technicianId)
        expect(technicianId).toBe(expected[0])
        if (moved === -1) expect(until ?? Infinity).toBeGreaterThanOrEqual(from + length * MINUTE)
        else expect([until, next]).toEqual([from + moved * MINUTE, expected[moved]])
      },
    ),
  )
})

function withTarget({ timeZone, hours, holidays }: Shop, resolution: number): Configuration {
  const calendar = { key: 'desk', label: 'Desk', timeZone, hours, holidays }
  return {
    ...configuration,
    sla: {
      calendars: [calendar],
      targets: [{ calendar: 'desk', firstResponse: 30, resolution }],
      escalations: [],
      onCall: [],
    },
  }
}

function ticketWith(from: number, moves: { status: string; after: number }[], replied: number | null): ClockedTicket {
  let at = from
  const told = [{ status: 'new', at: new Date(from).toISOString() }]
  for (const { status, after } of moves) told.push({ status, at: new Date((at += after * MINUTE)).toISOString() })
  const respondedAt = replied === null ? null : new Date(from + replied * MINUTE).toISOString()
  return {
    ...{ status: told.at(-1)?.status ?? '', priority: 'p2', type: null, assigneeId: null },
    ...{ createdAt: new Date(from).toISOString(), updatedAt: new Date(at).toISOString() },
    history: { statuses: told, respondedAt, unassignedSince: null, reassigned: 0 },
  }
}

function meaning(key: string): { runs: boolean; over: boolean } {
  const status = configuration.statuses.find((one) => one.key === key)
  const over = status?.category === 'resolved' || status?.category === 'closed'
  return { over, runs: !over && status?.stopsClock !== true }
}

function statusAt(ticket: ClockedTicket, at: number): string {
  return ticket.history?.statuses.findLast((one) => Date.parse(one.at) <= at)?.status ?? ticket.status
}

function lastOver({ history }: ClockedTicket): number {
  const told = history?.statuses ?? []
  return Date.parse(told[told.findLastIndex(({ status }) => !meaning(status).over) + 1]?.at ?? '')
}

function countUsed(shop: Shop, ticket: ClockedTicket, to: number): number {
  let used = 0
  for (let at = Date.parse(ticket.createdAt); at < to; at += MINUTE)
    if (meaning(statusAt(ticket, at)).runs && isOpen(shop, at)) used++
  return used
}
