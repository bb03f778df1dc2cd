import type { Configuration } from '../../../src-shared/domain/configuration.ts'

/** The status that a new ticket begins with. */
export function firstStatus({ statuses }: Configuration): string {
  return (statuses.find(({ category }) => category === 'new') ?? statuses[0])?.key ?? ''
}
