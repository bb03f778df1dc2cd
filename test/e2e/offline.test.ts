import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Browser } from 'playwright-core'
import { connect } from '../../src-cloud/database/connect.ts'
import { startCloud, type Cloud } from '../../src-cloud/start.ts'
import { freshDatabase, releasePostgres } from '../support/postgres.ts'
import { launchBrowser, openWindow } from './browser.ts'
import { killAll, startConsole, type Running } from './processes.ts'
import { SOON, sandboxLike, temporaryFolder, waitForClient, waitForSynced } from './story.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let owner: ReturnType<typeof connect>
let cloud: Cloud
let browser: Browser
const folder = temporaryFolder('offline')

beforeAll(async () => {
  database = await freshDatabase()
  cloud = await startCloud({ database: database.address, seed: sandboxLike(['Acme', 60], ['Zephyr', 5]) })
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

/** The cloud goes away and comes back at the same address. */
async function comeBack(): Promise<void> {
  cloud = await startCloud({ database: database.address, port: Number(new URL(cloud.url).port) })
}
const begin = (): Promise<Running> => startConsole([`--profile=${folder.path}`, '--sandbox', `--cloud=${cloud.url}`])
const notes = async (): Promise<string[]> =>
  (await owner<{ body: string }[]>`select data ->> 'body' as body from entry where data ->> 'kind' = 'note'`).map(
    (row) => row.body,
  )

test('with the cloud away: reading works, a note is kept through kill -9 and goes out exactly once when the cloud is back', async () => {
  let host = await begin()
  let { page, close } = await openWindow(browser, host.address)
  await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
  await page.keyboard.press('Control+2')
  await waitForClient(page, 'Zephyr')
  await page.keyboard.press('Control+1')
  await waitForClient(page, 'Acme')
  expect(await page.getByTestId('offline-banner').count()).toBe(0)

  await cloud.close()
  await page.getByTestId('offline-banner').waitFor({ timeout: SOON })
  await page.keyboard.press('Control+2')
  await waitForClient(page, 'Zephyr')
  await page.keyboard.press('Control+1')
  await waitForClient(page, 'Acme')
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.keyboard.press('n')
  await page.keyboard.type('Written on the train.')
  await page.keyboard.press('Control+Enter')
  const note = page.getByTestId('entry-note').filter({ hasText: 'Written on the train.' })
  await note.getByText('Waiting for the cloud').waitFor()
  await close()
  await host.kill()

  // Started again while the cloud is still away: everything is there, and still waits.
  host = await begin()
  ;({ page, close } = await openWindow(browser, host.address))
  await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
  await page.getByTestId('offline-banner').waitFor({ timeout: SOON })
  await page.keyboard.press('Control+1')
  await waitForClient(page, 'Acme')
  await expect
    .poll(() => page.getByTestId('sync-state').innerText(), { timeout: SOON })
    .toContain('1 edit waiting for the cloud')
  expect(await notes()).not.toContain('Written on the train.')

  await comeBack()
  await expect.poll(() => page.getByTestId('offline-banner').count(), { timeout: SOON }).toBe(0)
  await waitForSynced(page)
  expect((await notes()).filter((body) => body === 'Written on the train.')).toHaveLength(1)
  await close()
})

test('what a colleague changes appears by itself, also in the counts of a client that sleeps', async () => {
  const host = await begin()
  const { page, close } = await openWindow(browser, host.address)
  await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
  await page.keyboard.press('Control+1')
  await waitForClient(page, 'Acme')
  await renameNewestTicket('Acme', 'Changed by a colleague')
  await renameNewestTicket('Zephyr', 'Changed elsewhere')
  await page.getByTestId('ticket-row').filter({ hasText: 'Changed by a colleague' }).waitFor({ timeout: SOON })
  await page
    .getByRole('navigation', { name: 'Clients' })
    .getByRole('button', { name: /Zephyr.*1 unread/ })
    .waitFor({ timeout: SOON })
  await close()
})

/** As another client of the cloud would: a committed write with the next version, then the notice. */
async function renameNewestTicket(client: string, subject: string): Promise<void> {
  const { signedIn, token } = await asColleague(client)
  const [ticket] = await owner<{ id: string; subject: string }[]>`
    select t.id, t.data ->> 'subject' as subject from ticket t join tenant on tenant.id = t.tenant_id
    where tenant.name = ${client} order by number desc limit 1`
  const response = await fetch(`${cloud.url}/v1/mutations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      clientId: signedIn,
      mutations: [
        {
          sequence: 1,
          schema: 1,
          at: new Date().toISOString(),
          body: { kind: 'ticket.update', ticketId: ticket!.id, base: { subject: ticket!.subject }, patch: { subject } },
        },
      ],
    }),
  })
  expect(await response.json()).toMatchObject({ results: [{ outcome: 'applied' }] })
}

async function asColleague(client: string): Promise<{ signedIn: string; token: string }> {
  const session = (await (
    await post('/v1/session', { email: 'dana@sandbox.example', password: 'sandbox' })
  ).json()) as { accessToken: string }
  const [tenant] = await owner<{ id: string }[]>`select id from tenant where name = ${client}`
  const minted = await post(`/v1/organisation/tenants/${tenant!.id}/token`, undefined, session.accessToken)
  return { signedIn: crypto.randomUUID(), token: ((await minted.json()) as { token: string }).token }
}

function post(path: string, body: unknown, token?: string): Promise<Response> {
  return fetch(cloud.url + path, {
    method: 'POST',
    headers: {
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body: body ? JSON.stringify(body) : null,
  })
}
