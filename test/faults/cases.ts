/** Whether this is the long run of `npm run soak`, and not a part of `npm test`. */
export const SOAK = process.env['BULKHEAD_SOAK'] === '1'

/**
 * The seed of a test: the same in every `npm test`, another in every round of the soak. Printed, so that a failure can
 * be run again with BULKHEAD_TEST_SEED.
 */
export function seedOf(name: string): number {
  const seed = Number(process.env['BULKHEAD_TEST_SEED'] ?? 20_260)
  process.stdout.write(`seed of ${name}: ${seed}\n`)
  return seed
}

/** How many cases to run. */
export function cases(inTest: number, inSoak: number): number {
  return SOAK ? inSoak : inTest
}

/** Prints how many cases of an invariant were run; the soak adds these up. */
export function ran(name: string, count: number): void {
  process.stdout.write(`cases of ${name}: ${count}\n`)
}
