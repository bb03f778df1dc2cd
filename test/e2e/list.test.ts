import { expect, test } from 'vitest'
import { sandboxLike, setStage, SOON, waitForSynced } from './story.ts'

// Many tickets at once, by keyboard alone.

const stage = setStage('list', () => sandboxLike(['Acme', 40]))

async function inStatus(status: string): Promise<number> {
  const rows = await stage.owner`select 1 from ticket where data ->> 'status' = ${status}`
  return rows.length
}

test('tickets chosen by x and ranges are changed together after a preview, and one z takes all of it back', async () => {
  const host = await stage.begin()
  const { page, close } = await stage.open(host, 'Acme')
  const chosen = page.getByTestId('chosen-count')
  await page.keyboard.press('g')
  await page.keyboard.press('g')
  await page.keyboard.press('x')
  await expect.poll(() => chosen.innerText()).toBe('1 chosen')
  await page.keyboard.press('J')
  await page.keyboard.press('J')
  await expect.poll(() => chosen.innerText()).toBe('3 chosen')
  await page.keyboard.press('K')
  await expect.poll(() => chosen.innerText()).toBe('2 chosen')
  for (let i = 0; i < 8; i++) await page.keyboard.press('j')
  await page.keyboard.press('X')
  await expect.poll(() => chosen.innerText()).toBe('10 chosen')

  await page.keyboard.press('s')
  await page.getByRole('listbox', { name: 'Set status' }).waitFor()
  await page.keyboard.type('Awaiting')
  await page.keyboard.press('Enter')
  await page.getByText('10 tickets: 10 change.').waitFor({ timeout: SOON })
  await page.keyboard.press('Enter')
  await page.getByText('10 tickets: status set to Awaiting Vendor').waitFor({ timeout: SOON })
  await waitForSynced(page)
  await expect.poll(() => inStatus('vendor'), { timeout: SOON }).toBe(10)

  // They stay chosen, wherever the change has moved them.
  expect(await chosen.innerText()).toBe('10 chosen')
  await page.keyboard.press('s')
  await page.getByRole('listbox', { name: 'Set status' }).waitFor()
  await page.keyboard.type('Awaiting')
  await page.keyboard.press('Enter')
  await page.getByText('10 tickets: none changes, 10 have it already.').waitFor({ timeout: SOON })
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await page.keyboard.press('Escape')
  await chosen.waitFor({ state: 'detached' })
  await page.keyboard.press('z')
  await expect.poll(() => inStatus('vendor'), { timeout: SOON }).toBe(0)
  await waitForSynced(page)
  await close()
})

test('all tickets of a list are changed only after the client’s name was typed', async () => {
  const host = await stage.begin()
  const { page, close } = await stage.open(host, 'Acme')
  await page.keyboard.press('Control+A')
  await expect.poll(() => page.getByTestId('chosen-count').innerText()).toBe('40 chosen')
  await page.keyboard.press('t')
  await page.keyboard.type('audit, -old')
  await page.getByRole('option', { name: 'tagged audit, no longer tagged old' }).waitFor()
  await page.keyboard.press('Enter')
  const name = page.getByRole('textbox', { name: 'Type Acme to confirm' })
  await name.waitFor({ timeout: SOON })
  await page.keyboard.press('Enter')
  await page.keyboard.type('Apex')
  await page.keyboard.press('Enter')
  expect(await name.isVisible()).toBe(true)
  await name.fill('')
  await page.keyboard.type('acme')
  await page.keyboard.press('Enter')
  await page.getByText('40 tickets: tagged audit').waitFor({ timeout: SOON })
  await expect
    .poll(async () => (await stage.owner`select 1 from ticket where data::jsonb -> 'tags' @> '["audit"]'`).length, {
      timeout: SOON,
    })
    .toBe(40)
  await close()
})

test('in a field, what marks all marks its text and chooses no ticket', async () => {
  const host = await stage.begin()
  const { page, close } = await stage.open(host, 'Acme')
  await page.keyboard.press('/')
  await page.keyboard.type('ticket 1')
  await page.keyboard.press('Control+A')
  expect(await page.evaluate(() => getSelection()?.toString())).toBe('ticket 1')
  expect(await page.getByTestId('chosen-count').count()).toBe(0)
  await close()
})
