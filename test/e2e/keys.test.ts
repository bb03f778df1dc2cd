import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { uuid } from '../support/sample.ts'
import { openWindow } from './browser.ts'
import { openTicket, sandboxLike, setStage, SOON, switchTo, waitForClient } from './story.ts'

// Lock, passphrase, recovery file, and a client that does not open: what a person sees and does.

const stage = setStage('keys', () => sandboxLike(['Acme', 20], ['Zephyr', 5]))
const PHRASE = 'seven wild geese'
const FILE_PHRASE = 'eight tame ducks'

const textOf = (page: Page): Promise<string> => page.evaluate(() => document.documentElement.outerHTML)

async function go(page: Page, letter: string): Promise<void> {
  await page.keyboard.press('g')
  await page.keyboard.press(letter)
}

async function setPassphrase(page: Page, phrase: string): Promise<void> {
  await go(page, 'k')
  await page.getByRole('main', { name: 'Keys and lock' }).waitFor({ timeout: SOON })
  await page.keyboard.press('p')
  await page.getByLabel('New passphrase', { exact: true }).fill(phrase)
  await page.getByLabel('The same again').fill(phrase)
  await page.keyboard.press('Enter')
  await page.getByText('The passphrase is set.').waitFor({ timeout: SOON })
}

async function unlock(page: Page, phrase: string): Promise<void> {
  const field = page.getByLabel('Passphrase', { exact: true })
  await field.waitFor({ timeout: SOON })
  await field.fill(phrase)
  await page.keyboard.press('Enter')
}

test('a lock leaves nothing of a client in the window; after it the technician is where they were, with what was typed', async () => {
  const host = await stage.begin('locked')
  const { page, close } = await stage.open(host, 'Acme')
  await setPassphrase(page, PHRASE)
  await page.keyboard.press('Control+1')
  await openTicket(page, 'Acme ticket 7')
  await page.keyboard.press('n')
  await page.keyboard.type('Half a thou')
  await page.keyboard.press('Control+L')
  await page.getByRole('heading', { name: 'Bulkhead is locked' }).waitFor({ timeout: SOON })
  const html = await textOf(page)
  for (const word of ['Acme', 'Zephyr', 'Half a thou', 'ticket 7']) expect(html).not.toContain(word)

  await unlock(page, 'not this one')
  await page.getByRole('alert').getByText('does not open this profile').waitFor({ timeout: SOON })
  await unlock(page, PHRASE)
  const note = page.getByRole('textbox', { name: /^Internal note on ticket 7 of Acme/ })
  await expect.poll(() => note.inputValue(), { timeout: SOON }).toBe('Half a thou')
  await close()
})

test('a forgotten passphrase is no loss with a recovery file: unsent edits are there, under a new one', async () => {
  const host = await stage.begin('recovered')
  const { page, close } = await stage.open(host, 'Acme')
  // A client has a key once it was opened.
  await switchTo(page, 'Zephyr', 'Zephyr')
  await waitForClient(page, 'Zephyr')
  await setPassphrase(page, PHRASE)
  await page.keyboard.press('x')
  await page.getByLabel('Passphrase of this computer').fill(PHRASE)
  await page.getByLabel('Passphrase of the file').fill(FILE_PHRASE)
  await page.getByLabel('The same again').fill(FILE_PHRASE)
  const downloading = page.waitForEvent('download')
  await page.keyboard.press('Enter')
  const file = join(stage.profile('files'), 'recovery.json')
  await (await downloading).saveAs(file)
  await page.getByText('was saved. Keep it and its passphrase apart').waitFor({ timeout: SOON })
  expect(readFileSync(file, 'utf8')).not.toContain('Acme')

  await stage.goAway(page)
  await page.keyboard.press('Control+1')
  await openTicket(page, 'Acme ticket 7')
  await page.keyboard.press('n')
  await page.keyboard.type('Not sent yet')
  await page.keyboard.press('Control+Enter')
  await page.getByTestId('entry-note').filter({ hasText: 'Not sent yet' }).waitFor({ timeout: SOON })
  await page.keyboard.press('Control+L')

  await page.getByText('Forgot the passphrase?').click()
  await page.getByText('Restore a recovery file').click()
  await page.getByLabel('Recovery file', { exact: true }).setInputFiles(file)
  await page.getByLabel('Passphrase of the file').fill('not that one')
  await page.getByRole('button', { name: 'Look into the file' }).click()
  await page.getByRole('alert').getByText('does not open this recovery file').waitFor({ timeout: SOON })
  await page.getByLabel('Passphrase of the file').fill(FILE_PHRASE)
  await page.getByRole('button', { name: 'Look into the file' }).click()
  await page.getByText('The keys of 2 clients are to be restored').waitFor({ timeout: SOON })
  await page.getByRole('button', { name: 'Restore', exact: true }).click()
  await page.getByLabel('New passphrase for this computer').fill('nine grey cranes')
  await page.getByLabel('The same again').fill('nine grey cranes')
  await page.getByRole('button', { name: 'Restore', exact: true }).click()
  await page
    .getByTestId('entry-note')
    .filter({ hasText: 'Not sent yet' })
    .getByText('Waiting for the cloud')
    .waitFor({ timeout: SOON })
  await stage.comeBack(page)
  await close()
})

