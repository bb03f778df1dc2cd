import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { LANES, Schedule, type Lane } from '../../src-main/supervisor/schedule.ts'
import { randomOf } from '../compartment/desk.ts'

/** One piece of work: when it is asked for and how long it holds its place, in ms. */
interface Work {
  tenantId: string
  lane: Lane
  at: number
  cost: number
}
interface Done extends Work {
  wait: number
}
interface Plan {
  want(tenantId: string, lane: Lane, begin: () => void): { end(): void }
}

/** Runs work on a clock of its own. @param look is called after every step with what runs and what waits */
function simulate(
  works: Work[],
  planOf: (now: () => number) => Plan,
  look: (running: Set<Work>, waiting: Set<Work>) => void = () => undefined,
): Done[] {
  let now = 0
  const plan = planOf(() => now)
  const done: Done[] = []
  const [running, waiting] = [new Set<Work>(), new Set<Work>()]
  const events = works.map((work) => ({ at: work.at, happen: () => ask(work) })).sort((a, b) => b.at - a.at)
  const insert = (at: number, happen: () => void): void => {
    const place = events.findLastIndex((event) => event.at > at)
    events.splice(place + 1, 0, { at, happen })
  }
  function ask(work: Work): void {
    waiting.add(work)
    const turn = plan.want(work.tenantId, work.lane, () => {
      waiting.delete(work)
      running.add(work)
      done.push({ ...work, wait: now - work.at })
      insert(now + work.cost, () => {
        running.delete(work)
        turn.end()
      })
    })
  }
  for (let event = events.pop(); event; event = events.pop()) {
    now = event.at
    event.happen()
    look(running, waiting)
  }
  return done
}

const OPTIONS = { places: 8, kept: 1, perTenant: 1, quantum: 50, longest: Infinity }
const fair = (now: () => number): Plan => new Schedule({ ...OPTIONS, now })

/** What it was before: who comes first goes first. */
function firstInFirstOut(): Plan {
  const queue: (() => void)[] = []
  let free = OPTIONS.places
  const next = (): void => {
    while (free > 0 && queue.length > 0) {
      free -= 1
      queue.shift()?.()
    }
  }
  return {
    want: (_tenant, _lane, begin) => {
      queue.push(begin)
      next()
      return {
        end: () => {
          free += 1
          next()
        },
      }
    },
  }
}

/**
 * Forty tenants for five minutes, whose even load keeps half of the places busy; the first asks `factor` times as often
 * as each of the others.
 */
function load(factor: number, seed: number): Work[] {
  const works: Work[] = []
  for (let tenant = 0; tenant < 40; tenant++) {
    const random = randomOf(seed * 100 + tenant)
    const pause = (40 * 60) / (OPTIONS.places * 0.5) / (tenant === 0 ? factor : 1)
    for (let at = -Math.log(1 - random()) * pause; at < 300_000; at -= Math.log(1 - random()) * pause)
      works.push({ tenantId: `tenant ${tenant}`, lane: 'screen', at, cost: 20 + random() * 80 })
  }
  return works
}

function p99OfOthers(done: Done[]): number {
  const waits = done.filter(({ tenantId }) => tenantId !== 'tenant 0').map(({ wait }) => wait)
  return waits.sort((a, b) => a - b)[Math.floor(waits.length * 0.99)] ?? NaN
}

test('a tenant with forty times the load of each other moves the p99 of their waits by a tenth at most', () => {
  const ratio = (planOf: (now: () => number) => Plan): number =>
    p99OfOthers(simulate(load(40, 1), planOf)) / p99OfOthers(simulate(load(1, 1), planOf))
  const [ours, theirs] = [ratio(fair), ratio(firstInFirstOut)]
  console.log(`p99 of the others against an even load: ${ours.toFixed(2)}, first in first out ${theirs.toFixed(0)}`)
  expect(ours).toBeLessThanOrEqual(1.1)
  expect(theirs).toBeGreaterThan(10)
})

const works = fc.array(
  fc.record({
    tenantId: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    lane: fc.constantFrom(...LANES),
    at: fc.integer({ min: 0, max: 2000 }),
    cost: fc.integer({ min: 1, max: 300 }),
  }),
  { minLength: 1, maxLength: 120 },
)
const settings = fc.record({
  places: fc.integer({ min: 2, max: 6 }),
  kept: fc.constantFrom(0, 1),
  perTenant: fc.integer({ min: 1, max: 3 }),
  quantum: fc.integer({ min: 10, max: 200 }),
})
const perTenantAndLane = (set: Set<Work>): Map<string, Work[]> =>
  Map.groupBy(set, ({ tenantId, lane }) => `${tenantId} ${lane}`)

