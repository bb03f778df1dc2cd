import { openStatuses, type Configuration } from '../../../src-shared/domain/configuration.ts'
import type { TicketFilter } from '../../../src-shared/domain/views.ts'

/** A filter with `open` put into the statuses that mean it in this configuration, and into being awake. */
export function withOpenStatuses(filter: TicketFilter, configuration: Configuration): TicketFilter {
  if (!filter.open) return filter
  const open = openStatuses(configuration)
  const { snoozed = false } = filter
  return { ...filter, snoozed, statuses: filter.statuses?.filter((status) => open.includes(status)) ?? open }
}
