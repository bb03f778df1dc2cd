/** serialization_failure, deadlock_detected, lock_not_available; and unique_violation: another made it meanwhile. */
const PASSING = new Set(['40001', '40P01', '55P03', '23505'])

/** How often a transaction is begun that the database ended in favour of others. */
export const ATTEMPTS = 4

/** Whether the database ended a transaction for what others did at the same time, so that it may be begun once more. */
export function isPassing(error: unknown): boolean {
  return PASSING.has((error as { code?: string } | null)?.code ?? '')
}
