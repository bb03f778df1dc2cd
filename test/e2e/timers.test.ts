import { expect, test } from 'vitest'
import { uuid } from '../support/sample.ts'
import { sandboxLike, setStage, SOON, switchTo, waitForSynced } from './story.ts'

// A timer of work survives a kill, is seen from every client, and becomes an entry by a person's word.

const stage = setStage('timers', () => sandboxLike(['Acme', 4], ['Birch', 3]))

test('l starts a timer, which a kill does not end; two at once are said; l again offers what was worked, and z goes on', async () => {
  const host = await stage.begin()
  const { page } = await stage.open(host, 'Acme')
  await page.keyboard.press('Home')
  await page.keyboard.press('l')
  await page.getByText('Ticket 4: timer started', { exact: true }).waitFor({ timeout: SOON })
  await page.getByRole('img', { name: 'Its timer runs' }).waitFor({ timeout: SOON })
  await page.getByTitle('A timer runs').waitFor({ timeout: SOON })
  await host.kill()

  const again = await stage.begin()
  const { page: next, complaints, close } = await stage.open(again, 'Acme')
  const one = next.getByTitle('A timer runs')
  await expect.poll(() => one.innerText(), { timeout: SOON }).toMatch(/min · ticket 4$/)
  // From another client it is seen, and a second one is said.
  await switchTo(next, 'Birch', 'Birch')
  await expect.poll(() => one.innerText(), { timeout: SOON }).toMatch(/min · Acme$/)
  await next.keyboard.press('Home')
  await next.keyboard.press('l')
  await next.getByText('Ticket 3: timer started; another runs at Acme already').waitFor({ timeout: SOON })
  const two = next.getByTitle(/^Several timers run/)
  await expect.poll(() => two.innerText(), { timeout: SOON }).toMatch(/^2 timers run/)
  await next.keyboard.press('z')
  await one.waitFor({ timeout: SOON })
  await one.click()
  await expect.poll(() => next.getByTestId('client-name').innerText(), { timeout: SOON }).toBe('Acme')
  await one.click()
  await next.getByRole('article', { name: 'Ticket 4' }).waitFor({ timeout: SOON })

  await next.keyboard.press('l')
  await next.getByText('Ticket 4: timer stopped at 5 min').waitFor({ timeout: SOON })
  const form = next.getByRole('form', { name: 'Time' })
  await form.waitFor({ timeout: SOON })
  await expect.poll(() => form.getByRole('textbox').first().inputValue(), { timeout: SOON }).toBe('5 min')
  // Taken back it goes on from when it began; stopped once more it is logged.
  await next.keyboard.press('Escape')
  await next.keyboard.press('z')
  await one.waitFor({ timeout: SOON })
  await next.keyboard.press('l')
  await next.getByText('Ticket 4: timer stopped at 5 min').waitFor({ timeout: SOON })
  await next.keyboard.press('Control+Enter')
  await waitForSynced(next)
  await expect.poll(async () => (await worked()).join(), { timeout: SOON }).toBe('5')
  expect(await one.count()).toBe(0)

  // Of a ticket that somebody deletes it is said, and it can be discarded.
  await next.keyboard.press('l')
  await next.getByText('Ticket 4: timer started', { exact: true }).waitFor({ timeout: SOON })
  await stage.owner`select bulkhead.delete_ticket(${uuid('tenant', 'Acme')}, ${uuid('Acme', 'ticket', 4)})`
  await next.getByTitle('The ticket of this timer was deleted').click({ timeout: SOON })
  await next.getByRole('dialog', { name: 'Discard this timer?' }).waitFor({ timeout: SOON })
  await next.getByRole('button', { name: 'Discard the timer' }).click()
  await next.getByText(/^Timer of a deleted ticket discarded at/).waitFor({ timeout: SOON })
  await expect.poll(() => next.getByTitle('The ticket of this timer was deleted').count(), { timeout: SOON }).toBe(0)
  expect(complaints).toEqual([])
  await close()
})

async function worked(): Promise<number[]> {
  const rows = await stage.owner<{ minutes: number }[]>`
    select (data -> 'time' ->> 'minutes')::int as minutes from entry where data ->> 'kind' = 'time'`
  return rows.map(({ minutes }) => minutes)
}
