import type { LinkRelation, Ticket } from '../../../src-shared/domain/ticket.ts'

/** How the other ticket stands to this one, before its number. */
export const RELATIONS: Readonly<Record<LinkRelation, string>> = {
  related: 'Related to',
  parent: 'Part of',
  child: 'Contains',
  blocks: 'Blocks',
  'blocked-by': 'Blocked by',
  'duplicate-of': 'Duplicate of',
  'duplicated-by': 'Duplicated by',
  'split-from': 'Split from',
  'split-into': 'Split into',
}

/** Those that a technician makes; splitting makes the others. */
export const OFFERED_RELATIONS = [
  'related',
  'parent',
  'child',
  'blocks',
  'blocked-by',
  'duplicate-of',
  'duplicated-by',
] as const satisfies readonly LinkRelation[]

/** Whether other tickets, or tasks that are not done, are parts of this one. */
export function hasParts({ links = [], tasks = {} }: Pick<Ticket, 'links' | 'tasks'>): boolean {
  return links.some(({ relation }) => relation === 'child') || Object.values(tasks).some(({ done }) => !done)
}
