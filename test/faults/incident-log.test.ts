import { afterAll, beforeAll, expect, test } from 'vitest'
import { finalStates, readIncidentLog } from '../../src-cloud/sandbox/incident-log.ts'
import { incidentConfiguration, incidentMutations } from '../../src-cloud/sandbox/incident-tickets.ts'
import { randomOf } from '../compartment/desk.ts'
import { Driven, temporaryFolder } from '../compartment/driver.ts'
import { withCloud, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleOrganisation } from '../support/sample.ts'
import { cases, ran, seedOf } from './cases.ts'
import { serverTickets, settled, viewOf } from './equal.ts'
import { FaultProxy } from './proxy.ts'

const INCIDENTS = cases(24, 500)
const CLIENTS = 3
const log = readIncidentLog()
const numbers = [...new Set(log.map(({ number }) => number))].slice(0, INCIDENTS)
const events = log.filter(({ number }) => numbers.includes(number))
let cloud: TestCloud
beforeAll(async () => {
  const client = { ...sampleClient('Meridian', 0), configuration: incidentConfiguration(log) }
  cloud = await withCloud([sampleOrganisation('Alpha', [client])], { tokenSeconds: 7200 })
})
afterAll(() => cloud.close())

test(
  'the incident log, worked by several desks at once over a bad network, ends on each of them as it should',
  async () => {
    const seed = seedOf('incident log')
    const token = await cloud.tenantToken()
    const { technician } = await cloud.signIn()
    const proxy = await FaultProxy.start(cloud.url, seed, { rate: 0.4 })
    const folders = Array.from({ length: CLIENTS }, temporaryFolder)
    const clients: Driven[] = []
    try {
      for (const { folder } of folders) {
        const driven = await Driven.open({ folder, cloudUrl: cloud.url, token: () => token, me: technician.id })
        await driven.sync()
        driven.post({ op: 'online', online: true, cloudUrl: proxy.url })
        clients.push(driven)
      }
      /** Ids by those of the log, and the other way round. */
      const opened = new Map<string, string>()
      const random = randomOf(seed)
      const work = async (driven: Driven, desk: number): Promise<number> => {
        const mine = events.filter(({ number }) => numbers.indexOf(number) % CLIENTS === desk)
        const bodies = incidentMutations(mine, { requesters: false })
        for (const body of bodies) {
          if (random() < 0.03) await driven.sync()
          if (body.kind === 'ticket.create') {
            const made = await driven.call<{ ticket: { id: string } }>('mutation', 'tickets.create', body.ticket)
            opened.set(body.ticketId, made.ticket.id)
          } else if (body.kind === 'ticket.update') {
            await driven.edit(opened.get(body.ticketId) ?? '', body.patch)
          }
        }
        return bodies.length
      }
      const writes = (await Promise.all(clients.map(work))).reduce((sum, count) => sum + count, 0)
      proxy.good()
      for (const driven of clients) driven.post({ op: 'online', online: true, cloudUrl: proxy.url })
      await settled(clients)
      const server = await serverTickets(cloud.owner, sampleClient('Meridian', 0).tenant.id)
      expect(server).toHaveLength(numbers.length)
      for (const driven of clients) {
        expect(await viewOf(driven, server)).toEqual(server)
        expect(await driven.state()).toMatchObject({ failed: 0 })
      }
      const { statuses, priorities, queues } = incidentConfiguration(log)
      const labels = new Map([...statuses, ...priorities, ...queues].map(({ key, label }) => [key, label]))
      const ended = server.map(({ ticket }) => [
        ticket.customFields['incident-number'],
        {
          ...{ status: labels.get(ticket.status), priority: labels.get(ticket.priority) },
          queue: ticket.queue === null ? null : labels.get(ticket.queue),
        },
      ])
      expect(new Map(ended as [string, unknown][])).toEqual(finalStates(events))
      ran('incidents of the log, by three desks', numbers.length)
      ran('writes of the log, by three desks', writes)
    } finally {
      for (const driven of clients) await driven.close()
      await proxy.close()
      for (const { remove } of folders) remove()
    }
  },
  30 * 60_000,
)
