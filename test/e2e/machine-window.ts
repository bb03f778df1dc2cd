import { join } from 'node:path'
import { serveBrowser } from '../../src-main/browser-host/server.ts'
import type { Host } from '../../src-main/console/host.ts'
import { readWindowFiles } from '../../src-main/window-files/window-files.ts'
import { openMachine, type Machine } from '../console/host-window.ts'

/** A console of this process, on a made-up machine, that a browser can open a window on. */
export interface MachineHost {
  host: Host
  /** Takes one window. */
  address: string
  close(): Promise<void>
}

/** Serves the built window on a machine whose keychain, clocks and crashes a test decides on. */
export async function serveMachine(machine: Machine): Promise<MachineHost> {
  const host = await openMachine(machine)
  const served = await serveBrowser(host, readWindowFiles(join(import.meta.dirname, '../../out/renderer')), 0)
  return {
    host,
    address: served.address,
    async close() {
      await served.close()
      await host.close()
    },
  }
}
