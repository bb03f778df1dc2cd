import { z } from 'zod'
import type { Configuration } from './configuration.ts'
import { fieldStates, isFilled, type Asked } from './field-states.ts'
import { own } from './own.ts'
import { Key } from './primitives.ts'
import type { TicketPatch } from './ticket.ts'

/** Which priority a ticket gets by two select fields of the client's own. */
export const PriorityMatrix = z.object({
  /** Keys of the fields. */
  impact: Key,
  urgency: Key,
  /** Key of the priority by option of the impact, then by option of the urgency. */
  priorities: z.record(Key, z.record(Key, Key)),
})
export type PriorityMatrix = z.infer<typeof PriorityMatrix>

type Words = Pick<Configuration, 'customFields' | 'priorities' | 'priorityMatrix'>

/** What the table has for two options; null where it has nothing. */
export function cellOf({ priorities }: PriorityMatrix, impact: unknown, urgency: unknown): Key | null {
  if (typeof impact !== 'string' || typeof urgency !== 'string') return null
  return own(own(priorities, impact), urgency) ?? null
}

/**
 * The priority that a ticket has by the client's matrix. Null where there is none: without a matrix, where one of the
 * two fields is empty or not shown, and where the table names a priority that the client does not have any more.
 */
export function priorityByMatrix({ customFields, priorities, priorityMatrix }: Words, ticket: Asked): Key | null {
  if (!priorityMatrix) return null
  const { impact, urgency } = priorityMatrix
  const { customFields: values } = ticket
  const wanted = cellOf(priorityMatrix, own(values, impact), own(values, urgency))
  if (wanted === null || !priorities.some(({ key, retired }) => key === wanted && !retired)) return null
  const states = fieldStates(customFields, ticket)
  const shown = [impact, urgency].every((key) => states.has(key) && states.get(key) !== 'hidden')
  return shown ? wanted : null
}

/** Whether values are given to one of the two fields of the client's matrix. */
export function isAboutMatrix({ priorityMatrix }: Words, values: TicketPatch['customFields'] = {}): boolean {
  return (
    priorityMatrix !== undefined &&
    [priorityMatrix.impact, priorityMatrix.urgency].some((key) => Object.hasOwn(values, key))
  )
}

/**
 * The priority that follows from a change of a ticket: where it gives one of the two fields another value, and no
 * priority by hand. Null where none does; it may be the one that the ticket has.
 */
export function priorityAfter(configuration: Words, ticket: Asked, patch: Omit<TicketPatch, 'tasks'>): Key | null {
  const { customFields = {}, priority } = patch
  if (priority !== undefined || !isAboutMatrix(configuration, customFields)) return null
  const before = ticket.customFields ?? {}
  const isOther = (key: string): boolean => {
    const [from, to] = [before, customFields].map((values) => own(values, key) ?? null)
    return Object.hasOwn(customFields, key) && (isFilled(from) || isFilled(to)) && from !== to
  }
  const { priorityMatrix } = configuration
  if (!priorityMatrix || ![priorityMatrix.impact, priorityMatrix.urgency].some(isOther)) return null
  return priorityByMatrix(configuration, { ...ticket, ...patch, customFields: { ...before, ...customFields } })
}
