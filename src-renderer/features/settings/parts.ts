import type { SettingKey } from '../../../src-shared/settings/settings.ts'

/** What is edited together, in the order of the list. */
export interface Part {
  key: string
  title: string
  lead: string
  settings: readonly SettingKey[]
}

export const PARTS = [
  {
    key: 'statuses',
    title: 'Statuses',
    lead: 'Where a ticket stands, and whether its clock runs.',
    settings: ['statuses'],
  },
  {
    key: 'priorities',
    title: 'Priorities',
    lead: 'How urgent a ticket is. Rank 1 comes first.',
    settings: ['priorities'],
  },
  {
    key: 'matrix',
    title: 'Priority matrix',
    lead: 'Which priority a ticket gets by impact and urgency. A person can still give it another.',
    settings: ['priorityMatrix'],
  },
  { key: 'types', title: 'Types', lead: 'What kind of work a ticket is.', settings: ['types'] },
  { key: 'queues', title: 'Queues', lead: 'Which board a ticket is on.', settings: ['queues'] },
  { key: 'fields', title: 'Custom fields', lead: 'What else is asked of a ticket.', settings: ['customFields'] },
  {
    key: 'calendars',
    title: 'Calendars',
    lead: 'When the desk works. Only these hours count for targets.',
    settings: ['calendars'],
  },
  {
    key: 'holidays',
    title: 'Holidays',
    lead: 'Public holidays of a place, and days of their own. The same day counts as here.',
    settings: ['holidays', 'ownDays'],
  },
  {
    key: 'targets',
    title: 'Targets',
    lead: 'How fast. Of all targets that fit a ticket, the first counts.',
    settings: ['targets', 'atRiskPercent', 'atRiskMinutes'],
  },
  {
    key: 'escalations',
    title: 'Escalations',
    lead: 'What happens when something takes too long.',
    settings: ['escalations'],
  },
  {
    key: 'on-call',
    title: 'On call',
    lead: 'Who takes turns. Escalations reach whoever is on call.',
    settings: ['onCall'],
  },
  { key: 'naming', title: 'Naming', lead: 'How groups, devices and accounts are named.', settings: ['naming'] },
  { key: 'noise', title: 'Noise', lead: 'Which new tickets are marked as noise.', settings: ['noise'] },
  { key: 'macros', title: 'Macros', lead: 'Canned texts, and what one key sets.', settings: ['macros'] },
  {
    key: 'files',
    title: 'Files',
    lead: 'What may be attached to a ticket.',
    settings: ['attachmentMaxBytes', 'refusedExtensions'],
  },
  {
    key: 'secrets',
    title: 'Secrets',
    lead: 'How credentials are revealed.',
    settings: ['revealReasonNeeded', 'revealForgetAfter'],
  },
  { key: 'retention', title: 'Retention', lead: 'How long tickets are kept.', settings: ['keepDays'] },
] as const satisfies readonly Part[]

export type PartKey = (typeof PARTS)[number]['key']

/** The part that a setting is edited in. */
export function partOf(setting: SettingKey): (typeof PARTS)[number] {
  return PARTS.find(({ settings }) => (settings as readonly SettingKey[]).includes(setting)) ?? PARTS[0]
}
