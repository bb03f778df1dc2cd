import type { Page } from 'playwright-core'
import { launchBrowser } from '../../e2e/browser.ts'
import { percentile, type Bench } from '../bench.ts'
import type { BenchHost } from '../host.ts'
import { installProbe, type Probe } from './probe.ts'

declare global {
  interface Window {
    probe: Probe
  }
}

/** A window in Chromium on the console of a bench. */
export interface BenchPage {
  page: Page
  /** p95 of a key press that adds a line of text, in ms: what the browser itself takes. */
  frame: number
  close(): Promise<void>
}

/** Opens one and waits until it lists the clients. */
export async function openBenchPage(bench: Bench, host: BenchHost): Promise<BenchPage> {
  const browser = await launchBrowser()
  bench.afterwards(() => browser.close())
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' })
  await context.addCookies([{ ...host.window.cookie, url: host.window.origin, httpOnly: true, sameSite: 'Strict' }])
  const page = await context.newPage()
  await page.addInitScript(installProbe)
  await page.goto(host.window.origin)
  await page.getByText('Aardvark Logistics').first().waitFor()
  const frames: number[] = []
  for (let i = 0; i < 40; i++) {
    await page.evaluate(() => window.probe.expect('plain'))
    await page.keyboard.press('F8')
    frames.push(await page.evaluate(() => window.probe.painted()))
  }
  return { page, frame: percentile(frames.slice(10), 0.95), close: () => browser.close() }
}
