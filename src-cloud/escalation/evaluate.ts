import { Configuration, openStatuses } from '../../src-shared/domain/configuration.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import type { MutationBody } from '../../src-shared/protocol/mutation.ts'
import { nextEscalation, strikesOf, type EscalationFacts, type Strike } from '../../src-shared/sla/escalation.ts'
import { ServiceDesk } from '../../src-shared/sla/service-desk.ts'
import type { Transaction } from '../database/connect.ts'
import { readDesk, type EntityRow } from '../mutations/desk.ts'
import { applied } from '../mutations/outcome.ts'
import { storeBatch } from '../mutations/settle.ts'
import { executeRule, type Executed } from './execute.ts'

/** Tickets of one transaction at most: of those whose time has come, and of those that changed. */
const TOGETHER = 200
const SCANNED = 1000
/** Whose mutations the desk's own acts are: one client of every tenant. */
const DESK_CLIENT = '00000000-0000-4000-8000-00000000de5c'

const NOTHING: Page = { tickets: [], moved: 0, last: 0 }

interface State {
  version: number
  configurationVersion: number
  rules: Record<string, number>
}

interface Candidate {
  id: string
  deleted: boolean
  /** Its time has come. */
  come: boolean
  vip: boolean
  executed: string[]
  data: Ticket
}

/**
 * Looks at the tickets of one tenant that changed, or whose time has come, and executes the rules that are due, all in
 * the tenant's own transaction: what is written, the note that it was executed, and when to look again are committed
 * together, so that no rule is executed twice, and none is half executed.
 * @param now ms since 1970
 * @returns whether there may be more to look at now
 */
export async function escalateTenant(tx: Transaction, now: number): Promise<boolean> {
  const [lock] = await tx<{ held: boolean }[]>`select bulkhead.try_escalation() as held`
  if (!lock?.held) return false
  const [feed] = await tx<{ version: number }[]>`select version from tenant_feed`
  const [row] = await tx<{ data: unknown; version: number }[]>`select data, version from configuration`
  if (!feed || !row) return false
  const configuration = Configuration.parse(row.data)
  const rules = configuration.sla?.escalations ?? []
  const state = await readState(tx)
  // Another configuration may strike elsewhere: all open tickets are looked at again.
  const from = state.configurationVersion === row.version ? state.version : 0
  const since = Object.fromEntries(rules.map(({ key }) => [key, state.rules[key] ?? now]))
  const service = new ServiceDesk(configuration)
  const open = new Set(openStatuses(configuration))
  const over = configuration.statuses.map(({ key }) => key).filter((key) => !open.has(key))
  const page = rules.length === 0 ? NOTHING : await readPage(tx, from, over, now)
  const found = page.tickets
  const held = new Set(rules.map(({ key }) => key))
  const factsOf = ({ data, vip, executed }: Candidate): EscalationFacts => ({
    ticket: data,
    vip,
    executed: new Set(executed.filter((key) => held.has(key))),
  })
  const dueOf = (facts: EscalationFacts): Strike[] =>
    strikesOf(service, facts).filter(({ rule, at }) => at <= now && at >= (since[rule.key] ?? now))
  await holdUnwatched(tx, found)
  const due = found.filter((one) => !one.deleted && dueOf(factsOf(one)).length > 0)
  const executed = due.length > 0 ? await execute(tx, service, due, (one) => dueOf(factsOf(one)), now) : []
  for (const { ticketId, rule, at, effect } of executed) {
    await tx`
      insert into escalation (tenant_id, ticket_id, rule, struck_at, configuration_version, label, effect)
      values (bulkhead.current_tenant(), ${ticketId}, ${rule.key}, ${new Date(at).toISOString()}, ${row.version},
              ${rule.label}, ${JSON.stringify(effect)}::text::jsonb)`
  }
  const watches = found.map((one) => {
    const mine = executed.filter(({ ticketId }) => ticketId === one.id).map(({ rule }) => rule.key)
    const next = one.deleted
      ? null
      : nextEscalation(service, factsOf({ ...one, executed: [...one.executed, ...mine] }), now)
    return { id: one.id, next: next === null ? null : new Date(next).toISOString() }
  })
  await tx`
    insert into escalation_watch (tenant_id, ticket_id, next_at)
    select bulkhead.current_tenant(), w.id, w.next from json_to_recordset(${JSON.stringify(watches)}::text::json) w(id uuid, next timestamptz)
    on conflict (tenant_id, ticket_id) do update set next_at = excluded.next_at`
  const full = page.moved === SCANNED
  // A full page was read up to its last, the others up to the version that the feed had before.
  const version = full ? page.last : feed.version
  await tx`
    insert into escalation_state (tenant_id, version, configuration_version, rules, next_at)
    values (bulkhead.current_tenant(), ${version}, ${row.version}, ${JSON.stringify(since)}::text::jsonb,
            (select min(next_at) from escalation_watch))
    on conflict (tenant_id) do update set version = excluded.version, rules = excluded.rules, next_at = excluded.next_at,
      configuration_version = excluded.configuration_version`
  return full || found.filter(({ come }) => come).length === TOGETHER
}

