import { isOver, type Configuration, type CustomField } from '../../../src-shared/domain/configuration.ts'
import { fieldStates, isFilled, misfitOf, missingFields } from '../../../src-shared/domain/field-states.ts'
import { own } from '../../../src-shared/domain/own.ts'
import { retiredIn } from '../../../src-shared/domain/retired.ts'
import type { NewTicket, Ticket, TicketPatch } from '../../../src-shared/domain/ticket.ts'
import type { TicketDetail } from '../../../src-shared/domain/views.ts'
import { ProblemError } from '../../../src-shared/problem.ts'
import type { Cache } from '../cache/cache.ts'
import { otherByMatrix } from './matrix.ts'
import { peopleIn } from './people.ts'

/**
 * Why a ticket cannot be changed so by the client's own fields, or null. What is written into a field has to fit it, and
 * whoever resolves or closes a ticket fills in what it needs. Any other change is free, so that older tickets are not
 * held up by a field that is needed now.
 */
export function heldUp(configuration: Configuration, ticket: Ticket, patch: TicketPatch): ProblemError | null {
  const unfit = newlyRetired(configuration, patch, ticket) ?? unfitValue(configuration, patch.customFields ?? {})
  if (unfit) return unfit
  const why = 'this client wants that before a ticket is resolved or closed'
  return missing(lackingAtEnd(configuration, ticket, patch), why)
}

/** The fields that a ticket needs and would not have, where a change resolves or closes it. */
export function lackingAtEnd(
  { statuses, customFields }: Configuration,
  ticket: Ticket,
  patch: TicketPatch,
): CustomField[] {
  if (patch.status === undefined || !isOver(statuses, patch.status) || isOver(statuses, ticket.status)) return []
  return missingFields(customFields, after(ticket, patch))
}

/** A change with values for the fields that a ticket needs by it and would not have; others stay as they are. */
export function withFill(
  configuration: Configuration,
  ticket: Ticket,
  patch: TicketPatch,
  fill: Ticket['customFields'] = {},
): TicketPatch {
  const lacking = lackingAtEnd(configuration, ticket, patch).filter(({ key }) => isFilled(fill[key]))
  if (lacking.length === 0) return patch
  const values = Object.fromEntries(lacking.map(({ key }) => [key, fill[key] ?? null]))
  // An answer may ask for another.
  return withFill(configuration, ticket, { ...patch, customFields: { ...patch.customFields, ...values } }, fill)
}

/** A ticket as a change leaves it, but for its tasks. */
function after(ticket: Ticket, patch: TicketPatch): Ticket {
  const { tasks: _, ...fields } = patch
  return { ...ticket, ...fields, customFields: { ...ticket.customFields, ...patch.customFields } }
}

/**
 * Why a change of many does not empty fields of a ticket that needs them as it is then, or null. Of one ticket somebody
 * sees what they empty.
 */
export function emptiesNeeded(
  { customFields }: Configuration,
  ticket: Ticket,
  patch: TicketPatch,
): ProblemError | null {
  const values = patch.customFields ?? {}
  const lacking = missingFields(customFields, after(ticket, patch)).filter(({ key }) => Object.hasOwn(values, key))
  return missing(lacking, 'this client wants that of such tickets')
}

/** A change without what it gives to fields that the ticket does not show then, and what those are called. */
export function withoutHidden(
  { customFields }: Configuration,
  ticket: Ticket,
  patch: TicketPatch,
): { patch: TicketPatch; hidden: string[] } {
  const values = Object.entries(patch.customFields ?? {})
  if (values.length === 0) return { patch, hidden: [] }
  const states = fieldStates(customFields, after(ticket, patch))
  const shown = values.filter(([key]) => states.get(key) !== 'hidden')
  if (shown.length === values.length) return { patch, hidden: [] }
  const hidden = customFields.filter(({ key }) => states.get(key) === 'hidden' && values.some(([one]) => one === key))
  return { patch: { ...patch, customFields: Object.fromEntries(shown) }, hidden: hidden.map(({ label }) => label) }
}

/** Why a ticket cannot be opened so, or null. */
export function heldBack(configuration: Configuration, ticket: NewTicket): ProblemError | null {
  const { customFields } = configuration
  return (
    newlyRetired(configuration, ticket) ??
    unfitValue({ customFields }, ticket.customFields) ??
    missing(missingFields(customFields, ticket), 'this client wants that of a new ticket')
  )
}

/** Why values cannot be given: they were retired. What the ticket has already stays. */
function newlyRetired(configuration: Configuration, patch: TicketPatch, had?: Ticket): ProblemError | null {
  const reason = retiredIn(configuration, patch, had)
  return reason === null ? null : new ProblemError('field-unfit', { reason })
}

function unfitValue(
  { customFields }: Pick<Configuration, 'customFields'>,
  values: Ticket['customFields'],
): ProblemError | null {
  for (const field of customFields) {
    const reason = misfitOf(field, own(values, field.key))
    if (reason !== null) return new ProblemError('field-unfit', { reason })
  }
  return null
}

function missing(fields: readonly CustomField[], why: string): ProblemError | null {
  if (fields.length === 0) return null
  return new ProblemError('field-missing', {
    fields: new Intl.ListFormat('en').format(fields.map(({ label }) => label)),
    why,
  })
}

/** How a ticket's custom fields stand, who is named in them, and what priority they lead to; nothing where the client has no such rules and fields. */
export function ownFieldsOf(cache: Cache, ticket: Ticket): Pick<TicketDetail, 'ownFields'> {
  const { customFields } = cache.configuration
  const ruled = customFields.some(({ visibleWhen, requiredWhen }) => visibleWhen ?? requiredWhen)
  const people = peopleIn(cache, ticket)
  const byMatrix = otherByMatrix(cache.configuration, ticket)
  if (!ruled && Object.keys(people).length === 0 && byMatrix === null) return {}
  const states = [...fieldStates(customFields, ticket)]
  const keys = (wanted: string): string[] => states.filter(([, state]) => state === wanted).map(([key]) => key)
  return {
    ownFields: {
      hidden: keys('hidden'),
      required: keys('required'),
      people,
      ...(byMatrix !== null && { byMatrix }),
    },
  }
}
