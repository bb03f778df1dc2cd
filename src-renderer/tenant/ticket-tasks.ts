import { flatTasks, patchedTasks } from '../../src-shared/domain/task-list.ts'
import type { TasksPatch } from '../../src-shared/domain/tasks.ts'
import { editShown } from './edits.ts'
import type { Tenant } from './tenant.ts'

/**
 * Changes tasks of a ticket: they show at once, then as the compartment answers; put back where it refuses.
 * @throws TRPCClientError with its problem
 */
export async function editTasks(tenant: Tenant, id: string, tasks: TasksPatch): Promise<void> {
  await editShown(
    tenant,
    { id, patch: { tasks } },
    {
      fields: flatTasks(tasks).map(([name]) => name),
      detail: ({ ticket }) => ({ ticket: { ...ticket, tasks: patchedTasks(ticket.tasks, tasks, null) } }),
    },
  )
}
