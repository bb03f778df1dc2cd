import type { ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { _electron, type ElectronApplication, type Page } from 'playwright-core'

const ROOT = join(import.meta.dirname, '../..')
const applications = new Map<string, ElectronApplication>()

/**
 * Starts the built app in Electron's own binary.
 * @returns its process, and a name for {@link electronWindow}
 */
export async function startElectron(
  args: string[],
  env: Record<string, string>,
): Promise<{ child: ChildProcess; address: string }> {
  const { buildIfStale } = await import('../../scripts/build.mjs')
  buildIfStale()
  const application = await _electron.launch({
    executablePath: electronBinary(),
    args: [join(ROOT, 'out/main/electron.js'), ...args],
    cwd: ROOT,
    env,
  })
  const child = application.process()
  const address = `electron:${child.pid}`
  applications.set(address, application)
  child.once('exit', () => applications.delete(address))
  return { child, address }
}

/** The first window of a running app, once its page is there. */
export async function electronWindow(address: string): Promise<Page> {
  const application = applications.get(address)
  if (!application) throw new Error(`no Electron is running as ${address}`)
  const page = await application.firstWindow()
  await page.waitForLoadState()
  return page
}

function electronBinary(): string {
  const folder = join(ROOT, 'node_modules/electron')
  const pathFile = join(folder, 'path.txt')
  const binary = existsSync(pathFile) ? join(folder, 'dist', readFileSync(pathFile, 'utf8')) : ''
  if (!existsSync(binary)) throw new Error("Electron's binary is not here: node node_modules/electron/install.js")
  return binary
}
