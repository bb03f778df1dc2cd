import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MutationBatch, MutationReply, type Mutation, type MutationResult } from '../../src-shared/protocol/mutation.ts'
import { Driven, temporaryFolder } from '../compartment/driver.ts'
import { SOAK, cases, ran, seedOf } from '../faults/cases.ts'
import { serverTickets, settled, viewOf } from '../faults/equal.ts'
import { FaultProxy, type FaultOptions } from '../faults/proxy.ts'
import { withCloud, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'

const ACME = uuid('tenant', 'Acme')
const AWAY = 'http://127.0.0.1:9'
const TICKETS = 12
/** Few, so that several technicians meet on one. */
const CONTESTED = 4

let cloud: TestCloud
let token: string
let me: string
beforeAll(async () => {
  cloud = await withCloud([sampleOrganisation('Alpha', [sampleClient('Acme', TICKETS)])], { tokenSeconds: 7200 })
  token = await cloud.tenantToken()
  me = (await cloud.signIn()).technician.id
})
afterAll(() => cloud.close())

type Action =
  | { do: 'subject' | 'site' | 'note'; client: number; ticket: number }
  | { do: 'status' | 'priority' | 'seats'; client: number; ticket: number; pick: number }
  | { do: 'sync' | 'restart' | 'leave' | 'return'; client: number }

const client = fc.nat(2)
const ticket = fc.nat(CONTESTED - 1)
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('subject' as const, 'site' as const), client, ticket }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('note' as const), client, ticket }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('status' as const, 'priority' as const, 'seats' as const),
      client,
      ticket,
      pick: fc.nat(2),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('sync' as const), client }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('restart' as const, 'leave' as const, 'return' as const), client }),
  },
)

/** One history: what technicians do, what the network does to it, and then a good network. */
async function history(actions: readonly Action[], seed: number, faults: FaultOptions, at401 = 0): Promise<void> {
  const proxy = await FaultProxy.start(cloud.url, seed, faults)
  proxy.status = (_, index) => (at401 > 0 && index % at401 === 0 ? 401 : null)
  const places = [temporaryFolder(), temporaryFolder(), temporaryFolder()]
  const open = (i: number, cloudUrl: string): Promise<Driven> =>
    Driven.open({ folder: places[i]?.folder ?? '', cloudUrl, token: () => token, me, online: false })
  const clients: Driven[] = []
  try {
    for (const i of places.keys()) {
      const one = await open(i, cloud.url)
      clients.push(one)
      await one.sync()
      one.post({ op: 'online', online: true, cloudUrl: proxy.url })
    }
    const before = await serverTickets(cloud.owner, ACME)
    const tag = crypto.randomUUID().slice(0, 8)
    const notes: string[] = []
    const away = new Set<number>()
    for (const [step, one] of actions.entries()) {
      const driven = clients[one.client]
      if (!driven) throw new Error('no such client')
      const value = `${tag} ${step}`
      switch (one.do) {
        case 'subject':
          await driven.edit(ticketOf(one.ticket), { subject: value })
          break
        case 'site':
          await driven.edit(ticketOf(one.ticket), { customFields: { site: value } })
          break
        case 'seats':
          await driven.edit(ticketOf(one.ticket), { customFields: { seats: one.pick } })
          break
        case 'status':
          await driven.edit(ticketOf(one.ticket), { status: ['new', 'vendor', 'done'][one.pick] ?? 'new' })
          break
        case 'priority':
          await driven.edit(ticketOf(one.ticket), { priority: one.pick ? 'p1' : 'p2' })
          break
        case 'note':
          await driven.call('mutation', 'tickets.addEntry', {
            ticketId: ticketOf(one.ticket),
            kind: 'note',
            body: value,
          })
          notes.push(value)
          break
        case 'sync':
          await driven.sync()
          break
        case 'restart':
          await driven.close()
          clients[one.client] = await open(one.client, away.has(one.client) ? AWAY : proxy.url)
          break
        case 'leave':
          away.add(one.client)
          driven.post({ op: 'online', online: false, cloudUrl: AWAY })
          break
        case 'return':
          away.delete(one.client)
          driven.post({ op: 'online', online: true, cloudUrl: proxy.url })
      }
    }
    proxy.good()
    proxy.status = () => null
    for (const driven of clients) driven.post({ op: 'online', online: true, cloudUrl: proxy.url })
    await settled(clients)
    const server = await serverTickets(cloud.owner, ACME)
    for (const driven of clients) expect(await viewOf(driven, server)).toEqual(server)
    const found = server.flatMap(({ bodies }) => bodies).filter((body) => body.startsWith(tag))
    expect(found.sort()).toEqual(notes.sort())
    const failed = everyEditHasOneFate(proxy, before, server)
    const shown = await Promise.all(clients.map(async (driven) => (await driven.state()).failed))
    expect(shown.reduce((sum, count) => sum + count, 0)).toBe(failed)
  } finally {
    for (const driven of clients) await driven.close()
    await proxy.close()
    for (const { remove } of places) remove()
  }
}

