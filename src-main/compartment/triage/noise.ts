import { isOpenCategory, type Configuration } from '../../../src-shared/domain/configuration.ts'
import { noiseRuleOf, type Heard } from '../../../src-shared/domain/noise.ts'

/** Tells of which rule a ticket looks like noise; null where nothing is to be told. */
export type Listening = (ticket: Heard & { status: string }) => string | null

const listenings = new WeakMap<Configuration, Listening | null>()

/** How a configuration tells noise; null where it has no rules. A ticket that is over is not told of. */
export function listeningOf(configuration: Configuration): Listening | null {
  const known = listenings.get(configuration)
  if (known !== undefined) return known
  const { noise, statuses } = configuration
  const over = new Set(statuses.filter(({ category }) => !isOpenCategory(category)).map(({ key }) => key))
  const made: Listening | null =
    noise && noise.rules.length > 0
      ? (ticket) => (over.has(ticket.status) ? null : (noiseRuleOf(noise, ticket)?.label ?? null))
      : null
  listenings.set(configuration, made)
  return made
}
