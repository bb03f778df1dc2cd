import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { BulkBack, BulkChange, BulkPreview, BulkResult, BulkText } from '../../../src-shared/domain/bulk.ts'
import type { Configuration } from '../../../src-shared/domain/configuration.ts'
import type { FilledTicket } from '../../../src-shared/domain/macros.ts'
import { DELETED_TASK, patchedTasks, tasksInOrder, tasksProblem } from '../../../src-shared/domain/task-list.ts'
import type { TasksPatch } from '../../../src-shared/domain/tasks.ts'
import type { Ticket } from '../../../src-shared/domain/ticket.ts'
import { ProblemError } from '../../../src-shared/problem.ts'
import type { MutationBody } from '../../../src-shared/protocol/mutation.ts'
import type { Bench } from '../bench.ts'
import type { Cache } from '../cache/cache.ts'
import { flatten, unflatten } from '../ledger/coalesce.ts'
import { bodiesOf, entryWrites, recordEntry, type EntryWrites } from './entry-writes.ts'
import { updateOf } from './matrix.ts'
import { openPartsOf } from './open-parts.ts'
import { emptiesNeeded, heldUp, lackingAtEnd, withFill, withoutHidden } from './own-fields.ts'
import { peopleIn } from './people.ts'

/** What one ticket of a bulk change needs: ordinary writes, and how those of its fields are taken back. */
interface Step {
  text: EntryWrites | null
  bodies: MutationBody[]
  back: BulkBack
}

/** Tickets that the client's own fields hold up, why the first of them, and the fields that would help. */
interface HeldUp {
  count: number
  problem: ProblemError | null
  needs: Set<string>
}

interface Planned {
  steps: Step[]
  same: number
  gone: number
  held: HeldUp
}

interface BulkInput {
  ids: string[]
  change: BulkChange
  texts?: BulkText[] | undefined
}

function told({ count, problem }: HeldUp): Pick<BulkPreview, 'held'> {
  return problem ? { held: { count, why: problem.message } } : {}
}

/** Changes to many tickets at once: ordinary writes, all of them recorded or none. */
export function bulkEdits(bench: Bench) {
  const { ledger } = bench.held

  /** @param planOf what a ticket needs; null where it has it all already, or why it stays as it is */
  const plan = (ids: readonly string[], planOf: (ticket: Ticket, cache: Cache) => Step | Stays | null): Planned =>
    bench.read(({ cache }) => {
      const planned: Planned = { steps: [], same: 0, gone: 0, held: { count: 0, problem: null, needs: new Set() } }
      for (const id of new Set(ids)) {
        const row = cache.tickets.byId(id)
        const step = row && planOf(cache.tickets.toTicket(row), cache)
        if (step === undefined) planned.gone += 1
        else if (step === null) planned.same += 1
        else if ('bodies' in step) planned.steps.push(step)
        else {
          planned.held.count += 1
          planned.held.problem ??= step.problem
          for (const key of step.needs) planned.held.needs.add(key)
        }
      }
      return planned
    })

  const planChange = ({ ids, change, texts = [] }: BulkInput): Planned => {
    const textOf = new Map(texts.map((text) => [text.id, text]))
    return plan(ids, (ticket, cache) => changeStep(cache, ticket, change, textOf.get(ticket.id)))
  }

  const run = (
    { steps, same, gone, held }: Planned,
    bodies: MutationBody[] = steps.flatMap((step) => step.bodies),
  ): BulkResult => {
    if (held.problem && steps.length === 0) throw held.problem
    const texts = steps.flatMap(({ text }) => text ?? [])
    const bulk = steps.length
    if (bulk > 0) {
      ledger.change((change) => {
        // What is written comes before what is changed: that can be taken back then.
        for (const text of texts) recordEntry(change, text, { bulk })
        for (const body of bodies) change.record(body, { ...detailOf(body), bulk })
      })
      bench.show([...texts.flatMap(bodiesOf), ...bodies])
    }
    const back = steps.flatMap((step) => (step.bodies.length > 0 ? [step.back] : []))
    return { change: bulk, same, gone, ...told(held), back }
  }

  return {
    /** Of texts it counts only whether a ticket gets one. */
    bulkPreview(input: BulkInput): BulkPreview {
      const { steps, same, gone, held } = planChange(input)
      const open = bench.read((files) => openPartsOf(files, input.ids, input.change.patch.status))
      const { customFields } = bench.held.cache.configuration
      const needs = customFields.flatMap(({ key }) => (held.needs.has(key) ? [key] : []))
      return {
        ...{ change: steps.length, same, gone, parts: partsOf(steps), ...prioritiesOf(steps), ...told(held) },
        ...(needs.length > 0 && { needs }),
        ...open,
      }
    },

    bulk: (input: BulkInput): BulkResult => run(planChange(input)),

    bulkBack({ back }: { back: BulkBack[] }): BulkResult {
      const byId = new Map(back.map((one) => [one.id, one]))
      const planned = plan([...byId.keys()], (ticket, { configuration }) =>
        stepOf(configuration, ticket, standing(ticket, byId.get(ticket.id)), true),
      )
      // The last first: what was not sent yet then vanishes with what takes it back.
      return run(
        planned,
        planned.steps.flatMap((step) => step.bodies.reverse()),
      )
    },

    /** What texts for many are filled in with; tickets that are not here are left out. */
    fillings: ({ ids }: { ids: string[] }): FilledTicket[] =>
      bench.read(({ cache }) =>
        ids.flatMap((id) => {
          const row = cache.tickets.byId(id)
          return row ? [filledTicket(cache, cache.tickets.toTicket(row))] : []
        }),
      ),
  }
}

