import { z } from 'zod'
import type { OwnFields } from './fields.ts'
import type { Contact } from './people.ts'
import { Id, Key } from './primitives.ts'
import { MAX_TASK_TEXT } from './task-list.ts'
import { FieldValue, Tag, type Ticket } from './ticket.ts'

/** What a macro sets; `assignee` may be whoever uses it. */
const MacroFields = z
  .strictObject({
    status: Key,
    priority: Key,
    type: Key,
    queue: Key,
    assignee: z.union([z.literal('me'), z.literal('nobody'), Id]),
    addTags: z.array(Tag).max(20),
    removeTags: z.array(Tag).max(20),
  })
  .partial()

/** A canned text, things that are set by one key, or both. */
export const Macro = z
  .object({
    key: Key,
    label: z.string().trim().min(1).max(100),
    /** With variables such as `{{requester.firstName}}`, see {@link VARIABLES}. */
    text: z.string().trim().min(1).max(20_000).optional(),
    /** Where the text goes. */
    kind: z.enum(['reply', 'note']).default('reply'),
    set: MacroFields.optional(),
    // Beside `set`, which older consoles read strictly: of these they know nothing, and do the rest.
    /**
     * What the client's own fields are given, by key; null empties one. Of days and times in words that are read when it
     * is used, such as `in 2 working days`; of a person an id, or `me` for whoever uses it.
     */
    fields: z
      .record(Key, FieldValue)
      .refine((fields) => Object.keys(fields).length <= 50, 'is for 50 fields at most')
      .optional(),
    /** Texts of tasks that it adds. */
    tasks: z.array(z.string().trim().min(1).max(MAX_TASK_TEXT)).max(20).optional(),
    /** Who watches from then on: whoever uses it, or technicians by id. */
    watch: z
      .array(z.union([z.literal('me'), Id]))
      .max(20)
      .optional(),
  })
  .refine(({ text, set }) => text !== undefined || (set !== undefined && Object.keys(set).length > 0), {
    error: 'does nothing: give it a text, or something to set',
  })
export type Macro = z.infer<typeof Macro>

/**
 * What has to stand in `set` of a macro that only does what is beside it: older consoles take none that has neither text
 * nor anything set.
 */
export const SETS_NOTHING = { addTags: [] }

/** What of a ticket fills the text of a macro. */
export interface FilledTicket {
  ticket: Pick<Ticket, 'id' | 'number' | 'subject' | 'status' | 'priority' | 'type' | 'customFields'>
  requester: Contact | null
  ownFields?: Pick<OwnFields, 'people'>
}

/** What variables stand for, beside `field.<key>` for each custom field. */
export const VARIABLES = [
  ...['requester.name', 'requester.firstName', 'requester.email', 'requester.phone', 'requester.site'],
  ...['ticket.number', 'ticket.subject', 'ticket.status', 'ticket.priority', 'ticket.type'],
  ...['technician.name', 'technician.firstName', 'technician.email', 'client.name', 'client.shortName', 'today'],
] as const

const VARIABLE = /\{\{\s*([^{}\s]{1,80})\s*\}\}/g

/** Names of the variables of a text, each once. */
export function variablesOf(text: string): string[] {
  return [...new Set([...text.matchAll(VARIABLE)].map(([, name = '']) => name))]
}

/** A text with its variables filled; one without a value is left as it stands, so that it is seen and not sent. */
export function filled(text: string, valueOf: (name: string) => string | null): string {
  return text.replaceAll(VARIABLE, (whole, name: string) => valueOf(name) || whole)
}
