import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Page } from 'playwright-core'
import { OnboardingFile } from '../../src-shared/onboarding/answers.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { SettingsView } from '../../src-shared/protocol/settings.ts'
import { OnboardingDesk } from '../cloud/onboarding-desk.ts'
import { ask, enter, signIn } from '../support/cloud.ts'
import { openWindow } from './browser.ts'
import { sendHalf } from './half-sent.ts'
import { loseSecondDraft } from './lost-drafts.ts'
import { runToEnd } from './processes.ts'
import { DANA, sandboxLike, setStage, shownClient, SOON, switchTo, temporaryFolder } from './story.ts'

// A technician brings clients in by keyboard alone.

const stage = setStage('onboarding', () => sandboxLike(['Acme', 3], ['Brook', 2]))

const heading = (page: Page, name: string): Promise<void> =>
  page.getByRole('form', { name, exact: true }).getByRole('heading', { name, exact: true }).waitFor({ timeout: SOON })
const stateOf = (page: Page, step: string): Promise<string> => page.getByTestId(`state-${step}`).innerText()

/** Chooses in the field in focus by its first letters. */
async function pick(page: Page, field: string, letters: string, option: string): Promise<void> {
  const chosen = async () => {
    await page.keyboard.type(letters)
    return page.getByLabel(field).evaluate((select: HTMLSelectElement) => select.selectedOptions[0]?.label)
  }
  // Letters count as one word for a second; a machine that stalls between them begins anew.
  await expect.poll(chosen, { timeout: SOON, interval: 1500 }).toBe(option)
}

async function goToOnboarding(page: Page): Promise<void> {
  await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
  await page.keyboard.type('go')
  await page.getByRole('main', { name: 'Onboarding', exact: true }).waitFor({ timeout: SOON })
}

async function desk(): Promise<OnboardingDesk> {
  return new OnboardingDesk(stage.url, (await signIn(stage.url, DANA)).accessToken)
}

async function settingsOf({ url, token }: OnboardingDesk, tenantId: string): Promise<SettingsView> {
  const tenant = await enter(url, token, tenantId)
  return SettingsView.parse(await (await ask(url, paths.settings, { token: tenant })).json())
}

