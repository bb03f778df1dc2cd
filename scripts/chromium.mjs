import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const INSTALLED = {
  linux: [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/opt/google/chrome/chrome',
    '/usr/bin/microsoft-edge',
    '/snap/bin/chromium',
  ],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [
    ...['ProgramFiles', 'ProgramFiles(x86)', 'LocalAppData'].flatMap((name) => {
      const base = process.env[name]
      return base
        ? [join(base, 'Google/Chrome/Application/chrome.exe'), join(base, 'Microsoft/Edge/Application/msedge.exe')]
        : []
    }),
  ],
}

const HEADLESS_SHELL = '/usr/bin/chromium-headless-shell'

/**
 * A Chromium for tests: BULKHEAD_CHROMIUM, an installed Chrome, Chromium or Edge, one that Playwright downloaded or
 * can download, or Debian's package where this is root on Debian.
 * @returns {Promise<string | null>} the path of its executable, null where there is no way to one
 */
export async function findChromium() {
  return process.env.BULKHEAD_CHROMIUM || installed() || (await fromPlaywright()) || fromDebian()
}

function installed() {
  return (
    (INSTALLED[/** @type {keyof typeof INSTALLED} */ (process.platform)] ?? []).find((path) => existsSync(path)) ?? null
  )
}

async function fromPlaywright() {
  const { chromium } = await import('playwright-core')
  if (existsSync(chromium.executablePath())) return chromium.executablePath()
  const cli = join(import.meta.dirname, '../node_modules/playwright-core/cli.js')
  console.error('Looking for a Chromium: trying the download of Playwright…')
  spawnSync(process.execPath, [cli, 'install', 'chromium'], { stdio: 'ignore', timeout: 300_000 })
  return existsSync(chromium.executablePath()) ? chromium.executablePath() : null
}

function fromDebian() {
  return install('chromium') ? installed() : null
}

/**
 * Debian's Chromium without a screen: what the tests see in it is the same, and it takes half of the processor's time.
 * It is installed where this is root on Debian.
 * @returns {string | null} the path of its executable, null where there is no way to one
 */
export function findHeadlessShell() {
  if (process.platform !== 'linux') return null
  if (!existsSync(HEADLESS_SHELL)) install('chromium-headless-shell')
  return existsSync(HEADLESS_SHELL) ? HEADLESS_SHELL : null
}

/** @param {string} name of a package of Debian @returns {boolean} whether this is a machine on which that can be tried */
function install(name) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return false
  console.error(`Looking for a Chromium: installing Debian's package ${name}…`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  spawnSync('apt-get', ['update'], { stdio: 'ignore', env })
  spawnSync('apt-get', ['install', '-y', '--no-install-recommends', name], { stdio: 'ignore', env })
  return true
}
