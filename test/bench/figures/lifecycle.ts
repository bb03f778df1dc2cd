import { setTimeout as delay } from 'node:timers/promises'
import { median, timed, type Bench } from '../bench.ts'
import { startRestingHost } from '../host.ts'
import { smallTenant } from '../seed.ts'

/** Blank workers that a host keeps ready, and one more. */
const BURST = 4
/** Clients awake when the console locks. */
const AWAKE = 12

/**
 * Waking a client whose files are closed, with a blank worker ready and right after a burst that took all of them; and
 * locking with several clients awake, from the call until every key is forgotten and every file closed.
 */
export async function measureLifecycle(bench: Bench, profile: string, cloudUrl: string): Promise<void> {
  if (!bench.wants('woken', 'locked')) return
  bench.note('Waking and locking…')
  const host = await startRestingHost(bench, profile, cloudUrl)
  const { window } = host
  const wake = (i: number): Promise<number> => timed(() => window.touchClient(smallTenant(i)))
  if (bench.wants('woken')) {
    const ready: number[] = []
    const none: number[] = []
    // Each client is woken once: those of a burst are others than those that are timed.
    for (let i = 1; i <= 3; i++) {
      await delay(1200)
      ready.push(await wake(i))
    }
    for (let round = 0; round < 2; round++) {
      const first = 4 + round * (BURST + 1)
      await Promise.all(Array.from({ length: BURST }, (_, i) => wake(first + i)))
      none.push(await wake(first + BURST))
      await delay(1200)
    }
    bench.report('woken', median(ready), median(none))
  }
  for (let i = 1; i <= AWAKE; i++) await window.touchClient(smallTenant(i))
  await delay(500)
  bench.report('locked', await timed(() => window.call('console', 'mutation', 'session.lock')), null)
  await host.stop()
}