test('three answers by keyboard, through a closed window and a restart, lead to the same settings as a file', async () => {
  let host = await stage.begin()
  const first = await openWindow(stage.browser, host.address)
  await goToOnboarding(first.page)
  await first.page.keyboard.press('n')
  await heading(first.page, 'Identity')
  await first.page.keyboard.type('Harbour Legal')
  await first.page.keyboard.press('Tab')
  await pick(first.page, 'Country', 'germ', 'Germany')
  await first.page.keyboard.press('Control+Enter')
  await heading(first.page, 'Start from')
  // Chosen and not sent, the window closed, the console ended.
  await loseSecondDraft(first.page, 'ArrowDown', 'ArrowUp')
  await first.page.keyboard.press('ArrowDown')
  await first.page.getByText('Kept here as a draft').waitFor({ timeout: SOON })
  const chosen = await first.page
    .getByRole('radio', { checked: true })
    .evaluate((radio) => radio.parentElement?.innerText)
  await first.close()
  await host.stop()

  host = await stage.begin()
  const { page, complaints, close } = await openWindow(stage.browser, host.address)
  await goToOnboarding(page)
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await heading(page, 'Start from')
  expect(await page.getByRole('radio', { checked: true }).evaluate((radio) => radio.parentElement?.innerText)).toBe(
    chosen,
  )
  // The one that was proposed by the name.
  await page.keyboard.press('ArrowUp')
  expect(await page.getByRole('radio', { name: 'Law firm' }).isChecked()).toBe(true)
  await page.keyboard.press('Enter')
  await heading(page, 'Hours')
  await expect
    .poll(() => page.getByTestId('proof').innerText(), { timeout: SOON })
    .toMatch(/^A P1 raised on .* is due /)
  // What is typed is proved as it is typed; then the inherited hours are taken again.
  await page.keyboard.press('Control+A')
  await page.keyboard.type('10-11')
  await page.getByText('the client’s own').waitFor({ timeout: SOON })
  await page.getByRole('button', { name: 'Take the inherited hours again' }).focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Control+Shift+Enter')
  await heading(page, 'Verify')
  await expect.poll(() => stateOf(page, 'verify'), { timeout: SOON }).toMatch(/^11 of 12 passed, 1 to look at/)
  expect(await stateOf(page, 'hours')).toMatch(/^A P1 raised on/)
  await page.keyboard.press('Control+Enter')
  await heading(page, 'Go live')
  await page.keyboard.type('Signed by Ms Harbour')
  await page.keyboard.press('Control+Enter')
  await page.getByRole('heading', { name: 'Harbour Legal is live' }).waitFor({ timeout: SOON })
  const downloading = page.waitForEvent('download')
  await page.keyboard.press('x')
  const download = await downloading
  expect(download.suggestedFilename()).toBe('harbour-legal.yaml')
  const exported = OnboardingFile.parse(parse(readFileSync(await download.path(), 'utf8')))
  expect(exported).toMatchObject({
    identity: { name: 'Harbour Legal', country: 'DE' },
    live: { note: 'Signed by Ms Harbour' },
  })
  const saving = page.waitForEvent('download')
  await page.keyboard.press('p')
  const saved = await saving
  expect(saved.suggestedFilename()).toBe('harbour-legal.pdf')
  expect(readFileSync(await saved.path(), 'latin1')).toMatch(/^%PDF-/)
  await page.keyboard.press('Escape')
  await page.getByRole('list', { name: 'First week' }).getByRole('button').waitFor({ timeout: SOON })
  await page.keyboard.press('Escape')
  const watched = page.getByRole('region', { name: 'Clients in their first week' }).getByRole('button')
  await watched.getByText(/0 unanswered *0 missed *11\/12 checks/).waitFor({ timeout: SOON })
  await page.keyboard.type('g7')
  // There is no next one, and the key is not the first letter of a search either.
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Harbour Legal is live' }).waitFor({ timeout: SOON })
  await page.keyboard.press('o')
  await expect.poll(() => shownClient(page), { timeout: SOON }).toBe('Harbour Legal')
  await page.getByRole('heading', { name: 'No tickets yet' }).waitFor({ timeout: SOON })

  const dana = await desk()
  const start = { from: 'template', template: 'law-firm' } as const
  const { id } = await dana.start({
    file: { onboarding: 1, identity: { name: 'Quay Notaries', country: 'DE' }, start } as never,
  })
  const other = await dana.untilEnd(id)
  const harbour = (await dana.tenants()).find(({ name }) => name === 'Harbour Legal')
  const { revision: _one, ...ours } = await settingsOf(dana, harbour?.id ?? '')
  const { revision: _other, ...theirs } = await settingsOf(dana, other.tenantId)
  expect(ours).toEqual(theirs)
  expect(complaints).toEqual([])
  await close()
})

test('a name and a domain of others are told while they are typed; a cancelled client leaves nothing behind', async () => {
  const { page, close } = await openWindow(
    stage.browser,
    (await stage.begin(undefined, { BULKHEAD_ONBOARD: '1' })).address,
  )
  // It was started with a new client in mind.
  await heading(page, 'Identity')
  await page.keyboard.type('acme')
  await page.getByText('A client called Acme is there already.').waitFor({ timeout: SOON })
  await page.keyboard.press('Control+A')
  await page.keyboard.type('Cliff Foods')
  await page.keyboard.press('Tab')
  await pick(page, 'Country', 'portu', 'Portugal')
  await page.keyboard.press('Control+Enter')
  await page.getByRole('alert').getByText('Its country has several time zones. Choose one.').waitFor({ timeout: SOON })
  await page.keyboard.press('Tab')
  await pick(page, 'Time zone', 'europe/l', 'Europe/Lisbon')
  await page.keyboard.press('Tab')
  await page.keyboard.type('brook.example')
  await page.getByText('brook.example belongs to your client Brook.').waitFor({ timeout: SOON })
  await page.keyboard.press('Control+Enter')
  await page
    .getByRole('alert')
    .getByText('The domain brook.example belongs to your client Brook.')
    .waitFor({ timeout: SOON })
  await page.keyboard.press('Control+A')
  await page.keyboard.type('cliff.example')
  await page.keyboard.press('Control+Enter')
  await heading(page, 'Start from')
  const made = () => stage.owner`select from tenant where name = 'Cliff Foods'`
  await expect.poll(async () => (await made()).length, { timeout: SOON }).toBe(1)

  await page.keyboard.press('Escape')
  await page.keyboard.press('3')
  await heading(page, 'Hours')
  await page.keyboard.press('Escape')
  await page.keyboard.press('s')
  await page.keyboard.type('They tell us later')
  await page.keyboard.press('Enter')
  await expect.poll(() => stateOf(page, 'hours'), { timeout: SOON }).toBe('Skipped: They tell us later')
  await page.keyboard.press('Control+K')
  await page.keyboard.type('cancel this onb')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'Cancel the onboarding of Cliff Foods' }).waitFor({ timeout: SOON })
  await page.keyboard.type('They chose another provider')
  await page.keyboard.press('Enter')
  await page.getByText('They chose another provider. Nothing of the client was left behind.').waitFor({ timeout: SOON })
  expect(await made()).toHaveLength(0)
  await close()
})

