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

/** Signs in at a cloud and waits until every client has all of its data; then starts anew, so that all sleep. */
export async function startSyncedHost(bench: Bench, cloudUrl: string): Promise<BenchHost> {
  const profile = join(bench.folder(), 'profile')
  bench.note('Syncing all clients of a new profile…')
  const first = await start(bench, profile, cloudUrl)
  await until(async () => {
    const clients = await first.window.clients()
    return clients.length > 0 && clients.every(({ known, sync }) => known && sync.phase === 'idle' && !sync.progress)
  }, 100)
  await first.stop()
  const host = await start(bench, profile, cloudUrl)
  // The stream to the cloud stands, blank workers are warm.
  await delay(1500)
  return host
}

async function start(bench: Bench, profile: string, cloudUrl: string): Promise<BenchHost> {
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
