import type { SettingKey } from '../../src-shared/settings/settings.ts'

/** What each setting is called. */
export const SETTINGS: Record<SettingKey, string> = {
  statuses: 'Statuses',
  priorities: 'Priorities',
  priorityMatrix: 'Priority matrix',
  types: 'Types',
  queues: 'Queues',
  customFields: 'Custom fields',
  atRiskMinutes: 'At risk before the end',
  attachmentMaxBytes: 'Largest file',
  refusedExtensions: 'Refused files',
  revealReasonNeeded: 'Reason to reveal a secret',
  revealForgetAfter: 'A revealed secret hides after',
  keepDays: 'Tickets are kept',
  holidays: 'Public holidays',
  ownDays: 'Days of their own',
  calendars: 'Calendars',
  targets: 'Targets',
  atRiskPercent: 'At risk from',
  escalations: 'Escalations',
  onCall: 'On call',
  naming: 'Naming',
  noise: 'Noise',
  macros: 'Macros',
}

export const settingKeys = Object.keys(SETTINGS) as SettingKey[]
