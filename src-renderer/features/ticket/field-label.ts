import type { Configuration } from '../../../src-shared/domain/configuration.ts'

const LABELS: Readonly<Record<string, string>> = {
  subject: 'Subject',
  status: 'Status',
  priority: 'Priority',
  type: 'Type',
  queue: 'Queue',
  assigneeId: 'Assignee',
  tags: 'Tags',
}

/** A field's name on screen; a custom field comes as `customFields.<key>`. */
export function fieldLabel(field: string, { customFields }: Configuration): string {
  const key = field.startsWith('customFields.') ? field.slice('customFields.'.length) : null
  if (key !== null) return customFields.find((one) => one.key === key)?.label ?? key
  return LABELS[field] ?? field
}
