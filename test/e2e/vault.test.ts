import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { sandboxLike, setStage, SOON, switchTo } from './story.ts'

// The credentials of a client, by keyboard: kept, found, shown for a moment, copied, changed, brought back, imported.

const stage = setStage('vault', () => {
  const data = sandboxLike(['Acme', 5], ['Zephyr', 5])
  for (const client of data.clients)
    if (client.tenant.name === 'Zephyr')
      client.configuration = { ...client.configuration, vault: { reasonNeeded: true, forgetAfter: 5 } }
  return data
})
const SECRET = 'correct-horse-7731'
const SEED = 'JBSWY3DPEHPK3PXP'

const html = (page: Page): Promise<string> => page.evaluate(() => document.documentElement.outerHTML)
const detail = (page: Page) => page.getByTestId('credential')

/** Everything that the host sends to the window, from now on. */
function frames(page: Page): string[] {
  const seen: string[] = []
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => seen.push(String(payload))))
  return seen
}

async function toVault(page: Page, client: string): Promise<void> {
  await page.keyboard.press('g')
  await page.keyboard.press('v')
  await page.getByRole('main', { name: `Credentials of ${client}` }).waitFor({ timeout: SOON })
}

test('a login is kept, shown, copied, changed and brought back; its value and its seed are nowhere else', async () => {
  const host = await stage.begin()
  const { page, close } = await stage.open(host, 'Acme')
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const sent = frames(page)
  await page.reload()
  await page.getByTestId('ticket-row').first().waitFor({ timeout: SOON })
  await toVault(page, 'Acme')
  await page.getByText('No credentials yet').waitFor()

  await page.keyboard.press('n')
  await page.getByText('New credential of').waitFor()
  await page.getByLabel('Name', { exact: true }).fill('Router HQ')
  await page.getByLabel('User name').fill('admin')
  await page.getByLabel('Password', { exact: true }).fill(SECRET)
  await page.getByLabel('Seed of one-time codes').fill(SEED)
  // Where Enter begins a line.
  await page.getByLabel('Note', { exact: true }).press('Control+Enter')
  await page.getByText('Saved.').waitFor({ timeout: SOON })
  await detail(page).waitFor()
  expect(await html(page)).not.toContain(SECRET)
  expect(sent.join('\n')).not.toContain(SECRET)

  await page.keyboard.press('v')
  await detail(page).getByText(SECRET).waitFor({ timeout: SOON })
  await page.keyboard.press('v')
  await expect.poll(() => html(page)).not.toContain(SECRET)
  await page.keyboard.press('c')
  await page.getByText(/^Copied\. The clipboard is emptied/).waitFor({ timeout: SOON })
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(SECRET)
  await page.keyboard.press('o')
  await expect.poll(() => page.getByTestId('totp').innerText(), { timeout: SOON }).toMatch(/^\d{3} \d{3}/)

  // Another client: neither a value nor what was copied goes along.
  await page.keyboard.press('v')
  await detail(page).getByText(SECRET).waitFor({ timeout: SOON })
  await switchTo(page, 'Zephyr', 'Zephyr')
  await expect.poll(() => html(page)).not.toContain(SECRET)
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText()), { timeout: SOON }).toBe('')
  await toVault(page, 'Zephyr')
  await page.getByText('No credentials yet').waitFor()

  await switchTo(page, 'Acme', 'Acme')
  await toVault(page, 'Acme')
  await page.keyboard.press('/')
  await page.keyboard.type('rout')
  await page.getByRole('list', { name: 'Credentials' }).getByText('Router HQ').waitFor({ timeout: SOON })
  await page.keyboard.press('Enter')
  await page.keyboard.press('Enter')
  await detail(page).waitFor()
  await page.keyboard.press('e')
  await page.getByLabel('User name').fill('root')
  await page.getByRole('button', { name: 'Save' }).click()
  await detail(page).getByText('root').waitFor({ timeout: SOON })
  await page.keyboard.press('h')
  await page.getByRole('button', { name: 'Bring back' }).click()
  await detail(page).getByText('admin').waitFor({ timeout: SOON })
  await page.keyboard.press('Delete')
  await page.getByText('Router HQ removed').waitFor({ timeout: SOON })
  await page.getByText('No credential goes by that name').waitFor({ timeout: SOON })
  await page.keyboard.press('z')
  await page.getByRole('list', { name: 'Credentials' }).getByText('Router HQ').waitFor({ timeout: SOON })

  // The password crossed three times, when it was shown twice and copied; the seed never.
  const all = sent.join('\n')
  expect(all.split(SECRET).length - 1).toBe(3)
  expect(all).not.toContain(SEED)
  expect(host.output()).not.toContain(SECRET)
  await close()
})

