import { ProblemError } from '../../../src-shared/problem.ts'
import type { Attachment } from '../../../src-shared/domain/attachment.ts'
import { CustomField, type Configuration } from '../../../src-shared/domain/configuration.ts'
import { Macro } from '../../../src-shared/domain/macros.ts'
import { withReadableRules } from '../../../src-shared/domain/fields.ts'
import { PriorityMatrix } from '../../../src-shared/domain/priority-matrix.ts'
import type { Entry } from '../../../src-shared/domain/entry.ts'
import type { Contact, Technician } from '../../../src-shared/domain/people.ts'
import type { SavedView } from '../../../src-shared/domain/saved-view.ts'
import type { TicketChange } from '../../../src-shared/domain/ticket-change.ts'
import type { Ticket } from '../../../src-shared/domain/ticket.ts'
import { isPlainEntry } from './plain-entry.ts'
import { isPlainTicket } from './plain-ticket.ts'
import { entities, FeedClosing, FeedOpening, type EntityKind } from '../../../src-shared/protocol/feed.ts'

/** A change line whose content was checked. */
export type CheckedChange =
  | { kind: EntityKind; id: string; version: number; data: null; name?: string }
  | { kind: 'configuration'; id: string; version: number; data: Configuration }
  | { kind: 'technician'; id: string; version: number; data: Technician }
  | { kind: 'contact'; id: string; version: number; data: Contact }
  | { kind: 'ticket'; id: string; version: number; data: Ticket }
  | { kind: 'entry'; id: string; version: number; data: Entry }
  | { kind: 'attachment'; id: string; version: number; data: Attachment }
  | { kind: 'view'; id: string; version: number; data: SavedView }
  | { kind: 'change'; id: string; version: number; data: TicketChange }

/** A change of a kind that a newer cloud knows. */
export interface UnknownChange {
  unknown: string
  version: number
}

/** @throws ProblemError `feed-malformed` */
export function parseOpening(line: string): FeedOpening {
  const opening = FeedOpening.safeParse(parseJson(line))
  if (!opening.success) throw new ProblemError('feed-malformed')
  return opening.data
}

/**
 * Reads one line after the opening.
 * @throws ProblemError `feed-malformed` where it is neither a change nor the closing
 */
export function parseLine(line: string): CheckedChange | UnknownChange | FeedClosing {
  const value = parseJson(line)
  if (typeof value !== 'object' || value === null) throw new ProblemError('feed-malformed')
  // Checked by hand: there is one envelope per line, and a first sync has hundreds of thousands of lines.
  const { kind, id, version, data, deleted, end, name } = value as Record<string, unknown>
  if (end === true) {
    const closing = FeedClosing.safeParse(value)
    if (!closing.success) throw new ProblemError('feed-malformed')
    return closing.data
  }
  if (typeof id !== 'string' || typeof version !== 'number' || !Number.isSafeInteger(version) || version < 0)
    throw new ProblemError('feed-malformed')
  if (typeof kind !== 'string') throw new ProblemError('feed-malformed')
  if (!isEntityKind(kind)) return { unknown: kind, version }
  if (deleted === true) return { kind, id, version, data: null, ...(typeof name === 'string' && { name }) }
  if (kind === 'ticket' && isPlainTicket(data)) return { kind, id, version, data }
  if (kind === 'entry' && isPlainEntry(data)) return { kind, id, version, data }
  const checked = entities[kind].safeParse(kind === 'configuration' ? withKnownParts(data) : data)
  if (!checked.success) throw new ProblemError('feed-malformed')
  return { kind, id, version, data: checked.data } as CheckedChange
}

/** The kinds of custom fields that are known here. */
const FIELD_KINDS: ReadonlySet<string> = new Set(CustomField.options.flatMap((option) => option.shape.type.options))

/**
 * Without custom fields of kinds and rules that a newer cloud knows: what tickets have of them is shown as it is. And
 * without a priority matrix of a form that is not known here: then priorities are set by hand. A macro of such a form is
 * not offered.
 */
function withKnownParts(configuration: unknown): unknown {
  if (!isRecord(configuration) || !Array.isArray(configuration['customFields'])) return configuration
  const { customFields, priorityMatrix, macros, ...rest } = configuration
  const fields = customFields.filter((one: unknown) => !isOfNewerKind(one))
  const readable = (one: unknown): unknown => (isRecord(one) ? withReadableRules(one) : one)
  const matrix = PriorityMatrix.safeParse(priorityMatrix)
  return {
    ...rest,
    customFields: fields.map(readable),
    ...(macros !== undefined && {
      macros: Array.isArray(macros) ? macros.filter((one) => Macro.safeParse(one).success) : macros,
    }),
    ...(matrix.success && { priorityMatrix: matrix.data }),
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isOfNewerKind(field: unknown): boolean {
  if (typeof field !== 'object' || field === null || !('type' in field)) return false
  return typeof field.type === 'string' && !FIELD_KINDS.has(field.type)
}

/** Whether this console knows such entities. */
export function isEntityKind(kind: string): kind is EntityKind {
  return Object.hasOwn(entities, kind)
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    // Without the cause: the parser's message quotes the line.
    throw new ProblemError('feed-malformed')
  }
}
