import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Bench } from './bench.ts'
import { startForked, type Forked } from './forked.ts'
import type { HostQuestion, Usage } from './host-process.ts'
import { BareWindow, until } from './window.ts'

/** A console in a process of its own on a profile whose clients all hold what the cloud has. */
export interface BenchHost {
  window: BareWindow
  usage(): Promise<Usage>
  /** Whether a client's files are closed, which is to sleep. */
  sleeps(tenantId: string): boolean
  stop(): Promise<void>
}

/** Minutes that the clients of a profile may take together: one compartment after the other is woken. */
export const SYNC_MINUTES = 20

/** Signs in at a cloud and waits until every client has all of its data. @returns the profile; no console is on it */
export async function syncedProfile(bench: Bench, cloudUrl: string): Promise<string> {
  const profile = join(bench.folder(), 'profile')
  bench.note('Syncing all clients of a new profile…')
  const first = await startHost(bench, profile, cloudUrl)
  await until(
    async () => {
      const clients = await first.window.clients()
      return clients.length > 0 && clients.every(({ known, sync }) => known && sync.phase === 'idle' && !sync.progress)
    },
    100,
    SYNC_MINUTES,
  )
  await first.stop()
  return profile
}

/** Starts a console on a synced profile, so that all clients sleep, and waits until it is at rest. */
export async function startRestingHost(bench: Bench, profile: string, cloudUrl: string): Promise<BenchHost> {
  const host = await startHost(bench, profile, cloudUrl)
  // The stream to the cloud stands, blank workers are warm.
  await delay(1500)
  return host
}

/** Resolves when the profile is open. */
export async function startHost(bench: Bench, profile: string, cloudUrl: string): Promise<BenchHost> {
  const process: Forked = startForked(bench, './host-process.ts')
  const ask = <Answer>(question: HostQuestion): Promise<Answer> => process.ask<Answer>(question)
  const window = await BareWindow.open(await ask<string>({ op: 'start', profile, cloudUrl }))
  await window.opened()
  return {
    window,
    usage: () => ask<Usage>({ op: 'usage' }),
    sleeps: (tenantId) => !existsSync(join(profile, 'tenants', tenantId, 'cache.db-wal')),
    stop: async () => {
      window.close()
      await process.stop()
    },
  }
}
