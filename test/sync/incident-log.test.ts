import { createServer, connect as dial, type AddressInfo, type Server } from 'node:net'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { finalStates, readIncidentLog } from '../../src-cloud/sandbox/incident-log.ts'
import { incidentConfiguration, incidentMutations, incidentTicketId } from '../../src-cloud/sandbox/incident-tickets.ts'
import { MutationReply, type Mutation } from '../../src-shared/protocol/mutation.ts'
import { Driven, temporaryFolder } from '../compartment/driver.ts'
import { ask, withCloud, type TestCloud } from '../support/cloud.ts'
import { releasePostgres } from '../support/postgres.ts'
import { sampleClient, sampleOrganisation } from '../support/sample.ts'

// The real incident log, replayed through the cloud's HTTP, read back through the feed.

const events = readIncidentLog()
const oracle = finalStates(events)
const { statuses, priorities, queues } = incidentConfiguration(events)
const labels = new Map([...statuses, ...priorities, ...queues].map(({ key, label }) => [key, label]))
let cloud: TestCloud
let token: string
let proxy: Server | null = null
const open: Driven[] = []
const folders: ReturnType<typeof temporaryFolder>[] = []

beforeAll(async () => {
  const client = { ...sampleClient('Meridian', 0), configuration: incidentConfiguration(events) }
  cloud = await withCloud([sampleOrganisation('Alpha', [client])])
  token = await cloud.tenantToken()
  await replay()
})
afterEach(async () => {
  for (const driven of open.splice(0)) await driven.close()
  for (const { remove } of folders.splice(0)) remove()
  await new Promise<void>((resolve) => (proxy ? proxy.close(() => resolve()) : resolve()))
  proxy = null
})
afterAll(async () => {
  await cloud.close()
  await releasePostgres()
})

/** Every change of the log as a mutation, in the log's order, in batches over HTTP. */
async function replay(): Promise<void> {
  const clientId = crypto.randomUUID()
  const bodies = incidentMutations(events, { technicianIds: [], requesters: false })
  const mutations = bodies.map((body, index): Mutation => ({
    sequence: index + 1,
    schema: 1,
    at: '2016-02-29T01:16:00Z',
    body,
  }))
  for (let start = 0; start < mutations.length; start += 500) {
    const response = await ask(cloud.url, '/v1/mutations', {
      token,
      body: { clientId, mutations: mutations.slice(start, start + 500) },
    })
    const { results } = MutationReply.parse(await response.json())
    expect(results.map((result) => result.outcome).filter((outcome) => outcome !== 'applied')).toEqual([])
  }
}

async function compartment(cloudUrl: string): Promise<Driven> {
  const place = temporaryFolder()
  folders.push(place)
  const driven = await Driven.open({ folder: place.folder, cloudUrl, token: () => token, online: false })
  open.push(driven)
  return driven
}

/** What the compartment ended with, per incident, in the words of the log. */
async function statesOf(driven: Driven): Promise<Map<string, unknown>> {
  const states = new Map<string, unknown>()
  for (const incident of oracle.keys()) {
    const { ticket } = await driven.ticket(incidentTicketId(incident))
    const [status, priority] = [labels.get(ticket.status), labels.get(ticket.priority)]
    states.set(incident, { status, priority, queue: ticket.queue === null ? null : labels.get(ticket.queue) })
  }
  return states
}
test('the compartment ends with the last state of every one of the 500 incidents', async () => {
  const driven = await compartment(cloud.url)
  await driven.sync()
  expect((await driven.outline()).total).toBe(500)
  expect(await statesOf(driven)).toEqual(oracle)
})

test('and the same where the feed is cut at random bytes and resumed', async () => {
  const seed = Number(process.env['BULKHEAD_TEST_SEED'] ?? 1)
  const cuts = fc.sample(fc.integer({ min: 200, max: 60_000 }), { numRuns: 25, seed })
  let made = 0
  proxy = createServer((near) => {
    const far = dial(Number(new URL(cloud.url).port), '127.0.0.1')
    let left = cuts[made++] ?? Infinity
    near.on('error', () => far.destroy()).on('close', () => far.destroy())
    far.on('error', () => near.destroy()).on('close', () => near.end())
    near.pipe(far)
    far.on('data', (bytes: Buffer) => {
      near.write(bytes.subarray(0, Math.max(0, Math.min(left, bytes.length))))
      left -= bytes.length
      if (left <= 0) near.destroySoon()
    })
  })
  await new Promise<void>((resolve) => proxy?.listen(0, '127.0.0.1', resolve))
  const driven = await compartment(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`)
  await vi.waitFor(
    async () => {
      await driven.sync()
      expect(await driven.state(), `seed ${seed}`).toMatchObject({ problem: null, phase: 'idle' })
    },
    { timeout: 40_000, interval: 10 },
  )
  expect(made).toBeGreaterThan(3)
  expect(await statesOf(driven)).toEqual(oracle)
})