test('a credential goes from the wizard into the vault and to its system, which says what it lacks; the cloud never has it', async () => {
  const keys = new URL('../fixtures/', import.meta.url)
  const [key, cert] = ['loopback.key', 'loopback.crt'].map((name) => readFileSync(new URL(name, keys)))
  let lacks = true
  const system = createServer({ key, cert }, ({ headers }, response) => {
    if (headers.authorization !== 'Bearer tok-Marker-9') return response.writeHead(401).end()
    if (!lacks) return response.writeHead(200, { 'x-ratelimit-limit': '600', 'x-ratelimit-remaining': '599' }).end()
    const scope = 'Bearer error="insufficient_scope", scope="devices.read"'
    return response.writeHead(403, { 'www-authenticate': scope }).end()
  })
  await new Promise<void>((resolve) => system.listen(0, '127.0.0.1', resolve))
  const dana = await desk()
  const { id } = await dana.start({
    answers: { identity: { name: 'Pier Foods', timeZone: 'Europe/Berlin' }, start: { from: 'empty' } } as never,
  })
  const env = { NODE_EXTRA_CA_CERTS: fileURLToPath(new URL('loopback.crt', keys)) }
  const { page, complaints, close } = await openWindow(stage.browser, (await stage.begin(undefined, env)).address)
  await goToOnboarding(page)
  await page
    .getByRole('main')
    .getByRole('button', { name: /^Pier Foods/ })
    .click()
  await heading(page, 'Hours')
  await page.keyboard.press('Escape')
  await page.keyboard.press('7')
  await heading(page, 'Connect')
  const address = `https://localhost:${(system.address() as AddressInfo).port}/v1/devices`
  for (const typed of ['RMM', address, '', 'tok-Marker-9']) {
    await page.keyboard.type(typed)
    if (typed !== 'tok-Marker-9') await page.keyboard.press('Tab')
  }
  await page.keyboard.press('Enter')
  await page
    .getByTestId('tried')
    .getByText('knows the credential, but it lacks devices.read')
    .waitFor({ timeout: SOON })
  lacks = false
  await page.keyboard.press('Escape')
  await page.keyboard.press('t')
  await page.getByTestId('tried').getByText('Its limit: 600 at most, 599 left.').waitFor({ timeout: SOON })
  await page.keyboard.press('Control+Enter')
  await expect.poll(() => stateOf(page, 'connect'), { timeout: SOON }).toBe('1 connection, accepted.')
  const rows = await stage.owner`select row_to_json(o)::text as text from onboarding o where id = ${id}`
  expect(JSON.stringify(rows)).toContain('accepts the credential')
  expect(JSON.stringify(rows)).not.toContain('Marker')
  // What the vault of the client has is tried out there, too.
  lacks = true
  await switchTo(page, 'pier', 'Pier Foods')
  await page.keyboard.type('gv')
  await page.getByRole('button', { name: /^RMM/ }).click()
  await page.keyboard.press('t')
  await page.getByTestId('tried').getByText('it lacks devices.read').waitFor({ timeout: SOON })
  expect(complaints).toEqual([])
  await close()

  // The same as a file, whose secrets are named and not written.
  lacks = false
  const folder = temporaryFolder('vault')
  const file = join(folder.path, 'quay.yaml')
  writeFileSync(join(folder.path, 'rmm.secret'), 'tok-Marker-9\n')
  writeFileSync(
    file,
    `onboarding: 1
identity: { name: Quay Foods, timeZone: Europe/Berlin }
connect:
  connections:
    - { name: RMM, url: '${address}', secret: { file: rmm.secret } }
    - { name: PSA, url: '${address}', as: { header: X-Key }, secret: { env: PSA_KEY } }
`,
  )
  const as = {
    BULKHEAD_EMAIL: DANA.email,
    BULKHEAD_PASSWORD: DANA.password,
    BULKHEAD_PASSPHRASE: 'a passphrase of Dana',
  }
  const args = [`--file=${file}`, `--cloud=${stage.url}`]
  const unset = await runToEnd('onboard', args, as)
  expect([unset.code, unset.output]).toEqual([
    2,
    expect.stringContaining('The environment variable PSA_KEY is not set.'),
  ])
  const more = { ...as, ...env, PSA_KEY: 'key-Marker-8' }
  expect(await runToEnd('onboard', args, more)).toMatchObject({
    code: 2,
    output: expect.stringContaining('--profile=DIR'),
  })
  const ended = await runToEnd('onboard', [...args, `--profile=${join(folder.path, 'profile')}`], more)
  expect([ended.code, ended.output]).toEqual([5, expect.stringContaining('connect      2 connections, 0 accepted.')])
  expect(ended.output).toMatch(/✓ connect +RMM: localhost:\d+ answers and accepts the credential\./)
  expect(ended.output).toMatch(/! connect +PSA: localhost:\d+ answers, but does not accept the credential \(401\)/)
  expect(ended.output).not.toContain('Marker')
  expect(JSON.stringify(await stage.owner`select answers::text from onboarding`)).not.toMatch(
    /Marker|PSA_KEY|rmm\.secret/,
  )
  folder.remove()
  system.closeAllConnections()
  system.close()
})

