import { z } from 'zod'
import { Logo } from './logo.ts'
import { Colour, Id, TimeZone, Version } from './primitives.ts'

/** One client of the MSP as the organisation knows it: names and counts, never tickets. */
export const Tenant = z.object({
  id: Id,
  name: z.string().min(1).max(200),
  /** At most a dozen characters, for narrow places. */
  shortName: z.string().min(1).max(24),
  domains: z.array(z.string().max(253)),
  /** Other names that technicians know the client by. */
  aliases: z.array(z.string().max(100)),
  industry: z.string().max(100),
  colour: Colour,
  /** A data URL; null where there is none. One that is no logo is left out. */
  logo: Logo.nullish().catch(null),
  timeZone: TimeZone,
  /** The newest version in the tenant's change feed. */
  head: Version,
  /** On its way in, and not live yet. */
  onboarding: z.boolean().optional(),
})
export type Tenant = z.infer<typeof Tenant>

/** One or two capitals that stand for a name: "Harbor & Pine Legal" is HP, "Zephyr" is ZE. */
export function initialsOf(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean)
  const [first = '?', second] = words
  const letters = second ? [...first].slice(0, 1).concat([...second].slice(0, 1)) : [...first].slice(0, 2)
  return letters.join('').toLocaleUpperCase('en')
}
