import { z } from 'zod'
import { Key } from './primitives.ts'
import { Tag, type Ticket } from './ticket.ts'

/** Texts of which one has to be there, whatever their case. */
const AnyOf = z.array(z.string().trim().min(1).max(200)).min(1).max(50)

/** What noise looks like. All that is given has to hold; of a list, one is enough. */
export const NoiseRule = z
  .object({
    key: Key,
    /** Why it is noise, as people read it: `Out of office`. */
    label: z.string().trim().min(1).max(60),
    subject: AnyOf.optional(),
    /** In what the requester first wrote. */
    description: AnyOf.optional(),
    /** Addresses of the requester, or what they end with: `@mailer.example`. */
    from: AnyOf.optional(),
    types: z.array(Key).min(1).max(100).optional(),
    queues: z.array(Key).min(1).max(100).optional(),
  })
  .refine(({ subject, description, from, types, queues }) => subject ?? description ?? from ?? types ?? queues, {
    error: 'says nothing of what noise looks like, so every ticket would be',
  })
export type NoiseRule = z.infer<typeof NoiseRule>

/** What a tenant takes for noise, and what marking a ticket as noise does to it. Nothing is done by itself. */
export const NoisePolicy = z.object({
  rules: z.array(NoiseRule).max(200).default([]),
  mark: z.object({
    /** The status that it is resolved as. */
    status: Key,
    type: Key.optional(),
    tags: z.array(Tag).max(10).default([]),
  }),
})
export type NoisePolicy = z.infer<typeof NoisePolicy>

/** What of a ticket the rules look at. */
export type Heard = Pick<Ticket, 'subject' | 'type' | 'queue'> & {
  description: string
  /** The requester's address. */
  from: string | null
}

/** The first rule that a ticket fits; null where none does. */
export function noiseRuleOf({ rules }: NoisePolicy, ticket: Heard): NoiseRule | null {
  const [subject, description, from] = [ticket.subject, ticket.description, ticket.from ?? ''].map((text) =>
    text.toLowerCase(),
  ) as [string, string, string]
  const has = (text: string, any: string[] | undefined): boolean =>
    any === undefined || any.some((one) => text.includes(one.toLowerCase()))
  const among = (key: string | null, any: string[] | undefined): boolean =>
    any === undefined || (key !== null && any.includes(key))
  return (
    rules.find(
      (rule) =>
        has(subject, rule.subject) &&
        has(description, rule.description) &&
        (rule.from === undefined || rule.from.some((end) => from.endsWith(end.toLowerCase()))) &&
        among(ticket.type, rule.types) &&
        among(ticket.queue, rule.queues),
    ) ?? null
  )
}