test('while the cloud is away it says so, and what is typed waits through a new window', async () => {
  let host = await stage.begin()
  const first = await openWindow(stage.browser, host.address)
  await goToOnboarding(first.page)
  await stage.goAway(first.page)
  await first.page.getByTestId('onboarding-offline').waitFor({ timeout: SOON })
  await first.page.keyboard.press('n')
  await heading(first.page, 'Identity')
  await first.page.keyboard.type('Dune Hotels')
  await first.page.keyboard.press('Tab')
  await pick(first.page, 'Country', 'spain', 'Spain')
  await first.page.keyboard.press('Tab')
  await pick(first.page, 'Time zone', 'europe/m', 'Europe/Madrid')
  const logo = first.page.getByLabel('Logo')
  const bomb = Buffer.from('89504e470d0a1a0a0000000d4948445200007530000075300806000000', 'hex')
  await logo.setInputFiles({ name: 'bomb.png', mimeType: 'image/png', buffer: Buffer.concat([bomb, Buffer.alloc(50)]) })
  await first.page.getByText('This picture is 30000 × 30000 pixels; 4096 × 4096 at most.').waitFor({ timeout: SOON })
  await logo.setInputFiles({
    name: 'a.svg',
    mimeType: 'image/png',
    buffer: Buffer.from('<svg><script>1</script></svg>'),
  })
  await first.page.getByText('An SVG can hold code, so it is not taken.').waitFor({ timeout: SOON })
  await logo.setInputFiles(join(import.meta.dirname, '../../docs/pictures/onboarding-1-who-it-is.png'))
  await first.page.locator('fieldset img').waitFor({ timeout: SOON })
  await first.page.getByRole('button', { name: 'Bring in' }).focus()
  await first.page.keyboard.press('Control+Enter')
  await first.page.getByRole('alert').getByText('does not answer').waitFor({ timeout: SOON })
  await first.close()
  await host.stop()

  host = await stage.begin()
  const { page, close } = await openWindow(stage.browser, host.address)
  await goToOnboarding(page)
  await page.getByRole('region', { name: 'Typed here, not sent' }).getByText('Dune Hotels').waitFor({ timeout: SOON })
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await heading(page, 'Identity')
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Dune Hotels')
  await stage.comeBack(page)
  await expect.poll(() => page.getByTestId('onboarding-offline').count(), { timeout: SOON }).toBe(0)
  await page.keyboard.press('Control+Enter')
  await heading(page, 'Start from')
  expect(await page.getByRole('heading', { name: 'Dune Hotels' }).count()).toBe(1)
  // Its logo is here, and stays here when the cloud is away and the page is loaded again.
  const shown = (on: Page) =>
    on
      .getByRole('navigation')
      .getByRole('button', { name: /^Dune Hotels/ })
      .locator('img')
  await switchTo(page, 'dune', 'Dune Hotels')
  await shown(page).waitFor({ timeout: SOON })
  await stage.goAway(page)
  await page.reload()
  await shown(page).waitFor({ timeout: SOON })
  expect(await shown(page).evaluate((img: HTMLImageElement) => Math.max(img.naturalWidth, img.naturalHeight))).toBe(96)
  await stage.comeBack(page)
  await close()
})

