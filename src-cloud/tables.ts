import type { EntityKind } from '../src-shared/protocol/feed.ts'

/** The table that holds each kind of entity. */
export const tableOf = {
  configuration: 'configuration',
  technician: 'tenant_technician',
  contact: 'contact',
  ticket: 'ticket',
  entry: 'entry',
  attachment: 'attachment',
  view: 'saved_view',
  change: 'ticket_change',
} as const satisfies Record<EntityKind, string>
