import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { sandboxLike, setStage, setStatus, SOON, waitForSynced } from './story.ts'

// A client's settings are changed in the window, and everything follows.

const stage = setStage('settings', () => sandboxLike(['Acme', 4]))
const row = (page: Page) => page.getByTestId('ticket-row').filter({ hasText: 'Acme ticket 2' })
const said = (page: Page, text: string) => page.getByText(text, { exact: true }).waitFor({ timeout: SOON })
const toSettings = async (page: Page): Promise<void> => {
  await page.keyboard.type('g,')
  await page.getByRole('main', { name: 'Settings of Acme' }).getByRole('heading', { name: 'Statuses' }).waitFor()
}

test('a status is renamed, retired and given back: tickets keep their word, and nobody is offered what is retired', async () => {
  const host = await stage.begin()
  const { page, close, complaints } = await stage.open(host, 'Acme')
  await row(page).getByText('In Progress').waitFor({ timeout: SOON })
  await toSettings(page)
  const fields = page.getByRole('textbox', { name: /^Name of status/ })
  const inProgress = async (label: string): Promise<number> =>
    (await fields.evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value))).indexOf(label)
  const index = await inProgress('In Progress')
  await fields.nth(index).focus()
  await page.keyboard.press('Control+A')
  await page.keyboard.type('Working on it')
  await page.getByRole('button', { name: 'Statuses changed' }).waitFor()
  await page.keyboard.press('Control+Enter')
  await said(page, 'Saved.')
  await page.keyboard.press('Escape')
  await page.keyboard.type('gt')
  await row(page).getByText('Working on it').waitFor({ timeout: SOON })

  await toSettings(page)
  await page.getByRole('button', { name: 'Retire Working on it' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('Retired').waitFor()
  await page.keyboard.press('Control+Enter')
  await said(page, 'Saved.')
  await page.keyboard.type('gt')
  await row(page).getByText('Working on it').waitFor({ timeout: SOON })
  await row(page).click()
  await page.getByRole('article', { name: /^Ticket/ }).waitFor({ timeout: SOON })
  // What the ticket has can stay; once it has another, it is not offered any more.
  await setStatus(page, 'Awaiting Vendor', 2)
  await page.keyboard.press('s')
  const offered = page.getByRole('listbox', { name: 'Set status' })
  await offered.waitFor({ timeout: SOON })
  expect(await offered.getByRole('option', { name: 'Working on it' }).count()).toBe(0)
  expect(await offered.getByRole('option', { name: 'Awaiting Vendor' }).count()).toBe(1)
  await page.keyboard.press('Escape')

  await toSettings(page)
  await page.keyboard.press('h')
  await page.getByText('“In Progress” is now called “Working on it”').waitFor({ timeout: SOON })
  await page.getByRole('button', { name: 'Restore revision 1' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'Restore revision 1' }).waitFor()
  await page.keyboard.press('Enter')
  await said(page, 'As it was at revision 1.')
  await page.keyboard.type('gt')
  await page
    .getByTestId('ticket-row')
    .filter({ hasText: 'Acme ticket 3' })
    .getByText('In Progress')
    .waitFor({ timeout: SOON })
  expect(complaints).toEqual([])
  await close()
})

test('without the cloud nothing is saved and nothing typed is lost; it is saved once the cloud is back', async () => {
  const host = await stage.begin()
  const { page, close } = await stage.open(host, 'Acme')
  await waitForSynced(page)
  await toSettings(page)
  await page.getByRole('textbox', { name: 'Name of status 1' }).focus()
  await page.keyboard.press('Control+A')
  await page.keyboard.type('Fresh')
  await stage.goAway(page)
  await page.keyboard.press('Control+Enter')
  await page.getByRole('alert').filter({ hasText: 'What you typed is still here.' }).waitFor({ timeout: SOON })
  expect(await page.getByRole('textbox', { name: 'Name of status 1' }).inputValue()).toBe('Fresh')
  await stage.comeBack(page)
  await page.keyboard.press('Control+Enter')
  await said(page, 'Saved.')
  const [saved] = await stage.owner<{ label: string }[]>`
    select data -> 'statuses' -> 0 ->> 'label' as label from configuration`
  expect(saved?.label).toBe('Fresh')
  await close()
})
