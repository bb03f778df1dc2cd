import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { electronWindow } from './electron-app.ts'

/**
 * What shows the console in a story: a browser window (the default), the built Electron app in the harness of
 * test/harness, or in Electron itself, where its binary is. BULKHEAD_E2E_HOST chooses.
 */
export type HostKind = 'browser' | 'electron-harness' | 'electron'

export function chosenHost(): HostKind {
  const chosen = process.env['BULKHEAD_E2E_HOST'] ?? 'browser'
  if (chosen === 'browser' || chosen === 'electron-harness' || chosen === 'electron') return chosen
  throw new Error(`BULKHEAD_E2E_HOST takes browser, electron-harness or electron, not ${chosen}`)
}

/** Plays the stories of this test file in another host. */
export function playOn(host: HostKind): void {
  process.env['BULKHEAD_E2E_HOST'] = host
}

let machine: string | null = null

/** One machine for every harness of this process: their key store stays where a console is started again. */
export function harnessEnvironment(): Record<string, string> {
  if (machine === null) {
    const folder = mkdtempSync(join(tmpdir(), 'bulkhead-machine-'))
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
    machine = folder
  }
  return { BULKHEAD_HARNESS_MACHINE: machine }
}

/** The window that an Electron host has opened itself; `close` looks away from it and leaves it open. */
export async function ownWindow(
  host: 'electron-harness' | 'electron',
  address: string,
): Promise<{ page: Page; close(): Promise<void> }> {
  if (host === 'electron') return { page: await electronWindow(address), close: () => Promise.resolve() }
  const browser = await chromium.connectOverCDP(address)
  const [page] = browser.contexts().flatMap((context) => context.pages())
  if (!page) throw new Error('the console has no window')
  return { page, close: () => browser.close() }
}
