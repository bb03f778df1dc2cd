import { randomUUID } from 'node:crypto'
import type { WorkTime } from '../../../src-shared/domain/entry.ts'
import { mentionsIn } from '../../../src-shared/domain/mentions.ts'
import type { Ticket } from '../../../src-shared/domain/ticket.ts'
import type { BodyOf } from '../../../src-shared/protocol/mutation.ts'
import type { Cache } from '../cache/cache.ts'
import type { AuditDetail } from '../ledger/audit.ts'
import type { Change } from '../ledger/ledger.ts'

/** What an entry writes: itself, and that those whom a note mentions watch from then on; null where all do. */
export interface EntryWrites {
  entry: BodyOf<'entry.create'>
  watch: BodyOf<'ticket.watch'> | null
}

/** What a new entry of a ticket writes. */
export function entryWrites(
  cache: Cache,
  { id: ticketId, watchers = [] }: Pick<Ticket, 'id' | 'watchers'>,
  kind: 'note' | 'reply' | 'time',
  body: string,
  time?: WorkTime,
): EntryWrites {
  const mentions = kind === 'note' ? mentionsIn(body, cache.technicians) : []
  const add = mentions.map(({ id }) => id).filter((id) => !watchers.includes(id))
  return {
    entry: {
      ...{ kind: 'entry.create', ticketId, entryId: randomUUID(), entryKind: kind, body },
      ...(time && { time }),
      ...(mentions.length > 0 && { mentions }),
    },
    watch: add.length > 0 ? { kind: 'ticket.watch', ticketId, add, remove: [] } : null,
  }
}

/** Records an entry; nobody watches because of a mention without it. @param more what the audit says beside */
export function recordEntry(change: Change, { entry, watch }: EntryWrites, more: AuditDetail = {}): void {
  const made = change.record(entry, { entry: entry.entryId, entryKind: entry.entryKind, ...more })
  if (watch) change.record(watch, { added: watch.add.length, removed: 0, ...more }, made)
}

/** All that is written, for what shows it. */
export function bodiesOf({ entry, watch }: EntryWrites): (BodyOf<'entry.create'> | BodyOf<'ticket.watch'>)[] {
  return watch ? [entry, watch] : [entry]
}
