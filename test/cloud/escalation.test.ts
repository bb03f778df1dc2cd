import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { API_ROLE, apiPassword, connect } from '../../src-cloud/database/connect.ts'
import { asTenant } from '../../src-cloud/database/as.ts'
import { loadOrganisation } from '../../src-cloud/load.ts'
import { startCloud, type Cloud } from '../../src-cloud/start.ts'
import { tokenKey, Tokens } from '../../src-cloud/tokens.ts'
import { Configuration } from '../../src-shared/domain/configuration.ts'
import type { Entry } from '../../src-shared/domain/entry.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import type { MutationBody } from '../../src-shared/protocol/mutation.ts'
import type { EscalationRule } from '../../src-shared/sla/schema.ts'
import { startCloudProcess, type Running } from '../e2e/processes.ts'
import { pushed, readFeed, waitingFor, withCloud, type TestCloud } from '../support/cloud.ts'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import { sampleClient, sampleConfiguration, sampleOrganisation, uuid } from '../support/sample.ts'
import { newTicket, note, ROBIN, SAM } from './workbench.ts'

const ACME = uuid('tenant', 'Acme')
const HOUR = 3_600_000

const rules: EscalationRule[] = [
  {
    key: 'half',
    label: 'Half of the time is gone',
    when: { on: 'target', target: 'resolution', percent: 50 },
    actions: [{ do: 'notify', technicians: [ROBIN], assignee: false }],
  },
  {
    key: 'late',
    label: 'Out of time',
    when: { on: 'target', target: 'resolution', percent: 100 },
    actions: [
      { do: 'assign', onCall: 'night' },
      { do: 'raise-priority', by: 1 },
      { do: 'note', text: 'Call the client now.' },
    ],
  },
  {
    key: 'vip',
    label: 'A VIP asks',
    when: { on: 'vip' },
    actions: [{ do: 'notify', onCall: 'night', technicians: [uuid('gone')], assignee: false }],
  },
]

function agreed(escalations: EscalationRule[]): Configuration {
  return Configuration.parse({
    ...sampleConfiguration,
    sla: {
      calendars: [{ key: 'always', label: 'Always', timeZone: 'UTC', hours: '24x7' }],
      targets: [{ calendar: 'always', firstResponse: 60, resolution: 240 }],
      escalations,
      onCall: [
        {
          key: 'night',
          label: 'Night',
          timeZone: 'UTC',
          layers: [{ from: '2026-01-01', handover: '08:00', technicians: [SAM] }],
        },
      ],
    },
  })
}

/** Acme has rules; Zephyr has none. Both have old tickets. */
function data() {
  const acme = sampleClient('Acme', 5)
  const vip = { ...acme.contacts[0], id: uuid('vip'), vip: true } as (typeof acme.contacts)[number]
  const one = sampleOrganisation('Alpha', [
    { ...acme, configuration: agreed(rules), contacts: [...acme.contacts, vip] },
    sampleClient('Zephyr', 5),
  ])
  const sam = { id: SAM, name: 'Sam Reed', email: 'sam@alpha.example', password: 'secret of Sam' }
  return { ...one, technicians: [...one.technicians, sam] }
}

const create = (ticketId: string, more: { requesterId?: string; assigneeId?: string } = {}): MutationBody => ({
  kind: 'ticket.create',
  ticketId,
  ticket: { ...newTicket, ...more },
})

