import { isDeepStrictEqual } from 'node:util'
import type { BulkBack, BulkChange, BulkPreview, BulkResult } from '../../../src-shared/domain/bulk.ts'
import type { Configuration } from '../../../src-shared/domain/configuration.ts'
import type { Ticket } from '../../../src-shared/domain/ticket.ts'
import type { ProblemError } from '../../../src-shared/problem.ts'
import type { MutationBody } from '../../../src-shared/protocol/mutation.ts'
import type { Bench } from '../bench.ts'
import { flatten, unflatten } from '../ledger/coalesce.ts'
import { updateOf } from './matrix.ts'
import { heldUp } from './own-fields.ts'
import { openPartsOf } from './open-parts.ts'

/** What one ticket of a bulk change needs: ordinary writes, and how they are taken back. */
interface Step {
  bodies: MutationBody[]
  back: BulkBack
}

/** Tickets that the client's own fields hold up, and why the first of them. */
interface HeldUp {
  count: number
  problem: ProblemError | null
}

function told({ count, problem }: HeldUp): Pick<BulkPreview, 'held'> {
  return problem ? { held: { count, why: problem.message } } : {}
}

/** Changes to many tickets at once: ordinary writes, all of them recorded or none. */
export function bulkEdits(bench: Bench) {
  const { ledger } = bench.held

  const plan = (
    ids: readonly string[],
    changeOf: (ticket: Ticket) => BulkChange,
    back = false,
  ): { steps: Step[]; same: number; gone: number; held: HeldUp } =>
    bench.read(({ cache }) => {
      const steps: Step[] = []
      const held: HeldUp = { count: 0, problem: null }
      let [same, gone] = [0, 0]
      for (const id of new Set(ids)) {
        const row = cache.tickets.byId(id)
        if (!row) {
          gone += 1
          continue
        }
        const ticket = cache.tickets.toTicket(row)
        const change = changeOf(ticket)
        const step = stepOf(cache.configuration, ticket, change, back)
        const problem = step && !back ? heldUp(cache.configuration, ticket, step.back.left) : null
        if (problem) {
          held.count += 1
          held.problem ??= problem
        } else if (step) steps.push(step)
        else same += 1
      }
      return { steps, same, gone, held }
    })

  const run = (
    { steps, same, gone, held }: ReturnType<typeof plan>,
    bodies: MutationBody[] = steps.flatMap((step) => step.bodies),
  ): BulkResult => {
    if (held.problem && steps.length === 0) throw held.problem
    if (bodies.length > 0) {
      ledger.change((change) => {
        for (const body of bodies) change.record(body, { ...detailOf(body), bulk: steps.length })
      })
      bench.show(bodies)
    }
    return { change: steps.length, same, gone, ...told(held), back: steps.map(({ back }) => back) }
  }

  return {
    bulkPreview({ ids, change }: { ids: string[]; change: BulkChange }): BulkPreview {
      const { steps, same, gone, held } = plan(ids, () => change)
      const open = bench.read((files) => openPartsOf(files, ids, change.patch.status))
      return { change: steps.length, same, gone, ...told(held), ...open }
    },

    bulk: ({ ids, change }: { ids: string[]; change: BulkChange }): BulkResult => run(plan(ids, () => change)),

    bulkBack({ back }: { back: BulkBack[] }): BulkResult {
      const byId = new Map(back.map((one) => [one.id, one]))
      const planned = plan([...byId.keys()], (ticket) => standing(ticket, byId.get(ticket.id)), true)
      // The last first: what was not sent yet then vanishes with what takes it back.
      return run(
        planned,
        planned.steps.flatMap((step) => step.bodies.reverse()),
      )
    },
  }
}

/** @returns null where the ticket has it all already */
function stepOf(
  configuration: Configuration,
  ticket: Ticket,
  { patch, addTags, removeTags }: BulkChange,
  back: boolean,
): Step | null {
  const { id, tags } = ticket
  const update = updateOf(configuration, ticket, patch, back)
  const add = [...new Set(addTags)].filter((tag) => !tags.includes(tag))
  const remove = [...new Set(removeTags)].filter((tag) => tags.includes(tag) && !addTags.includes(tag))
  const bodies: MutationBody[] = []
  if (update) bodies.push({ kind: 'ticket.update', ticketId: id, ...update })
  if (add.length + remove.length > 0) bodies.push({ kind: 'ticket.tag', ticketId: id, add, remove })
  if (bodies.length === 0) return null
  const was = { id, patch: update?.base ?? {}, left: update?.patch ?? {}, addTags: remove, removeTags: add }
  return { bodies, back: was }
}

/** The part of a return that still holds: what somebody changed since then is theirs. */
function standing(ticket: Ticket, back: BulkBack | undefined): BulkChange {
  if (!back) return { patch: {}, addTags: [], removeTags: [] }
  const { patch, left, addTags, removeTags } = back
  const [now, then] = [flatten(ticket), flatten(left)]
  const mine = [...flatten(patch)].filter(([field]) =>
    isDeepStrictEqual(now.get(field) ?? null, then.get(field) ?? null),
  )
  return { patch: unflatten(mine), addTags, removeTags }
}

function detailOf(body: MutationBody): { fields: string[] } | { added: number; removed: number } {
  if (body.kind === 'ticket.update') return { fields: [...flatten(body.patch).keys()] }
  if (body.kind === 'ticket.tag') return { added: body.add.length, removed: body.remove.length }
  return { fields: [] }
}
