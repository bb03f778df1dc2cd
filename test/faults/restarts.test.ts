import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Session } from '../../src-shared/protocol/session.ts'
import { followEvents } from '../cloud/events.ts'
import { action, OUTAGES, type Action } from '../property/actions.ts'
import { history, type Place } from '../property/history.ts'
import { enter, pushed, readFeed, signIn } from '../support/cloud.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'
import { cases, ran, seedOf, SOAK } from './cases.ts'
import { CloudProcesses } from './cloud-processes.ts'

const ACME = uuid('tenant', 'Acme')
const data = sampleOrganisation('Alpha', [sampleClient('Acme', 3)])
let clouds: CloudProcesses
let place: Place
let session: Session
beforeAll(async () => {
  clouds = await CloudProcesses.start(data)
  const [url = ''] = clouds.urls
  const [who] = data.technicians
  session = await signIn(url, who!)
  const token = await enter(url, session.accessToken, ACME)
  let requests = 0
  place = {
    ...{ url, owner: clouds.owner, tenant: ACME, operatorToken: token, token: () => token, me: session.technician.id },
    outage: (mode) => clouds.outage(mode),
    // Each request goes to another process than the one before, whether that one is up or not.
    treat: (_, proxy) => {
      proxy.target = clouds.urls[requests++ % clouds.urls.length] ?? ''
      return null
    },
  }
})
afterAll(() => clouds.close())

test('several processes of the cloud give one client the same answers, whichever it asks', async () => {
  const streams = await Promise.all(clouds.urls.map((url) => followEvents(url, session.accessToken)))
  const client = crypto.randomUUID()
  const token = place.token()
  const write = (sequence: number, url: string) =>
    pushed(url, token, client, sequence, [
      {
        ...{ kind: 'entry.create', ticketId: uuid('Acme', 'ticket', 1 + (sequence % 3)) },
        ...{ entryId: uuid(client, sequence), entryKind: 'note', body: `${sequence}` },
      },
    ])
  for (let sequence = 1; sequence <= 20; sequence++) {
    const [one = '', other = ''] = sequence % 2 === 0 ? clouds.urls : clouds.urls.toReversed()
    const answer = await write(sequence, one)
    expect(answer.lastSequence).toBe(sequence)
    expect(await write(sequence, other)).toEqual(answer)
    const feeds = await Promise.all(clouds.urls.map((url) => readFeed(url, token, 0, client)))
    expect(feeds[1]).toEqual(feeds[0])
    const version = feeds[0]?.closing.cursor ?? 0
    for (const { versions } of streams)
      await vi.waitFor(() => expect(versions).toContainEqual({ tenant: ACME, version }))
  }
  for (const stream of streams) await stream.stop()
})

test(
  'a history during which the cloud is restarted, killed with its database, replaced in turn and frozen ends as any other',
  async () => {
    const seed = seedOf('restarts')
    const runs = cases(1, 10)
    let outages = 0
    const withOutages = fc
      .tuple(fc.array(action, { minLength: 28, maxLength: 28 }), fc.shuffledSubarray([...OUTAGES], { minLength: 4 }))
      .map(([actions, modes]) => {
        const all: Action[] = [...actions]
        for (const [i, mode] of modes.entries()) all.splice(4 + i * 7, 0, { do: mode })
        return all
      })
    await fc.assert(
      fc.asyncProperty(withOutages, fc.nat(1e6), async (actions, faultSeed) => {
        outages += actions.filter((one) => !('client' in one)).length
        await history(place, actions, faultSeed, { rate: 0.2 })
      }),
      { numRuns: runs, seed, endOnFailure: !SOAK },
    )
    ran('histories with restarts of the cloud', runs)
    ran('restarts and stops of the cloud', outages)
  },
  30 * 60_000,
)
