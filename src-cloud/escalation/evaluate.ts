import { Configuration } from '../../src-shared/domain/configuration.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import type { MutationBody } from '../../src-shared/protocol/mutation.ts'
import { nextEscalation, strikesOf, type EscalationFacts, type Strike } from '../../src-shared/sla/escalation.ts'
import { ServiceDesk } from '../../src-shared/sla/service-desk.ts'
import type { Transaction } from '../database/connect.ts'
import { readDesk, type EntityRow } from '../mutations/desk.ts'
import { applied } from '../mutations/outcome.ts'
import { storeBatch } from '../mutations/settle.ts'
import { executeRule, type Executed } from './execute.ts'

/** Tickets of one transaction at most, of those that changed and of those whose time has come. */
const TOGETHER = 200
/** Whose mutations the desk's own acts are: one client of every tenant. */
const DESK_CLIENT = '00000000-0000-4000-8000-00000000de5c'

interface State {
  version: number
  configurationVersion: number
  rules: Record<string, number>
}

interface Candidate {
  id: string
  version: number
  deleted: boolean
  /** It changed; else only its time has come. */
  moved: boolean
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
  const found = rules.length === 0 ? [] : await readCandidates(tx, from, now)
  const service = new ServiceDesk(configuration)
  const held = new Set(rules.map(({ key }) => key))
  const factsOf = ({ data, vip, executed }: Candidate): EscalationFacts => ({
    ticket: data,
    vip,
    executed: new Set(executed.filter((key) => held.has(key))),
  })
  const dueOf = (facts: EscalationFacts): Strike[] =>
    strikesOf(service, facts).filter(({ rule, at }) => at <= now && at >= (since[rule.key] ?? now))
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
  const moved = found.filter((one) => one.moved)
  const full = moved.length === TOGETHER
  // A full page was read up to its last, the others up to the version that the feed had before.
  const version = full ? (moved.at(-1)?.version ?? from) : feed.version
  await tx`
    insert into escalation_state (tenant_id, version, configuration_version, rules, next_at)
    values (bulkhead.current_tenant(), ${version}, ${row.version}, ${JSON.stringify(since)}::text::jsonb,
            (select min(next_at) from escalation_watch))
    on conflict (tenant_id) do update set version = excluded.version, rules = excluded.rules, next_at = excluded.next_at,
      configuration_version = excluded.configuration_version`
  return full || found.length - moved.length >= TOGETHER
}

async function readState(tx: Transaction): Promise<State> {
  const [row] = await tx<State[]>`
    select version, configuration_version as "configurationVersion", rules from escalation_state`
  return row ?? { version: 0, configurationVersion: 0, rules: {} }
}

/** Tickets whose time has come, and a page of those that changed after a version, in its order. */
async function readCandidates(tx: Transaction, from: number, now: number): Promise<Candidate[]> {
  return tx<Candidate[]>`
    with come as (
      select ticket_id as id from escalation_watch
      where tenant_id = bulkhead.current_tenant() and next_at <= ${new Date(now).toISOString()} order by next_at limit ${TOGETHER}
    ), moved as (
      select id from ticket
      where tenant_id = bulkhead.current_tenant() and version > ${from} order by version limit ${TOGETHER}
    )
    select t.id, t.version, t.data, t.deleted, t.id in (select id from moved) as moved,
           coalesce((c.data ->> 'vip')::boolean, false) as vip,
           coalesce((select array_to_json(array_agg(e.rule)) from escalation e
                     where e.tenant_id = t.tenant_id and e.ticket_id = t.id), '[]') as executed
    from ticket t left join contact c on c.tenant_id = t.tenant_id and c.id = t.requester_id
    where t.tenant_id = bulkhead.current_tenant() and t.id in (select id from come union select id from moved)
    order by t.version`
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
