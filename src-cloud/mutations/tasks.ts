import { patchedTasks } from '../../src-shared/domain/task-list.ts'
import type { Tasks, TasksPatch } from '../../src-shared/domain/tasks.ts'
import type { Changed, Stamp } from './merge.ts'

/** Stands, in what is kept of who wrote which field, for the tasks that were deleted. */
export const DELETED_TASKS = 'tasks'

/**
 * What of a patch is to be merged. A deletion stands and falls with the text alone: it wins over whatever else was done
 * to the task. What is done to a task that is gone is void, but for a new text. Of two places the later one counts.
 * @param base what the technician saw of them
 * @returns `dropped` where something was void
 */
export function settledTasks(
  theirs: Tasks = {},
  base: TasksPatch = {},
  patch: TasksPatch = {},
): { base: TasksPatch; patch: TasksPatch; dropped: boolean } {
  const settled = { base: {} as TasksPatch, patch: {} as TasksPatch, dropped: false }
  for (const [id, mine] of Object.entries(patch)) {
    const there = theirs[id]
    const before = base[id] ?? {}
    const seen = before.text ?? null
    if (mine.text === null || (!there && seen !== null && mine.text !== undefined)) {
      settled.base[id] = { text: seen }
      settled.patch[id] = { text: mine.text }
    } else if (!there && mine.text === undefined) settled.dropped = true
    else {
      settled.base[id] = { ...before, ...('position' in mine && { position: there?.position ?? null }) }
      settled.patch[id] = mine
    }
  }
  return settled
}

/**
 * Tasks as a patch that was merged leaves them, and who wrote which of their fields.
 * @param by who acts
 */
export function writeTasks(
  held: { tasks: Tasks | undefined; changed: Changed },
  patch: TasksPatch,
  by: string,
  stamp: Stamp,
): { tasks: Tasks; changed: Changed } {
  const tasks = patchedTasks(held.tasks, patch, by)
  const gone = Object.keys(patch).filter((id) => !tasks[id])
  const isGone = (field: string): boolean => gone.some((id) => field.startsWith(`tasks.${id}.`))
  const kept = Object.entries(held.changed).filter(([field]) => !isGone(field))
  return { tasks, changed: { ...Object.fromEntries(kept), ...(gone.length > 0 && { [DELETED_TASKS]: stamp }) } }
}
