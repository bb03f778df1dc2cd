import { Bench, type BenchOptions } from './bench.ts'
import { Clouds } from './cloud.ts'
import { measureCatchUp } from './figures/catch-up.ts'
import { measureCloud, measurePushes } from './figures/cloud.ts'
import { measureEdits } from './figures/edits.ts'
import { measureFirstSync } from './figures/first-sync.ts'
import { measureMemory, measurePages } from './figures/host.ts'
import { measureLive } from './figures/live.ts'
import { measureLifecycle } from './figures/lifecycle.ts'
import { measureNeighbour } from './figures/neighbour.ts'
import { measureOnboarding } from './figures/onboarding.ts'
import { measureSeal } from './figures/seal.ts'
import { measureSizes } from './figures/sizes.ts'
import { measureStarts } from './figures/start.ts'
import { measureSwitches, SWITCH_CLIENTS } from './figures/switch.ts'
import { measureTriage } from './figures/triage.ts'
import { figures } from './figures.ts'
import { removeLeftovers } from './folders.ts'
import { startRestingHost, syncedProfile } from './host.ts'

/** Names of all figures, in the order in which they come. */
export function figureNames(): string[] {
  return Object.values(figures).map(({ figure }) => figure)
}

/**
 * Measures what is wanted, or what of it fits into the time of a quick run. Whatever was started or made is gone afterwards, also after a failure or a signal.
 * @returns names of the figures that did not fit
 * @throws what a measurement throws
 */
export async function runBench(options: BenchOptions): Promise<string[]> {
  removeLeftovers()
  const bench = new Bench(options)
  const stop = (): void => void bench.cleanUp().finally(() => process.exit(130))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop)
  try {
    await bench.withinTime(measure(bench))
  } finally {
    await bench.cleanUp()
  }
  return bench.leftOut
}

async function measure(bench: Bench): Promise<void> {
  const clouds = new Clouds(bench)
  const desks = { tickets: bench.size(100_000, 20_000), small: SWITCH_CLIENTS, smallTickets: 60 }
  measureSizes(bench)
  await measureSeal(bench)
  await measureFirstSync(bench, clouds, desks)
  await measurePushes(bench, clouds)
  await measureEdits(bench, clouds, desks)
  if (
    bench.wants(
      'memory',
      'page',
      'busy',
      'visible',
      'painted',
      'statused',
      'assigned',
      'resolved',
      'searched',
      'scrolled',
      'opened',
      'flat',
      'held',
      'awake',
      'asleep',
      'neighbour',
      'woken',
      'locked',
    )
  ) {
    const cloudUrl = await clouds.cloud(desks)
    const profile = await syncedProfile(bench, cloudUrl)
    const host = await startRestingHost(bench, profile, cloudUrl)
    await measureMemory(bench, host)
    await measurePages(bench, host)
    await measureLive(bench, host, cloudUrl, desks)
    await measureSwitches(bench, host)
    await measureTriage(bench, host)
    await host.stop()
    await measureLifecycle(bench, profile, cloudUrl)
    await measureNeighbour(bench, clouds, profile, cloudUrl)
  }
  await measureCloud(bench, clouds, desks)
  await measureCatchUp(bench, clouds)
  await measureStarts(bench, clouds)
  await measureOnboarding(bench, clouds)
}
