import { choosable, type Configuration, type Status } from '../../../src-shared/domain/configuration.ts'

/**
 * What a ticket can be resolved as: the client's statuses of the category resolved, in its order; those of the category
 * closed where it has none.
 */
export function resolvingStatuses({ statuses }: Pick<Configuration, 'statuses'>): Status[] {
  const usable = choosable(statuses)
  const resolved = usable.filter(({ category }) => category === 'resolved')
  return resolved.length > 0 ? resolved : usable.filter(({ category }) => category === 'closed')
}
