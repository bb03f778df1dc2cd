import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { BulkBack, BulkChange, BulkPreview, BulkResult } from '../../../src-shared/domain/bulk.ts'
import type { Configuration } from '../../../src-shared/domain/configuration.ts'
import { DELETED_TASK, patchedTasks, tasksInOrder, tasksProblem } from '../../../src-shared/domain/task-list.ts'
import type { TasksPatch } from '../../../src-shared/domain/tasks.ts'
import type { Ticket } from '../../../src-shared/domain/ticket.ts'
import { ProblemError } from '../../../src-shared/problem.ts'
import type { MutationBody } from '../../../src-shared/protocol/mutation.ts'
import type { Bench } from '../bench.ts'
import { flatten, unflatten } from '../ledger/coalesce.ts'
import { updateOf } from './matrix.ts'
import { emptiesNeeded, heldUp, withoutHidden } from './own-fields.ts'
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
        const seen = back
          ? { patch: change.patch, hidden: [] }
          : withoutHidden(cache.configuration, ticket, change.patch)
        const step = stepOf(cache.configuration, ticket, { ...change, patch: seen.patch }, back)
        const problem = back ? null : step ? wrongWith(cache.configuration, ticket, step) : notShown(seen.hidden)
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
      return { change: steps.length, same, gone, ...prioritiesOf(steps), ...told(held), ...open }
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
function stepOf(configuration: Configuration, ticket: Ticket, change: BulkChange, taken: boolean): Step | null {
  const { id, tags, watchers = [] } = ticket
  const { addTasks = [], removeTasks = [], ...rest } = change
  const made = addTasks.map((text, i): [string, TasksPatch[string]] => [
    randomUUID(),
    { text, done: false, position: placeAfter(ticket) + i },
  ])
  const gone = removeTasks.filter((task) => ticket.tasks?.[task]).map((task) => [task, DELETED_TASK] as const)
  const tasks = Object.fromEntries([...made, ...gone])
  const whole = { ...rest.patch, ...(made.length + gone.length > 0 && { tasks }) }
  const update = updateOf(configuration, ticket, whole, taken)
  const tag = listed(tags, rest.addTags, rest.removeTags)
  const watch = listed(watchers, rest.addWatchers, rest.removeWatchers)
  const bodies: MutationBody[] = []
  if (update) bodies.push({ kind: 'ticket.update', ticketId: id, ...update })
  if (tag) bodies.push({ kind: 'ticket.tag', ticketId: id, ...tag })
  if (watch) bodies.push({ kind: 'ticket.watch', ticketId: id, ...watch })
  if (bodies.length === 0) return null
  const { tasks: _was, ...patch } = update?.base ?? {}
  const { tasks: _is, ...left } = update?.patch ?? {}
  const back: BulkBack = {
    ...{ id, patch, left, addTags: tag?.remove ?? [], removeTags: tag?.add ?? [] },
    ...(watch && { addWatchers: watch.remove, removeWatchers: watch.add }),
    ...(made.length > 0 && { removeTasks: made.map(([task]) => task) }),
  }
  return { bodies, back }
}

/** Why a ticket does not take its part of a change, or null. */
function wrongWith(configuration: Configuration, ticket: Ticket, step: Step): ProblemError | null {
  const { left } = step.back
  return heldUp(configuration, ticket, left) ?? emptiesNeeded(configuration, ticket, left) ?? tooMany(ticket, step)
}

function notShown(fields: readonly string[]): ProblemError | null {
  if (fields.length === 0) return null
  const named = new Intl.ListFormat('en').format(fields)
  const reason = `${named} ${fields.length === 1 ? 'is' : 'are'} not shown on such tickets.`
  return new ProblemError('field-unfit', { reason })
}

/** How many tickets get which other priority by the client's matrix. */
function prioritiesOf(steps: readonly Step[]): Pick<BulkPreview, 'priorities'> {
  const priorities: Record<string, number> = {}
  for (const { bodies } of steps) {
    for (const body of bodies) {
      if (body.kind !== 'ticket.update' || body.priorityBy !== 'matrix') continue
      const { priority } = body.patch
      if (priority !== undefined) priorities[priority] = (priorities[priority] ?? 0) + 1
    }
  }
  return Object.keys(priorities).length > 0 ? { priorities } : {}
}

/** Why a ticket does not take the tasks, or null. */
function tooMany({ tasks }: Ticket, { bodies }: Step): ProblemError | null {
  const patch = bodies.flatMap((body) =>
    body.kind === 'ticket.update' && body.patch.tasks ? [body.patch.tasks] : [],
  )[0]
  const wrong = patch && tasksProblem(tasks, patch, patchedTasks(tasks, patch, null))
  return wrong ? new ProblemError(...wrong) : null
}

/** Behind the tasks that a ticket has. */
function placeAfter({ tasks }: Ticket): number {
  return (tasksInOrder(tasks).at(-1)?.position ?? 0) + 1
}

/** What is really put on a list and taken off it; null where that is nothing. */
function listed(
  there: readonly string[],
  on: readonly string[] = [],
  off: readonly string[] = [],
): { add: string[]; remove: string[] } | null {
  const add = [...new Set(on)].filter((one) => !there.includes(one))
  const remove = [...new Set(off)].filter((one) => there.includes(one) && !on.includes(one))
  return add.length + remove.length === 0 ? null : { add, remove }
}

/** The part of a return that still holds: what somebody changed since then is theirs. */
function standing(ticket: Ticket, back: BulkBack | undefined): BulkChange {
  if (!back) return { patch: {}, addTags: [], removeTags: [] }
  const { id: _, patch, left, ...lists } = back
  const [now, mine] = [flatten(ticket), flatten(left)]
  const unmoved = [...flatten(patch)].filter(([field]) =>
    isDeepStrictEqual(now.get(field) ?? null, mine.get(field) ?? null),
  )
  return { ...lists, patch: unflatten(unmoved) }
}

function detailOf(body: MutationBody): { fields: string[] } | { added: number; removed: number } {
  if (body.kind === 'ticket.update') return { fields: [...flatten(body.patch).keys()] }
  if (body.kind === 'ticket.tag' || body.kind === 'ticket.watch')
    return { added: body.add.length, removed: body.remove.length }
  return { fields: [] }
}
