import { expect, test } from 'vitest'
import { uuid } from '../support/sample.ts'
import { openTicket, sandboxLike, setStage, SOON, switchTo, waitForSynced } from './story.ts'

// What keeps a reply from the people of another client.

const stage = setStage('wrong-client', () => sandboxLike(['Acme', 6], ['Birch', 6]))

async function repliesOn(ticketId: string): Promise<string[]> {
  const rows = await stage.owner<{ body: string }[]>`
    select data ->> 'body' as body from entry
    where ticket_id = ${ticketId} and data -> 'author' ->> 'kind' = 'technician' and not deleted`
  return rows.map(({ body }) => body)
}

test('a reply right after a switch waits until the client is named; once one has stayed there it goes out by itself', async () => {
  const host = await stage.begin()
  const { page, close } = await stage.open(host, 'Birch')
  // The window's clock all but stands still, and moves on when a person stays.
  await page.evaluate(() => {
    const real = performance.now.bind(performance)
    const from = real()
    performance.now = () => from + (real() - from) / 100 + Number(document.documentElement.dataset['stayed'] ?? 0)
  })
  const stay = () =>
    page.evaluate(() => {
      const { dataset } = document.documentElement
      dataset['stayed'] = String(Number(dataset['stayed'] ?? 0) + 10_000)
    })
  await openTicket(page, 'Birch ticket 3')
  await stay()
  await switchTo(page, 'Acme', 'Acme')
  await openTicket(page, 'Acme ticket 3')
  await page.keyboard.press('r')
  await page.keyboard.type('Meant for Birch')
  await page.keyboard.press('Control+Enter')
  const asked = page.getByRole('dialog', { name: 'Send this reply?' })
  await asked.getByText('Contact of Acme would read this on ticket 3.').waitFor({ timeout: SOON })
  await page.keyboard.type('Birch')
  await page.keyboard.press('Enter')
  expect(await asked.getByRole('button', { name: 'Send reply' }).isDisabled()).toBe(true)
  await page.keyboard.press('Escape')
  await asked.waitFor({ state: 'detached' })
  // Nothing is lost by not sending.
  const field = page.getByRole('textbox', { name: /^Public reply to Contact of Acme/ })
  expect(await field.inputValue()).toBe('Meant for Birch')
  await waitForSynced(page)
  expect(await repliesOn(uuid('Acme', 'ticket', 3))).toEqual([])

  await field.focus()
  await page.keyboard.press('Control+Enter')
  await asked.waitFor({ timeout: SOON })
  await page.keyboard.type('acme')
  await page.keyboard.press('Enter')
  await expect.poll(() => repliesOn(uuid('Acme', 'ticket', 3)), { timeout: SOON }).toEqual(['Meant for Birch'])

  await stay()
  await page.keyboard.press('r')
  await page.keyboard.type('And another')
  await page.keyboard.press('Control+Enter')
  await expect.poll(() => repliesOn(uuid('Acme', 'ticket', 3)), { timeout: SOON }).toContain('And another')
  await close()
})
