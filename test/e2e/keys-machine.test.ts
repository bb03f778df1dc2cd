import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterEach, expect, test } from 'vitest'
import { deriveKeys } from '../../src-main/compartment/keys.ts'
import { openRegistryFile } from '../../src-main/console/open-registry.ts'
import { readRecoveryFile } from '../../src-main/console/recovery-file.ts'
import { closeDatabase, openEncrypted, type Db } from '../../src-main/storage/open.ts'
import type { KeyReport, RecoveryFile } from '../../src-shared/domain/keys.ts'
import { codeOf, HostWindow, MachineKeychain, type Machine } from '../console/host-window.ts'
import { uuid } from '../support/sample.ts'
import { openWindow } from './browser.ts'
import { serveMachine, type MachineHost } from './machine-window.ts'
import { DANA, openTicket, sandboxLike, setStage, SOON, switchTo, waitForClient, waitForSynced } from './story.ts'

// What a person sees on a machine whose keychain hides nothing, whose clocks go on while nobody is there, and where a
// client's compartment dies again and again.

const stage = setStage('machine', () => sandboxLike(['Acme', 20], ['Zephyr', 5]))
const PHRASE = 'seven wild geese'
const running: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of running.splice(0).toReversed()) await one.close()
})

async function begin(machine: Partial<Machine> & { profile: string }): Promise<MachineHost & { page: Page }> {
  const served = await serveMachine({ keychain: null, ...machine })
  running.push(served)
  const { page, close } = await openWindow(stage.browser, served.address)
  running.push({ close })
  return { ...served, page }
}

/** Fills the form of the first start; what seals the keys is the test's. */
async function account(page: Page): Promise<void> {
  await page.getByRole('button', { name: /Connect to your cloud/ }).click({ timeout: SOON })
  await page.getByLabel('Address').fill(stage.url)
  await page.getByLabel('Email').fill(DANA.email)
  await page.getByLabel('Password', { exact: true }).fill(DANA.password)
}

async function atWork(page: Page): Promise<void> {
  await account(page)
  await page.getByLabel('New passphrase for this computer').fill(PHRASE)
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
  await switchTo(page, 'Acme', 'Acme')
  await waitForClient(page, 'Acme')
  await waitForSynced(page)
}

test('a keychain that hides nothing is used only after the person accepted it, which stays on the keys page; a passphrase takes its place later', async () => {
  const keychain = new MachineKeychain()
  keychain.exposed = true
  const profile = stage.profile('exposed')
  const { page, ...first } = await begin({ profile, keychain })
  await account(page)
  await page.getByText('any program of your account').waitFor({ timeout: SOON })
  await page.getByLabel('Go on without a passphrase').check()
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
  await page.keyboard.press('g')
  await page.keyboard.press('k')
  await page.getByText(/That was accepted on/).waitFor({ timeout: SOON })
  await page.getByText('Nothing could unlock it again').waitFor({ timeout: SOON })
  await first.close()

  // A keyring that says nothing of consent: the keychain became one that hides nothing.
  keychain.exposed = false
  const sealed = stage.profile('sealed')
  const before = await begin({ profile: sealed, keychain })
  await account(before.page)
  await before.page.getByRole('button', { name: 'Connect', exact: true }).click()
  await before.page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
  await before.close()
  keychain.exposed = true
  const after = await begin({ profile: sealed, keychain })
  await after.page.getByRole('heading', { name: 'Nothing here hides your keys' }).waitFor({ timeout: SOON })
  await after.page.getByText('Accept it as it is').click()
  await after.page.getByText('so can whoever copies your folders').waitFor({ timeout: SOON })
  await after.page.getByLabel('New passphrase for this computer').fill(PHRASE)
  await after.page.getByLabel('The same again').fill(PHRASE)
  await after.page.getByRole('button', { name: 'Seal with it' }).click()
  await after.page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
  await after.page.keyboard.press('Control+L')
  await after.page.getByRole('heading', { name: 'Bulkhead is locked' }).waitFor({ timeout: SOON })
})

test('a console that nobody uses locks itself, after the minutes that were chosen', async () => {
  let minutes = 0
  const clock = (): number => minutes * 60_000
  const profile = stage.profile('idle')
  const { page } = await begin({ profile, clocks: { wall: clock, monotonic: clock } })
  await atWork(page)
  await page.keyboard.press('g')
  await page.keyboard.press('k')
  await page.getByLabel('Lock after').selectOption({ label: 'After 5 minutes' })
  minutes += 4
  await switchTo(page, 'Acme', 'Acme')
  await waitForClient(page, 'Acme')
  minutes += 2
  await page.getByRole('heading', { name: 'Bulkhead is locked' }).waitFor({ timeout: SOON })
  expect(await page.evaluate(() => document.documentElement.outerHTML)).not.toContain('Acme')
  await page.getByLabel('Passphrase', { exact: true }).fill(PHRASE)
  await page.keyboard.press('Enter')
  await waitForClient(page, 'Acme')
})