test('everything has its turn once, the caps hold, and no place is free while work that may have it waits', () => {
  fc.assert(
    fc.property(works, settings, (all, options) => {
      const plan = (now: () => number): Plan => new Schedule({ ...options, longest: Infinity, now })
      const done = simulate(all, plan, (running, waiting) => {
        const counts = perTenantAndLane(running)
        const background = [...running].filter(({ lane }) => lane === 'background').length
        expect(running.size).toBeLessThanOrEqual(options.places)
        expect(background).toBeLessThanOrEqual(options.places - options.kept)
        for (const own of counts.values()) expect(own.length).toBeLessThanOrEqual(options.perTenant)
        if (running.size === options.places) return
        const able = [...waiting].filter(
          ({ tenantId, lane }) =>
            (counts.get(`${tenantId} ${lane}`)?.length ?? 0) < options.perTenant &&
            (lane !== 'background' || background < options.places - options.kept),
        )
        expect(able).toEqual([])
      })
      expect(done).toHaveLength(all.length)
    }),
    { seed: 71, numRuns: 300 },
  )
})

test('no lane starves, whatever the more urgent ones ask for', () => {
  fc.assert(
    fc.property(fc.constantFrom<Lane>('screen', 'background'), fc.integer({ min: 2, max: 6 }), (lane, places) => {
      const urgent = Array.from({ length: 30 }, (_, tenant) =>
        Array.from({ length: 40 }, (__, n) => ({ tenantId: `t${tenant}`, lane: 'push' as Lane, at: n * 10, cost: 20 })),
      ).flat()
      const patient = { tenantId: 'patient', lane, at: 50, cost: 20 }
      const done = simulate([...urgent, patient], (now) => new Schedule({ ...OPTIONS, places, now }))
      const before = done.findIndex((one) => one.lane === lane) - done.filter(({ at, wait }) => at + wait < 50).length
      expect(before).toBeLessThanOrEqual(2 * places + 6)
    }),
    { seed: 71, numRuns: 20 },
  )
})

test('no tenant starves: whoever owes most has its turn after as many rounds as it owes', () => {
  const own = { tenantId: 'debtor', lane: 'screen' as Lane, at: 0, cost: 400 }
  const others = Array.from({ length: 5 }, (_, tenant) =>
    Array.from({ length: 200 }, () => ({ tenantId: `t${tenant}`, lane: 'screen' as Lane, at: 1, cost: 50 })),
  ).flat()
  const done = simulate([own, { ...own, at: 2 }, ...others], (now) => new Schedule({ ...OPTIONS, places: 1, now }))
  const place = done.findLastIndex(({ tenantId }) => tenantId === 'debtor')
  // 400 ms are eight rounds of 50 ms, each with a turn for five others.
  expect(place).toBeGreaterThan(5)
  expect(place).toBeLessThanOrEqual(50)
})

test('a turn that hangs gives its place back, and its tenant stays at its cap', () => {
  vi.useFakeTimers()
  try {
    const schedule = new Schedule({ ...OPTIONS, places: 1, kept: 0, longest: 1000 })
    const begun: string[] = []
    const overdue = vi.fn()
    const want = (name: string) => schedule.want(name, 'push', () => begun.push(name), overdue)
    const hanging = want('a')
    want('a')
    const other = want('b')
    expect(begun).toEqual(['a'])
    vi.advanceTimersByTime(1000)
    expect([begun, overdue.mock.calls.length]).toEqual([['a', 'b'], 1])
    hanging.end()
    other.end()
    expect(begun).toEqual(['a', 'b', 'a'])
  } finally {
    vi.useRealTimers()
  }
})

test('who gives up before its turn is passed over, and a client that comes on screen goes before the background', () => {
  const schedule = new Schedule({ ...OPTIONS, places: 1, kept: 0 })
  const begun: string[] = []
  const want = (name: string, lane: Lane) => schedule.want(name, lane, () => begun.push(name))
  const first = want('first', 'push')
  const gone = want('gone', 'push')
  want('waiting', 'screen')
  want('opened', 'background')
  gone.end()
  schedule.move('opened', 'background', 'push')
  first.end()
  expect(begun).toEqual(['first', 'opened'])
})

test('work in the background waits for a pause of a person who asks, but goes on where there is none; nothing else waits', () => {
  vi.useFakeTimers()
  let now = 0
  const pass = (ms: number): void => {
    for (let i = 0; i < ms; i++) {
      now += 1
      vi.advanceTimersByTime(1)
    }
  }
  const schedule = new Schedule({ ...OPTIONS, now: () => now })
  const begun: string[] = []
  const work = (lane: Lane, cost: number): void => {
    const turn = schedule.want('load', lane, () => {
      begun.push(`${lane} ${now}`)
      setTimeout(() => turn.end(), cost)
    })
  }
  schedule.asked()
  for (const lane of LANES) work(lane, 25)
  pass(200)
  expect(begun).toEqual(['push 0', 'screen 0', 'background 60'])

  // Somebody pages without end, while a load wants the next slice after each.
  begun.length = 0
  for (let asks = 0; asks < 1000; asks++) {
    if (asks % 100 === 0) work('background', 25)
    schedule.asked()
    pass(10)
  }
  // The first before anybody asked, then one in four seconds.
  expect(begun.length).toBe(3)
  pass(60 + 7 * 25)
  expect(begun.length).toBe(10)
  vi.useRealTimers()
})