describe('rules of escalation, with two clouds on one database and no console', () => {
  let one: TestCloud
  let other: Cloud
  let token: string
  let ahead = 0
  /** How often each of the two asked for the time: what it does next is after that. */
  const asked = [0, 0]
  const clockOf = (place: 0 | 1) => (): number => {
    asked[place] = (asked[place] ?? 0) + 1
    return Date.now() + ahead
  }

  beforeAll(async () => {
    one = await withCloud([data()], { escalationSeconds: 0.05, clock: clockOf(0) })
    other = await startCloud({ database: one.address, escalationSeconds: 0.05, clock: clockOf(1) })
    token = await one.tenantToken()
    await looked()
  })
  afterAll(async () => {
    await other.close()
    await one.close()
  })
  afterEach(async () => {
    ahead = 0
    const before = [...asked]
    // A look that began in the time to come has ended then.
    await vi.waitFor(() => expect(asked.every((count, place) => count > (before[place] ?? 0))).toBe(true))
  })

  const done = (ticketId: string) =>
    one.owner<{ rule: string }[]>`select rule from escalation where ticket_id = ${ticketId} order by executed_at, rule`
  const rulesDone = async (ticketId: string) => (await done(ticketId)).map(({ rule }) => rule)

  /** Everything that is in the feed now has been looked at. */
  async function looked(): Promise<void> {
    const [feed] = await one.owner<{ version: number }[]>`select version from tenant_feed where tenant_id = ${ACME}`
    await vi.waitFor(async () => {
      const [state] = await one.owner<
        { version: number }[]
      >`select version from escalation_state where tenant_id = ${ACME}`
      expect(state?.version).toBeGreaterThanOrEqual(feed?.version ?? NaN)
    })
  }

  async function fresh(more: Parameters<typeof create>[1] = {}): Promise<string> {
    const id = randomUUID()
    const { results } = await pushed(one.url, token, randomUUID(), 1, [create(id, more)])
    expect(results).toMatchObject([{ outcome: 'applied' }])
    await looked()
    return id
  }

  async function ticket(id: string): Promise<{ ticket: Ticket; entries: Entry[] }> {
    const { changes } = await readFeed(one.url, token)
    return {
      ticket: changes.find((change) => change.id === id)?.data as Ticket,
      entries: changes
        .filter(({ kind, data: entry }) => kind === 'entry' && entry?.['ticketId'] === id)
        .map((change) => change.data as Entry),
    }
  }

  test('strike when their share of a target is used up: notify, then assign to on-call, raise and note, each once', async () => {
    const id = await fresh()
    expect(await rulesDone(id)).toEqual([])
    ahead = 2 * HOUR + 60_000
    await vi.waitFor(async () => expect(await rulesDone(id)).toEqual(['half']))
    const half = await ticket(id)
    expect(half.entries).toMatchObject([
      {
        kind: 'event',
        author: { kind: 'system', name: 'Escalation' },
        body: 'Half of the time is gone: for the attention of Robin of Alpha.',
      },
    ])
    expect(half.ticket).toMatchObject({ assigneeId: null, priority: 'p2' })
    ahead = 4 * HOUR + 60_000
    await vi.waitFor(async () => expect(await rulesDone(id)).toEqual(['half', 'late']))
    await looked()
    ahead = 400 * HOUR
    await looked()
    const late = await ticket(id)
    expect(late.ticket).toMatchObject({ assigneeId: SAM, priority: 'p1', history: { unassignedSince: null } })
    expect(late.entries.map(({ kind, body }) => [kind, body])).toEqual([
      ['event', expect.stringContaining('Half of')],
      ['event', 'Out of time: assigned to Sam Reed; priority raised to Urgent; a note was added.'],
      ['note', 'Call the client now.'],
    ])
    const [audit] = await one.owner`select * from escalation where ticket_id = ${id} and rule = 'late'`
    expect(audit).toMatchObject({
      tenant_id: ACME,
      label: 'Out of time',
      effect: { assigneeId: SAM, priority: 'p1', notes: ['Call the client now.'] },
    })
    expect(audit?.['configuration_version']).toBeGreaterThan(0)
  })

  test('stand while the clock does, and strike nothing that is over', async () => {
    const [paused, over] = [await fresh(), await fresh()]
    await pushed(one.url, token, randomUUID(), 1, [
      { kind: 'ticket.update', ticketId: paused, base: { status: 'new' }, patch: { status: 'vendor' } },
      { kind: 'ticket.update', ticketId: over, base: { status: 'new' }, patch: { status: 'done' } },
    ])
    await looked()
    const witness = await fresh()
    ahead = 5 * HOUR
    await vi.waitFor(async () => expect(await rulesDone(witness)).toEqual(['half', 'late']))
    expect([await rulesDone(paused), await rulesDone(over)]).toEqual([[], []])
  })

  test('concern the requester who is a VIP, and people who work here only', async () => {
    const [vip, usual] = [
      await fresh({ requesterId: uuid('vip') }),
      await fresh({ requesterId: uuid('Acme', 'contact') }),
    ]
    await vi.waitFor(async () => expect(await rulesDone(vip)).toEqual(['vip']))
    expect((await ticket(vip)).entries).toMatchObject([{ body: 'A VIP asks: for the attention of Sam Reed.' }])
    expect(await rulesDone(usual)).toEqual([])
  })

  test('are executed once each, however many processes look at once, while technicians write', async () => {
    const ids = Array.from({ length: 60 }, () => randomUUID())
    await pushed(
      one.url,
      token,
      randomUUID(),
      1,
      ids.map((id) => create(id)),
    )
    await looked()
    ahead = 5 * HOUR
    const writers = ids
      .slice(0, 20)
      .map((id, i) => pushed([one.url, other.url][i % 2] ?? '', token, randomUUID(), 1, [note(id, 'Meanwhile.')]))
    await Promise.all(writers)
    await vi.waitFor(async () => {
      const [row] = await one.owner<
        { n: number }[]
      >`select count(*)::int as n from escalation where ticket_id = any(string_to_array(${ids.join(',')}, ',')::uuid[])`
      expect(row?.n).toBe(120)
    })
    const { changes } = await readFeed(one.url, token)
    for (const [i, id] of ids.entries()) {
      const entries = changes.filter(({ kind, data: entry }) => kind === 'entry' && entry?.['ticketId'] === id)
      expect(entries).toHaveLength(i < 20 ? 4 : 3)
      expect(changes.find((change) => change.id === id)?.data).toMatchObject({ assigneeId: SAM, priority: 'p1' })
    }
  })

  test('wait for a ticket that somebody holds, and let everybody else write meanwhile', async () => {
    const [due, held] = [randomUUID(), randomUUID()]
    await one.owner.begin(async (holding) => {
      await holding`set local idle_in_transaction_session_timeout = '30s'`
      // One look strikes for the one and begins to watch the other.
      await one.owner.begin(async (looking) => {
        await looking`select bulkhead.use_tenant(${ACME})`
        await vi.waitFor(async () =>
          expect(await looking`select bulkhead.try_escalation() as held`).toEqual([{ held: true }]),
        )
        await pushed(one.url, token, randomUUID(), 1, [create(due, { requesterId: uuid('vip') }), create(held)])
        await holding`select from ticket where id = ${held} for update`
      })
      await vi.waitFor(async () => expect(await waitingFor(one.owner)).toBe(1))
      const { results } = await pushed(one.url, token, randomUUID(), 1, [note(uuid('Acme', 'ticket', 1))])
      expect(results).toMatchObject([{ outcome: 'applied' }])
      expect(await rulesDone(due)).toEqual([])
    })
    await vi.waitFor(async () => expect(await rulesDone(due)).toEqual(['vip']))
  })

  test('hold from when they are there: a new one leaves old tickets alone, and comes without a restart', async () => {
    // Long out of time when the rules came.
    for (const number of [1, 2, 3]) expect(await rulesDone(uuid('Acme', 'ticket', number))).toEqual([])
    const added: EscalationRule = {
      key: 'passed-on',
      label: 'Passed on',
      when: { on: 'reassigned', times: 1 },
      actions: [{ do: 'note', text: 'Handed on.' }],
    }
    const [before, after] = [await fresh({ assigneeId: ROBIN }), await fresh({ assigneeId: ROBIN })]
    const hand = (ticketId: string): MutationBody => ({
      kind: 'ticket.update',
      ticketId,
      base: { assigneeId: ROBIN },
      patch: { assigneeId: SAM },
    })
    await pushed(one.url, token, randomUUID(), 1, [hand(before)])
    await looked()
    await one.owner.begin(async (tx) => {
      await tx`select bulkhead.use_tenant(${ACME})`
      await tx`update configuration set data = ${JSON.stringify(agreed([...rules, added]))}::text::json, version = null where tenant_id = ${ACME}`
      await tx`select bulkhead.publish()`
    })
    await looked()
    await pushed(one.url, token, randomUUID(), 1, [hand(after)])
    await vi.waitFor(async () => expect(await rulesDone(after)).toEqual(['passed-on']))
    expect(await rulesDone(before)).toEqual([])
  })

  test('leave other tenants alone, who see nothing of it', async () => {
    const [rows] = await one.owner<
      { n: number }[]
    >`select count(*)::int as n from escalation where tenant_id <> ${ACME}`
    expect(rows?.n).toBe(0)
    const api = connect(one.address, 1, { username: API_ROLE, password: apiPassword(one.address, undefined) })
    try {
      const seen = (tenant: string) => asTenant(api, tenant, (tx) => tx`select from escalation`)
      expect(await seen(uuid('tenant', 'Zephyr'))).toHaveLength(0)
      expect((await seen(ACME)).length).toBeGreaterThan(100)
      await expect(asTenant(api, ACME, (tx) => tx`update escalation set rule = 'x'`)).rejects.toThrow(
        'permission denied',
      )
      await expect(api`select bulkhead.tenants_to_escalate(now())`).rejects.toThrow('permission denied')
    } finally {
      await api.end()
    }
  })
})

