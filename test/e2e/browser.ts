import { chromium, type Browser, type Page } from 'playwright-core'
import { findChromium } from '../../scripts/chromium.mjs'

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
export async function launchBrowser(): Promise<Browser> {
  const executablePath = await findChromium()
  if (!executablePath) throw new Error('no Chromium: set BULKHEAD_CHROMIUM to its path')
  return chromium.launch({ executablePath, args: FLAGS })
}

/** Opens a window on the console at its address, and notes everything that its page complained about. */
export async function openWindow(
  browser: Browser,
  address: string,
  options: { width?: number; height?: number; theme?: 'dark' | 'light' } = {},
): Promise<{ page: Page; complaints: string[]; close(): Promise<void> }> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    colorScheme: options.theme ?? 'light',
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  await page.goto(address)
  return { page, complaints, close: () => context.close() }
}