function filledTicket(cache: Cache, ticket: Ticket): FilledTicket {
  const { id, number, subject, status, priority, type, customFields, requesterId } = ticket
  return {
    ticket: { id, number, subject, status, priority, type, customFields },
    requester: requesterId === null ? null : cache.contacts.get(requesterId),
    ownFields: { people: peopleIn(cache, ticket) },
  }
}

/** Why a ticket stays as it is, and the fields that it lacks for the change. */
interface Stays {
  problem: ProblemError
  needs: readonly string[]
}

function changeStep(cache: Cache, ticket: Ticket, given: BulkChange, text: BulkText | undefined): Step | Stays | null {
  const { configuration } = cache
  const { fill, ...change } = given
  const whole = withFill(configuration, ticket, change.patch, fill)
  const { patch, hidden } = withoutHidden(configuration, ticket, whole)
  const changed = stepOf(configuration, ticket, { ...change, patch }, false)
  if (!changed && !text) return hidden.length > 0 ? { problem: notShown(hidden), needs: [] } : null
  const problem = changed && wrongWith(configuration, ticket, changed)
  if (problem) {
    const needs = lackingAtEnd(configuration, ticket, changed.back.left).map(({ key }) => key)
    return { problem, needs }
  }
  const step = changed ?? { text: null, bodies: [], back: { id: ticket.id, ...NOTHING } }
  if (!text) return step
  const watchers = [...(ticket.watchers ?? []), ...(step.back.removeWatchers ?? [])]
  return { ...step, text: entryWrites(cache, { id: ticket.id, watchers }, text.kind, text.body) }
}

const NOTHING: Omit<BulkBack, 'id'> = { patch: {}, left: {}, addTags: [], removeTags: [] }

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
  return { text: null, bodies, back }
}

/** Why a ticket does not take its part of a change, or null. */
function wrongWith(configuration: Configuration, ticket: Ticket, step: Step): ProblemError | null {
  const { left } = step.back
  return heldUp(configuration, ticket, left) ?? emptiesNeeded(configuration, ticket, left) ?? tooMany(ticket, step)
}

function notShown(fields: readonly string[]): ProblemError {
  const named = new Intl.ListFormat('en').format(fields)
  const reason = `${named} ${fields.length === 1 ? 'is' : 'are'} not shown on such tickets.`
  return new ProblemError('field-unfit', { reason })
}

/** How many tickets are moved by which part of a change. */
function partsOf(steps: readonly Step[]): Record<string, number> {
  const parts: Record<string, number> = {}
  const names = ({ text, bodies }: Step): string[] => [...bodies.flatMap(namesOf), ...(text ? ['text'] : [])]
  for (const step of steps) for (const name of new Set(names(step))) parts[name] = (parts[name] ?? 0) + 1
  return parts
}

function namesOf(body: MutationBody): string[] {
  if (body.kind === 'ticket.tag') return ['tags']
  if (body.kind === 'ticket.watch') return ['watchers']
  if (body.kind !== 'ticket.update') return []
  return [...flatten(body.patch).keys()].map((field) => (field.startsWith('tasks.') ? 'tasks' : field))
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
