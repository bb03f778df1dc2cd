import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildIfStale } from '../../scripts/build.mjs'
import { launchBrowser, openWindow } from '../e2e/browser.ts'
import { killAll, startCloudProcess, startConsole } from '../e2e/processes.ts'

// Takes the pictures of docs/onboarding.md again: `node test/pictures/onboarding.ts`. A client comes in beside the sample
// clients, typed by keyboard, and what that took is printed. With `--paced` it goes as slowly as somebody who does it for
// the first time: two keys a second, and a quarter of a minute to read each page.
const paced = process.argv.includes('--paced')
const KEY_MS = paced ? 500 : 0
const READING_MS = paced ? 15_000 : 0

const PICTURES = join(import.meta.dirname, '../../docs/pictures')
/** Postgres, which does not run as root, reaches only folders like this. */
const folder = mkdtempSync('/var/tmp/bulkhead-pictures-')

buildIfStale()
const cloud = await startCloudProcess([`--data=${join(folder, 'cloud')}`, '--port=0', '--seed=sandbox'])
const host = await startConsole([`--profile=${join(folder, 'profile')}`, '--sandbox', `--cloud=${cloud.address}`])
const browser = await launchBrowser()
const { page } = await openWindow(browser, host.address)
const press = async (key: string): Promise<void> => {
  await page.keyboard.press(key)
  await page.waitForTimeout(KEY_MS)
}
const type = (text: string): Promise<void> => page.keyboard.type(text, { delay: KEY_MS })
const stands = async (name: string): Promise<void> => {
  await page.getByRole('heading', { name, exact: true }).first().waitFor()
  await page.waitForTimeout(READING_MS)
}
const take = async (name: string): Promise<void> => {
  if (paced) return
  await page.mouse.move(640, 799)
  await page.waitForTimeout(500)
  await page.screenshot({ path: join(PICTURES, `${name}.png`) })
  console.log(name)
}

await page.getByRole('list', { name: 'Clients' }).waitFor()
const began = performance.now()
await type('gn')
await stands('Identity')
await type('Harbour Legal')
await press('Tab')
await type('germ')
await press('Tab')
await press('Tab')
await type('harbour-legal.example')
await press('Tab')
await type('Legal')
await take('onboarding-1-who-it-is')
await press('Control+Enter')
await stands('Start from')
await take('onboarding-2-a-template')
await press('Enter')
await stands('Hours')
for (const name of ['Dana Whitlock', 'Priya Raghunathan']) {
  await page.getByRole('checkbox', { name }).focus()
  await press(' ')
}
await page.getByTestId('proof').getByText('is due').waitFor()
await take('onboarding-3-hours-proved')
await press('Control+Enter')
await stands('Service')
await page.getByLabel('Security groups that there are').focus()
await type('SG-HarbourLegal-Finance-RW\nFinance team\nHL_Partners')
await page.getByText('Finance team, HL_Partners do not follow it.').scrollIntoViewIfNeeded()
await take('onboarding-4-names-that-stray')
await press('Control+Shift+Enter')
await stands('Verify')
await page
  .getByTestId('state-verify')
  .getByText(/^1[12] of 12 passed/)
  .waitFor({ timeout: 60_000 })
await page.getByText('A recovery file brings the keys back').scrollIntoViewIfNeeded()
await take('onboarding-5-verified')
await press('Control+Enter')
await stands('Go live')
await type('Handed over to Ms Harbour, who agreed.')
await press('Control+Enter')
await page.getByRole('heading', { name: 'Harbour Legal is live' }).waitFor()
console.log(`from the first key to a client that is live: ${Math.round((performance.now() - began) / 1000)} s`)
await press('i')
await page.getByRole('main', { name: /^Import into/ }).waitFor()
await page.getByLabel('Tickets', { exact: true }).check()
const rows = [
  'Ticket ID,Subject,Status,Priority,Created,Room',
  'FD-311,Scanner in room 4 makes grey stripes,Parked,P3,2026-11-03T09:12:00Z,4',
  'FD-312,New colleague starts on Monday,New,P3,2026-11-04T08:40:00Z,',
  'FD-313,,New,P2,2026-11-04T10:02:00Z,2',
]
const buffer = Buffer.from(rows.join('\n'))
await page.getByLabel('File to import').setInputFiles({ name: 'tickets.csv', mimeType: 'text/csv', buffer })
await page.getByTestId('import-counts').waitFor()
await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
await take('onboarding-6-a-file-looked-at')

await browser.close()
await killAll()
rmSync(folder, { recursive: true, force: true })