test('a client whose key does not fit stops alone, says so, gives diagnostics without a word of it, and starts again from the cloud', async () => {
  let host = await stage.begin('stopped')
  const first = await stage.open(host, 'Acme')
  await switchTo(first.page, 'Zephyr', 'Zephyr')
  await first.page.getByTestId('ticket-row').first().waitFor({ timeout: SOON })
  await first.close()
  await host.stop()
  // Zephyr's files in the place of Acme's.
  const tenants = join(stage.profile('stopped'), 'tenants')
  const [acme, zephyr] = [join(tenants, uuid('tenant', 'Acme')), join(tenants, uuid('tenant', 'Zephyr'))]
  rmSync(acme, { recursive: true })
  cpSync(zephyr, acme, { recursive: true })

  host = await stage.begin('stopped')
  const { page, close } = await openWindow(stage.browser, host.address)
  await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
  await page.keyboard.press('Control+1')
  await page.getByRole('heading', { name: 'Acme does not open with its key' }).waitFor({ timeout: SOON })
  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  const path = join(stage.profile('files'), 'diagnostics.txt')
  mkdirSync(stage.profile('files'), { recursive: true })
  await (await downloading).saveAs(path)
  expect(readFileSync(path, 'utf8')).toContain('problem: key-wrong')
  expect(readFileSync(path, 'utf8')).not.toMatch(/Acme|Zephyr|[0-9a-f]{8}-[0-9a-f]{4}/)

  await page.keyboard.press('Control+2')
  await waitForClient(page, 'Zephyr')
  await page.keyboard.press('Control+1')
  await page.getByText('Start Acme again from the cloud').click()
  const start = page.getByRole('button', { name: 'Set aside and start again' })
  // What is typed stays while the client is tried again, by the person or by itself.
  const word = page.getByLabel(/^Type “/)
  await word.fill('Acm')
  expect(await start.isDisabled()).toBe(true)
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText(/^Tried again at .*: it does not open yet/).waitFor({ timeout: SOON })
  expect(await word.inputValue()).toBe('Acm')
  await word.fill('Acme')
  await start.click()
  await waitForClient(page, 'Acme')
  await page.getByTestId('ticket-row').first().waitFor({ timeout: SOON })
  expect(readdirSync(tenants).length).toBeGreaterThan(1)
  await close()
})

