import { expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import type { CustomField } from '../../src-shared/domain/configuration.ts'
import { sampleConfiguration } from '../support/sample.ts'
import { configured, sandboxLike, setStage, SOON, waitForSynced } from './story.ts'

// Resolving by one key, in the words of each client.

const ends = { field: 'status', in: ['done'] }
const customFields: CustomField[] = [
  {
    type: 'text',
    key: 'cause',
    label: 'Cause',
    visibleWhen: [ends],
    requiredWhen: [ends],
    validation: { maxLength: 9 },
  },
  { type: 'person', key: 'approver', label: 'Approver', requiredWhen: [{ field: 'type', in: ['incident'] }] },
  { type: 'text', key: 'room', label: 'Room', default: 'Lobby', validation: { maxLength: 9 } },
]

const stage = setStage('resolve', () => {
  const data = sandboxLike(['Acme', 6], ['Birch', 6], ['Cedar', 6], ['Dahlia', 6])
  const more = [
    { key: 'fixed', label: 'Fixed', category: 'resolved', stopsClock: true },
    { key: 'spam', label: 'Not for us', category: 'resolved', stopsClock: true },
  ] as const
  const statuses = [...sampleConfiguration.statuses, ...more]
  return configured(data, { Birch: { statuses }, Dahlia: { customFields } })
})

async function statusOf(name: string): Promise<string | undefined> {
  const [row] = await stage.owner<{ status: string }[]>`
    select data ->> 'status' as status from ticket where data ->> 'subject' = ${name}`
  return row?.status
}

const heading = (page: Page) => page.getByRole('article', { name: /^Ticket/ }).getByRole('heading', { level: 2 })

/** Opens the first ticket of the list. @returns its subject */
async function openFirst(page: Page): Promise<string> {
  await page.keyboard.press('Home')
  await page.keyboard.press('Enter')
  await heading(page).waitFor({ timeout: SOON })
  return subjectOf(page)
}

async function subjectOf(page: Page): Promise<string> {
  return (await heading(page).innerText()).trim()
}

test('resolve and next closes one ticket after the other, the last one leads to the list, and z brings each back', async () => {
  const host = await stage.begin()
  const { page, close } = await stage.open(host, 'Acme')
  const seen = [await openFirst(page)]
  for (let n = 1; n < 6; n++) {
    await page.keyboard.press('E')
    await expect.poll(() => subjectOf(page), { timeout: SOON }).not.toBe(seen.at(-1))
    seen.push(await subjectOf(page))
  }
  expect(new Set(seen).size).toBe(6)
  await page.keyboard.press('E')
  await heading(page).waitFor({ state: 'detached', timeout: SOON })
  await waitForSynced(page)
  for (const one of seen) expect(await statusOf(one)).toBe('done')
  await page.keyboard.press('z')
  await page.keyboard.press('z')
  await expect.poll(() => page.getByTestId('ticket-row').count(), { timeout: SOON }).toBe(2)
  await waitForSynced(page)
  expect(await Promise.all(seen.map(statusOf))).toEqual(['done', 'done', 'done', 'done', 'open', 'open'])
  await close()
})

test('a client with several ways to resolve asks which, nothing changes before, and the palette says where e leads', async () => {
  const host = await stage.begin()
  const { page, close } = await stage.open(host, 'Birch')
  const first = await openFirst(page)
  await page.keyboard.press('e')
  const asked = page.getByRole('listbox', { name: 'Resolve as' })
  await asked.waitFor({ timeout: SOON })
  expect(await asked.getByRole('option').allInnerTexts()).toEqual(['Fixed', 'Not for us'])
  await page.keyboard.press('Escape')
  expect(await subjectOf(page)).toBe(first)
  await page.keyboard.press('e')
  await asked.waitFor({ timeout: SOON })
  await page.keyboard.type('not')
  await page.keyboard.press('Enter')
  await page.getByText('status set to Not for us').waitFor({ timeout: SOON })
  expect(await subjectOf(page)).toBe(first)

  await page.keyboard.press('Control+K')
  await page.keyboard.type('After resolving, go to the next')
  await page.keyboard.press('Enter')
  await page.keyboard.press('j')
  await expect.poll(() => subjectOf(page), { timeout: SOON }).not.toBe(first)
  const second = await subjectOf(page)
  await page.keyboard.press('e')
  await asked.waitFor({ timeout: SOON })
  await page.keyboard.type('fixed')
  await page.keyboard.press('Enter')
  await expect.poll(() => subjectOf(page), { timeout: SOON }).not.toBe(second)
  await waitForSynced(page)
  expect([await statusOf(first), await statusOf(second)]).toEqual(['spam', 'fixed'])
  await close()
})

test('the type is set by T, and in the list e is about the ticket under the cursor', async () => {
  const host = await stage.begin('with no ticket open yet')
  const { page, close } = await stage.open(host, 'Birch')
  const first = await openFirst(page)
  await page.keyboard.press('T')
  await page.getByRole('listbox', { name: 'Set type' }).waitFor({ timeout: SOON })
  await page.keyboard.type('inc')
  await page.keyboard.press('Enter')
  await page.getByText('type set to Incident').waitFor({ timeout: SOON })
  await page.keyboard.press('Escape')
  await heading(page).waitFor({ state: 'detached', timeout: SOON })
  await page.keyboard.press('e')
  await page.getByRole('listbox', { name: 'Resolve as' }).waitFor({ timeout: SOON })
  await page.keyboard.type('fixed')
  await page.keyboard.press('Enter')
  await page.getByText('status set to Fixed').waitFor({ timeout: SOON })
  await waitForSynced(page)
  expect(await statusOf(first)).toBe('fixed')
  await close()
})

test('a ticket with an open part and tasks that are not done is resolved only when both are known, and they stay as they are', async () => {
  const host = await stage.begin('with a part')
  const { page, close } = await stage.open(host, 'Cedar')
  const whole = await openFirst(page)
  await page.keyboard.press('L')
  await page.getByLabel('How they are linked').selectOption('Contains')
  await page.getByRole('combobox', { name: 'Ticket to link' }).fill('Cedar ticket 2')
  await page.getByRole('combobox', { name: 'Ticket to link' }).press('Enter')
  await page.getByRole('button', { name: 'Contains 2 Cedar ticket 2' }).waitFor({ timeout: SOON })
  // Tasks by the keyboard alone: typed ahead of the field, moved, ticked, deleted and brought back.
  await page.keyboard.press('C')
  await page.keyboard.type('Check the backup')
  await page.keyboard.press('Enter')
  await page.keyboard.type('Order a fan')
  await page.keyboard.press('Enter')
  await page.keyboard.type('Call back')
  await page.keyboard.press('Enter')
  const section = page.getByRole('region', { name: 'Tasks' })
  const texts = () => section.getByRole('listitem').getByTitle('Change (Enter)').allInnerTexts()
  const shows = (text: string) => section.getByText(text, { exact: true }).waitFor({ timeout: SOON })
  await expect.poll(texts, { timeout: SOON }).toEqual(['Check the backup', 'Order a fan', 'Call back'])
  await shows('0 of 3')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Alt+ArrowUp')
  await expect.poll(texts, { timeout: SOON }).toEqual(['Check the backup', 'Call back', 'Order a fan'])
  await page.keyboard.press('Space')
  await shows('1 of 3')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Delete')
  await shows('1 of 2')
  await page.keyboard.press('Escape')
  await page.keyboard.press('z')
  await shows('1 of 3')
  // For whom and until when, by words.
  await section.getByRole('checkbox', { name: 'Order a fan' }).focus()
  await page.keyboard.press('d')
  await page.keyboard.type('tomorrow 9')
  await page.getByRole('option').first().waitFor({ timeout: SOON })
  await page.keyboard.press('Enter')
  await section.getByText(/^due /).waitFor({ timeout: SOON })
  await page.keyboard.press('a')
  await page.getByRole('combobox', { name: 'Assign', exact: true }).waitFor({ timeout: SOON })
  await page.keyboard.type('Robin')
  await page.keyboard.press('Enter')
  await section.getByText(/^for you · due /).waitFor({ timeout: SOON })
  await page.keyboard.press('Escape')
  await page.keyboard.press('z')
  await section.getByText(/^due /).waitFor({ timeout: SOON })
  const asked = page.getByRole('dialog', { name: /contains open tickets and tasks/ })
  // From the ticket as well as from the list, and nothing has moved while it asks.
  await page.keyboard.press('e')
  await asked.getByText('A ticket in it is still open, and stays so: 2 Cedar ticket 2.').waitFor({ timeout: SOON })
  await asked.getByText('2 tasks of it are not done: Check the backup, Order a fan.').waitFor({ timeout: SOON })
  await page.keyboard.press('Escape')
  expect(await subjectOf(page)).toBe(whole)
  await page.keyboard.press('Escape')
  await heading(page).waitFor({ state: 'detached', timeout: SOON })
  await page.keyboard.press('E')
  await asked.waitFor({ timeout: SOON })
  await page.keyboard.press('Enter')
  await expect.poll(() => page.getByTestId('ticket-row').filter({ hasText: whole }).count(), { timeout: SOON }).toBe(0)
  await waitForSynced(page)
  expect([await statusOf(whole), await statusOf('Cedar ticket 2')]).toEqual(['done', 'open'])
  const [row] = await stage.owner<{ tasks: Record<string, { text: string; done: boolean }> }[]>`
    select data -> 'tasks' as tasks from ticket where data ->> 'subject' = ${whole}`
  const stored = Object.values(row?.tasks ?? {}).map(({ text, done }) => `${text}: ${done}`)
  expect(stored.sort()).toEqual(['Call back: true', 'Check the backup: false', 'Order a fan: false'])
  await close()
})

test('a field that a client wants of what is resolved is asked for right then, and a person is chosen by name', async () => {
  const host = await stage.begin()
  const { page, close, complaints } = await stage.open(host, 'Dahlia')
  const subject = await openFirst(page)
  const own = page.getByRole('region', { name: 'Custom fields' })
  const approver = own.getByRole('combobox', { name: 'Approver' })
  await approver.fill('Lena')
  await own.getByRole('option', { name: /^Lena of Alpha/ }).click()
  await expect.poll(() => approver.inputValue(), { timeout: SOON }).toBe('Lena of Alpha')
  await approver.blur()
  expect(await own.getByRole('textbox', { name: 'Cause' }).count()).toBe(0)
  await page.keyboard.press('e')
  const needed = page.getByRole('dialog', { name: /^What \d+ needs$/ })
  await needed.waitFor({ timeout: SOON })
  const cause = needed.getByRole('textbox', { name: 'Cause' })
  await expect.poll(() => cause.evaluate((one) => one === document.activeElement), { timeout: SOON }).toBe(true)
  await page.keyboard.type('Too long to say')
  await page.keyboard.press('Enter')
  await needed.getByText('Cause has 15 characters; it takes 9 at most.').waitFor({ timeout: SOON })
  await cause.fill('A cable')
  await page.keyboard.press('Enter')
  await needed.waitFor({ state: 'detached', timeout: SOON })
  await waitForSynced(page)
  expect(await statusOf(subject)).toBe('done')
  await page.keyboard.press('z')
  await waitForSynced(page)
  expect(await statusOf(subject)).not.toBe('done')

  // A new ticket begins with what the client gives, and has what was typed last, though its field was not left before.
  await page.keyboard.press('c')
  await page.getByRole('textbox', { name: 'Subject' }).fill('A new badge')
  const room = page.getByRole('textbox', { name: 'Room' })
  expect(await room.inputValue()).toBe('Lobby')
  await room.fill('The very long hall')
  await page.keyboard.press('Control+Enter')
  await page.getByText('Room has 18 characters; it takes 9 at most.').waitFor({ timeout: SOON })
  await room.fill('Hall')
  await page.keyboard.press('Control+Enter')
  await heading(page).getByText('A new badge').waitFor({ timeout: SOON })
  await waitForSynced(page)
  const [made] = await stage.owner<{ room: string }[]>`
    select data -> 'customFields' ->> 'room' as room from ticket where data ->> 'subject' = 'A new badge'`
  expect(made).toEqual({ room: 'Hall' })
  expect(complaints).toEqual([])
  await close()
})
