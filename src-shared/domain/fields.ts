import { z } from 'zod'
import { NamePattern } from './naming.ts'
import { FieldValue } from './ticket.ts'

/** A condition on one of a ticket's own fields by its name, or on a custom field as `customFields.<key>`. */
const About = z.string().min(1).max(80)

/**
 * What is asked of one field: that it holds one of some values (of a field of several, that it holds any of them), or
 * that it is filled or empty. A checkbox that was never ticked is false, and filled where it is ticked. What is not
 * shown counts as empty.
 */
export const Condition = z.union([
  z.strictObject({
    field: About,
    in: z
      .array(z.union([z.string().min(1).max(200), z.number(), z.boolean()]))
      .min(1)
      .max(100),
  }),
  z.strictObject({ field: About, filled: z.boolean() }),
])
export type Condition = z.infer<typeof Condition>

/** All of them have to hold; none for always. */
export const Conditions = z.array(Condition).max(20)

/** What a pattern asks of a text: as names are asked, but for the name of the client. */
const FieldPattern = NamePattern.refine((pattern) => !pattern.includes('{client}'), 'takes no {client} in a field')

/** What a value has to be; which of it a field takes is a matter of its kind. */
export const FieldValidation = z.strictObject({
  /** Of numbers; of days such as `2026-04-03` and instants such as `2026-04-03T09:30:00Z`. */
  min: z.union([z.number(), z.string().max(40)]).optional(),
  max: z.union([z.number(), z.string().max(40)]).optional(),
  /** Characters of a text. */
  maxLength: z.number().int().min(1).max(10_000).optional(),
  pattern: z
    .strictObject({
      like: FieldPattern,
      /** One sentence that says what is wanted. */
      wanted: z.string().trim().min(3).max(200),
    })
    .optional(),
})
export type FieldValidation = z.infer<typeof FieldValidation>

/** What a custom field of any kind may have beside its name. */
export const fieldRules = {
  /** Where it is shown; a value that it has is kept where it is not. Absent: always. */
  visibleWhen: Conditions.optional(),
  /** Where a ticket cannot be opened, resolved or closed without it. Absent: never. Only a field that is shown is needed. */
  requiredWhen: Conditions.optional(),
  /** What a ticket that is opened in the window begins with. */
  default: FieldValue.optional(),
  validation: FieldValidation.optional(),
}

/** Without those rules of a field that a newer cloud writes in a way not known here: it is shown, and asks for nothing. */
export function withReadableRules(field: Record<string, unknown>): Record<string, unknown> {
  const unread = Object.entries(fieldRules).filter(([rule, schema]) => !schema.safeParse(field[rule]).success)
  if (unread.length === 0) return field
  const left = { ...field }
  for (const [rule] of unread) delete left[rule]
  return left
}

/**
 * Keys of the custom fields that a ticket does not show, and that it needs, as it is now; names of the people in them by
 * their ids; and the priority that the client's matrix has for it, where it needs work and has another.
 */
export interface OwnFields {
  byMatrix?: string
  hidden: string[]
  required: string[]
  people: Record<string, string>
}