/** Saves a recovery file from the keys page. @returns where it is */
async function saveRecovery(page: Page, name: string): Promise<string> {
  await go(page, 'k')
  await page.getByRole('main', { name: 'Keys and lock' }).waitFor({ timeout: SOON })
  await page.keyboard.press('x')
  await page.getByLabel('Passphrase of the file').fill(FILE_PHRASE)
  await page.getByLabel('The same again').fill(FILE_PHRASE)
  const downloading = page.waitForEvent('download')
  await page.keyboard.press('Enter')
  const file = join(stage.profile('files'), name)
  await (await downloading).saveAs(file)
  await page.getByText(/^bulkhead-recovery-.* was saved/).waitFor({ timeout: SOON })
  return file
}

async function lookInto(page: Page, file: string): Promise<void> {
  const form = page.getByRole('form', { name: 'Restore keys from a recovery file' })
  await form.getByLabel('Recovery file', { exact: true }).setInputFiles(file)
  await form.getByLabel('Passphrase of the file').fill(FILE_PHRASE)
  await form.getByRole('button', { name: 'Look into the file' }).click()
}

test('a keyring that is gone leads to the recovery file, which brings everything back', async () => {
  let host = await stage.begin('gone')
  const first = await stage.open(host, 'Acme')
  const file = await saveRecovery(first.page, 'gone.json')
  await first.close()
  await host.stop()
  const keyring = join(stage.profile('gone'), 'keyring.json')
  const before = readFileSync(keyring, 'utf8')
  rmSync(keyring)
  host = await stage.begin('gone')
  const { page, close } = await openWindow(stage.browser, host.address)
  await page.getByRole('heading', { name: 'The keys of your clients’ files do not open' }).waitFor({ timeout: SOON })
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('Restore a recovery file', { exact: true }).click()
  await lookInto(page, file)
  await page.getByText(/(is|are) to be restored/).waitFor({ timeout: SOON })
  await page.getByRole('button', { name: 'Restore', exact: true }).click()
  await page.getByLabel('New passphrase for this computer').fill(PHRASE)
  await page.getByLabel('The same again').fill(PHRASE)
  await page.getByRole('button', { name: 'Restore', exact: true }).click()
  await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
  await switchTo(page, 'Acme', 'Acme')
  await waitForClient(page, 'Acme')
  expect(readFileSync(keyring, 'utf8')).not.toBe(before)
  await close()
})

test('a recovery file says whose keys it lacks; restoring says what was done, and is not offered where it would do nothing', async () => {
  let host = await stage.begin('lacking')
  const first = await stage.open(host, 'Acme')
  await switchTo(first.page, 'Zephyr', 'Zephyr')
  await waitForClient(first.page, 'Zephyr')
  const whole = await saveRecovery(first.page, 'whole.json')
  await first.close()
  await host.stop()
  const keyring = join(stage.profile('lacking'), 'keyring.json')
  const content = JSON.parse(readFileSync(keyring, 'utf8')) as { secrets: Record<string, string> }
  const acme = uuid('tenant', 'Acme')
  content.secrets[acme] = `AAAA${content.secrets[acme]?.slice(4)}`
  writeFileSync(keyring, JSON.stringify(content))

  host = await stage.begin('lacking')
  const { page, close } = await openWindow(stage.browser, host.address)
  await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
  await saveRecovery(page, 'lacking.json')
  await page.getByText('was saved without the keys of Acme: they do not open here').waitFor({ timeout: SOON })
  await page.getByText('the key of 1 client is not in it').waitFor({ timeout: SOON })
  await page.getByRole('button', { name: 'Restore…' }).click()
  await lookInto(page, whole)
  await page
    .getByText('The key of 1 client is to be restored; the key of 1 client is the same here already.')
    .waitFor({ timeout: SOON })
  await page.getByRole('button', { name: 'Restore', exact: true }).click()
  await page.getByText('The key of 1 client was restored').waitFor({ timeout: SOON })
  await page.getByRole('button', { name: 'Restore…' }).click()
  await lookInto(page, whole)
  await page.getByText('Nothing here needs a key of this file').waitFor({ timeout: SOON })
  expect(await page.getByRole('button', { name: 'Restore', exact: true }).count()).toBe(0)
  await switchTo(page, 'Acme', 'Acme')
  await waitForClient(page, 'Acme')
  await close()
})
