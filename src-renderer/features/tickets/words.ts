import type { Priority, Status } from '../../../src-shared/domain/configuration.ts'
import { formerName } from '../../../src-shared/domain/person-words.ts'
import type { Desk } from '../../../src-shared/domain/views.ts'

/** A client's configuration by key, for rows. */
export interface Words {
  statuses: ReadonlyMap<string, Status>
  priorities: ReadonlyMap<string, Priority>
  types: ReadonlyMap<string, string>
  queues: ReadonlyMap<string, string>
  /** Names, also of those who left. */
  technicians: ReadonlyMap<string, string>
  me: string
}

const made = new WeakMap<Desk, Words>()

/** The words of a desk, built once per desk. */
export function wordsOf(desk: Desk): Words {
  const known = made.get(desk)
  if (known) return known
  const words: Words = {
    statuses: new Map(desk.configuration.statuses.map((status) => [status.key, status])),
    priorities: new Map(desk.configuration.priorities.map((priority) => [priority.key, priority])),
    types: new Map(desk.configuration.types.map(({ key, label }) => [key, label])),
    queues: new Map(desk.configuration.queues.map(({ key, label }) => [key, label])),
    technicians: new Map([
      ...Object.entries(desk.former ?? {}).map(([id, name]) => [id, formerName(name)] as const),
      ...desk.technicians.map(({ id, name }) => [id, name] as const),
    ]),
    me: desk.me,
  }
  made.set(desk, words)
  return words
}

/** What a value is called by the client: itself where the client does not know it, nothing where there is none. */
export function labelIn(
  { statuses, priorities, types, queues }: Words,
  column: 'status' | 'priority' | 'type' | 'queue',
  key: string | null | undefined,
): string {
  if (key === null || key === undefined) return ''
  switch (column) {
    case 'status':
      return statuses.get(key)?.label ?? key
    case 'priority':
      return priorities.get(key)?.label ?? key
    case 'type':
      return types.get(key) ?? key
    case 'queue':
      return queues.get(key) ?? key
  }
}

/** A ticket's number as people read it: `new` until the cloud has given one. */
export function numberText(number: number): string {
  return number < 0 ? 'new' : String(number)
}