test('a file of tickets is looked at first, what its words stand for is said, and bad rows are told by line', async () => {
  const { page, complaints, close } = await stage.open(await stage.begin(), 'Acme')
  await page.keyboard.type('gf')
  await page.getByRole('main', { name: 'Import into Acme' }).waitFor({ timeout: SOON })
  await page.getByRole('radio', { name: 'Contacts' }).focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Escape')
  const choosing = page.waitForEvent('filechooser')
  await page.keyboard.press('f')
  const csv = 'Ticket ID,Wording,Status,Weight\nA-1,Screen is black,Parked,4\nA-2,,New,\nA-3,Mouse gone,New,2\n'
  await (await choosing).setFiles({ name: 'freshdesk.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
  await page.getByText(/^No column was recognised as the subject\./).waitFor({ timeout: SOON })
  await page.getByLabel('Wording fills').focus()
  await page.keyboard.type('su')
  const counts = page.getByTestId('import-counts')
  await counts.getByText('Of 3 rows, 2 would be added').waitFor({ timeout: SOON })
  await page.getByText('4 columns, 1 of them fills nothing').waitFor({ timeout: SOON })
  await page.getByRole('row', { name: 'Line 3 The subject is empty.' }).waitFor({ timeout: SOON })
  await page.getByLabel('Make fields of the client’s own').press('Space')
  await page.getByText('Fields: Weight (number).').waitFor({ timeout: SOON })
  await page.getByText('Statuses: Parked (waiting).').waitFor({ timeout: SOON })
  for (const key of ['Escape', 'w']) await page.keyboard.press(key)
  await pick(page, 'Parked becomes', 'aw', 'Awaiting Vendor')
  await page.getByText('Statuses: Parked (waiting).').waitFor({ state: 'detached', timeout: SOON })
  await counts.getByText('Of 3 rows, 2 would be added').waitFor({ timeout: SOON })
  await page.keyboard.press('Control+Enter')
  await counts.getByText('2 added, 0 changed, 0 were here already, 1 could not be taken.').waitFor({ timeout: SOON })
  const folder = temporaryFolder('half-sent')
  const path = await sendHalf(stage.url, await stage.colleagueToken('Acme'), folder.path)
  await page.reload()
  await page.getByText('1 of 2 parts is here').waitFor({ timeout: SOON })
  const again = page.waitForEvent('filechooser')
  await page.keyboard.press('Control+Enter')
  await (await again).setFiles(path)
  await counts.getByText('Of 45 rows, 45 would be added').waitFor({ timeout: SOON })
  await page.getByRole('rowheader', { name: 'Begun 0' }).waitFor({ timeout: SOON })
  folder.remove()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.getByTestId('ticket-row').filter({ hasText: 'Screen is black' }).waitFor({ timeout: SOON })
  expect(complaints).toEqual([])
  await close()
})
