import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest'
import type { Browser, Page } from 'playwright-core'
import { connect, type Sql } from '../../src-cloud/database/connect.ts'
import type { SandboxData } from '../../src-cloud/load.ts'
import { startCloud, type Cloud } from '../../src-cloud/start.ts'
import type { Configuration } from '../../src-shared/domain/configuration.ts'
import type { MutationBody } from '../../src-shared/protocol/mutation.ts'
import { enter, pushed, signIn } from '../support/cloud.ts'
import { cloudDatabase } from '../support/cloud-database.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'
import { launchBrowser, openWindow } from './browser.ts'
import { killAll, startConsole, type Running } from './processes.ts'

/** Milliseconds to wait for something that comes by itself: a sync, a restart. Generous, since two cores run everything. */
export const SOON = 30_000

/** A folder of its own below the system's for temporary files. */
export function temporaryFolder(name: string): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `bulkhead-${name}-`))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** The client whose data is on screen. */
export async function shownClient(page: Page): Promise<string> {
  return (await page.getByTestId('client-name').innerText({ timeout: SOON })).trim()
}

/** Waits until this client's first rows are painted, or the ticket that was open in it. */
export async function waitForClient(page: Page, name: string): Promise<void> {
  await expect.poll(() => shownClient(page), { timeout: SOON }).toBe(name)
  const ticket = page.getByRole('article', { name: /^Ticket/ })
  await page.getByTestId('ticket-row').or(ticket).filter({ visible: true }).first().waitFor({ timeout: SOON })
}

/** Goes to a client as a technician does: switcher, a few letters, Enter. */
export async function switchTo(page: Page, letters: string, name: string): Promise<void> {
  await page.keyboard.press('Control+Shift+K')
  await page.keyboard.type(letters)
  await page.getByRole('option', { name: new RegExp(name) }).waitFor({ timeout: SOON })
  await page.keyboard.press('Enter')
  await expect.poll(() => shownClient(page), { timeout: SOON }).toBe(name)
}

/** Waits until nothing of the client on screen waits for the cloud. */
export async function waitForSynced(page: Page): Promise<void> {
  // What was done this moment is on screen before the compartment has it, and only then waits: one look is not enough.
  for (let look = 0; look < 2; look++) {
    if (look > 0) await page.waitForTimeout(100)
    await vi.waitFor(
      async () => {
        expect(await page.getByTestId('sync-state').innerText()).toBe('')
        expect(await page.getByLabel('Waiting for the cloud').count()).toBe(0)
        expect(await page.getByText('Waiting for the cloud').count()).toBe(0)
      },
      { timeout: SOON, interval: 100 },
    )
  }
}

/** From here on the window gets this part of itself late: what is typed meanwhile is typed ahead. */
export async function comesLate(page: Page, part: string): Promise<void> {
  await page.route(`**/${part}*.js`, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 300))
    await route.continue()
  })
}

/** From here on the window's searches reach the console half a second late. */
export async function searchesLate(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { send } = WebSocket.prototype
    WebSocket.prototype.send = function (data) {
      const late = typeof data === 'string' && data.includes('tickets.search')
      setTimeout(() => send.call(this, data), late ? 500 : 0)
    }
  })
}

/** The technician whom the console's sandbox signs in, and a colleague. */
export const DANA = { email: 'dana@sandbox.example', password: 'sandbox' } as const
export const LENA = { email: 'lena@alpha.example', password: 'a password of Lena' } as const

/** An organisation that the console's sandbox signs in to, with these clients of so many tickets. */
export function sandboxLike(...clients: [name: string, tickets: number][]): SandboxData {
  const data = sampleOrganisation(
    'Alpha',
    clients.map(([name, tickets]) => sampleClient(name, tickets)),
  )
  const [first] = data.technicians
  if (first) Object.assign(first, DANA)
  data.technicians.push({ id: uuid('technician', 'Lena'), name: 'Lena of Alpha', ...LENA })
  return data
}

/** The same with settings of their own for some of the clients, by their names. */
export function configured(data: SandboxData, settings: Record<string, Partial<Configuration>>): SandboxData {
  const clients = data.clients.map((client) => ({
    ...client,
    configuration: { ...client.configuration, ...settings[client.tenant.name] },
  }))
  return { ...data, clients }
}

export interface Window {
  page: Page
  complaints: string[]
  close(): Promise<void>
}

