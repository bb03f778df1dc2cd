import { createTRPCClient } from '@trpc/client'
import { expect, test, vi } from 'vitest'
import { DEFAULT_ATTACHMENT_POLICY } from '../../src-shared/domain/attachment.ts'
import type { Change, Desk, SyncState, TicketDetail, TicketOutline, TicketRow } from '../../src-shared/domain/views.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import type { CompartmentApi } from '../../src-main/compartment/router.ts'
import type { ConsoleRouter } from '../../src-main/console/router.ts'
import { channelLink, CONSOLE, problemFrom } from '../../src-renderer/app/channel/link.ts'
import { INITIAL_SETTINGS } from '../../src-renderer/app/console/console.ts'
import { editTicket, inverseOf } from '../../src-renderer/tenant/edits.ts'
import { blockQuery, deskQuery, keys, ticketQuery, type ListRequest } from '../../src-renderer/tenant/queries.ts'
import { createTenants } from '../../src-renderer/tenant/tenants.ts'
import { Store } from '../../src-renderer/ui/store.ts'
import { startHost } from './host.ts'

const ID = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const ALL: ListRequest = { filter: {}, sort: { by: 'updated', direction: 'descending' } }

function deskNamed(name: string): Desk {
  return {
    attachments: DEFAULT_ATTACHMENT_POLICY,
    configuration: {
      statuses: [{ key: 'new', label: name, category: 'new', stopsClock: false }],
      priorities: [{ key: 'p1', label: 'High', rank: 1, colour: '#aa0000' }],
      types: [],
      queues: [],
      customFields: [],
      atRiskMinutes: 30,
    },
    technicians: [],
    me: ID(1),
  }
}

function rowOf(n: number): TicketRow {
  const at = '2026-01-01T00:00:00Z'
  return {
    ...{ id: ID(n), number: n, subject: `Ticket ${n}`, status: 'new', priority: 'p1', type: null },
    ...{
      assigneeId: null,
      requesterId: null,
      requesterName: null,
      createdAt: at,
      updatedAt: at,
      dueAt: null,
      riskAt: null,
    },
    ...{ unread: false, pending: false, snoozedUntil: null, noise: null, timerSince: null },
  }
}

function detailOf(n: number): TicketDetail {
  const { unread, pending: _, requesterName: __, noise: ___, riskAt, snoozedUntil, timerSince, ...row } = rowOf(n)
  const ticket = { ...row, description: '', queue: null, tags: [], customFields: { asset: 'A-1' } }
  return {
    ...{ ticket, entries: [], requester: null, unread, pendingFields: [], failed: [] },
    ...{
      dueAt: null,
      riskAt,
      snoozedUntil,
      timerSince,
      attachments: [],
      links: [],
      mergedInto: null,
      mergedFrom: [],
      workedMinutes: 0,
      drafts: [],
    },
  }
}

/** Each tenant has one compartment; every opening gives a new scope to it. */
function startTenants(compartments: Record<string, Partial<CompartmentApi>>, limit?: number) {
  const closed: string[] = []
  let opened = 0
  const host = startHost(
    {
      closeClient(scope) {
        closed.push(scope)
        host.scopes.delete(scope)
      },
    },
    (tenantId) => {
      opened += 1
      const { changes = quiet, syncStates = quiet, ...rest } = compartments[tenantId] ?? {}
      return { ...rest, changes, syncStates }
    },
  )
  host.open()
  const client = createTRPCClient<ConsoleRouter>({ links: [channelLink(host.connection, CONSOLE)] })
  const settings = new Store(INITIAL_SETTINGS)
  const tenants = createTenants({ connection: host.connection, client, settings }, limit)
  return { host, closed, settings, tenants, opened: () => opened }
}

// eslint-disable-next-line require-yield
async function* quiet(signal: AbortSignal | undefined): AsyncGenerator<never> {
  await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()))
}

test('two open clients each get their own answers from one window', async () => {
  const { tenants } = startTenants({
    [ID(1)]: { desk: () => deskNamed('One') },
    [ID(2)]: { desk: () => deskNamed('Two') },
  })
  const one = tenants.get(ID(1))
  const two = tenants.get(ID(2))
  const desks = await Promise.all([one, two].map((tenant) => tenant.queries.fetchQuery(deskQuery(tenant))))
  expect(desks.map((desk) => desk.configuration.statuses[0]?.label)).toEqual(['One', 'Two'])
  expect(tenants.get(ID(1))).toBe(one)
})

