import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { choosable, Configuration, isOpenCategory } from '../../src-shared/domain/configuration.ts'
import { NewTicket } from '../../src-shared/domain/ticket.ts'
import { begunHistory } from '../../src-shared/domain/history.ts'
import type { Check } from '../../src-shared/protocol/onboarding.ts'
import { schemaOf, type MutationBody } from '../../src-shared/protocol/mutation.ts'
import { incoherences } from '../../src-shared/settings/coherence.ts'
import { valuesOf } from '../../src-shared/settings/layers.ts'
import { proofOf } from '../../src-shared/settings/proof.ts'
import { effectOf } from '../../src-shared/sla/escalation.ts'
import { ServiceDesk, type ClockedTicket } from '../../src-shared/sla/service-desk.ts'
import type { Announcements } from '../announcements.ts'
import { asOrganisation, asTenant } from '../database/as.ts'
import type { Sql } from '../database/connect.ts'
import { openFeed } from '../feed.ts'
import { pushMutations } from '../mutations/push.ts'
import { viewSettings } from '../settings/client.ts'

/** What verification acts with. */
export interface VerifyContext {
  api: Sql
  /** As the owner, to take the test ticket away again. */
  owner: Sql
  organisation: string
  tenantId: string
  /** Hears what the cloud announces of the tenant. */
  announcements: Pick<Announcements, 'follow'>
  /** Of the test ticket: versions of the feed that were announced meanwhile. */
  announced: number[]
}

/** Milliseconds that an announcement may take, and between two looks for it. */
const ANNOUNCED_WITHIN = 5000
const LOOK = 20

type Outcome = [state: Check['state'], detail: string]
type Probe = { key: string; label: string; look: (context: VerifyContext) => Promise<Outcome> }

/** What is looked at, in order. Each does what it says for real, and leaves nothing behind. */
export const probes: readonly Probe[] = [
  { key: 'settings', label: 'The settings fit together and are delivered', look: settingsFit },
  { key: 'people', label: 'Somebody works here, and nobody by accident', look: peopleSee },
  { key: 'ticket', label: 'A test ticket goes in and comes back', look: ticketRoundTrip },
  { key: 'alert', label: 'What happens here is told to consoles at once', look: alertsGoOut },
  { key: 'clock', label: 'The service clock runs', look: clockRuns },
  { key: 'escalation', label: 'An escalation reaches whoever is on call', look: escalationReaches },
  { key: 'isolation', label: 'The client cannot reach its neighbour', look: isolationHolds },
]

/** The checks before any of them was looked at. */
export function waitingChecks(): Check[] {
  return probes.map(({ key, label }) => ({ key, label, state: 'waiting', detail: '' }))
}

async function configurationOf({ api, tenantId }: Pick<VerifyContext, 'api' | 'tenantId'>): Promise<Configuration> {
  const [row] = await asTenant(api, tenantId, (tx) => tx<{ data: unknown }[]>`select data from configuration`)
  return Configuration.parse(row?.data)
}

async function settingsFit({ api, tenantId }: VerifyContext): Promise<Outcome> {
  const { settings } = await asTenant(api, tenantId, viewSettings)
  const [wrong] = incoherences(valuesOf(settings))
  if (wrong) return ['failed', wrong]
  const lines = await feedOf(api, tenantId)
  if (!lines.some(({ kind }) => kind === 'configuration')) return ['failed', 'The change feed holds no configuration.']
  const own = Object.values(settings).filter(({ origin }) => origin === 'client').length
  return ['passed', `${Object.keys(settings).length - own} inherited, ${own} of the client’s own.`]
}

