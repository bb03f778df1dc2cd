import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cases, ran, seedOf, SOAK } from '../faults/cases.ts'
import { withCloud, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'
import { action } from './actions.ts'
import { history, type Place } from './history.ts'

const TICKETS = 3
let cloud: TestCloud
let place: Place
beforeAll(async () => {
  cloud = await withCloud([sampleOrganisation('Alpha', [sampleClient('Acme', TICKETS)])], { tokenSeconds: 7200 })
  const { technician } = await cloud.signIn()
  const { url, owner } = cloud
  const token = await cloud.tenantToken()
  const [tenant, me] = [uuid('tenant', 'Acme'), technician.id]
  place = { url, owner, tenant, operatorToken: token, token: () => token, me }
})
afterAll(() => cloud.close())

const HISTORIES = cases(4, 40)

test(
  'three technicians over a bad network end with the server’s tickets, each note once and no edit written over unseen',
  async () => {
    const seed = seedOf('convergence')
    const counts: Record<string, number> = { actions: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { minLength: cases(30, 10), maxLength: cases(40, 60), size: 'max' }),
        fc.nat(1e6),
        fc.double({ min: 0.1, max: 0.7, noNaN: true }),
        async (actions, faultSeed, rate) => {
          const happened = { actions: actions.length, ...(await history(place, actions, faultSeed, { rate })) }
          for (const [name, count] of Object.entries(happened)) counts[name] = (counts[name] ?? 0) + count
        },
      ),
      { numRuns: HISTORIES, seed, endOnFailure: !SOAK },
    )
    ran('convergence, histories', HISTORIES)
    for (const [name, count] of Object.entries(counts)) ran(`convergence, ${name}`, count)
  },
  30 * 60_000,
)

test(
  'a token that is good for one request only loses nothing',
  async () => {
    const seed = seedOf('tokens')
    const runs = cases(2, 12)
    let refused = 0
    const spent = new Set<string>()
    let given = 0
    // A token of the test is the cloud's with a number before it; each number is taken once.
    const strict: Place = {
      ...place,
      token: () => `${++given}~${place.operatorToken}`,
      treat: (request, _, good) => {
        const bearer = request.headers.authorization ?? ''
        const number = /Bearer (\d+)~/.exec(bearer)?.[1] ?? ''
        request.headers.authorization = bearer.replace(`${number}~`, '')
        const again = spent.has(number)
        // A good network has no mercy on tokens that ended before.
        if (!good) spent.add(number)
        if (again) refused += 1
        return again ? 401 : null
      },
    }
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 15, maxLength: 30 }), async (actions) => {
        await history(strict, actions, seed, { rate: 0 })
      }),
      { numRuns: runs, seed, endOnFailure: !SOAK },
    )
    expect(refused).toBeGreaterThan(runs)
    ran('tokens of one request, histories', runs)
  },
  30 * 60_000,
)
