import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'
import { withCloud, type TestCloud } from '../support/cloud.ts'
import { releasePostgres } from '../support/postgres.ts'
import { launchBrowser, openWindow } from './browser.ts'
import { killAll, startConsole } from './processes.ts'
import { SOON, sandboxLike, temporaryFolder, waitForClient } from './story.ts'

let cloud: TestCloud
let browser: Browser
const folder = temporaryFolder('connect')
const PASSPHRASE = 'a passphrase for this test'

beforeAll(async () => {
  cloud = await withCloud([sandboxLike(['Acme', 12])])
  browser = await launchBrowser()
})
afterEach(killAll)
afterAll(async () => {
  await browser?.close()
  await cloud?.close()
  await releasePostgres()
  folder.remove()
})

async function fill(page: Page, values: Record<string, string>): Promise<void> {
  for (const [label, value] of Object.entries(values)) await page.getByLabel(label).first().fill(value)
  await page.getByRole('button', { name: 'Connect' }).click()
}

test('connecting says in one sentence what is wrong, and then works', async () => {
  const host = await startConsole([`--profile=${folder.path}`])
  const { page, close } = await openWindow(browser, host.address)
  await page.getByRole('button', { name: /Try it with sample clients/ }).waitFor({ timeout: SOON })
  await page.getByRole('button', { name: /Connect to your cloud/ }).click()
  const alert = page.getByRole('alert')
  const account = { Email: 'dana@sandbox.example', Password: 'sandbox', 'New passphrase': PASSPHRASE }

  await fill(page, { Address: 'cloud.example.com', ...account })
  await page.getByText('Write the whole address, such as https://').waitFor({ timeout: SOON })
  await fill(page, { Address: 'http://127.0.0.1:9' })
  await expect.poll(() => alert.innerText(), { timeout: SOON }).toContain('does not answer. Check the address')
  await fill(page, { Address: new URL(host.address).origin })
  await expect.poll(() => alert.innerText(), { timeout: SOON }).toContain('it is not a Bulkhead cloud')
  await fill(page, { Address: cloud.url, Password: 'wrong' })
  await expect.poll(() => alert.innerText(), { timeout: SOON }).toContain('Email or password is wrong')
  await fill(page, { Password: 'sandbox', 'New passphrase': 'short12' })
  await page.getByText('Give it at least 8 characters.').waitFor({ timeout: SOON })
  await fill(page, { 'New passphrase': PASSPHRASE })

  await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
  await page.getByRole('list', { name: 'Clients' }).getByText('Acme', { exact: true }).click()
  await waitForClient(page, 'Acme')
  await close()
  await host.stop()
})

test('the profile stays locked until its passphrase is given', async () => {
  const host = await startConsole([`--profile=${folder.path}`])
  const { page, close } = await openWindow(browser, host.address)
  const field = page.getByLabel('Passphrase').first()
  await field.waitFor({ timeout: SOON })
  await field.fill('not this one')
  await page.keyboard.press('Enter')
  await expect
    .poll(() => page.getByRole('alert').innerText(), { timeout: SOON })
    .toContain('does not open this profile')
  await field.fill(PASSPHRASE)
  await page.keyboard.press('Enter')
  await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
  await page.getByRole('navigation', { name: 'Clients' }).getByRole('button', { name: /Acme/ }).click()
  await waitForClient(page, 'Acme')
  await close()
  await host.stop()
})

test('BULKHEAD_PASSPHRASE opens it without asking, and no file or output shows it', async () => {
  const host = await startConsole([`--profile=${folder.path}`], { BULKHEAD_PASSPHRASE: PASSPHRASE })
  const { page, close } = await openWindow(browser, host.address)
  await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
  expect(host.output()).not.toContain(PASSPHRASE)
  expect(readFileSync(join(folder.path, 'keyring.json'), 'utf8')).not.toContain(PASSPHRASE)
  await close()
  await host.stop()
})

test('a sign-in that the cloud has ended asks for the password, with everything still readable', async () => {
  await cloud.owner`delete from refresh_token`
  const host = await startConsole([`--profile=${folder.path}`], { BULKHEAD_PASSPHRASE: PASSPHRASE })
  const { page, close } = await openWindow(browser, host.address)
  const banner = page.getByTestId('sign-in-banner')
  await banner.waitFor({ timeout: SOON })
  await page.getByRole('navigation', { name: 'Clients' }).getByRole('button', { name: /Acme/ }).click()
  await waitForClient(page, 'Acme')
  const password = banner.getByLabel(/^Password of dana@sandbox.example/).first()
  await password.fill('wrong')
  await page.keyboard.press('Enter')
  await expect.poll(() => banner.innerText(), { timeout: SOON }).toContain('Email or password is wrong')
  await password.fill('sandbox')
  await page.keyboard.press('Enter')
  await expect.poll(() => banner.count(), { timeout: SOON }).toBe(0)
  await close()
  await host.stop()
})

test('a window without the one-time token is told what to do', async () => {
  const host = await startConsole([`--profile=${folder.path}`], { BULKHEAD_PASSPHRASE: PASSPHRASE })
  const { page, close } = await openWindow(browser, host.address.split('#')[0]!)
  await page.getByText('This window is not signed in to the console').waitFor({ timeout: SOON })
  await close()
  await host.stop()
})