/** What a story plays in: a cloud that can go away and come back, consoles, and windows on them. */
export interface Stage {
  readonly url: string
  /** As the owner of the database: sees every row. */
  readonly owner: Sql
  readonly browser: Browser
  /** Where a console keeps its files. */
  profile(name?: string): string
  /** Starts a console; a name gives it a profile of its own. */
  begin(name?: string, env?: Record<string, string>): Promise<Running>
  /** A window on a client, once it is in step. */
  open(host: Running, client: string): Promise<Window>
  /** The cloud stops answering, and the window says so. */
  goAway(page: Page): Promise<void>
  /** It answers again, at the same address. */
  comeBack(page: Page): Promise<void>
  /** What a colleague asks the cloud about a client with. */
  colleagueToken(client: string): Promise<string>
  /** Writes as a colleague does, also while the consoles have no way to the cloud. */
  colleague(client: string, ...bodies: MutationBody[]): Promise<void>
}

/** Sets a stage for the tests of a file, and takes it down after them. */
export function setStage(name: string, data: () => SandboxData): Stage {
  const folder = temporaryFolder(name)
  let database: Awaited<ReturnType<typeof cloudDatabase>>
  let owner: Sql
  let cloud: Cloud
  let browser: Browser
  let away = false
  const start = async (): Promise<void> => {
    cloud = await startCloud({ database: database.address, port: Number(new URL(cloud.url).port) })
    away = false
  }

  beforeAll(async () => {
    database = await cloudDatabase()
    cloud = await startCloud({ database: database.address, seed: data() })
    owner = connect(database.address, 2)
    browser = await launchBrowser()
  })
  afterEach(async () => {
    await killAll()
    // A test that failed without a cloud must not fail the next one.
    if (away) await start()
  })
  afterAll(async () => {
    await browser?.close()
    await cloud?.close()
    await owner?.end()
    await database?.drop()
    folder.remove()
  })
  const tokenOf = async (url: string, client: string): Promise<string> => {
    const { accessToken } = await signIn(url, LENA)
    const [tenant] = await owner<{ id: string }[]>`select id from tenant where name = ${client}`
    return enter(url, accessToken, tenant?.id ?? '')
  }
  const profile = (of = 'profile'): string => join(folder.path, of)
  return {
    get url() {
      return cloud.url
    },
    get owner() {
      return owner
    },
    get browser() {
      return browser
    },
    profile,
    begin: (of, env) => startConsole([`--profile=${profile(of)}`, '--sandbox', `--cloud=${cloud.url}`], env),
    async open(host, client) {
      const opened = await openWindow(browser, host.address)
      const { page } = opened
      // File choosers are caught from the start: catching begins a moment after it is first asked for.
      page.on('filechooser', () => undefined)
      await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
      await switchTo(page, client, client)
      // Also where the ticket that was open covers them.
      await page.getByTestId('ticket-row').first().waitFor({ state: 'attached', timeout: SOON })
      await waitForSynced(page)
      return opened
    },
    async goAway(page) {
      away = true
      await cloud.close()
      await page.getByTestId('offline-banner').waitFor({ timeout: SOON })
    },
    async comeBack(page) {
      await start()
      // Nobody waits for the next try; it may have come back by itself meanwhile.
      const banner = page.getByTestId('offline-banner')
      await banner
        .getByRole('button', { name: 'Try now' })
        .dispatchEvent('click', undefined, { timeout: 200 })
        .catch(() => undefined)
      await expect.poll(() => banner.count(), { timeout: SOON }).toBe(0)
    },
    colleagueToken: (client) => tokenOf(cloud.url, client),
    async colleague(client, ...bodies) {
      const other = await startCloud({ database: database.address })
      try {
        const token = await tokenOf(other.url, client)
        const { results } = await pushed(other.url, token, crypto.randomUUID(), 1, bodies)
        for (const result of results) expect(result).toMatchObject({ outcome: 'applied' })
      } finally {
        await other.close()
      }
    },
  }
}

/** Chooses a status by keyboard, for the ticket that keys act on. */
export async function setStatus(page: Page, label: string, ticket: number | 'new'): Promise<void> {
  await page.keyboard.press('s')
  await page.getByRole('listbox', { name: 'Set status' }).waitFor({ timeout: SOON })
  await page.keyboard.type(label)
  await page.keyboard.press('Enter')
  await page.getByText(`Ticket ${ticket}: status set to ${label}`).waitFor({ timeout: SOON })
}

/** Opens a ticket as a technician does: its words in the search, Enter, Enter, as fast as it can be typed. */
export async function openTicket(page: Page, subject: string): Promise<void> {
  await page.keyboard.press('/')
  await page.keyboard.type(subject)
  // Right after a first sync there are none yet.
  await expect.poll(() => page.getByTestId('ticket-row').first().innerText(), { timeout: SOON }).toContain(subject)
  // What is typed ahead waits for the hits of all of it.
  await page.keyboard.press('Enter')
  await page.keyboard.press('Enter')
  await page
    .getByRole('article', { name: /^Ticket/ })
    .getByRole('heading', { name: subject })
    .waitFor({ timeout: SOON })
}