async function readState(tx: Transaction): Promise<State> {
  const [row] = await tx<State[]>`
    select version, configuration_version as "configurationVersion", rules from escalation_state`
  return row ?? { version: 0, configurationVersion: 0, rules: {} }
}

interface Page {
  tickets: Candidate[]
  /** Tickets that changed, in all, and the version of the last of them; the others were over. */
  moved: number
  last: number
}

/**
 * Tickets whose time has come, and a page of those that changed after a version, in its order. Of these the ones that
 * are over are passed over here: of most desks that is nearly all.
 * @param over keys of the statuses of tickets that need no more work
 */
async function readPage(tx: Transaction, from: number, over: string[], now: number): Promise<Page> {
  const tenant = tx`tenant_id = bulkhead.current_tenant()`
  const [page] = await tx<{ moved: number; last: number }[]>`
    select count(*) as moved, coalesce(max(version), ${from}) as last from (
      select version from ticket where ${tenant} and version > ${from} order by version limit ${SCANNED}) m`
  const { moved = 0, last = from } = page ?? {}
  const tickets = await tx<Candidate[]>`
    with come as (
      select ticket_id as id from escalation_watch
      where ${tenant} and next_at <= ${new Date(now).toISOString()} order by next_at limit ${TOGETHER}
    ), found as (
      select id, true as come from come
      union all
      select id, false from ticket
      where ${tenant} and version > ${from} and version <= ${last} and id not in (select id from come)
        and data ->> 'status' <> all(array(select json_array_elements_text(${JSON.stringify(over)}::text::json)))
    )
    select t.id, t.data, t.deleted, found.come, coalesce((c.data ->> 'vip')::boolean, false) as vip,
           coalesce((select array_to_json(array_agg(e.rule)) from escalation e
                     where e.tenant_id = t.tenant_id and e.ticket_id = t.id), '[]') as executed
    from found join ticket t on t.tenant_id = bulkhead.current_tenant() and t.id = found.id
    left join contact c on c.tenant_id = t.tenant_id and c.id = t.requester_id
    order by t.version`
  return { tickets, moved, last }
}

/**
 * Holds tickets that are watched from now on, in the order in which everybody locks tickets: a watch refers to its ticket,
 * and is noted when the tenant's counter is taken already, behind which all writers stand.
 */
async function holdUnwatched(tx: Transaction, found: readonly Candidate[]): Promise<void> {
  if (found.length === 0) return
  await tx`
    select from ticket t where t.id = any(string_to_array(${found.map(({ id }) => id).join(',')}, ',')::uuid[])
      and not exists (select from escalation_watch w where w.tenant_id = t.tenant_id and w.ticket_id = t.id)
    order by t.id for key share of t`
}

/** Executes what is due for each ticket, one rule after the other, as one batch of the desk itself. */
async function execute(
  tx: Transaction,
  service: ServiceDesk,
  due: Candidate[],
  strikesFor: (one: Candidate) => Strike[],
  now: number,
): Promise<Executed[]> {
  const [client] = await tx<{ last: number }[]>`
    insert into client_sequence (tenant_id, client_id) values (bulkhead.current_tenant(), ${DESK_CLIENT})
    on conflict (tenant_id, client_id) do update set last_sequence = client_sequence.last_sequence
    returning last_sequence as last`
  const technicians = await tx<{ id: string; name: string }[]>`
    select id, data ->> 'name' as name from tenant_technician where not deleted`
  const names = new Map(technicians.map(({ id, name }) => [id, name]))
  // Locks the tickets: what a technician commits meanwhile comes before or after, never between.
  const bodies = due.map(({ id }): MutationBody => ({ kind: 'ticket.tag', ticketId: id, add: [], remove: [] }))
  const desk = await readDesk(tx, DESK_CLIENT, bodies)
  const executed: Executed[] = []
  const written: EntityRow[] = []
  for (const one of due) {
    const locked = desk.get('ticket', one.id)
    if (!locked || locked.deleted) continue
    for (const strike of strikesFor({ ...one, data: locked.data })) {
      const ticket = desk.get('ticket', one.id)
      if (!ticket) break
      const done = executeRule(desk, service, ticket, strike, names, now)
      executed.push(done.executed)
      written.push(...done.rows)
    }
  }
  const outcome = applied(written, 0)
  if (executed.length > 0)
    await storeBatch(tx, DESK_CLIENT, desk, [{ sequence: (client?.last ?? 0) + 1, hash: '', outcome }])
  return executed
}
