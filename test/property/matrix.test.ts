import fc from 'fast-check'
import { expect, test } from 'vitest'
import { withMatrix } from '../../src-cloud/mutations/matrix.ts'
import { mergeTicket, patchOf } from '../../src-cloud/mutations/merge.ts'
import { coalesce } from '../../src-main/compartment/ledger/coalesce.ts'
import { updateOf } from '../../src-main/compartment/triage/matrix.ts'
import type { Configuration } from '../../src-shared/domain/configuration.ts'
import type { Ticket, TicketPatch } from '../../src-shared/domain/ticket.ts'
import type { BodyOf, MutationBody } from '../../src-shared/protocol/mutation.ts'
import { configuration as usual, ticketOf } from '../compartment/desk.ts'
import { cases, seedOf } from '../faults/cases.ts'

const LEVELS = ['low', 'high'] as const
const PRIORITIES = usual.priorities.map(({ key }) => key)
const options = LEVELS.map((key) => ({ key, label: key }))
const table: Record<string, Record<string, string>> = {
  low: { low: 'p4', high: 'p3' },
  high: { low: 'p2', high: 'p1' },
}
const configuration: Configuration = {
  ...usual,
  customFields: ['reach', 'haste'].map((key) => ({ type: 'select', key, label: key, options })),
  priorityMatrix: { impact: 'reach', urgency: 'haste', priorities: table },
}
const byTable = ({ customFields: { reach, haste } }: Ticket): string | undefined =>
  table[String(reach)]?.[String(haste)]

const filled = fc.constantFrom(...LEVELS)
const level = fc.option(filled, { nil: null })
const priority = fc.constantFrom(...PRIORITIES)
const start = fc
  .record({ reach: level, haste: level, priority })
  .map(({ priority: given, ...customFields }) => ticketOf(1, { priority: given, customFields }))
const some = (value: fc.Arbitrary<string | null>): fc.Arbitrary<TicketPatch> =>
  fc
    .record({ reach: value, haste: value }, { requiredKeys: [] })
    .filter((values) => Object.keys(values).length > 0)
    .map((customFields) => ({ customFields }))
const fields = some(level)
const byHand: fc.Arbitrary<TicketPatch> = priority.map((given) => ({ priority: given }))
const few = (one: fc.Arbitrary<TicketPatch>) => fc.array(one, { minLength: 1, maxLength: 3 })

const patched = (ticket: Ticket, patch: TicketPatch): Ticket => {
  const { tasks: _, ...given } = patch
  return { ...ticket, ...given, customFields: { ...ticket.customFields, ...patch.customFields } }
}

/** What a technician makes of a ticket offline, and what of it waits to be sent. */
function worked(ticket: Ticket, patches: TicketPatch[]): { seen: Ticket; body: MutationBody | null } {
  let seen = ticket
  let body: MutationBody | null = null
  for (const patch of patches) {
    const update = updateOf(configuration, seen, patch, false)
    if (!update) continue
    const next: MutationBody = { kind: 'ticket.update', ticketId: ticket.id, ...update }
    body = body ? (coalesce(body, next) ?? null) : next
    seen = patched(seen, update.patch)
  }
  return { seen, body }
}

/** What the cloud makes of it. */
function sent(ticket: Ticket, body: MutationBody | null): { ticket: Ticket; inConflict: string[] } {
  if (!body) return { ticket, inConflict: [] }
  const update = body as BodyOf<'ticket.update'>
  const merged = withMatrix(configuration, ticket, update, mergeTicket(ticket, update.base, update.patch))
  return { ticket: patched(ticket, patchOf(merged.changes)), inConflict: merged.conflicts.map(({ field }) => field) }
}

const run = { numRuns: cases(800, 50_000), seed: seedOf('matrix') }

test('of one technician the cloud has what they saw; whatever was last, the table or their hand, counts', () => {
  fc.assert(
    fc.property(start, few(fc.oneof(fields, byHand)), (ticket, patches) => {
      const { seen, body } = worked(ticket, patches)
      expect(sent(ticket, body)).toEqual({ ticket: seen, inConflict: [] })
      let slowly = ticket
      for (const patch of patches) {
        const next = patched(slowly, patch)
        const moved = (['reach', 'haste'] as const).some((key) => next.customFields[key] !== slowly.customFields[key])
        slowly = { ...next, priority: (moved ? byTable(next) : undefined) ?? next.priority }
      }
      expect(seen).toEqual(slowly)
    }),
    run,
  )
})

test('of two at the same time nobody has to decide about a priority that follows from the fields', () => {
  fc.assert(
    fc.property(start, some(filled), some(filled), (ticket, robins, sams) => {
      const robin = worked(ticket, [robins])
      const sam = worked(ticket, [sams])
      const first = sent(ticket, robin.body)
      const both = sent(first.ticket, sam.body)
      expect(both.inConflict).not.toContain('priority')
      const moved = [robin, sam].some(({ body }) => body !== null)
      if (!moved) expect(both.ticket).toEqual(ticket)
      // Where the table said nothing before, nobody can say whether a priority came of it.
      else if (byTable(ticket) !== undefined)
        expect(both.ticket.priority).toBe(byTable(both.ticket) ?? both.ticket.priority)
    }),
    run,
  )
})

test('what one gave by hand is not lost to the table that another went by at the same time, whoever comes first', () => {
  fc.assert(
    fc.property(start, byHand, few(fields), fc.boolean(), (ticket, hand, others, handFirst) => {
      const robin = worked(ticket, [hand])
      const sam = worked(ticket, others)
      fc.pre(robin.body !== null && robin.seen.priority !== byTable(ticket))
      const [one, other] = handFirst ? [robin, sam] : [sam, robin]
      const first = sent(ticket, one.body)
      const both = sent(first.ticket, other.body)
      // Where the other comes first, it is a person who decides.
      const told = both.inConflict.includes('priority')
      if (!told) expect(both.ticket.priority).toBe(robin.seen.priority)
      if (handFirst) expect(both.ticket.priority).toBe(robin.seen.priority)
    }),
    run,
  )
})
