import { openStatuses, type Configuration } from '../../../src-shared/domain/configuration.ts'
import type { TicketFilter } from '../../../src-shared/domain/views.ts'

/** A filter with `open` put into the statuses that mean it in this configuration. */
export function withOpenStatuses(filter: TicketFilter, configuration: Configuration): TicketFilter {
  if (!filter.open) return filter
  const open = openStatuses(configuration)
  return { ...filter, statuses: filter.statuses?.filter((status) => open.includes(status)) ?? open }
}
