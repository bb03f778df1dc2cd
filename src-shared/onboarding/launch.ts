import { z } from 'zod'
import { HolidayPlace } from '../settings/settings.ts'
import { Domain, Identity, Line } from './answers.ts'

/** What a link may fill into the first step of a new client: what a person reads there before anything is made of it. */
export const NewClientLaunch = z.object({
  name: Line(200).optional(),
  country: HolidayPlace.shape.country.optional(),
  domains: z.array(Domain).max(10).optional(),
  industry: Line(100).optional(),
  language: Identity.shape.language,
})
export type NewClientLaunch = z.infer<typeof NewClientLaunch>

/** Characters of a link that are looked at. */
const LONGEST = 2000

/**
 * Reads `bulkhead://onboard?name=…&country=DE&domain=…&industry=…&language=…`. Any page may hold such a link: it fills
 * fields and does nothing, and what does not fit a field is left out.
 * @returns null for every other address
 */
export function launchOfLink(link: string): NewClientLaunch | null {
  const found = link.length > LONGEST ? null : /^bulkhead:\/\/onboard\/?(?:\?([^#]*))?$/i.exec(link)
  if (!found) return null
  const [, query = ''] = found
  const given = new Map<string, string[]>()
  for (const part of query.split('&')) {
    const [key = '', ...value] = part.split('=')
    given.set(key, [...(given.get(key) ?? []), decoded(value.join('='))])
  }
  const { shape } = NewClientLaunch
  const one = <T>(key: string, schema: z.ZodType<T>): T | undefined => schema.safeParse(given.get(key)?.[0]).data
  const domains = given.get('domain')?.flatMap((text) => Domain.safeParse(text).data ?? []) ?? []
  const fields = {
    name: one('name', shape.name),
    country: one('country', shape.country),
    industry: one('industry', shape.industry),
    language: one('language', shape.language),
    domains: domains.length > 0 ? domains.slice(0, 10) : undefined,
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

/** The launch that a command line asks for: `--onboard`, or a link, which systems put anywhere in it. */
export function launchOfArguments(args: readonly string[]): NewClientLaunch | null {
  for (const one of args) {
    const launch = launchOfLink(one)
    if (launch) return launch
  }
  return args.includes('--onboard') ? {} : null
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return ''
  }
}
