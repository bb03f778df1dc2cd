import type { Entry } from '../../src-shared/domain/entry.ts'
import { inverseRelation, type LinkRelation, type Ticket } from '../../src-shared/domain/ticket.ts'
import { Random } from './random.ts'

/** A ticket with its conversation, and what it is about. */
export interface Drawn {
  ticket: Ticket
  entries: Entry[]
  /** Key of its topic. */
  topic: string
  /** Needs no more work. */
  over: boolean
}

/** Tickets among which one looks for another about the same thing. */
const WINDOW = 60
/** Share of tickets that stand in a relation to an earlier one, where there is one to stand to. */
const RELATED = 0.12
const RELATIONS = [
  { relation: 'merged', weight: 3 },
  { relation: 'related', weight: 3 },
  { relation: 'parent', weight: 2 },
  { relation: 'duplicate-of', weight: 2 },
  { relation: 'blocked-by', weight: 1 },
] as const satisfies { relation: LinkRelation | 'merged'; weight: number }[]

/** Merges and links some tickets with earlier ones about the same thing. Each has part in one relation at most. */
export function* related(slug: string, drawn: Iterable<Drawn>): Generator<{ ticket: Ticket; entries: Entry[] }> {
  const waiting: Drawn[] = []
  const single = new Set<Drawn>()
  for (const one of drawn) {
    const earlier = waiting.findLast((other) => other.topic === one.topic && single.has(other))
    single.add(one)
    const random = new Random(`${slug}/relation/${one.ticket.number}`)
    if (earlier && random.chance(RELATED)) {
      relate(one, earlier, random)
      single.delete(one)
      single.delete(earlier)
    }
    waiting.push(one)
    if (waiting.length > WINDOW) yield* release(waiting.splice(0, 1), single)
  }
  yield* release(waiting, single)
}

function* release(some: Drawn[], single: Set<Drawn>): Generator<{ ticket: Ticket; entries: Entry[] }> {
  for (const one of some) {
    single.delete(one)
    yield { ticket: one.ticket, entries: one.entries }
  }
}

function relate(one: Drawn, earlier: Drawn, random: Random): void {
  const { relation } = random.weighted(RELATIONS)
  if (relation === 'merged') {
    // What was merged needs no more work.
    if (one.over) one.ticket.mergedInto = earlier.ticket.id
    return
  }
  one.ticket.links = [{ ticketId: earlier.ticket.id, relation }]
  earlier.ticket.links = [{ ticketId: one.ticket.id, relation: inverseRelation[relation] }]
}
