import {
  chromium,
  errors,
  type Browser,
  type ConsoleMessage,
  type LaunchOptions,
  type Locator,
  type Page,
} from 'playwright-core'
import { findChromium } from '../../scripts/chromium.mjs'
import { chosenHost, ownWindow } from './hosts.ts'

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A headless Chromium: the installed one, see scripts/chromium.mjs. */
export async function launchBrowser({ args = [], ...options }: LaunchOptions = {}): Promise<Browser> {
  const executablePath = await findChromium()
  if (!executablePath) throw new Error('no Chromium: set BULKHEAD_CHROMIUM to its path')
  return chromium.launch({ executablePath, args: [...FLAGS, ...args], ...options })
}

/** A window of the console on a person's screen. */
export interface WindowOptions {
  width?: number
  height?: number
  theme?: 'dark' | 'light'
}

/**
 * Opens a window on the console at its address, or takes the one that its Electron has open, and notes everything that
 * its page complained about.
 */
export async function openWindow(
  browser: Browser,
  address: string,
  { width = 1280, height = 800, theme = 'light' }: WindowOptions = {},
): Promise<{ page: Page; complaints: string[]; close(): Promise<void> }> {
  const host = chosenHost()
  const { page, close } = host === 'browser' ? await blankPage(browser) : await ownWindow(host, address)
  lookOften(page)
  await page.setViewportSize({ width, height })
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
  const complaints: string[] = []
  const hear = (message: ConsoleMessage): void => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  }
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', hear)
  if (host === 'browser') await page.goto(address)
  else {
    // What was said before anybody listened.
    for (const error of await page.pageErrors()) complaints.push(error.message)
    for (const message of await page.consoleMessages()) hear(message)
  }
  return { page, complaints, close }
}

async function blankPage(browser: Browser): Promise<{ page: Page; close(): Promise<void> }> {
  const context = await browser.newContext()
  return { page: await context.newPage(), close: () => context.close() }
}

/** Milliseconds of a wait of Playwright's own. */
const SHORT = 2_000
let looksOften = false

/**
 * Playwright soon looks only every half second where a wait may be long, and every tenth of one where it is short: a
 * long wait is many short ones from here on, in every window of this process.
 */
function lookOften(page: Page): void {
  if (looksOften) return
  looksOften = true
  const locator = Object.getPrototypeOf(page.locator(':root')) as Locator
  const waitFor = locator.waitFor
  locator.waitFor = async function (this: Locator, options = {}) {
    const { timeout = 30_000 } = options
    for (let left = timeout; ; left -= SHORT) {
      try {
        return await waitFor.call(this, { ...options, timeout: Math.min(left, SHORT) })
      } catch (error) {
        if (!(error instanceof errors.TimeoutError)) throw error
        error.message = error.message.replace(/Timeout \d+ms/, `Timeout ${timeout}ms`)
        if (left <= SHORT) throw error
      }
    }
  }
}
