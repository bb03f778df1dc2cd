import type { Task, Tasks, TasksPatch } from './tasks.ts'

/** Tasks that one ticket has at most. */
export const MAX_TASKS = 100

/** Characters of a task's text at most. */
export const MAX_TASK_TEXT = 500

/** Fields of a task that a technician changes. */
const WRITTEN = ['text', 'done', 'assigneeId', 'dueAt', 'position'] as const
export type TaskField = (typeof WRITTEN)[number]

const FIELD = new RegExp(`^tasks\\.([0-9a-f-]{36})\\.(${[...WRITTEN, 'doneBy'].join('|')})$`, 'i')

/** The fields of tasks by the names that they have among a ticket's fields: `tasks.<id>.text`. */
export function flatTasks(tasks: unknown): [string, unknown][] {
  return Object.entries((tasks ?? {}) as Record<string, object>).flatMap(([id, task]) =>
    Object.entries(task)
      .filter(([, value]) => value !== undefined)
      .map(([field, value]): [string, unknown] => [`tasks.${id}.${field}`, value]),
  )
}

/** Which field of which task a ticket's field is; null where it is none of a task's. */
export function taskField(name: string): { id: string; field: TaskField } | null {
  const [, id, field] = FIELD.exec(name) ?? []
  return id && field ? { id, field: field as TaskField } : null
}

/** A patch with one more field of a task. */
export function withTaskField(
  tasks: unknown,
  { id, field }: { id: string; field: string },
  value: unknown,
): TasksPatch {
  const before = (tasks ?? {}) as TasksPatch
  return { ...before, [id]: { ...before[id], [field]: value } }
}

/**
 * Tasks as a patch leaves them. What a patch says of a task that is not there, and that it gives no text, is void.
 * @param by who ticks those that it ticks; null where nobody can say
 */
export function patchedTasks(tasks: Tasks | undefined, patch: TasksPatch, by: string | null): Tasks {
  const next = new Map(Object.entries(tasks ?? {}))
  const end = (): number => Math.max(0, ...[...next.values()].map(({ position }) => position)) + 1
  for (const [id, part] of Object.entries(patch)) {
    const before = next.get(id)
    const { text = before?.text ?? null, done = before?.done, position = before?.position, ...rest } = part
    if (text === null) {
      next.delete(id)
      continue
    }
    const { doneBy, ...kept } = before ?? {}
    const ticked = done ? { doneBy: before?.done ? (doneBy ?? null) : by } : {}
    next.set(id, { ...kept, ...rest, text, done: done ?? false, position: position ?? end(), ...ticked })
  }
  return Object.fromEntries(next)
}

/** The patch that takes another back. */
export function tasksBack(patch: TasksPatch, before: Tasks | undefined): TasksPatch {
  return Object.fromEntries(
    Object.entries(patch).map(([id, part]) => {
      const task = before?.[id]
      // What is deleted is gone with all of its fields.
      const fields = part.text === null ? WRITTEN : WRITTEN.filter((field) => field in part)
      return [id, Object.fromEntries(fields.map((field) => [field, task?.[field] ?? null]))]
    }),
  )
}

/** How far the tasks of a ticket are, and when the first of the open ones is due. */
export interface TaskCount {
  open: number
  all: number
  dueAt: string | null
}

/** Null where there are none. */
export function taskCount(tasks: Tasks | undefined): TaskCount | null {
  const all = Object.values(tasks ?? {})
  const open = all.filter(({ done }) => !done)
  const due = open.flatMap(({ dueAt }) => dueAt ?? []).sort((a, b) => Date.parse(a) - Date.parse(b))
  return all.length === 0 ? null : { open: open.length, all: all.length, dueAt: due[0] ?? null }
}

/** Whether a task that is not done is late. @param now ms since 1970 */
export function isLate({ done, dueAt }: Pick<Task, 'done' | 'dueAt'>, now: number): boolean {
  return !done && dueAt != null && Date.parse(dueAt) <= now
}

/** The patch that deletes a task. */
export const DELETED_TASK = { text: null, done: null, assigneeId: null, dueAt: null, position: null }

/** Tasks in their order, each with its id. */
export function tasksInOrder(tasks: Tasks | undefined): (Task & { id: string })[] {
  return Object.entries(tasks ?? {})
    .map(([id, task]) => ({ ...task, id }))
    .sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1))
}

/**
 * What is wrong with tasks that a patch leaves, as a problem's code and details; null where nothing is.
 * @param before a ticket that came with more than is allowed may keep them
 */
export function tasksProblem(
  before: Tasks | undefined,
  patch: TasksPatch,
  after: Tasks,
): ['too-many' | 'invalid-input', Record<string, string | number>] | null {
  const texts = Object.values(patch).flatMap(({ text }) => text ?? [])
  if (texts.some((text) => text.length > MAX_TASK_TEXT))
    return ['invalid-input', { reason: `A task has ${MAX_TASK_TEXT} characters at most: shorten it.` }]
  const [count, allowed] = [Object.keys(after).length, Object.keys(before ?? {}).length]
  if (count <= Math.max(MAX_TASKS, allowed)) return null
  return ['too-many', { what: 'A ticket', limit: MAX_TASKS, things: 'tasks' }]
}

/**
 * The patch that moves a task one place up or down; null at the end of the list.
 * @param by -1 up, 1 down
 */
export function movedTask(tasks: Tasks | undefined, id: string, by: -1 | 1): TasksPatch | null {
  const order = tasksInOrder(tasks)
  const at = order.findIndex((task) => task.id === id)
  const over = order[at + by]
  if (at < 0 || !over) return null
  const beyond = order[at + 2 * by]?.position ?? over.position + by
  const position = (over.position + beyond) / 2
  const [least, most] = [Math.min(over.position, beyond), Math.max(over.position, beyond)]
  if (least < position && position < most) return { [id]: { position } }
  // Two of the same place: all of them get places of their own.
  const [moved] = order.splice(at, 1)
  if (moved) order.splice(at + by, 0, moved)
  return Object.fromEntries(order.map((task, i) => [task.id, { position: i + 1 }]))
}
