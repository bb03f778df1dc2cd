import { queryOptions } from '@tanstack/react-query'
import { keys } from './queries.ts'
import type { Tenant } from './tenant.ts'

/** The timers that run at this client. */
export function timersQuery({ client }: Tenant) {
  return queryOptions({
    // Under the key of what is read again with every change of tickets.
    queryKey: [...keys.counts, 'timers'] as const,
    queryFn: ({ signal }) => client.tickets.timers.query(undefined, { signal }),
  })
}

/** Minutes of work as they are offered for an entry: up to the next five. @param since instant */
export function workedMinutes(since: string, now: number): number {
  const minutes = Math.max(0, now - Date.parse(since)) / 60_000
  return Math.min(1440, Math.max(5, Math.ceil(minutes / 5) * 5))
}
