import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'
import { connect } from '../../src-cloud/database/connect.ts'
import { startCloud, type Cloud } from '../../src-cloud/start.ts'
import { freshDatabase, releasePostgres } from '../support/postgres.ts'
import { launchBrowser, openWindow } from './browser.ts'
import { killAll, startConsole } from './processes.ts'
import { SOON, sandboxLike, temporaryFolder, waitForClient, waitForSynced } from './story.ts'

// Two technicians change one field at once; the second to arrive decides, by keyboard.

let database: Awaited<ReturnType<typeof freshDatabase>>
let owner: ReturnType<typeof connect>
let cloud: Cloud
let browser: Browser
const folder = temporaryFolder('inbox')

beforeAll(async () => {
  database = await freshDatabase()
  cloud = await startCloud({ database: database.address, seed: sandboxLike(['Acme', 8], ['Zephyr', 3]) })
  owner = connect(database.address, 2)
  browser = await launchBrowser()
})
afterEach(killAll)
afterAll(async () => {
  await browser?.close()
  await cloud?.close()
  await owner?.end()
  await database?.drop()
  await releasePostgres()
  folder.remove()
})

const NUMBER = 8

async function statusInPostgres(number = NUMBER): Promise<string> {
  const [ticket] = await owner<{ status: string }[]>`
    select t.data ->> 'status' as status from ticket t join tenant on tenant.id = t.tenant_id
    where tenant.name = 'Acme' and t.number = ${number}`
  return ticket!.status
}

/** As another console would, while this one has no way to the cloud: on another port of the same database. */
async function colleagueSets(status: string, base: string): Promise<void> {
  const other = await startCloud({ database: database.address })
  try {
    const [ticket] = await owner<{ id: string; tenant: string }[]>`
      select t.id, t.tenant_id as tenant from ticket t join tenant on tenant.id = t.tenant_id
      where tenant.name = 'Acme' and t.number = ${NUMBER}`
    const session = await post(other.url, '/v1/session', { email: 'dana@sandbox.example', password: 'sandbox' })
    const token = await post(
      other.url,
      `/v1/organisation/tenants/${ticket!.tenant}/token`,
      undefined,
      String(session['accessToken']),
    )
    const body = { kind: 'ticket.update', ticketId: ticket!.id, base: { status: base }, patch: { status } }
    const mutations = [{ sequence: 1, schema: 1, at: new Date().toISOString(), body }]
    const reply = await post(
      other.url,
      '/v1/mutations',
      { clientId: crypto.randomUUID(), mutations },
      String(token['token']),
    )
    expect(reply).toMatchObject({ results: [{ outcome: 'applied' }] })
  } finally {
    await other.close()
  }
}

async function post(url: string, path: string, body: unknown, token?: string): Promise<Record<string, unknown>> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: {
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body: body ? JSON.stringify(body) : null,
  })
  return (await response.json()) as Record<string, unknown>
}

async function setStatus(page: Page, label: string, number = NUMBER): Promise<void> {
  await page.keyboard.press('s')
  await page.getByRole('listbox', { name: 'Set status' }).waitFor({ timeout: SOON })
  await page.keyboard.type(label)
  await page.keyboard.press('Enter')
  await page.getByText(`Ticket ${number}: status set to ${label}`).waitFor({ timeout: SOON })
}

test('a field that two people changed while one was offline is decided by keyboard, reaches Postgres, and can be undone', async () => {
  const host = await startConsole([`--profile=${folder.path}`, '--sandbox', `--cloud=${cloud.url}`])
  const { page, complaints, close } = await openWindow(browser, host.address)
  await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
  await page.keyboard.press('Control+1')
  await waitForClient(page, 'Acme')
  await page
    .getByTestId('ticket-row')
    .filter({ hasText: `Acme ticket ${NUMBER}` })
    .waitFor({ timeout: SOON })
  await waitForSynced(page)

  await cloud.close()
  await page.getByTestId('offline-banner').waitFor({ timeout: SOON })
  // The newest ticket is the first; Enter alone opens it.
  await page.keyboard.press('Enter')
  await setStatus(page, 'Awaiting Vendor')
  await colleagueSets('done', 'open')
  cloud = await startCloud({ database: database.address, port: Number(new URL(cloud.url).port) })

  await expect
    .poll(() => page.getByTestId('sync-state').innerText(), { timeout: 2 * SOON })
    .toContain('1 edit could not be saved')
  expect(await statusInPostgres()).toBe('done')

  // Base, mine and theirs in the client's own words, and who wrote it.
  await page.keyboard.type('gi')
  const item = page.getByRole('article', { name: `Changed by two people: Ticket ${NUMBER}` })
  await item.waitFor({ timeout: SOON })
  const field = item.getByRole('radiogroup', { name: 'Status: which value' })
  await field.getByText('In Progress').waitFor()
  await field.getByRole('radio', { name: 'Yours: Awaiting Vendor' }).waitFor()
  await field.getByRole('radio', { name: /^Theirs: Done \(.*Robin of Alpha/ }).waitFor()
  // Enter decides nothing while a field is open.
  await page.keyboard.press('Enter')
  expect(await item.count()).toBe(1)

  await page.keyboard.press('1')
  await page.keyboard.press('Enter')
  await page.getByText('Nothing to decide').waitFor({ timeout: SOON })
  await expect.poll(() => statusInPostgres(), { timeout: SOON }).toBe('vendor')

  await page.keyboard.press('z')
  await item.waitFor({ timeout: SOON })
  await expect.poll(() => statusInPostgres(), { timeout: SOON }).toBe('done')

  // The same from the page of all clients, this time theirs.
  await page.keyboard.type('ga')
  await page.getByRole('region', { name: 'Acme' }).getByRole('article').waitFor({ timeout: SOON })
  await page.keyboard.type('2')
  await page.keyboard.press('Enter')
  await page.getByText('Nothing left to decide here').waitFor({ timeout: SOON })
  await page.keyboard.press('Control+1')
  await waitForSynced(page)
  expect(await statusInPostgres()).toBe('done')
  expect(complaints.filter((line) => !line.includes('Failed to load resource'))).toEqual([])
  await close()
}, 180_000)

test('an edit that was not sent is withdrawn on the sync page, and never reaches the cloud', async () => {
  const host = await startConsole([`--profile=${folder.path}`, '--sandbox', `--cloud=${cloud.url}`])
  const { page, close } = await openWindow(browser, host.address)
  await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
  await page.keyboard.press('Control+1')
  await waitForClient(page, 'Acme')
  await waitForSynced(page)
  await page.keyboard.type('gq')
  await page.getByText('Everything is in step with the cloud').waitFor({ timeout: SOON })
  await page.keyboard.press('p')
  await page.getByText('Sync is paused', { exact: true }).first().waitFor({ timeout: SOON })
  await page.keyboard.type('gt')
  await page.keyboard.press('Enter')
  // The newest is done by now, so the one before it comes first.
  await setStatus(page, 'New', NUMBER - 1)
  await page.keyboard.type('gq')
  const outbox = page.getByRole('region', { name: 'Waiting to be sent' })
  await outbox.getByRole('button', { name: `Withdraw Status of ticket ${NUMBER - 1}` }).click()
  await outbox.getByText('Nothing waits').waitFor({ timeout: SOON })
  await page.keyboard.press('p')
  await page.getByText('Everything is in step with the cloud').waitFor({ timeout: SOON })
  expect(await statusInPostgres(NUMBER - 1)).toBe('open')
  await close()
})
