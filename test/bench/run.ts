import { Bench, type BenchOptions } from './bench.ts'
import { Clouds } from './cloud.ts'
import { measureFirstSync } from './figures/first-sync.ts'
import { measureMemory, measurePages } from './figures/host.ts'
import { measureSizes } from './figures/sizes.ts'
import { measureStarts } from './figures/start.ts'
import { measureSwitches, SWITCH_CLIENTS } from './figures/switch.ts'
import { figures } from './figures.ts'
import { startSyncedHost } from './host.ts'

/** Names of all figures, in the order in which they come. */
export function figureNames(): string[] {
  return Object.values(figures).map(({ figure }) => figure)
}

/**
 * Measures what is wanted. Whatever was started or made is gone afterwards, also after a failure or a signal.
 * @throws what a measurement throws
 */
export async function runBench(options: BenchOptions): Promise<void> {
  const bench = new Bench(options)
  const stop = (): void => void bench.cleanUp().finally(() => process.exit(130))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop)
  try {
    await measure(bench)
  } finally {
    await bench.cleanUp()
  }
}

async function measure(bench: Bench): Promise<void> {
  const clouds = new Clouds(bench)
  const desks = { tickets: bench.size(100_000, 20_000), small: SWITCH_CLIENTS, smallTickets: 60 }
  measureSizes(bench)
  await measureFirstSync(bench, clouds, desks)
  if (bench.wants('memory', 'page', 'busy', 'held', 'awake', 'asleep')) {
    const host = await startSyncedHost(bench, await clouds.cloud(desks))
    await measureMemory(bench, host)
    await measurePages(bench, host)
    await measureSwitches(bench, host)
    await host.stop()
  }
  await measureStarts(bench, clouds)
}
