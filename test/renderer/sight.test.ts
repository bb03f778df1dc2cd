import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSight, MOMENT_MS } from '../../src-renderer/tenant/sight.ts'

/** Visits to clients one after the other, each for so many ms. */
const visits = fc.array(
  fc.record({ id: fc.constantFrom('a', 'b', 'c'), ms: fc.integer({ min: 0, max: 3 * MOMENT_MS }) }),
  { minLength: 1, maxLength: 12 },
)

test('a client is fresh exactly while another one was the last to stay for more than a moment', () => {
  fc.assert(
    fc.property(visits, (list) => {
      let now = 0
      const sight = createSight(() => now)
      // The obvious way: a line of stays, one for each run of visits to the same client.
      const stays: { id: string; ms: number }[] = []
      for (const { id, ms } of list) {
        sight.arrive(id)
        now += ms
        const last = stays.at(-1)
        if (last?.id === id) last.ms += ms
        else stays.push({ id, ms })
        const known = stays.findLast((stay) => stay.ms >= MOMENT_MS)?.id
        expect(sight.isFresh(id)).toBe(known !== undefined && known !== id)
      }
    }),
    { numRuns: 2000 },
  )
})
