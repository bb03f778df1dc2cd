import { join, resolve } from 'node:path'
import { followSystemNetwork } from '../console/network.ts'
import { refuseDebugger } from '../console/no-debugger.ts'
import { openHost } from '../console/open.ts'
import { readWindowFiles } from '../window-files/window-files.ts'
import { findSealing } from './keychain.ts'
import { serveBrowser } from './server.ts'
import { openSettings } from './settings.ts'

export interface BrowserHostOptions {
  profile: string
  port: number
  sandbox: boolean
  cloudUrl: string | null
  passphrase: string | null
  /** Begins with a new client. */
  onboard?: boolean
}

/**
 * Opens the console for a local browser window and prints `console ready: ADDRESS` when it answers.
 * @returns the address to open, and a function that closes everything in order
 * @throws ProblemError `profile-in-use`, `profile-unreadable`, `port-in-use`
 */
export async function startBrowserHost(
  options: BrowserHostOptions,
): Promise<{ address: string; close(): Promise<void> }> {
  refuseDebugger()
  followSystemNetwork()
  const profile = resolve(options.profile)
  const files = readWindowFiles(join(import.meta.dirname, '../renderer'))
  const host = await openHost({
    profile,
    sealing: findSealing(options.passphrase),
    settings: openSettings(profile),
    worker: join(import.meta.dirname, 'compartment.js'),
    sandbox: options.sandbox,
    cloudUrl: options.cloudUrl,
  })
  if (options.onboard) host.launch({})
  try {
    const browser = await serveBrowser(host, files, options.port)
    console.log(`console ready: ${browser.address}`)
    return {
      address: browser.address,
      async close() {
        await browser.close()
        await host.close()
      },
    }
  } catch (error) {
    await host.close()
    throw error
  }
}
