import { isOpenCategory } from '../../../src-shared/domain/configuration.ts'
import { MAX_ROLLUP_DUE, type Rollup } from '../../../src-shared/domain/rollup.ts'
import type { TicketCounts } from '../../../src-shared/domain/views.ts'
import type { Cache } from '../cache/cache.ts'
import { ASLEEP } from '../cache/schema.ts'
import { NO_DUE } from '../cache/tickets.ts'
import type { Ledger } from '../ledger/ledger.ts'

/** Counts of the desk. `mine` and `unassigned` count tickets that need work now. */
export function readCounts(cache: Cache, me: string): TicketCounts {
  const byStatus: Record<string, number> = {}
  for (const status of cache.words.keys('status')) {
    byStatus[cache.words.text(status) ?? ''] = count(cache, `status = ${status}`)
  }
  const open = openStatusKeys(cache)
  const openOf = (assignee: number | undefined): number =>
    assignee === undefined || open.length === 0
      ? 0
      : count(cache, `assignee = ${assignee} AND status IN (${open.join(', ')}) AND ${awake}`)
  return { byStatus, mine: openOf(cache.words.key('technician', me)), unassigned: openOf(0) }
}

/** What the console may know of this compartment: numbers and due times. */
export function readRollup(cache: Cache, ledger: Ledger): Rollup {
  const open = openStatusKeys(cache)
  return {
    version: cache.place.cursor,
    open: open.length === 0 ? 0 : count(cache, `status IN (${open.join(', ')}) AND ${awake}`),
    wakes: open.length === 0 ? [] : wakesSoonest(cache, open),
    unread: count(cache, 'version > seen'),
    timers: ledger.timers
      .all()
      .slice(0, MAX_ROLLUP_DUE)
      .map(({ since }) => since),
    ...dueSoonest(cache),
    atRiskMinutes: cache.configuration.atRiskMinutes,
    pending: ledger.count('queued'),
    failed: ledger.count('failed'),
  }
}

const awake = `+number NOT IN (${ASLEEP})`

function wakesSoonest(cache: Cache, open: number[]): number[] {
  const sql = `SELECT snoozed FROM ticket WHERE number IN (${ASLEEP}) AND +status IN (${open.join(', ')})
    ORDER BY snoozed LIMIT ${MAX_ROLLUP_DUE}`
  return cache
    .statement<{ snoozed: number }>(sql)
    .all()
    .map((row) => row.snoozed)
}

function dueSoonest(cache: Cache): Required<Pick<Rollup, 'due' | 'risk'>> {
  const running = cache.configuration.statuses
    .filter((status) => isOpenCategory(status.category) && !status.stopsClock)
    .flatMap(({ key }) => cache.words.key('status', key) ?? [])
  if (running.length === 0) return { due: [], risk: [] }
  const parts = running.map((status) => `SELECT due, risk FROM ticket WHERE status = ${status} AND due < ${NO_DUE}`)
  const rows = cache
    .statement<{ due: number; risk: number }>(`${parts.join(' UNION ALL ')} ORDER BY due LIMIT ${MAX_ROLLUP_DUE}`)
    .all()
  return { due: rows.map(({ due }) => due), risk: rows.map(({ risk }) => risk) }
}

function openStatusKeys(cache: Cache): number[] {
  return cache.configuration.statuses
    .filter((status) => isOpenCategory(status.category))
    .flatMap(({ key }) => cache.words.key('status', key) ?? [])
}

function count(cache: Cache, where: string): number {
  return cache.statement<{ n: number }>(`SELECT count(*) AS n FROM ticket WHERE ${where}`).get()?.n ?? 0
}
