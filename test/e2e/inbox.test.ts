import { expect, test } from 'vitest'
import { uuid } from '../support/sample.ts'
import { sandboxLike, setStage, setStatus, SOON, waitForSynced } from './story.ts'

// Two technicians change one field at once; the second to arrive decides, by keyboard.

const stage = setStage('inbox', () => sandboxLike(['Acme', 8], ['Zephyr', 3]))

const NUMBER = 8

async function statusInPostgres(number = NUMBER): Promise<string> {
  const [ticket] = await stage.owner<{ status: string }[]>`
    select t.data ->> 'status' as status from ticket t join tenant on tenant.id = t.tenant_id
    where tenant.name = 'Acme' and t.number = ${number}`
  return ticket!.status
}

test('a field that two people changed while one was offline is decided by keyboard, reaches Postgres, and can be undone', async () => {
  const host = await stage.begin()
  const { page, complaints, close } = await stage.open(host, 'Acme')
  await page
    .getByTestId('ticket-row')
    .filter({ hasText: `Acme ticket ${NUMBER}` })
    .waitFor({ timeout: SOON })

  await stage.goAway(page)
  // The newest ticket is the first; Enter alone opens it.
  await page.keyboard.press('Enter')
  await setStatus(page, 'Awaiting Vendor', NUMBER)
  await stage.colleague('Acme', {
    kind: 'ticket.update',
    ticketId: uuid('Acme', 'ticket', NUMBER),
    base: { status: 'open' },
    patch: { status: 'done' },
  })
  await stage.comeBack(page)

  await expect
    .poll(() => page.getByTestId('sync-state').innerText(), { timeout: 2 * SOON })
    .toContain('1 edit could not be saved')
  expect(await statusInPostgres()).toBe('done')

  // Base, mine and theirs in the client's own words, and who wrote it.
  await page.keyboard.type('gi')
  const item = page.getByRole('article', { name: `Changed by two people: Ticket ${NUMBER}` })
  await item.waitFor({ timeout: SOON })
  const field = item.getByRole('radiogroup', { name: 'Status: which value' })
  await field.getByText('In Progress').waitFor()
  await field.getByRole('radio', { name: 'Yours: Awaiting Vendor' }).waitFor()
  await field.getByRole('radio', { name: /^Theirs: Done \(.*Lena of Alpha/ }).waitFor()
  // Enter decides nothing while a field is open.
  await page.keyboard.press('Enter')
  expect(await item.count()).toBe(1)

  await page.keyboard.press('1')
  await page.keyboard.press('Enter')
  await page.getByText('Nothing to decide').waitFor({ timeout: SOON })
  await expect.poll(() => statusInPostgres(), { timeout: SOON }).toBe('vendor')

  await page.keyboard.press('z')
  await item.waitFor({ timeout: SOON })
  await expect.poll(() => statusInPostgres(), { timeout: SOON }).toBe('done')

  // The same from the page of all clients, this time theirs.
  await page.keyboard.type('ga')
  await page.getByRole('region', { name: 'Acme' }).getByRole('article').waitFor({ timeout: SOON })
  await page.keyboard.type('2')
  await page.keyboard.press('Enter')
  await page.getByText('Nothing left to decide here').waitFor({ timeout: SOON })
  await page.keyboard.press('Control+1')
  await waitForSynced(page)
  expect(await statusInPostgres()).toBe('done')
  expect(complaints.filter((line) => !line.includes('Failed to load resource'))).toEqual([])
  await close()
})

test('an edit that was not sent is withdrawn on the sync page, and never reaches the cloud', async () => {
  const host = await stage.begin()
  const { page, close } = await stage.open(host, 'Acme')
  await page.keyboard.type('gq')
  await page.getByText('Everything is in step with the cloud').waitFor({ timeout: SOON })
  // Each press is for what the one before chose, also before that is done.
  await page.keyboard.type('pp')
  await page.getByText('Sync goes on.').waitFor({ timeout: SOON })
  await page.keyboard.press('p')
  await page.getByText('Sync is paused', { exact: true }).first().waitFor({ timeout: SOON })
  await page.keyboard.type('gt')
  await page.keyboard.press('Enter')
  // The newest is done by now, so the one before it comes first.
  await setStatus(page, 'New', NUMBER - 1)
  await page.keyboard.type('gq')
  const outbox = page.getByRole('region', { name: 'Waiting to be sent' })
  await outbox.getByRole('button', { name: `Withdraw Status of ticket ${NUMBER - 1}` }).click()
  await outbox.getByText('Nothing waits').waitFor({ timeout: SOON })
  await page.keyboard.press('p')
  await page.getByText('Everything is in step with the cloud').waitFor({ timeout: SOON })
  expect(await statusInPostgres(NUMBER - 1)).toBe('open')
  await close()
})
