import { Configuration, openStatuses } from '../../src-shared/domain/configuration.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import type { FirstWeek } from '../../src-shared/protocol/onboarding.ts'
import { ServiceDesk } from '../../src-shared/sla/service-desk.ts'
import { asOrganisation, asTenant } from '../database/as.ts'
import type { Sql } from '../database/connect.ts'
import { readRecord } from './record.ts'

const DAY = 86_400_000
const DAYS = 7
/** Breaches that are told one by one. */
const TOLD = 50

/**
 * What happened in the first seven days of a client that went live. Numbers of tickets, never their words: this is the
 * organisation's view.
 * @throws ProblemError `not-found`; `step-not-ready` before it is live
 */
export async function firstWeek(api: Sql, organisation: string, id: string, now: number): Promise<FirstWeek> {
  const record = await asOrganisation(api, organisation, (tx) => readRecord(tx, id))
  if (record.state !== 'live' || !record.endedAt)
    throw new ProblemError('step-not-ready', { reason: 'The first week begins when the client is live.' })
  const since = Date.parse(record.endedAt)
  const until = since + DAYS * DAY
  const found = await asTenant(api, record.tenantId, async (tx) => {
    const [configuration] = await tx<{ data: unknown }[]>`select data from configuration`
    const tickets = await tx<{ data: Ticket }[]>`
      select data from ticket where not deleted and data ->> 'importedId' is null
        and (data ->> 'createdAt')::timestamptz between ${record.endedAt} and ${new Date(until).toISOString()}
      order by number limit 5000`
    const [escalations] = await tx<{ n: number }[]>`
      select count(*)::integer as n from escalation where executed_at <= ${new Date(until).toISOString()}`
    const outcomes = await tx<{ outcome: string; n: number }[]>`
      select r.value -> 'result' ->> 'outcome' as outcome, count(*)::integer as n
      from mutation_result m, jsonb_array_elements(m.results::jsonb) r
      where r.value -> 'result' ->> 'outcome' in ('rejected', 'conflict') group by 1`
    const imports = await tx<{ name: string; rows: number; state: string }[]>`
      select name, coalesce((progress ->> 'badRows')::integer, 0) as rows, state from import_job
      where state in ('failed', 'paused') or state = 'done' and (progress ->> 'badRows')::integer > 0 order by started_at`
    return { configuration: configuration?.data, tickets, escalations: escalations?.n ?? 0, outcomes, imports }
  })
  const configuration = Configuration.parse(found.configuration)
  const open = new Set(openStatuses(configuration))
  const desk = new ServiceDesk(configuration)
  const breaches = found.tickets.flatMap(({ data }) =>
    desk
      .clocksOf(data, Math.min(now, until))
      .filter(
        ({ state, dueAt }) =>
          state === 'missed' || (state === 'running' && dueAt !== null && dueAt < Math.min(now, until)),
      )
      .map(({ target }) => ({ ticket: data.number, target })),
  )
  const waiting = found.tickets.filter(({ data }) => open.has(data.status))
  const checks = record.steps.verify.checks ?? []
  const of = (outcome: string) => found.outcomes.find((one) => one.outcome === outcome)?.n ?? 0
  return {
    since: record.endedAt,
    until: new Date(until).toISOString(),
    day: Math.min(DAYS, Math.max(1, Math.ceil((now - since) / DAY))),
    over: now >= until,
    tickets: {
      opened: found.tickets.length,
      open: waiting.length,
      unanswered: waiting.filter(({ data }) => data.history?.respondedAt === null).length,
    },
    breaches: { count: breaches.length, first: breaches.slice(0, TOLD) },
    escalations: found.escalations,
    failedEdits: { rejected: of('rejected'), conflicts: of('conflict') },
    importLeftovers: found.imports,
    checks: checks.length,
    unverified: checks.filter(({ state }) => state !== 'passed').map(({ label, detail }) => ({ label, detail })),
  }
}
