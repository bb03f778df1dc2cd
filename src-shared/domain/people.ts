import { z } from 'zod'
import { Id } from './primitives.ts'

/** A person at the client: the requester of tickets. */
export const Contact = z.looseObject({
  id: Id,
  name: z.string().min(1).max(200),
  email: z.string().max(320).nullable(),
  phone: z.string().max(40).nullable(),
  title: z.string().max(200).nullable(),
  site: z.string().max(200).nullable(),
  vip: z.boolean(),
})
export type Contact = z.infer<typeof Contact>

/** What a technician gives to add a contact. */
export const NewContact = z.object({
  name: z.string().trim().min(1).max(200),
  email: z.string().max(320).nullable().default(null),
  phone: z.string().max(40).nullable().default(null),
  title: z.string().max(200).nullable().default(null),
  site: z.string().max(200).nullable().default(null),
  vip: z.boolean().default(false),
})
export type NewContact = z.infer<typeof NewContact>

/** The fields of a contact that a technician changes, each merged on its own. */
export const ContactPatch = z
  .object({
    name: z.string().trim().min(1).max(200),
    email: z.string().max(320).nullable(),
    phone: z.string().max(40).nullable(),
    title: z.string().max(200).nullable(),
    site: z.string().max(200).nullable(),
    vip: z.boolean(),
  })
  .partial()
  .strict()
export type ContactPatch = z.infer<typeof ContactPatch>

/** A user of the MSP, as the tenants that they may work for see them. */
export const Technician = z.looseObject({
  id: Id,
  name: z.string().min(1).max(200),
  email: z.string().max(320),
  /** What they may at this client: `see`, `act`, `reveal`, and what a newer cloud knows. Absent: all of it. */
  may: z.array(z.string().max(20)).optional(),
})
export type Technician = z.infer<typeof Technician>
