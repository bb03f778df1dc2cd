import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildIfStale } from '../../scripts/build.mjs'
import { launchBrowser, openWindow } from '../e2e/browser.ts'
import { killAll, startCloudProcess, startConsole } from '../e2e/processes.ts'

// Takes the picture of docs/configurations.md again: `node test/pictures/configurations.ts`. Five sample clients whose
// configurations disagree in every part, each with its list, a new ticket, a ticket and what can be set on it, side by
// side.

const PICTURES = join(import.meta.dirname, '../../docs/pictures')
/** What is written of a new ticket, and what is chosen of it. */
const CLIENTS = [
  {
    name: 'Harbor & Pine Legal',
    subject: 'Nobody can file before the hearing',
    chosen: { Impact: 'A practice group', Urgency: 'Court or closing' },
  },
  {
    name: 'Orrery Precision Manufacturing',
    subject: 'Terminal of line 2 is frozen',
    chosen: { 'Stands still': 'A line', 'Can wait': 'A shift' },
  },
  {
    name: 'Atelier Voss Architekten',
    subject: 'Plotter druckt nur halbe Pläne',
    chosen: { Auswirkung: 'Ein Arbeitsplatz', Dringlichkeit: 'Vor der Abgabe' },
  },
  {
    name: 'Cedar Hollow School',
    subject: 'Whiteboard in room 7 stays dark',
    chosen: { 'Who is stuck': 'A class', When: 'This lesson' },
  },
  { name: 'Saltmarsh Hotels', subject: 'Key card printer jams', chosen: { Property: 'Point Lodge' } },
]
/** Postgres, which does not run as root, reaches only folders like this. */
const folder = mkdtempSync('/var/tmp/bulkhead-pictures-')

buildIfStale()
const cloud = await startCloudProcess([`--data=${join(folder, 'cloud')}`, '--port=0', '--seed=sandbox'])
const host = await startConsole([`--profile=${join(folder, 'profile')}`, '--sandbox', `--cloud=${cloud.address}`])
const browser = await launchBrowser()
const { page } = await openWindow(browser, host.address)
const shots: { name: string; images: string[] }[] = []
const shoot = async (): Promise<string> => {
  await page.mouse.move(640, 799)
  await page.waitForTimeout(500)
  return (await page.screenshot()).toString('base64')
}

await page.getByRole('list', { name: 'Clients' }).waitFor()
for (const { name, subject, chosen } of CLIENTS) {
  await page.keyboard.press('Control+Shift+K')
  await page.getByRole('dialog').getByRole('combobox').waitFor()
  await page.keyboard.type(name)
  await page
    .getByRole('option', { name: new RegExp(name) })
    .first()
    .waitFor()
  await page.keyboard.press('Enter')
  await page.getByTestId('client-name').getByText(name).waitFor()
  await page.getByTestId('ticket-row').first().waitFor()
  await page.waitForFunction(() => document.querySelector('[data-testid=sync-state]')?.textContent === '')
  const list = await shoot()
  await page.keyboard.press('c')
  await page.getByRole('textbox', { name: 'Subject' }).fill(subject)
  await page.getByRole('button', { name: /^\d+ more fields?$/ }).click()
  for (const [field, option] of Object.entries(chosen)) {
    await page.getByRole('combobox', { name: field, exact: true }).click()
    await page.getByRole('option', { name: option }).filter({ visible: true }).click()
  }
  await page.getByRole('textbox', { name: 'Subject' }).focus()
  const fresh = await shoot()
  await page.keyboard.press('Escape')
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.getByRole('article', { name: /^Ticket/ }).waitFor()
  const ticket = await shoot()
  await page.keyboard.press('s')
  await page.getByRole('listbox', { name: 'Set status' }).waitFor()
  const statuses = await shoot()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  shots.push({ name, images: [list, fresh, ticket, statuses] })
  console.log(name)
}

const sheet = await browser.newPage({ viewport: { width: 2290, height: 100 } })
await sheet.setContent(`<style>
  body { margin: 20px; font: 600 17px system-ui; background: #dfe3e9; color: #18202b }
  section { display: grid; grid-template-columns: repeat(4, 555px); gap: 10px; margin-bottom: 22px }
  h2 { grid-column: 1 / -1; font-size: 17px; margin: 0 }
  img { width: 555px; height: 347px; border-radius: 4px }
</style>
${shots.map(({ name, images }) => `<section><h2>${name}</h2>${images.map((one) => `<img src="data:image/png;base64,${one}">`).join('')}</section>`).join('')}`)
await sheet.screenshot({ path: join(PICTURES, 'five-configurations.png'), fullPage: true })
console.log('five-configurations')

await browser.close()
await killAll()
rmSync(folder, { recursive: true, force: true })
