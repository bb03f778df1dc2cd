import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { comesLate, sandboxLike, setStage, SOON, waitForSynced } from './story.ts'

// A ticket is put off in natural words, by keyboard alone, and comes back.

const stage = setStage('snooze', () => sandboxLike(['Acme', 6], ['Birch', 3]))

const rows = (page: Page) => page.getByTestId('ticket-row')
const tally = (page: Page, id: string) => page.getByTestId(`tally-${id}`).textContent()

async function stored(subject: string): Promise<{ until: string | null; at: string | null } | undefined> {
  const [row] = await stage.owner<{ until: string | null; at: string | null }[]>`
    select data ->> 'snoozedUntil' as until, data ->> 'snoozedAt' as at from ticket where data ->> 'subject' = ${subject}`
  return row
}

test('h and a few words put the ticket of the list off, offline too; its inbox shows it, H wakes it and z takes that back', async () => {
  const host = await stage.begin()
  const { page, close, complaints } = await stage.open(host, 'Acme')
  await page.keyboard.press('Home')
  await page.keyboard.press('j')
  // In one breath: what is typed before the question stands is for the question.
  await page.keyboard.type('htomorrow 9')
  const asked = page.getByRole('listbox', { name: 'Snooze until' })
  await asked.getByRole('option', { name: 'tomorrow 9' }).waitFor({ timeout: SOON })
  await page.keyboard.press('Enter')
  await expect.poll(() => rows(page).count(), { timeout: SOON }).toBe(5)
  await expect.poll(() => tally(page, 'snoozed'), { timeout: SOON }).toBe('1')
  expect(await tally(page, 'open')).toBe('5')
  await waitForSynced(page)
  const at9 = await stored('Acme ticket 5')
  expect(at9?.until).not.toBeNull()
  // Nine by the client's clock.
  expect(
    new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone: 'Europe/Berlin' }).format(
      new Date(at9?.until ?? 0),
    ),
  ).toBe('09')

  await stage.goAway(page)
  await page.keyboard.type('gz')
  await expect
    .poll(() => rows(page).allInnerTexts(), { timeout: SOON })
    .toEqual([expect.stringContaining('Acme ticket 5')])
  await page.keyboard.press('Home')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: /^Snoozed until/ }).waitFor({ timeout: SOON })
  await page.keyboard.press('H')
  await page.getByText('Ticket 5: woken').waitFor({ timeout: SOON })
  await expect.poll(() => tally(page, 'snoozed'), { timeout: SOON }).toBe('0')
  await page.keyboard.press('z')
  await page.getByRole('button', { name: /^Snoozed until/ }).waitFor({ timeout: SOON })
  await stage.comeBack(page)
  await waitForSynced(page)
  expect((await stored('Acme ticket 5'))?.until).toBe(at9?.until)
  expect(complaints).toEqual([])
  await close()
})

test('an open ticket is put off and the next one comes, by preference; chosen ones are put off together', async () => {
  const host = await stage.begin('other')
  const { page, close } = await stage.open(host, 'Birch')
  await page.keyboard.press('Home')
  await page.keyboard.press('Enter')
  const heading = page.getByRole('article', { name: /^Ticket/ }).getByRole('heading', { level: 2 })
  await heading.waitFor({ timeout: SOON })
  await page.keyboard.press('h')
  const asked = page.getByRole('combobox', { name: 'Snooze until' })
  await asked.fill('whenever')
  await page.getByText('That is no time.').waitFor({ timeout: SOON })
  await page.keyboard.press('Enter')
  expect(await asked.isVisible()).toBe(true)
  await asked.fill('in 2 hours')
  await page.keyboard.press('Enter')
  await page.getByText(/^Ticket 3: snoozed until/).waitFor({ timeout: SOON })
  await page.keyboard.press('z')
  await page.keyboard.press('Escape')
  await expect.poll(() => rows(page).count(), { timeout: SOON }).toBe(3)
  await page.keyboard.press('Home')
  await page.keyboard.type('J')
  // However late both questions come, of which the first is only the way to the second.
  await comesLate(page, 'list-dialogs')
  await page.keyboard.type('hnext monday')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: /Change 2/ }).waitFor({ timeout: SOON })
  await page.keyboard.press('Enter')
  await expect.poll(() => rows(page).count(), { timeout: SOON }).toBe(1)
  await page.keyboard.press('z')
  await expect.poll(() => rows(page).count(), { timeout: SOON }).toBe(3)
  // The next test begins with what the cloud has.
  await waitForSynced(page)
  await close()
})

test('the requester’s reply brings it back while one looks', async () => {
  const host = await stage.begin('third')
  const { page, close } = await stage.open(host, 'Birch')
  await page.keyboard.press('Home')
  await page.keyboard.type('hnext month')
  await page.keyboard.press('Enter')
  await expect.poll(() => rows(page).count(), { timeout: SOON }).toBe(2)
  await waitForSynced(page)
  await stage.owner.begin(async (tx) => {
    const [ticket] = await tx<{ id: string; tenant: string; contact: string }[]>`
      select id, tenant_id as tenant, requester_id as contact from ticket where data ->> 'subject' = 'Birch ticket 3'`
    await tx`select bulkhead.use_tenant(${ticket!.tenant})`
    const id = crypto.randomUUID()
    const author = { kind: 'contact', id: ticket!.contact, name: 'Contact of Birch' }
    const data = {
      id,
      ticketId: ticket!.id,
      kind: 'reply',
      author,
      body: 'Any news?',
      createdAt: new Date().toISOString(),
    }
    await tx`insert into entry (tenant_id, id, data) values (${ticket!.tenant}, ${id}, ${JSON.stringify(data)}::text::json)`
    await tx`select bulkhead.publish()`
  })
  await expect.poll(() => rows(page).count(), { timeout: SOON }).toBe(3)
  await close()
})
