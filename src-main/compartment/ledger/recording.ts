import type { MutationBody } from '../../../src-shared/protocol/mutation.ts'
import type { AuditDetail } from './audit.ts'
import { coalesce, sameRelation, undoes } from './coalesce.ts'
import type { Change } from './ledger.ts'
import type { Becoming, OutboxItem } from './outbox.ts'
import { entityOf } from './subjects.ts'

/**
 * Records an intended write and its audit row. What was never sent need not be sent in steps: an edit joins the one
 * right before it, and what is taken back vanishes with what it takes back.
 * @param past what is not done about the same ticket, contact or view
 * @param needs the write that it means nothing without
 * @returns null where nothing is left to send
 */
export function record(
  change: Change,
  past: readonly Becoming[],
  body: MutationBody,
  detail: AuditDetail,
  needs: OutboxItem | null,
): OutboxItem | null {
  const audit = (id: string, more: AuditDetail): void =>
    change.audit(body.kind, entityOf(body), { id, ...more, ...detail })
  const last = past.at(-1)
  const joined = needs === null && last && joinable(last.now) ? coalesce(last.now.body, body) : undefined
  if (last && joined !== undefined) {
    audit(last.item.id, { joined: joined ? 1 : 0 })
    if (joined) change.put(last.item, { body: joined, at: new Date().toISOString() })
    else change.remove(last.item)
    return joined ? last.item : null
  }
  const { gone, whole } = takenBack(past, body)
  for (const { item } of gone) change.remove(item)
  const [first] = gone
  if (first && whole) {
    audit(first.item.id, { joined: 0 })
    // What was bound to it stands by itself.
    for (const { item, now } of past) if (now.needs === first.item.id) change.put(item, { needs: null })
    return null
  }
  const item = change.add(body)
  if (needs) change.put(item, { needs: needs.id })
  audit(item.id, {})
  return item
}

/** Whether no number stands for it as it is, and nothing hangs on it. */
export function joinable(item: OutboxItem): boolean {
  return unsent(item) && item.sequence === null && item.answers === null && item.needs === null
}

/** Whether the cloud can certainly not have it. */
export function unsent(item: OutboxItem): boolean {
  return item.state === 'queued' && item.attempts === 0
}

/** What need not be sent any more, and whether the write that takes it back need not either. */
function takenBack(past: readonly Becoming[], body: MutationBody): { gone: Becoming[]; whole: boolean } {
  if (body.kind === 'view.delete') {
    const own = past.filter(({ now }) => joinable(now))
    const whole = own.length === past.length && own[0]?.now.body.kind === 'view.create'
    return { gone: whole ? own : own.filter(({ now }) => now.body.kind === 'view.update'), whole }
  }
  const before = past.findLast(({ now }) => sameRelation(now.body, body))
  const vanishes = before !== undefined && joinable(before.now) && undoes(before.now.body, body)
  return { gone: vanishes ? [before] : [], whole: vanishes }
}
