import { isOpenCategory, LISTS_OF, WORD_FIELDS, type Configuration } from '../../../src-shared/domain/configuration.ts'
import type { Ticket } from '../../../src-shared/domain/ticket.ts'
import type { UsedKey } from '../../../src-shared/protocol/settings.ts'
import { ServiceDesk } from '../../../src-shared/sla/service-desk.ts'
import type { Cache } from '../cache/cache.ts'

/**
 * What a new configuration would do to this client's tickets, as they are here, with unsent edits.
 * `due` counts open tickets that would be due at another time. `gone` names the keys that tickets use and the new
 * configuration has no longer.
 */
export function effectOf(cache: Cache, made: Configuration): { due: number; gone: UsedKey[] } {
  const [before, after] = [new ServiceDesk(cache.configuration), new ServiceDesk(made)]
  const open = openTickets(cache)
  const due = open.filter((ticket) => before.dueOf(ticket)?.dueAt !== after.dueOf(ticket)?.dueAt).length
  const gone = usesOf(cache).filter(({ setting, key }) => !made[setting].some((one) => one.key === key))
  return { due, gone }
}

/** How many tickets use each key of a list: all, and those that still need work. Keys that none uses are left out. */
export function usesOf(cache: Cache): UsedKey[] {
  const open = statusesOf(cache)
  const counted = WORD_FIELDS.flatMap((column) =>
    cache
      .statement<{ key: string; tickets: number; open: number }>(
        `SELECT w.text AS key, count(*) AS tickets, sum(s.text IN (SELECT value FROM json_each(?))) AS open
         FROM ticket t JOIN word w ON w.key = t.${column} JOIN word s ON s.key = t.status
         WHERE w.kind = '${column}' GROUP BY w.text`,
      )
      .all(JSON.stringify(open))
      .map((row) => ({ setting: LISTS_OF[column], ...row })),
  )
  const fields = cache
    .statement<{ key: string; tickets: number; open: number }>(
      `SELECT f.key AS key, count(*) AS tickets, sum(s.text IN (SELECT value FROM json_each(?))) AS open
       FROM ticket t JOIN word s ON s.key = t.status, json_each(t.rest, '$.customFields') f
       WHERE f.value IS NOT NULL GROUP BY f.key`,
    )
    .all(JSON.stringify(open))
    .map((row) => ({ setting: 'customFields' as const, ...row }))
  return [...counted, ...fields]
}

function statusesOf(cache: Cache): string[] {
  return cache.configuration.statuses.filter(({ category }) => isOpenCategory(category)).map(({ key }) => key)
}

function openTickets(cache: Cache): Ticket[] {
  return cache
    .statement<{ id: string }>(
      `SELECT t.id FROM ticket t JOIN word s ON s.key = t.status WHERE s.text IN (SELECT value FROM json_each(?))`,
    )
    .all(JSON.stringify(statusesOf(cache)))
    .flatMap(({ id }) => {
      const row = cache.tickets.byId(id)
      return row ? [cache.tickets.toTicket(row)] : []
    })
}
