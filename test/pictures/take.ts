import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildIfStale } from '../../scripts/build.mjs'
import { paths } from '../../src-shared/protocol/api.ts'
import { Session, TenantList, TenantToken } from '../../src-shared/protocol/session.ts'
import { launchBrowser, openWindow } from '../e2e/browser.ts'
import { killAll, startCloudProcess, startConsole } from '../e2e/processes.ts'
import { Cable } from '../faults/cable.ts'

// Takes the pictures of the README again: `node test/pictures/take.ts`. They show the sample clients, at 1280 by 800.

const PICTURES = join(import.meta.dirname, '../../docs/pictures')
/** Postgres, which does not run as root, reaches only folders like this. */
const folder = mkdtempSync('/var/tmp/bulkhead-pictures-')

buildIfStale()
const cloud = await startCloudProcess([`--data=${join(folder, 'cloud')}`, '--port=0', '--seed=sandbox'])
const cable = await Cable.to(cloud.address)
const host = await startConsole([`--profile=${join(folder, 'profile')}`, '--sandbox', `--cloud=${cable.url}`])
const browser = await launchBrowser()
const { page } = await openWindow(browser, host.address)
const take = async (name: string): Promise<void> => {
  // What was pointed at last is not part of the picture.
  await page.mouse.move(640, 799)
  await page.waitForTimeout(400)
  await page.screenshot({ path: join(PICTURES, `${name}.png`) })
  console.log(name)
}
const theme = async (colorScheme: 'light' | 'dark'): Promise<void> => page.emulateMedia({ colorScheme })

await page.getByRole('list', { name: 'Clients' }).waitFor()
await page.keyboard.press('Control+2')
const name = (await page.getByTestId('client-name').innerText()).trim()
await page.getByTestId('ticket-row').first().waitFor()
await inStep()
await take('tickets-light')

await theme('dark')
await page.keyboard.press('j')
await page.keyboard.press('Enter')
await page.getByRole('article', { name: /^Ticket/ }).waitFor()
await take('ticket-dark')
await theme('light')

// The train leaves. What is edited here is edited by a colleague too.
const ticketId = page.url().split('/').at(-1) ?? ''
const shown = page.getByRole('article', { name: /^Ticket/ })
const before = (await shown.getByRole('heading').first().innerText()).trim()
cable.pull()
await page.getByTestId('offline-banner').waitFor()
await page.keyboard.press('S')
await page.keyboard.press('Control+A')
await page.keyboard.type(`${before}: they call back on Monday`)
await page.keyboard.press('Enter')
await page.keyboard.press('n')
await page.keyboard.type('Spoke to them from the train: they look into it over the weekend, and call on Monday.')
await page.keyboard.press('Control+Enter')
await page.getByText('Waiting for the cloud').first().waitFor()
await take('offline-1-work-goes-on')

await page.keyboard.type('gq')
await page.getByRole('heading', { name: /^Sync of/ }).waitFor()
await take('offline-2-what-waits')

await colleague(ticketId, `${before}: waiting for their answer`)
cable.plugIn()
await page.getByTestId('online').waitFor({ timeout: 60_000 })
await page.keyboard.type('gi')
await page.getByRole('article', { name: /^Changed by two people/ }).waitFor({ timeout: 60_000 })
await take('offline-3-both-changed-it')

await page.keyboard.press('1')
await page.keyboard.press('Enter')
await page.getByText('Nothing to decide').waitFor()
await page.keyboard.type('gq')
await page.getByRole('heading', { name: /^Sync of/ }).waitFor()
await inStep()
await take('offline-4-all-in-step')

await browser.close()
await killAll()
await cable.close()
rmSync(folder, { recursive: true, force: true })

/** Waits until nothing of the client on screen waits for the cloud. */
async function inStep(): Promise<void> {
  await page.waitForFunction(() => document.querySelector('[data-testid=sync-state]')?.textContent === '')
}

/** A colleague writes another subject over the one that was there before. */
async function colleague(id: string, subject: string): Promise<void> {
  const signIn = { email: 'priya@sandbox.example', password: 'sandbox' }
  const { accessToken } = Session.parse(await ask(paths.session, null, signIn))
  const { tenants } = TenantList.parse(await ask(paths.tenants, accessToken))
  const tenant = tenants.find((one) => one.name === name)
  const { token } = TenantToken.parse(await ask(paths.tenantToken(tenant?.id ?? ''), accessToken, {}))
  const feed = await fetch(`${cloud.address}${paths.changes}?after=0`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const lines = (await feed.text()).split('\n')
  const ticket = JSON.parse(lines.find((line) => line.includes(`"id":"${id}"`)) ?? '{}') as {
    data: { subject: string }
  }
  const body = { kind: 'ticket.update', ticketId: id, base: { subject: ticket.data.subject }, patch: { subject } }
  const mutation = { sequence: 1, schema: 1, at: new Date().toISOString(), body }
  console.log(
    JSON.stringify(await ask(paths.mutations, token, { clientId: crypto.randomUUID(), mutations: [mutation] })),
  )
}

async function ask(path: string, token: string | null, body?: unknown): Promise<unknown> {
  const answer = await fetch(cloud.address + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status}: ${await answer.text()}`)
  return answer.json()
}