async function peopleSee({ api, organisation, tenantId }: VerifyContext): Promise<Outcome> {
  const people = await asOrganisation(
    api,
    organisation,
    (tx) => tx<{ name: string; sees: boolean; acts: boolean }[]>`
      select t.name, w.id is not null as sees, coalesce('act' = any(w.may), false) as acts from technician t
      left join tenant_technician w on w.id = t.id and w.tenant_id = ${tenantId} and not w.deleted order by t.name`,
  )
  const [sees, acts] = [people.filter((one) => one.sees), people.filter((one) => one.acts)]
  if (acts.length === 0) return ['failed', 'Nobody may act for this client. Say who does, in the step People.']
  return ['passed', `${sees.map(({ name }) => name).join(', ')} of ${people.length} in your organisation.`]
}

async function ticketRoundTrip(context: VerifyContext): Promise<Outcome> {
  const { api, owner, organisation, tenantId, announcements, announced } = context
  const configuration = await configurationOf(context)
  const [technician] = await asTenant(
    api,
    tenantId,
    (tx) =>
      tx<{ id: string }[]>`select id from tenant_technician where not deleted and 'act' = any(may) order by id limit 1`,
  )
  const status = choosable(configuration.statuses).find(({ category }) => isOpenCategory(category))?.key
  const priority = choosable(configuration.priorities).at(-1)?.key
  if (!technician || !status || !priority)
    return ['failed', 'There is nobody who could open a ticket, or no status for it.']
  const [ticketId, subject] = [randomUUID(), `Test of the way in, ${new Date().toISOString()}`]
  const body: MutationBody = {
    kind: 'ticket.create',
    ticketId,
    ticket: NewTicket.parse({
      subject,
      description: 'Written by the verification of an onboarding.',
      status,
      priority,
    }),
  }
  const mutation = { sequence: 1, schema: schemaOf(body), at: new Date().toISOString(), body }
  const unfollow = announcements.follow(
    organisation,
    ({ tenant, version }) => void (tenant === tenantId && announced.push(version)),
    () => undefined,
  )
  try {
    const { results } = await pushMutations(
      api,
      { tenant: tenantId, technician: technician.id },
      { clientId: randomUUID(), mutations: [mutation] },
    )
    const [result] = results
    if (result?.outcome !== 'applied') return ['failed', `The ticket was not taken: ${JSON.stringify(result)}`]
    const back = (await feedOf(api, tenantId)).find(({ id }) => id === ticketId)
    if (back?.data?.['subject'] !== subject)
      return ['failed', 'The ticket was taken, and the change feed does not tell it.']
    return [
      'passed',
      `Ticket ${String(back.data['number'])} was opened, told by the change feed, and taken away again.`,
    ]
  } finally {
    await owner`select bulkhead.drop_ticket(${tenantId}, ${ticketId})`
    await told(announced)
    unfollow()
  }
}

/** Announcements come on another connection, a moment after the commit. */
async function told(announced: readonly number[]): Promise<void> {
  for (let waited = 0; announced.length === 0 && waited < ANNOUNCED_WITHIN; waited += LOOK) await delay(LOOK)
}

/** The way of every alert: a change is committed, and the event streams of those who work here are told. */
async function alertsGoOut({ announced }: VerifyContext): Promise<Outcome> {
  const newest = announced.at(-1)
  if (newest !== undefined)
    return ['passed', `The test ticket was announced to the event streams, as version ${newest} of this client.`]
  return [
    'failed',
    'The test ticket was announced to nobody: consoles would learn of urgent tickets by asking, minutes later. Restart the cloud.',
  ]
}

async function clockRuns(context: VerifyContext): Promise<Outcome> {
  const proof = proofOf(await configurationOf(context), Date.now())
  return proof
    ? ['passed', proof.sentence]
    : ['warning', 'Nothing is promised for the most urgent tickets, so no clock runs for them.']
}