test('an export is looked at first, imported once, and a second time changes nothing', async () => {
  const host = await stage.begin('imported')
  const { page, close } = await stage.open(host, 'Acme')
  await toVault(page, 'Acme')
  await page.keyboard.press('i')
  const fixture = join(import.meta.dirname, '../fixtures/exports/chrome.csv')
  await page.getByLabel('Export', { exact: true }).setInputFiles(fixture)
  await page.getByText(/^Chrome or Edge: \d+ rows/).waitFor({ timeout: SOON })
  await page.getByRole('button', { name: /^Import \d/ }).click()
  await page.getByText(/^\d+ added, 0 were here already/).waitFor({ timeout: SOON })
  const rows = page.getByRole('list', { name: 'Credentials' }).getByRole('listitem')
  expect(await rows.count()).toBeGreaterThan(0)
  await page.keyboard.press('i')
  await page.getByLabel('Export', { exact: true }).setInputFiles(fixture)
  await page.getByText('Here already').first().waitFor({ timeout: SOON })
  expect(await page.getByRole('button', { name: 'Import', exact: true }).nth(1).isDisabled()).toBe(true)
  await close()
})

test('where a client’s rules ask for a reason, nothing is shown before one is given', async () => {
  const host = await stage.begin('asked')
  const { page, close } = await stage.open(host, 'Zephyr')
  await toVault(page, 'Zephyr')
  await page.keyboard.press('n')
  await page.getByLabel('Name', { exact: true }).fill('Firewall')
  await page.getByLabel('Password', { exact: true }).fill(SECRET)
  await page.keyboard.press('Enter')
  await detail(page).waitFor({ timeout: SOON })
  await page.keyboard.press('v')
  await page.getByLabel('Why do you need it? Zephyr keeps a record.').waitFor({ timeout: SOON })
  expect(await html(page)).not.toContain(SECRET)
  expect(await page.getByRole('button', { name: 'Go on' }).isDisabled()).toBe(true)
  await page.keyboard.type('Ticket 3, new line')
  await page.keyboard.press('Enter')
  await detail(page).getByText(SECRET).waitFor({ timeout: SOON })
  await expect.poll(() => html(page), { timeout: SOON }).not.toContain(SECRET)
  await close()
})

test('credentials that are due are told where a technician looks: at the client, at its card, and over all clients', async () => {
  const host = await stage.begin('due')
  const { page, close } = await stage.open(host, 'Zephyr')
  const add = async (client: string, name: string, days: string): Promise<void> => {
    await switchTo(page, client, client)
    await toVault(page, client)
    await page.keyboard.press('n')
    await page.getByLabel('Name', { exact: true }).fill(name)
    await page.getByLabel('Password', { exact: true }).fill(SECRET)
    await page.getByLabel(/^Change it each so many/).fill(days)
    await page.keyboard.press('Enter')
    await detail(page).waitFor({ timeout: SOON })
  }
  // Fourteen days before its time a credential is due.
  await add('Zephyr', 'Firewall', '10')
  await page.getByRole('button', { name: 'Credentials of this client: 1 credential is due' }).waitFor({ timeout: SOON })
  await add('Acme', 'Router', '7')
  await add('Acme', 'Switch', '5')
  await add('Acme', 'Server', '300')
  await page
    .getByRole('button', { name: 'Credentials of this client: 2 credentials are due' })
    .waitFor({ timeout: SOON })
  await page.keyboard.press('Control+0')
  await page.getByText('2 clients · 3 credentials are due').waitFor({ timeout: SOON })
  const card = page.getByRole('list', { name: 'Clients' }).getByRole('listitem').filter({ hasText: 'Zephyr' })
  await card.getByText('1 credential is due').waitFor({ timeout: SOON })

  // One that was removed is due no more.
  await switchTo(page, 'Zephyr', 'Zephyr')
  await toVault(page, 'Zephyr')
  await page.getByRole('list', { name: 'Credentials' }).getByText('Firewall').click()
  await page.keyboard.press('Delete')
  await page.getByRole('button', { name: 'Credentials of this client', exact: true }).waitFor({ timeout: SOON })
  await close()
})
