import type { Configuration } from '../../../src-shared/domain/configuration.ts'

const LABELS: Readonly<Record<string, string>> = {
  subject: 'Subject',
  status: 'Status',
  priority: 'Priority',
  type: 'Type',
  queue: 'Queue',
  assigneeId: 'Assignee',
  requesterId: 'Requester',
  tags: 'Tags',
  watchers: 'Watchers',
  snoozedUntil: 'Snoozed until',
  // of tasks
  done: 'Done',
  dueAt: 'Due',
  position: 'Place',
  // of contacts and views
  name: 'Name',
  email: 'Email',
  phone: 'Phone',
  title: 'Title',
  site: 'Site',
  vip: 'VIP',
  ownerId: 'Shown to',
  filter: 'Filter',
  sort: 'Order',
  columns: 'Columns',
  layout: 'Drawing',
}

/**
 * A field's name on screen; a custom field comes as `customFields.<key>`, a task's as `tasks.<id>.<field>`.
 * @param task text of the task, where it is known
 */
export function fieldLabel(field: string, configuration?: Configuration, task?: string): string {
  const part = field.startsWith('tasks.') ? (field.split('.')[2] ?? '') : null
  if (part !== null)
    return part === 'text' ? 'Task' : `Task ${task ? `“${task}”` : ''}: ${LABELS[part] ?? part}`.replace(' :', ':')
  const key = field.startsWith('customFields.') ? field.slice('customFields.'.length) : null
  if (key !== null) return configuration?.customFields.find((one) => one.key === key)?.label ?? key
  return LABELS[field] ?? field
}
