import { z } from 'zod'
import { AttachmentPolicy } from './attachment.ts'
import { ServiceLevels } from '../sla/schema.ts'
import { fieldRules } from './fields.ts'
import { NamingConvention } from './naming.ts'
import { Macro } from './macros.ts'
import { NoisePolicy } from './noise.ts'
import { Colour, Key } from './primitives.ts'
import { PriorityMatrix } from './priority-matrix.ts'
import { VaultPolicy } from './vault.ts'

/** It is kept for the tickets that have it, and nobody can choose it any more. */
const retired = z.literal(true).optional()

/** What a status means to Bulkhead, whatever words the tenant uses for it. */
export const StatusCategory = z.enum(['new', 'open', 'waiting', 'resolved', 'closed'])
export type StatusCategory = z.infer<typeof StatusCategory>

export const Status = z.object({
  key: Key,
  label: z.string().min(1).max(60),
  category: StatusCategory,
  /** While a ticket is in this status its service clock stands still. */
  stopsClock: z.boolean(),
  retired,
})
export type Status = z.infer<typeof Status>

export const Priority = z.object({
  key: Key,
  label: z.string().min(1).max(60),
  /** 1 is the most urgent; lists sort by it. */
  rank: z.number().int().min(1).max(99),
  colour: Colour,
  retired,
})
export type Priority = z.infer<typeof Priority>

export const Choice = z.object({ key: Key, label: z.string().min(1).max(100), retired })
export type Choice = z.infer<typeof Choice>

export const CustomField = z.discriminatedUnion('type', [
  z.object({
    /** `date-time` is an instant; `long-text` keeps its lines; `person` is the id of a technician or a contact. */
    type: z.enum(['text', 'long-text', 'number', 'date', 'date-time', 'checkbox', 'url', 'person']),
    key: Key,
    label: z.string().min(1).max(60),
    retired,
    ...fieldRules,
  }),
  z.object({
    type: z.enum(['select', 'multi-select']),
    key: Key,
    label: z.string().min(1).max(60),
    options: z.array(Choice).min(1),
    retired,
    ...fieldRules,
  }),
])
export type CustomField = z.infer<typeof CustomField>

/** A tenant's own words and rules. Versioned data that arrives in the change feed; no status or field name is in code. */
export const Configuration = z.object({
  statuses: z.array(Status).min(1),
  priorities: z.array(Priority).min(1),
  types: z.array(Choice),
  queues: z.array(Choice),
  customFields: z.array(CustomField),
  /** An open ticket is at risk from this many minutes before its due time. */
  atRiskMinutes: z.number().int().min(0),
  /** Absent: `DEFAULT_ATTACHMENT_POLICY`. */
  attachments: AttachmentPolicy.optional(),
  /** Absent: `DEFAULT_VAULT_POLICY`. */
  vault: VaultPolicy.optional(),
  /** Days that a ticket is kept after its last change, whoever wants to delete it. Absent: no such promise. */
  retention: z.object({ keepDays: z.number().int().min(1) }).optional(),
  /** How things are named at the client. */
  naming: z.array(NamingConvention).optional(),
  /** Absent: nothing is taken for noise, and no ticket is marked as such. */
  noise: NoisePolicy.optional(),
  /** Absent: a ticket has the priority that somebody gives it. */
  priorityMatrix: PriorityMatrix.optional(),
  /** Canned texts and what is set by one key; absent for none. */
  macros: z.array(Macro).max(300).optional(),
  /** Absent: nothing is worked out here, and a ticket is due when the cloud says. */
  sla: ServiceLevels.optional(),
})
export type Configuration = z.infer<typeof Configuration>

/** The lists of a client's own words, by the field of every ticket that holds one of them. */
export const LISTS_OF = { status: 'statuses', priority: 'priorities', type: 'types', queue: 'queues' } as const
export const WORD_FIELDS = Object.keys(LISTS_OF) as (keyof typeof LISTS_OF)[]

/** What can be chosen of a list: all that is not retired, and what is chosen already. */
export function choosable<Entry extends { key: string; retired?: true | undefined }>(
  list: readonly Entry[],
  chosen?: string | null,
): Entry[] {
  return list.filter((one) => !one.retired || one.key === chosen)
}

/** Keys of the statuses whose tickets still need work. */
export function openStatuses(configuration: Configuration): Key[] {
  return configuration.statuses.filter((s) => isOpenCategory(s.category)).map((s) => s.key)
}

/** Whether a ticket with this status needs no more work; a status that the client does not know says nothing of the kind. */
export function isOver(statuses: readonly Status[], key: Key): boolean {
  const status = statuses.find((one) => one.key === key)
  return status !== undefined && !isOpenCategory(status.category)
}

export function isOpenCategory(category: StatusCategory): boolean {
  return category !== 'resolved' && category !== 'closed'
}