async function escalationReaches(context: VerifyContext): Promise<Outcome> {
  const configuration = await configurationOf(context)
  const rules = configuration.sla?.escalations ?? []
  const calling = rules.filter(({ actions }) =>
    actions.some((action) => 'onCall' in action && action.onCall !== undefined),
  )
  if (calling.length === 0) return ['warning', 'No rule of escalation names whoever is on call.']
  const names = await asTenant(
    context.api,
    context.tenantId,
    (tx) =>
      tx<{ id: string; name: string }[]>`select id, data ->> 'name' as name from tenant_technician where not deleted`,
  )
  const now = Date.now()
  const desk = new ServiceDesk(configuration)
  const ticket = mostUrgent(configuration, now)
  for (const rule of calling) {
    const { assigneeId, notify } = effectOf(desk, rule, ticket, now)
    const reached = [assigneeId, ...notify].filter((id) => id !== undefined)
    if (reached.length === 0) return ['warning', `Nobody is on call now, so “${rule.label}” reaches nobody.`]
    const here = names.find(({ id }) => reached.includes(id))
    if (!here)
      return [
        'failed',
        `Whoever is on call for “${rule.label}” does not work for this client. Add them in the step People.`,
      ]
    if (rule === calling.at(-1)) return ['passed', `“${rule.label}” reaches ${here.name}, who is on call now.`]
  }
  return ['passed', 'Every rule reaches somebody.']
}

function mostUrgent({ statuses, priorities }: Configuration, now: number): ClockedTicket {
  const createdAt = new Date(now).toISOString()
  const tracked = { status: statuses[0]?.key ?? '', assigneeId: null, createdAt }
  const [first] = priorities.toSorted((a, b) => a.rank - b.rank)
  return { ...tracked, priority: first?.key ?? '', type: null, updatedAt: createdAt, history: begunHistory(tracked) }
}

/** In the new tenant's scope: reads its neighbours' rows by their ids, and writes into one of them. Neither may work. */
async function isolationHolds({ api, organisation, tenantId }: VerifyContext): Promise<Outcome> {
  const neighbours = await asOrganisation(
    api,
    organisation,
    (tx) => tx<{ id: string }[]>`select tenant_id as id from tenant_feed where tenant_id <> ${tenantId} limit 20`,
  )
  const ids = JSON.stringify(neighbours.map(({ id }) => id))
  const [seen] = await asTenant(
    api,
    tenantId,
    (tx) => tx<{ rows: number }[]>`
      with theirs as materialized (select value::uuid as id from json_array_elements_text(${ids}::text::json))
      select (select count(*) from ticket where tenant_id in (select id from theirs))
        + (select count(*) from contact where tenant_id in (select id from theirs))
        + (select count(*) from configuration where tenant_id in (select id from theirs))
        + (select count(*) from tenant where id in (select id from theirs)) as rows`,
  )
  if ((seen?.rows ?? 0) > 0)
    return ['failed', 'Rows of another client could be read. Do not go live; tell your administrator.']
  const [neighbour] = neighbours
  if (!neighbour) return ['passed', 'There is no neighbour yet.']
  const written = await asTenant(
    api,
    tenantId,
    (tx) => tx`insert into contact (tenant_id, id, data) values (${neighbour.id}, ${randomUUID()}, '{}')`,
  ).then(
    () => true,
    (error: { code?: string }) => {
      // insufficient_privilege: row-level security said no.
      if (error.code === '42501') return false
      throw error
    },
  )
  return written
    ? ['failed', 'A row could be written to another client. Do not go live; tell your administrator.']
    : [
        'passed',
        `It tried ${neighbours.length === 1 ? 'its neighbour' : `${neighbours.length} neighbours`}: nothing could be read, nothing written.`,
      ]
}

interface FeedLine {
  kind?: string
  id?: string
  data?: Record<string, unknown>
}

async function feedOf(api: Sql, tenantId: string): Promise<FeedLine[]> {
  const pieces: Buffer[] = []
  for await (const piece of await openFeed(api, tenantId, { after: 0 } as Parameters<typeof openFeed>[2]))
    pieces.push(piece)
  return Buffer.concat(pieces)
    .toString()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as FeedLine)
}