interface Written {
  version: number
  base: unknown
  mine: unknown
}

/**
 * From what went over the wire and what the cloud made of it: on each field, what was written follows what was written
 * before it, so nobody wrote over a value that they had not seen; and a field that was not written is in exactly one
 * conflict record, or had that value already.
 * @returns the mutations that the cloud did not take
 */
function everyEditHasOneFate(
  proxy: FaultProxy,
  before: Awaited<ReturnType<typeof serverTickets>>,
  after: Awaited<ReturnType<typeof serverTickets>>,
): number {
  const sent = new Map<string, Mutation['body']>()
  const outcomes = new Map<string, MutationResult>()
  for (const { method, body, answer } of proxy.arrived) {
    if (method !== 'POST') continue
    const { clientId, mutations } = MutationBatch.parse(JSON.parse(body))
    for (const { sequence, body: one } of mutations) {
      const key = `${clientId} ${sequence}`
      // Sent again it is the same; a number never gets another meaning.
      if (sent.has(key)) expect(one).toEqual(sent.get(key))
      sent.set(key, one)
    }
    if (answer === null) continue
    for (const result of MutationReply.parse(JSON.parse(answer)).results) {
      const key = `${clientId} ${result.sequence}`
      if (result.outcome === 'retry') continue
      // Asked again, the cloud answers as it did.
      if (outcomes.has(key)) expect(result).toEqual(outcomes.get(key))
      outcomes.set(key, result)
    }
  }
  const fields = new Map<string, Written[]>()
  let failed = 0
  for (const [key, body] of sent) {
    const result = outcomes.get(key)
    if (!result) throw new Error('a mutation without an outcome')
    if (result.outcome === 'conflict' || result.outcome === 'rejected') failed += 1
    expect(result.outcome).not.toBe('rejected')
    if (body.kind !== 'ticket.update') continue
    const conflicts = result.outcome === 'conflict' ? result.conflicts.map(({ field }) => field) : []
    expect(new Set(conflicts).size).toBe(conflicts.length)
    const base = flat(body.base)
    for (const [field, mine] of flat(body.patch)) {
      if (conflicts.includes(field)) continue
      const place = `${body.ticketId} ${field}`
      const version = 'version' in result ? result.version : 0
      fields.set(place, [...(fields.get(place) ?? []), { version, base: base.get(field) ?? null, mine }])
    }
  }
  for (const [place, writes] of fields) {
    const [id = '', field = ''] = place.split(' ')
    const valueIn = (state: typeof before): unknown =>
      flat(state.find((one) => one.ticket.id === id)?.ticket ?? {}).get(field) ?? null
    let now = valueIn(before)
    for (const { base, mine } of writes.sort((a, b) => a.version - b.version)) {
      if (JSON.stringify(mine) === JSON.stringify(now)) continue
      expect([place, base]).toEqual([place, now])
      now = mine
    }
    expect([place, valueIn(after)]).toEqual([place, now])
  }
  return failed
}

function flat(source: object): Map<string, unknown> {
  const { customFields, ...fields } = source as { customFields?: Record<string, unknown> }
  return new Map([
    ...Object.entries(fields),
    ...Object.entries(customFields ?? {}).map(([key, value]) => [`customFields.${key}`, value] as const),
  ])
}

function ticketOf(index: number): string {
  return uuid('Acme', 'ticket', index + 1)
}

const HISTORIES = cases(6, 40)

test(
  'three technicians over a bad network end with the server’s tickets, each note once and no edit written over unseen',
  async () => {
    const seed = seedOf('convergence')
    let actionsRun = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { minLength: 10, maxLength: cases(40, 60), size: 'max' }),
        fc.nat(1e6),
        fc.double({ min: 0.1, max: 0.7, noNaN: true }),
        async (actions, faultSeed, rate) => {
          actionsRun += actions.length
          await history(actions, faultSeed, { rate })
        },
      ),
      { numRuns: HISTORIES, seed, endOnFailure: !SOAK },
    )
    ran('convergence, histories', HISTORIES)
    ran('convergence, actions', actionsRun)
  },
  30 * 60_000,
)

test(
  'a token that is refused at every second or third request loses nothing',
  async () => {
    const seed = seedOf('tokens')
    const runs = cases(2, 12)
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { minLength: 15, maxLength: 30 }),
        fc.constantFrom(2, 3),
        async (actions, every) => history(actions, seed, { rate: 0 }, every),
      ),
      { numRuns: runs, seed, endOnFailure: !SOAK },
    )
    ran('tokens refused, histories', runs)
  },
  30 * 60_000,
)
