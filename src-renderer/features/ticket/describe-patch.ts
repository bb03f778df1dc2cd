import type { BulkChange } from '../../../src-shared/domain/bulk.ts'
import { knownName } from '../../../src-shared/domain/person-words.ts'
import type { TicketPatch } from '../../../src-shared/domain/ticket.ts'
import type { Desk } from '../../../src-shared/domain/views.ts'
import { dateTime } from '../../ui/time.ts'
import { valueText } from '../inbox/value-text.ts'

/** Who it is, within a sentence; also where they do not work for the client any more. */
export function whose(id: string, desk: Pick<Desk, 'technicians' | 'former' | 'me'>): string {
  return id === desk.me ? 'you' : (knownName(id, desk) ?? 'a former technician')
}

/**
 * An edit in words: `status set to Awaiting vendor`.
 * @param people names by id of those whom fields may name beside technicians
 */
export function describePatch(patch: TicketPatch, desk: Desk, people: Record<string, string> = {}): string {
  const { configuration } = desk
  const parts: string[] = []
  const label = (list: readonly { key: string; label: string }[], key: string | null): string =>
    key === null ? 'none' : (list.find((one) => one.key === key)?.label ?? key)
  if (patch.subject !== undefined) parts.push('subject changed')
  if (patch.status !== undefined) parts.push(`status set to ${label(configuration.statuses, patch.status)}`)
  if (patch.priority !== undefined) parts.push(`priority set to ${label(configuration.priorities, patch.priority)}`)
  if (patch.type !== undefined) parts.push(`type set to ${label(configuration.types, patch.type)}`)
  if (patch.queue !== undefined) parts.push(`queue set to ${label(configuration.queues, patch.queue)}`)
  if (patch.assigneeId === null) parts.push('unassigned')
  else if (patch.assigneeId !== undefined) parts.push(`assigned to ${whose(patch.assigneeId, desk)}`)
  if (patch.snoozedUntil === null) parts.push('woken')
  else if (patch.snoozedUntil !== undefined) parts.push(`snoozed until ${dateTime(patch.snoozedUntil)}`)
  if (patch.tags !== undefined) parts.push('tags changed')
  for (const [key, value] of Object.entries(patch.customFields ?? {})) {
    const name = label(configuration.customFields, key)
    const text = value === null || value === '' ? null : valueText(`customFields.${key}`, value, desk, people)
    parts.push(text === null ? `${name} emptied` : text.length > 60 ? `${name} changed` : `${name} set to ${text}`)
  }
  return parts.join(', ')
}

/** A change with tags in words: `status set to Resolved`. */
export function describeBulk(change: BulkChange, desk: Desk, people: Record<string, string> = {}): string {
  const { patch, addTags, removeTags, addWatchers = [], removeWatchers = [], addTasks = [] } = change
  const named = (ids: readonly string[]): string => ids.map((id) => whose(id, desk)).join(', ')
  const parts = [
    describePatch(patch, desk, people),
    addTags.length > 0 ? `tagged ${addTags.join(', ')}` : '',
    removeTags.length > 0 ? `no longer tagged ${removeTags.join(', ')}` : '',
    addWatchers.length > 0 ? `watched by ${named(addWatchers)}` : '',
    removeWatchers.length > 0 ? `no longer watched by ${named(removeWatchers)}` : '',
    addTasks.length > 0
      ? `${addTasks.length === 1 ? 'task' : `${addTasks.length} tasks`} added: ${addTasks.join('; ')}`
      : '',
  ]
  return parts.filter((part) => part !== '').join(', ')
}