test('a client whose compartment dies again and again is stopped alone, and opens again when the person asks', async () => {
  const { page, host } = await begin({ profile: stage.profile('crashing') })
  await atWork(page)
  // A bug in Acme's compartment: a call that kills it, as often as it may be started again.
  const other = new HostWindow(host)
  const scope = await other.client(uuid('tenant', 'Acme'))
  const crash = (): Promise<string> => codeOf(other.call('query', 'crash', undefined, scope))
  await expect.poll(crash, { timeout: SOON }).toBe('compartment-stopped')
  const notice = page.getByRole('banner').getByText('was stopped: it crashed again and again')
  await notice.waitFor({ timeout: SOON })
  // What was on screen stays readable, and the other client is as it was.
  await page.getByTestId('ticket-row').first().waitFor({ timeout: SOON })
  await switchTo(page, 'Zephyr', 'Zephyr')
  await openTicket(page, 'Zephyr ticket 3')
  await switchTo(page, 'Acme', 'Acme')
  await page.getByRole('button', { name: 'Open again' }).click({ timeout: SOON })
  await notice.waitFor({ state: 'detached', timeout: SOON })
  await openTicket(page, 'Acme ticket 7')
})

test('a client gets a new key from its sync page: its tickets stay, and the keys page asks for a new recovery file', async () => {
  const { page, host } = await begin({ profile: stage.profile('rotated') })
  await atWork(page)
  const other = new HostWindow(host)
  // Both clients have a key once both were opened.
  await expect
    .poll(() => other.call<KeyReport>('query', 'keys.report'), { timeout: SOON })
    .toMatchObject({ notInRecovery: 2 })
  await other.do('keys.exportRecovery', { passphrase: 'eight tame ducks', current: PHRASE })
  const due = async (): Promise<number> => (await other.call<KeyReport>('query', 'keys.report')).notInRecovery
  expect(await due()).toBe(0)
  await page.keyboard.press('g')
  await page.keyboard.press('q')
  await page.getByRole('button', { name: 'New key' }).click({ timeout: SOON })
  await page.getByRole('button', { name: 'Yes, change the key' }).click()
  await page.getByText('The files of this client have a new key.').waitFor({ timeout: SOON })
  await page.keyboard.press('Escape')
  await waitForClient(page, 'Acme')
  await page.keyboard.press('g')
  await page.keyboard.press('k')
  await page.getByText('the key of 1 client is not in it').waitFor({ timeout: SOON })
})

/** Writes that a later version has been at a database. @returns what brings it back as it was */
function madeNewer(file: string, open: () => Db): () => void {
  const before = readFileSync(file)
  const db = open()
  db.pragma('user_version = 999')
  closeDatabase(db)
  return () => writeFileSync(file, before)
}

async function unlock(page: Page): Promise<void> {
  await page.getByLabel('Passphrase', { exact: true }).fill(PHRASE, { timeout: SOON })
  await page.keyboard.press('Enter')
}

test('files of a newer version say what to do, one client’s beside the others, the profile’s before all; another try opens them', async () => {
  const profile = stage.profile('newer')
  const first = await begin({ profile })
  await atWork(first.page)
  const exported = { passphrase: 'eight tame ducks', current: PHRASE }
  const { text } = await new HostWindow(first.host).do<RecoveryFile>('keys.exportRecovery', exported)
  await first.close()
  const keys = await readRecoveryFile(text, exported.passphrase)
  const acme = uuid('tenant', 'Acme')
  const ledger = join(profile, 'tenants', acme, 'ledger.db')
  const { ledger: key } = deriveKeys(keys.get(acme)!)
  const options = { file: ledger, key, synchronous: 'FULL', pageSize: 4096, cacheKiB: 1024 } as const
  const ledgerBack = madeNewer(ledger, () => openEncrypted(options))

  const second = await begin({ profile })
  await unlock(second.page)
  await second.page.getByRole('list', { name: 'Clients' }).getByText('Acme').click({ timeout: SOON })
  await second.page.getByRole('heading', { name: 'Acme was written by a newer Bulkhead' }).waitFor({ timeout: SOON })
  await second.page.getByRole('list', { name: 'What to do' }).getByText('install the newest version').waitFor()
  ledgerBack()
  // Where a sync in the background opens it first, there is nothing to try any more.
  const again = second.page.getByRole('button', { name: /^Try again/ }).click()
  await Promise.any([again, waitForClient(second.page, 'Acme')])
  await waitForClient(second.page, 'Acme')
  await second.close()

  const back = madeNewer(join(profile, 'console.db'), () => openRegistryFile(profile, keys.get('console')!))
  const { page } = await begin({ profile })
  await unlock(page)
  await page.getByRole('heading', { name: 'This profile was written by a newer Bulkhead' }).waitFor({ timeout: SOON })
  await page.getByRole('list', { name: 'What to do' }).getByText('install the newest version').waitFor()
  await page.getByRole('button', { name: 'Save diagnostics' }).click()
  await page.getByText('Diagnostics were saved.').waitFor({ timeout: SOON })
  back()
  await page.getByRole('button', { name: 'Try again' }).click()
  await unlock(page)
  await page.getByRole('list', { name: 'Clients' }).getByText('Acme').click({ timeout: SOON })
  await waitForClient(page, 'Acme')
})

test('an installation without sample clients does not offer them', async () => {
  const profile = stage.profile('packaged')
  const { page, host } = await begin({ profile, installation: profile })
  await page.getByRole('button', { name: /Connect to your cloud/ }).waitFor({ timeout: SOON })
  expect(await page.getByRole('button', { name: /sample clients/ }).count()).toBe(0)
  expect(await codeOf(new HostWindow(host).do('session.trySandbox'))).toBe('sandbox-failed')
  const whole = await begin({ profile: stage.profile('checkout') })
  await whole.page.getByRole('button', { name: /sample clients/ }).waitFor({ timeout: SOON })
})
