import type { Desk } from '../../../src-shared/domain/views.ts'
import type { Doing, Present } from '../../../src-shared/protocol/presence.ts'

/** Somebody else who has a ticket open. */
export interface Other {
  name: string
  doing: Doing
}

const DOES: Record<Doing, string> = { view: 'is looking at this', note: 'is writing a note', reply: 'is replying' }

/** Who else has which ticket open, those who write first. People whom the desk does not know are left out. */
export function othersByTicket(present: readonly Present[], { technicians }: Desk): ReadonlyMap<string, Other[]> {
  const found = new Map<string, Other[]>()
  for (const doing of ['reply', 'note', 'view'] as const)
    for (const one of present) {
      const name = technicians.find(({ id }) => id === one.technician)?.name
      if (one.doing === doing && name !== undefined)
        found.set(one.ticket, [...(found.get(one.ticket) ?? []), { name, doing }])
    }
  return found
}

/** What somebody does, as `Dana Whitlock is replying`. */
export function otherText({ name, doing }: Other): string {
  return `${name} ${DOES[doing]}`
}
