import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Browser } from 'playwright-core'
import { sandbox } from '../../src-cloud/sandbox/sandbox.ts'
import { withCloud, type TestCloud } from '../support/cloud.ts'
import { launchBrowser, openWindow } from './browser.ts'
import { killAll, startConsole, type Running } from './processes.ts'
import { SOON, shownClient, switchTo, temporaryFolder, waitForClient, waitForSynced } from './story.ts'

// The story of a first day: real Postgres, real console process, real Chromium, keyboard only.

let cloud: TestCloud
let browser: Browser
const folder = temporaryFolder('main-job')
const begin = (): Promise<Running> => startConsole([`--profile=${folder.path}`, '--sandbox', `--cloud=${cloud.url}`])

beforeAll(async () => {
  cloud = await withCloud([sandbox()])
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await killAll()
  await cloud?.close()
  folder.remove()
})

afterEach(killAll)

interface TicketState {
  status: string
  notes: string[]
}

/** The ticket as Postgres has it, read by the owner without any tenant. */
async function inPostgres(client: string, number: number): Promise<TicketState> {
  const [ticket] = await cloud.owner<{ status: string; tenant_id: string; id: string }[]>`
    select t.data ->> 'status' as status, t.tenant_id, t.id from ticket t join tenant on tenant.id = t.tenant_id
    where tenant.name = ${client} and t.number = ${number}`
  const notes = await cloud.owner<{ body: string }[]>`
    select data ->> 'body' as body from entry
    where tenant_id = ${ticket!.tenant_id} and ticket_id = ${ticket!.id} and data ->> 'kind' = 'note'`
  return { status: ticket!.status, notes: notes.map((note) => note.body) }
}

test('three clients by keyboard, an edit and a note that reach Postgres, and all of it again after a restart', async () => {
  let host = await begin()
  const first = await openWindow(browser, host.address)
  let { page, close } = first

  // Pinned clients by number, others by a few letters of a name, a domain or an alias.
  await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
  await page.keyboard.press('Control+1')
  await waitForClient(page, 'Atelier Voss Architekten')
  await switchTo(page, 'northv', 'Northvane Logistics')
  await waitForClient(page, 'Northvane Logistics')
  await page.getByRole('grid', { name: 'Tickets' }).waitFor()
  // During a first sync rows come in above the one that is chosen.
  await waitForSynced(page)
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  const selected = page.locator('[data-testid=ticket-row][aria-selected=true]')
  // Which ticket, not what its row says: that tells the time.
  const chosenOnNorthvane = await selected.getAttribute('id')
  await switchTo(page, 'brightwater', 'Brightwater Dental Group')
  await waitForClient(page, 'Brightwater Dental Group')

  // An edit shows at once and reaches Postgres.
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  const ticket = page.getByRole('article', { name: /Ticket \d+/ })
  await ticket.waitFor()
  const number = Number(/\d+/.exec((await ticket.getAttribute('aria-label'))!)![0])
  const before = await inPostgres('Brightwater Dental Group', number)
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
  const after = await inPostgres('Brightwater Dental Group', number)
  expect(after.status).not.toBe(before.status)
  expect(after.notes).toContain('Called the lab, parts arrive on Tuesday.')

  // Back on the second client: its own data, where the technician was.
  await page.keyboard.press('Escape')
  await switchTo(page, 'northv', 'Northvane Logistics')
  await expect.poll(() => selected.getAttribute('id')).toBe(chosenOnNorthvane)

  // A restart in order.
  await close()
  await host.stop()
  host = await begin()
  ;({ page, close } = await openWindow(browser, host.address))
  await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
  await switchTo(page, 'bwd', 'Brightwater Dental Group')
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

test('no frame between two clients shows the data of the one that was left', async () => {
  const host = await begin()
  const { page, close } = await openWindow(browser, host.address)
  await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
  await page.keyboard.press('Control+2')
  await waitForClient(page, 'Brightwater Dental Group')
  await page.keyboard.press('Control+1')
  await waitForClient(page, 'Atelier Voss Architekten')
  // In every frame: the client that the header names, and the first row below it.
  await page.evaluate(() => {
    const frames: [string, string][] = []
    Object.assign(window, { frames_: frames })
    const look = () => {
      const name = document.querySelector('[data-testid=client-name]')?.textContent ?? ''
      const row = document.querySelector('[data-testid=ticket-row]')?.id ?? ''
      if (frames.at(-1)?.join() !== [name, row].join()) frames.push([name, row])
      requestAnimationFrame(look)
    }
    look()
  })
  for (let round = 0; round < 5; round++) {
    for (const [key, name] of [
      ['Control+2', 'Brightwater Dental Group'],
      ['Control+1', 'Atelier Voss Architekten'],
    ] as const) {
      await page.keyboard.press(key)
      await expect.poll(() => shownClient(page)).toBe(name)
    }
  }
  const frames = await page.evaluate(() => (window as unknown as { frames_: [string, string][] }).frames_)
  const rowsOf = (client: string) =>
    new Set(frames.filter(([name, row]) => name.trim() === client && row).map(([, row]) => row))
  const [first, second] = [rowsOf('Atelier Voss Architekten'), rowsOf('Brightwater Dental Group')]
  expect(first.size).toBeGreaterThan(0)
  expect(second.size).toBeGreaterThan(0)
  expect([...first].filter((row) => second.has(row))).toEqual([])
  await close()
  await host.stop()
})

test('twenty thousand tickets scroll to the middle and to the end, with rows everywhere', async () => {
  const host = await begin()
  const { page, close } = await openWindow(browser, host.address)
  await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
  await switchTo(page, 'orrery', 'Orrery Precision Manufacturing')
  await page.getByRole('button', { name: /^Status:/ }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Open and closed' }).click()
  await expect.poll(() => page.getByTestId('ticket-total').innerText(), { timeout: SOON }).toContain('20,000')
  const grid = page.getByRole('grid', { name: 'Tickets' })
  expect(await grid.getAttribute('aria-rowcount')).toBe('20001')
  for (const share of [0.5, 1, 0.25]) {
    await grid.evaluate((element, to) => {
      const scroller = element.querySelector('[role=rowgroup]')!
      scroller.scrollTop = (scroller.scrollHeight - scroller.clientHeight) * to
    }, share)
    await expect
      .poll(async () => {
        const rows = await page
          .getByTestId('ticket-row')
          .evaluateAll((all) => all.map((row) => Number(row.getAttribute('aria-rowindex'))))
        return {
          loading: await grid.locator('[aria-busy=true]').count(),
          there: Math.max(...rows) >= 20_000 * share && rows.length > 10,
        }
      })
      .toEqual({ loading: 0, there: true })
  }
  await close()
  await host.stop()
})
