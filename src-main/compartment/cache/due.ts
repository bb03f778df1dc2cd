import { isDeepStrictEqual } from 'node:util'
import { openStatuses, type Configuration } from '../../../src-shared/domain/configuration.ts'
import type { Cache } from './cache.ts'
import type { StoredTicket } from './tickets.ts'

/** Rows in memory at once. */
const SLICE = 500

/**
 * Works out again when tickets are due, after the configuration was changed; call it inside the write that changes it.
 * Tickets that were over and are over stay as they are.
 * @param before the configuration that they were stored with
 * @returns ids of the tickets whose due time has moved
 */
export function redueTickets(cache: Cache, before: Configuration): string[] {
  const { configuration, words } = cache
  if (isDeepStrictEqual(rulesOf(before), rulesOf(configuration))) return []
  const over = [before, configuration].map((one) => {
    const open = new Set(openStatuses(one))
    return new Set(one.statuses.map(({ key }) => key).filter((key) => !open.has(key)))
  })
  const concerned = words.keys('status').filter((word) => {
    const key = words.text(word) ?? ''
    return !over.every((keys) => keys.has(key))
  })
  if (concerned.length === 0) return []
  // Along the numbers, as there may be no index yet.
  const slice = cache.statement<StoredTicket>(
    `SELECT * FROM ticket WHERE +status IN (${concerned.join(', ')}) AND number > ? ORDER BY number LIMIT ${SLICE}`,
  )
  const moved: string[] = []
  for (let rows = slice.all(0); rows.length > 0; rows = slice.all(rows.at(-1)?.number)) {
    for (const row of rows) if (cache.tickets.redue(row)) moved.push(row.id)
  }
  return moved
}

/** All of a configuration that due times depend on. */
function rulesOf({ statuses, atRiskMinutes, sla }: Configuration): unknown {
  const { calendars, targets, atRiskPercent } = sla ?? {}
  return [
    statuses.map(({ key, category, stopsClock }) => [key, category, stopsClock]),
    [atRiskMinutes, calendars, targets, atRiskPercent],
  ]
}
