import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Browser } from 'playwright-core'
import type { SandboxData } from '../../src-cloud/load.ts'
import { withCloud, type TestCloud } from '../support/cloud.ts'
import { launchBrowser, openWindow } from './browser.ts'
import { killAll, startConsole, type Running } from './processes.ts'
import { SOON, switchTo, temporaryFolder, waitForClient, waitForSynced } from './story.ts'

/** The clients that a first day leads to. */
export const [ATELIER, NORTHVANE, BRIGHTWATER] = [
  'Atelier Voss Architekten',
  'Northvane Logistics',
  'Brightwater Dental Group',
] as const

/** Where it plays. */
export interface FirstDay {
  readonly browser: Browser
  /** Starts a console on the same profile. */
  begin(): Promise<Running>
}

/**
 * The story of a first day, as a test: real Postgres, real console process, real Chromium, keyboard only.
 * @param data of the sandbox, with the three clients at least
 */
export function firstDay(data: () => SandboxData): FirstDay {
  let cloud: TestCloud
  let browser: Browser
  const folder = temporaryFolder('main-job')
  const begin = (): Promise<Running> => startConsole([`--profile=${folder.path}`, '--sandbox', `--cloud=${cloud.url}`])

  beforeAll(async () => {
    cloud = await withCloud([data()])
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await killAll()
    await cloud?.close()
    folder.remove()
  })
  afterEach(killAll)

  test('three clients by keyboard, an edit and a note that reach Postgres, and all of it again after a restart', async () => {
    let host = await begin()
    const first = await openWindow(browser, host.address)
    let { page, close } = first

    // Pinned clients by number, others by a few letters of a name, a domain or an alias.
    await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
    await page.keyboard.press('Control+1')
    await waitForClient(page, ATELIER)
    await switchTo(page, 'northv', NORTHVANE)
    await waitForClient(page, NORTHVANE)
    await page.getByRole('grid', { name: 'Tickets' }).waitFor()
    // During a first sync rows come in above the one that is chosen.
    await waitForSynced(page)
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    const selected = page.locator('[data-testid=ticket-row][aria-selected=true]')
    // Which ticket, not what its row says: that tells the time.
    const chosenOnNorthvane = await selected.getAttribute('id')
    await switchTo(page, 'brightwater', BRIGHTWATER)
    await waitForClient(page, BRIGHTWATER)

    // An edit shows at once and reaches Postgres.
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    const ticket = page.getByRole('article', { name: /Ticket \d+/ })
    await ticket.waitFor()
    const number = Number(/\d+/.exec((await ticket.getAttribute('aria-label'))!)![0])
    const before = await inPostgres(cloud, BRIGHTWATER, number)
    const statusShown = (): Promise<string> =>
      page.getByRole('complementary', { name: 'Fields' }).getByLabel('Status', { exact: true }).first().inputValue()
    const current = await statusShown()
    await page.keyboard.press('s')
    const options = page.getByRole('listbox', { name: /status/i }).getByRole('option')
    await options.first().waitFor()
    const labels = (await options.allInnerTexts()).map((label) => label.split('\n')[0]!)
    const chosen = labels.find((label) => label !== current)!
    await page.keyboard.type(chosen)
    await page.keyboard.press('Enter')
    await expect.poll(statusShown).toBe(chosen)
    await page.keyboard.press('n')
    await page.keyboard.type('Called the lab, parts arrive on Tuesday.')
    await page.keyboard.press('Control+Enter')
    await page.getByTestId('entry-note').filter({ hasText: 'parts arrive on Tuesday' }).waitFor()
    await waitForSynced(page)
    const after = await inPostgres(cloud, BRIGHTWATER, number)
    expect(after.status).not.toBe(before.status)
    expect(after.notes).toContain('Called the lab, parts arrive on Tuesday.')

    // Back on the second client: its own data, where the technician was.
    await page.keyboard.press('Escape')
    await switchTo(page, 'northv', NORTHVANE)
    await expect.poll(() => selected.getAttribute('id')).toBe(chosenOnNorthvane)

    // A restart in order.
    await close()
    await host.stop()
    host = await begin()
    ;({ page, close } = await openWindow(browser, host.address))
    await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
    await switchTo(page, 'bwd', BRIGHTWATER)
    await page.keyboard.press('/')
    await page.keyboard.type('parts arrive Tuesday')
    await page
      .getByTestId('ticket-row')
      .filter({ hasText: String(number) })
      // Among the hits, not in the list that they are about to replace.
      .filter({ has: page.locator('mark') })
      .click()
    await page.getByTestId('entry-note').filter({ hasText: 'parts arrive on Tuesday' }).waitFor()
    expect(await statusShown()).toBe(chosen)
    expect(first.complaints).toEqual([])
    await close()
    await host.stop()
  })
  return {
    get browser() {
      return browser
    },
    begin,
  }
}

interface TicketState {
  status: string
  notes: string[]
}

/** The ticket as Postgres has it, read by the owner without any tenant. */
async function inPostgres({ owner }: TestCloud, client: string, number: number): Promise<TicketState> {
  const [ticket] = await owner<{ status: string; tenant_id: string; id: string }[]>`
    select t.data ->> 'status' as status, t.tenant_id, t.id from ticket t join tenant on tenant.id = t.tenant_id
    where tenant.name = ${client} and t.number = ${number}`
  const notes = await owner<{ body: string }[]>`
    select data ->> 'body' as body from entry
    where tenant_id = ${ticket!.tenant_id} and ticket_id = ${ticket!.id} and data ->> 'kind' = 'note'`
  return { status: ticket!.status, notes: notes.map((note) => note.body) }
}