describe('two processes of the cloud', () => {
  let postgres: TestPostgres
  const running: Running[] = []
  afterAll(async () => {
    for (const process of running) await process.stop().catch(() => undefined)
    await postgres.stop()
  })

  test('execute each rule once for each ticket, though one of them is killed on the way', async () => {
    postgres = await startPostgres()
    const { host, port, database, username, password } = postgres.address
    const place = host.startsWith('/') ? `localhost/${database}?host=${host}` : `${host}:${port}/${database}`
    const env = { DATABASE_URL: `postgres://${username}:${password}@${place}`, BULKHEAD_ESCALATION_SECONDS: '1' }
    running.push(...(await Promise.all([startCloudProcess(['--port=0'], env), startCloudProcess(['--port=0'], env)])))
    const owner = connect(postgres.address, 2)
    try {
      await loadOrganisation(owner, data())
      const token = await new Tokens(await tokenKey(owner)).tenant({ technician: ROBIN, tenant: ACME })
      await vi.waitFor(async () =>
        expect(await owner`select from escalation_state where tenant_id = ${ACME}`).toHaveLength(1),
      )
      const [first, second] = running as [Running, Running]
      const ids = Array.from({ length: 400 }, () => randomUUID())
      const client = randomUUID()
      for (let i = 0; i < ids.length; i += 50) {
        const bodies = ids.slice(i, i + 50).map((id) => create(id, { requesterId: uuid('vip') }))
        await pushed(second.address, token, client, i + 1, bodies)
        if (i === 200) await first.kill()
      }
      const count = async () => (await owner<{ n: number }[]>`select count(*)::int as n from escalation`)[0]?.n
      await vi.waitFor(async () => expect(await count()).toBe(400))
      const { changes } = await readFeed(second.address, token)
      const told = changes.filter(
        ({ kind, data: entry }) => kind === 'entry' && (entry as Entry | undefined)?.author.name === 'Escalation',
      )
      expect(new Set(told.map(({ data: entry }) => entry?.['ticketId']))).toEqual(new Set(ids))
      expect(told).toHaveLength(400)
    } finally {
      await owner.end()
    }
  })
})
