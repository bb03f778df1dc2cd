import type { Sql } from '../database/connect.ts'
import type { Jobs } from '../jobs/jobs.ts'

/** Milliseconds between two looks for onboardings that should go on. */
const AGAIN = 30_000

/**
 * Asks, at the start and then from time to time, for the onboardings and imports that should go on by themselves: those that a stop
 * of the cloud, or of the database, interrupted. Those that go on already are asked for in vain.
 * @param owner as the owner of the database, who learns their ids
 * @returns a function that ends it
 */
export function goOnWithBusy(owner: Sql, jobs: Pick<Jobs, 'ask'>): () => Promise<void> {
  let look: Promise<unknown> = Promise.resolve()
  const run = () => {
    // What cannot be asked for now is asked for at the next look.
    look = askFor(owner, jobs).catch(() => undefined)
  }
  run()
  const timer = setInterval(run, AGAIN)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await look
  }
}

async function askFor(owner: Sql, jobs: Pick<Jobs, 'ask'>): Promise<void> {
  const busy = await owner<{ organisation: string; onboarding: string }[]>`select * from bulkhead.busy_onboardings()`
  for (const one of busy) await jobs.ask('onboarding', one.onboarding, one)
  const imports = await owner<{ tenant: string; import: string }[]>`select * from bulkhead.busy_imports()`
  const leaving = await owner<{ organisation: string; offboarding: string }[]>`
    select * from bulkhead.busy_offboardings()`
  for (const one of leaving) await jobs.ask('offboarding', one.offboarding, one)
  for (const one of imports) await jobs.ask('import', one.import, one)
}
