import { z } from 'zod'
import { Id, Instant } from './primitives.ts'
import { MAX_TASKS } from './task-list.ts'

/** One thing to be done for a ticket. Keys that a newer cloud adds are kept as they came. */
export const Task = z.looseObject({
  text: z.string(),
  done: z.boolean(),
  /** Technician who ticked it; the cloud says who. */
  doneBy: Id.nullable().optional(),
  assigneeId: Id.nullable().optional(),
  dueAt: Instant.nullable().optional(),
  /** Tasks are shown in the order of it, the least first. */
  position: z.number(),
})
export type Task = z.infer<typeof Task>

/** By id, which whoever adds a task chooses. */
export const Tasks = z.record(Id, Task)
export type Tasks = z.infer<typeof Tasks>

/** Fields of a task as a technician saw or sets them; all of them null where it is not there. */
const TaskPatch = z
  .strictObject({
    text: z.string().regex(/\S/, 'A task needs a text').max(10_000).nullable(),
    done: z.boolean().nullable(),
    assigneeId: Id.nullable(),
    dueAt: Instant.nullable(),
    position: z.number().nullable(),
  })
  .partial()

/** Each field of each task by itself. A task that has no text is none: a text adds it, and null deletes it. */
export const TasksPatch = z
  .record(Id, TaskPatch)
  // All that a full ticket has may be deleted, and as much added, before it is sent.
  .refine((tasks) => Object.keys(tasks).length <= 2 * MAX_TASKS, `At most ${2 * MAX_TASKS} tasks are changed at once`)
export type TasksPatch = z.infer<typeof TasksPatch>