test('a scope that was closed at the host is opened again and the call answered', async () => {
  const { host, tenants, opened } = startTenants({ [ID(1)]: { desk: () => deskNamed('One') } })
  const tenant = tenants.get(ID(1))
  await tenant.client.desk.query()
  host.scopes.clear()
  expect((await tenant.client.desk.query()).me).toBe(ID(1))
  expect(opened()).toBe(2)
})

test('opening a client again takes a new scope and reads its data again', async () => {
  const { tenants, opened } = startTenants({ [ID(1)]: { desk: () => deskNamed('One') } })
  const tenant = tenants.get(ID(1))
  await tenant.queries.fetchQuery(deskQuery(tenant))
  tenant.reopen()
  expect(tenant.queries.getQueryState(keys.desk)?.isInvalidated).toBe(true)
  await tenant.client.desk.query()
  expect(opened()).toBe(2)
})

test('the client that was used longest ago is closed when there are too many, but its place is kept', async () => {
  const desk = { desk: () => deskNamed('Any') }
  const { tenants, closed, host } = startTenants({ [ID(1)]: desk, [ID(2)]: desk, [ID(3)]: desk }, 2)
  const first = tenants.get(ID(1))
  await first.queries.fetchQuery(deskQuery(first))
  first.memory.drafts.set(ID(9), 'half a note')
  await tenants.get(ID(2)).client.desk.query()
  const [scopeOfFirst] = host.scopes.keys()
  tenants.get(ID(3))
  await vi.waitFor(() => expect(closed).toEqual([scopeOfFirst]))
  expect(first.queries.getQueryData(keys.desk)).toBeUndefined()
  expect(tenants.get(ID(1))).not.toBe(first)
  expect(tenants.get(ID(1)).memory.drafts.get(ID(9))).toBe('half a note')
})

test('a named change reads that ticket again and no other', async () => {
  let tell: (change: Change) => void = () => undefined
  const asked: string[] = []
  const { tenants } = startTenants({
    [ID(1)]: {
      ticket(id) {
        asked.push(id)
        return detailOf(id === ID(7) ? 7 : 8)
      },
      async *changes() {
        for (;;) yield await new Promise<Change>((resolve) => (tell = resolve))
      },
    },
  })
  const tenant = tenants.get(ID(1))
  for (const id of [ID(7), ID(8)]) await tenant.queries.fetchQuery(ticketQuery(tenant, id))
  const isStale = (id: string): boolean | undefined => tenant.queries.getQueryState(keys.ticket(id))?.isInvalidated
  await vi.waitFor(() => {
    tell({ tickets: [ID(7)], desk: false })
    expect(isStale(ID(7))).toBe(true)
  })
  expect(isStale(ID(8))).toBe(false)
})

test('while everything moves lists are read again now and then, and at once when the first sync is over', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    let [tell, say]: [(change: Change) => void, (state: SyncState) => void] = [() => undefined, () => undefined]
    const state = { lastSuccessAt: null, pending: 0, failed: 0, progress: null, problem: null }
    const { tenants } = startTenants({
      [ID(1)]: {
        async *changes() {
          for (;;) yield await new Promise<Change>((resolve) => (tell = resolve))
        },
        async *syncStates() {
          yield { ...state, phase: 'first-sync' }
          for (;;) yield await new Promise<SyncState>((resolve) => (say = resolve))
        },
      },
    })
    const tenant = tenants.get(ID(1))
    const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
    const isStale = (): boolean | undefined => tenant.queries.getQueryState(keys.counts)?.isInvalidated
    tenant.queries.setQueryData(keys.counts, { byStatus: {}, mine: 0, unassigned: 0 })
    await settled()
    tell({ tickets: 'all', desk: false })
    await settled()
    expect([tenant.queries.getQueryData<SyncState>(keys.sync)?.phase, isStale()]).toEqual(['first-sync', false])
    say({ ...state, phase: 'idle' })
    await settled()
    expect([tenant.queries.getQueryData<SyncState>(keys.sync)?.phase, isStale()]).toEqual(['idle', true])
  } finally {
    vi.useRealTimers()
  }
})

test('any block of a long list is read at its anchor, and a short one to its end', async () => {
  const rows = Array.from({ length: 250 }, (_, index) => rowOf(index + 1))
  const { tenants } = startTenants({
    [ID(1)]: {
      page({ from, after, limit }) {
        const start = from ? from[1] : after ? after[1] + 1 : 0
        const end = start + Math.min(limit, 40)
        return { rows: rows.slice(start, end), next: end < rows.length ? ['', end - 1] : null }
      },
      outline: (): TicketOutline => ({
        total: 250,
        stride: 50,
        anchors: Array.from({ length: 5 }, (_, index) => ['', index * 50]),
      }),
    },
  })
  const tenant = tenants.get(ID(1))
  const outline = await tenant.client.tickets.outline.query(ALL)
  tenant.queries.setQueryData(keys.outline(ALL), outline)
  const second = await tenant.queries.fetchQuery(blockQuery(tenant, ALL, 1))
  expect([second.rows.length, second.rows[0]?.number, second.rows.at(-1)?.number, second.last]).toEqual([
    100,
    101,
    200,
    false,
  ])
  const last = await tenant.queries.fetchQuery(blockQuery(tenant, ALL, 2))
  expect([last.rows.length, last.last]).toEqual([50, true])
})

