import { z } from 'zod'
import { Id, Key } from './primitives.ts'
import { Tag } from './ticket.ts'

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
  })
  .refine(({ text, set }) => text !== undefined || (set !== undefined && Object.keys(set).length > 0), {
    error: 'does nothing: give it a text, or something to set',
  })
export type Macro = z.infer<typeof Macro>

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
