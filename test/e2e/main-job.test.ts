import { expect, test } from 'vitest'
import { sandbox } from '../../src-cloud/sandbox/sandbox.ts'
import { openWindow } from './browser.ts'
import { ATELIER, BRIGHTWATER, firstDay } from './first-day.ts'
import { SOON, shownClient, switchTo, waitForClient } from './story.ts'

// A first day with all of the sample clients, and what is seen of them on it.

const day = firstDay(() => sandbox())

test('no frame between two clients shows the data of the one that was left', async () => {
  const host = await day.begin()
  const { page, close } = await openWindow(day.browser, host.address)
  await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
  await page.keyboard.press('Control+2')
  await waitForClient(page, BRIGHTWATER)
  await page.keyboard.press('Control+1')
  await waitForClient(page, ATELIER)
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
      ['Control+2', BRIGHTWATER],
      ['Control+1', ATELIER],
    ] as const) {
      await page.keyboard.press(key)
      await expect.poll(() => shownClient(page)).toBe(name)
    }
  }
  const frames = await page.evaluate(() => (window as unknown as { frames_: [string, string][] }).frames_)
  const rowsOf = (client: string) =>
    new Set(frames.filter(([name, row]) => name.trim() === client && row).map(([, row]) => row))
  const [first, second] = [rowsOf(ATELIER), rowsOf(BRIGHTWATER)]
  expect(first.size).toBeGreaterThan(0)
  expect(second.size).toBeGreaterThan(0)
  expect([...first].filter((row) => second.has(row))).toEqual([])
  await close()
  await host.stop()
})

test('twenty thousand tickets scroll to the middle and to the end, with rows everywhere', async () => {
  const host = await day.begin()
  const { page, close } = await openWindow(day.browser, host.address)
  await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
  await switchTo(page, 'orrery', 'Orrery Precision Manufacturing')
  await page.getByRole('button', { name: /^Status:/ }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Open and closed' }).click()
  await expect.poll(() => page.getByTestId('ticket-total').innerText(), { timeout: SOON }).toContain('20,000')
  const grid = page.getByRole('grid', { name: 'Tickets' })
  expect(await grid.getAttribute('aria-rowcount')).toBe('20001')
  for (const share of [0.5, 1, 0.25]) {
    // In one go, then over many screens, the last of which is the one that counts.
    const shown = await grid.evaluate(async (element, to) => {
      const scroller = element.querySelector('[role=rowgroup]')!
      const end = scroller.scrollHeight - scroller.clientHeight
      const waiting: string[] = []
      for (const on of to === 0.25 ? [0.9, 0.1, 0.7, 0.4, 0.6, to] : [to]) {
        scroller.scrollTop = end * on
        await new Promise(requestAnimationFrame)
        for (const row of element.querySelectorAll<HTMLElement>('[role=row][aria-busy]'))
          waiting.push(row.id + row.innerText)
      }
      return waiting.join('')
    }, share)
    // A row that waits shows nothing of the one whose place it has.
    expect(shown).toBe('')
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