test('an edit shows at once in the ticket and its row, and goes back where it is refused', async () => {
  let refuse: (error: Error) => void = () => undefined
  const { tenants } = startTenants({
    [ID(1)]: {
      ticket: () => detailOf(7),
      page: () => ({ rows: [rowOf(7)], next: null }),
      edit: () => new Promise<never>((_, reject) => (refuse = reject)) as never,
    },
  })
  const tenant = tenants.get(ID(1))
  await tenant.queries.fetchQuery(ticketQuery(tenant, ID(7)))
  await tenant.queries.fetchQuery(blockQuery(tenant, ALL, 0))
  const shown = () => ({
    detail: tenant.queries.getQueryData<TicketDetail>(keys.ticket(ID(7))),
    row: tenant.queries.getQueryData<{ rows: TicketRow[] }>(keys.block(ALL, 0))?.rows[0],
  })
  const edit = editTicket(tenant, ID(7), { priority: 'p9', customFields: { site: 'Quay' } })
  await vi.waitFor(() => expect(shown().row).toMatchObject({ priority: 'p9', pending: true }))
  expect(shown().detail).toMatchObject({
    ticket: { priority: 'p9', customFields: { asset: 'A-1', site: 'Quay' } },
    pendingFields: ['priority', 'customFields.site'],
  })
  const failed = edit.catch((error: unknown) => problemFrom(error).code)
  await vi.waitFor(() => {
    refuse(new ProblemError('disk-full'))
    expect(shown().row?.priority).toBe('p1')
  })
  expect(await failed).toBe('disk-full')
  expect(shown().detail).toEqual(detailOf(7))
})

test('the answer to an edit never shows over a later one that is under way', async () => {
  const answers: ((detail: TicketDetail) => void)[] = []
  const { tenants } = startTenants({
    [ID(1)]: {
      ticket: () => detailOf(7),
      edit: () => new Promise<TicketDetail>((answer) => answers.push(answer)) as never,
    },
  })
  const tenant = tenants.get(ID(1))
  await tenant.queries.fetchQuery(ticketQuery(tenant, ID(7)))
  const shown = () => tenant.queries.getQueryData<TicketDetail>(keys.ticket(ID(7)))?.ticket
  const seen: unknown[] = []
  const stop = tenant.queries.getQueryCache().subscribe(() => void seen.push(shown()?.subject))
  const first = editTicket(tenant, ID(7), { priority: 'p9' })
  const second = editTicket(tenant, ID(7), { subject: 'Later' })
  await vi.waitFor(() => expect(answers.length).toBe(2))
  const { ticket, ...rest } = detailOf(7)
  answers[0]?.({ ...rest, ticket: { ...ticket, priority: 'p9' } })
  await first
  expect(shown()).toMatchObject({ priority: 'p9', subject: 'Later' })
  answers[1]?.({ ...rest, ticket: { ...ticket, priority: 'p9', subject: 'Later' } })
  await second
  stop()
  expect(seen.slice(seen.indexOf('Later')).every((subject) => subject === 'Later')).toBe(true)
})

test('undoing an edit sets exactly the fields that it changed', () => {
  const before = { status: 'new', priority: 'p1', assigneeId: null, customFields: { asset: 'A-1' } }
  expect(inverseOf({ status: 'done', customFields: { asset: 'B-2', site: 'Quay' } }, before)).toEqual({
    status: 'new',
    customFields: { asset: 'A-1', site: null },
  })
})

test('the open ticket of a client is kept among the settings, and forgotten with it closed', () => {
  const { tenants, settings } = startTenants({ a: {}, b: {} })
  tenants.memory('a').openTicket.set(ID(7))
  tenants.memory('b').openTicket.set(ID(8))
  expect(settings.get().openTickets).toEqual({ a: ID(7), b: ID(8) })
  tenants.clear()
  expect(tenants.memory('a').openTicket.get()).toBe(ID(7))
  tenants.memory('a').openTicket.set(null)
  expect(settings.get().openTickets).toEqual({ b: ID(8) })
})
