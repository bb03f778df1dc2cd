import { flatTasks, patchedTasks } from '../../src-shared/domain/task-list.ts'
import type { TasksPatch } from '../../src-shared/domain/tasks.ts'
import type { TicketDetail } from '../../src-shared/domain/views.ts'
import { sendShown } from './edits.ts'
import { keys } from './queries.ts'
import type { Tenant } from './tenant.ts'

/**
 * Changes tasks of a ticket: they show at once, then as the compartment answers; put back where it refuses.
 * @throws TRPCClientError with its problem
 */
export async function editTasks({ client, queries }: Tenant, id: string, tasks: TasksPatch): Promise<void> {
  await queries.cancelQueries({ queryKey: keys.ticket(id) })
  const before = queries.getQueryData<TicketDetail>(keys.ticket(id))
  if (before) {
    const fields = flatTasks(tasks).map(([name]) => name)
    queries.setQueryData<TicketDetail>(keys.ticket(id), {
      ...before,
      ticket: { ...before.ticket, tasks: patchedTasks(before.ticket.tasks, tasks, null) },
      pendingFields: [...new Set([...before.pendingFields, ...fields])],
    })
  }
  await sendShown(
    queries,
    id,
    () => client.tickets.edit.mutate({ id, patch: { tasks } }),
    () => before && queries.setQueryData(keys.ticket(id), before),
  )
}
