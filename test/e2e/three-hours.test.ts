import { afterAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { Cable } from '../faults/cable.ts'
import { cases, ran } from '../faults/cases.ts'
import { FaultProxy } from '../faults/proxy.ts'
import { openWindow } from './browser.ts'
import { startConsole } from './processes.ts'
import { LENA, openTicket, sandboxLike, setStage, setStatus, SOON, switchTo, waitForSynced } from './story.ts'

// Three hours on a train: two technicians work the same client without a network, and come back over a bad one.

/** Tickets that each of them works on; each takes five edits. */
const EACH = cases(5, 20)
// Numbers of two digits, so that none is the beginning of another.
const TICKETS = 40
/** Both give these another status: what two people decided differently waits for one of them. */
const DISPUTED = [11, 12, 13, 14]
const LENA_NAME = 'Lena of Alpha'
const stage = setStage('three-hours', () => sandboxLike(['Acme', TICKETS]))
const lines: { close(): Promise<void> }[] = []
afterAll(async () => {
  for (const line of lines.reverse()) await line.close()
}, 300_000)

interface Desk {
  page: Page
  cable: Cable
  network: FaultProxy
  close(): Promise<void>
}

/** A console of its own behind a network of its own, in step with the client. */
async function sitDown(who: 'Dana' | 'Lena', seed: number): Promise<Desk> {
  const network = await FaultProxy.start(stage.url, seed, { rate: 0.3 })
  network.good()
  const cable = await Cable.to(network.url)
  lines.push(network, cable)
  const own = who === 'Dana' ? ['--sandbox'] : []
  const host = await startConsole([`--profile=${stage.profile(who)}`, `--cloud=${cable.url}`, ...own])
  const { page, close } = await openWindow(stage.browser, host.address)
  if (who === 'Lena') {
    await page.getByRole('button', { name: /Connect to your cloud/ }).click()
    await page.getByLabel('Email').fill(LENA.email)
    await page.getByLabel('Password', { exact: true }).fill(LENA.password)
    await page.getByLabel('New passphrase for this computer').fill('a passphrase of Lena')
    await page.keyboard.press('Enter')
  }
  await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
  await switchTo(page, 'Acme', 'Acme')
  await page.getByTestId('ticket-row').first().waitFor({ timeout: SOON })
  await waitForSynced(page)
  return { page, cable, network, close }
}

/** Five edits of a ticket, all by keyboard. */
async function work(page: Page, who: 'Dana' | 'Lena', number: number): Promise<void> {
  const entries = page.getByTestId('entry-note')
  await openTicket(page, `Acme ticket ${number}`)
  await setStatus(page, who === 'Dana' || !DISPUTED.includes(number) ? 'Awaiting Vendor' : 'Done', number)
  for (const part of ['first', 'second']) {
    await page.keyboard.press('n')
    await page.keyboard.type(`${who} ${part} ${number}`)
    await page.keyboard.press('Control+Enter')
    await entries.filter({ hasText: `${who} ${part} ${number}` }).waitFor({ timeout: SOON })
  }
  await page.keyboard.press('w')
  await page.keyboard.type('15')
  await page.keyboard.press('Enter')
  await page.keyboard.type(`${who} worked ${number}`)
  await page.keyboard.press('Control+Enter')
  await page.getByText(`${who} worked ${number}`).first().waitFor({ timeout: SOON })
  // Fields that only one of them touches go together.
  await page.keyboard.press(who === 'Dana' ? 'p' : 'a')
  await page.getByRole('listbox', { name: who === 'Dana' ? 'Set priority' : 'Assign' }).waitFor({ timeout: SOON })
  await page.keyboard.type(who === 'Dana' ? 'Urgent' : 'Lena')
  await page.keyboard.press('Enter')
  await page
    .getByText(`Ticket ${number}: ${who === 'Dana' ? 'priority set to Urgent' : 'assigned to you'}`)
    .waitFor({ timeout: SOON })
}

/** Every row of the list, as it is read, but for how long ago; only Lena takes tickets, and is “me” in her own window. */
async function rows(page: Page): Promise<string[]> {
  const texts = await page.getByTestId('ticket-row').evaluateAll((all) =>
    all.map((row) =>
      [...row.children]
        .flatMap((cell) => [...cell.childNodes])
        // Who else has it open is nobody's edit.
        .filter((part) => !(part instanceof Element && part.getAttribute('role') === 'img'))
        .map(({ textContent }) => textContent)
        .join(' '),
    ),
  )
  return texts
    .map((text) =>
      text
        .replaceAll(/\s+/g, ' ')
        .replace(/ (now|\d+ min)$/, '')
        .replace(/ Me$/, ` ${LENA_NAME}`),
    )
    .sort()
}

test('what two technicians did without a network arrives once over a bad one; what both decided differently waits for one of them; then all three are equal', async () => {
  const [dana, lena] = await Promise.all([sitDown('Dana', 5), sitDown('Lena', 9)])
  const both = [dana, lena]
  for (const { cable } of both) cable.pull()
  for (const { page } of both) await page.getByTestId('offline-banner').waitFor({ timeout: SOON })
  // Four of their tickets are in common and disputed, the others in common in part.
  const numbers = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i)
  const fromLena = Math.max(15, 11 + 0.4 * EACH)
  await Promise.all([
    (async () => {
      for (const number of numbers(11, EACH)) await work(dana.page, 'Dana', number)
    })(),
    (async () => {
      for (const number of [...DISPUTED, ...numbers(fromLena, EACH - 4)]) await work(lena.page, 'Lena', number)
    })(),
  ])
  for (const { page } of both)
    await expect
      .poll(() => page.getByTestId('sync-state').innerText(), { timeout: SOON })
      .toContain(`${5 * EACH} edits waiting`)

  for (const { network, cable } of both) {
    network.bad()
    cable.plugIn()
  }
  const undecided = async (page: Page): Promise<number> =>
    Number(/(\d+) edits? could not be saved/.exec(await page.getByTestId('sync-state').innerText())?.[1] ?? 0)
  const waiting = async (page: Page): Promise<boolean> =>
    /waiting for the cloud/.test(await page.getByTestId('sync-state').innerText())
  for (const { page } of both) await expect.poll(() => waiting(page), { timeout: 6 * SOON }).toBe(false)
  // Over a bad network the line may say something else a moment later: what was read together counts.
  let counts: number[] = []
  const all = async (): Promise<number> => {
    counts = await Promise.all(both.map(({ page }) => undecided(page)))
    return counts.reduce((sum, count) => sum + count)
  }
  await expect.poll(all, { timeout: SOON }).toBe(DISPUTED.length)

  // Whoever came second decides, by keyboard: theirs stays for two, mine for the others.
  for (const [i, { page }] of both.entries()) {
    const count = counts[i] ?? 0
    if (count === 0) continue
    await page.keyboard.type('gi')
    const open = page.getByRole('article', { name: /^Changed by two people/ })
    await open.first().waitFor({ timeout: SOON })
    for (let left = count; left > 0; left--) {
      await page.keyboard.press(left % 2 === 0 ? '2' : '1')
      await page.keyboard.press('Enter')
      await expect.poll(() => open.count(), { timeout: SOON }).toBe(left - 1)
    }
    await page.getByText('Nothing to decide').waitFor({ timeout: SOON })
  }
  for (const { network } of both) network.good()
  for (const { page } of both) await waitForSynced(page)

  const [entries] = await stage.owner<{ written: number; distinct: number; minutes: number }[]>`
    select count(*)::int as written, count(distinct data ->> 'body')::int as distinct,
      sum((data -> 'time' ->> 'minutes')::int)::int as minutes
    from entry where data ->> 'body' ~ '^(Dana|Lena) ' and not deleted`
  expect(entries).toEqual({ written: 6 * EACH, distinct: 6 * EACH, minutes: 30 * EACH })
  const held = await stage.owner<{ number: number; status: string; assigned: boolean }[]>`
    select number, data ->> 'status' as status, data ->> 'assigneeId' is not null as assigned
    from ticket where data ->> 'status' <> 'done' and not deleted`
  // The whole list is in the page at this height.
  for (const { page } of both) {
    await page.setViewportSize({ width: 1280, height: 2400 })
    await page.keyboard.type('gt')
    await page.getByTestId('ticket-row').first().waitFor({ timeout: SOON })
    // The last search is let go.
    await page.keyboard.press('Escape')
    await expect.poll(async () => (await rows(page)).length, { timeout: SOON }).toBe(held.length)
  }
  const [seen, other] = [await rows(dana.page), await rows(lena.page)]
  expect(seen).toEqual(other)
  const labels: Record<string, string> = { open: 'In Progress', vendor: 'Awaiting Vendor', new: 'New' }
  for (const { number, status, assigned } of held) {
    const row = seen.find((text) => text.includes(`Acme ticket ${number} `)) ?? ''
    expect(row).toContain(labels[status])
    expect(row.includes(LENA_NAME)).toBe(assigned)
  }
  for (const { close } of both) await close()
  ran('edits of two technicians without a network', 10 * EACH)
}, 300_000)
