import type { ClientSummary } from '../../../src-shared/domain/views.ts'

/** Unpinned clients that the rail shows. */
export const MAX_RECENT = 8

/** Pinned clients in their order. */
export function pinnedOf(clients: ReadonlyMap<string, ClientSummary>): ClientSummary[] {
  return [...clients.values()].filter((client) => client.pin !== null).sort((a, b) => (a.pin ?? 0) - (b.pin ?? 0))
}

/**
 * Ids of the recent clients that are not pinned. Those already shown keep their places, so that nothing moves under the
 * hand; a new one comes first and pushes out the one that was opened longest ago.
 */
export function recentIds(clients: ReadonlyMap<string, ClientSummary>, shown: readonly string[]): string[] {
  const recent = [...clients.values()]
    .filter((client) => client.pin === null && client.lastOpenedAt !== null)
    .sort((a, b) => (b.lastOpenedAt ?? '').localeCompare(a.lastOpenedAt ?? ''))
    .slice(0, MAX_RECENT)
    .map((client) => client.id)
  const kept = shown.filter((id) => recent.includes(id))
  return [...recent.filter((id) => !kept.includes(id)), ...kept]
}

/** All clients as lists show them: pinned, then by name. */
export function ordered(clients: ReadonlyMap<string, ClientSummary>): ClientSummary[] {
  const rest = [...clients.values()]
    .filter((client) => client.pin === null)
    .sort((a, b) => a.name.localeCompare(b.name))
  return [...pinnedOf(clients), ...rest]
}
