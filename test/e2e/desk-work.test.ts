import { expect, test } from 'vitest'
import { uuid } from '../support/sample.ts'
import { openTicket, sandboxLike, setStage, setStatus, SOON, waitForSynced } from './story.ts'

// People and views of a client, and edits that the cloud does not take, by keyboard alone.

const stage = setStage('desk-work', () => sandboxLike(['Acme', 30]))

async function contact(): Promise<Record<string, unknown>> {
  const [row] = await stage.owner<{ data: Record<string, unknown> }[]>`
    select data from contact where id = ${uuid('Acme', 'contact')}`
  return row!.data
}

test('a contact that two people changed is decided in the inbox, and only the field that both changed', async () => {
  const host = await stage.begin()
  const { page, close } = await stage.open(host, 'Acme')
  await openTicket(page, 'Acme ticket 30')
  await stage.goAway(page)
  const panel = page.getByRole('region', { name: 'Requester' })
  await page.keyboard.press('R')
  await panel.getByRole('textbox', { name: 'Name' }).waitFor()
  await panel.getByRole('textbox', { name: 'Phone' }).focus()
  await page.keyboard.type('+49 30 111')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Site lead')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await panel.getByText('Waiting for the cloud').waitFor({ timeout: SOON })
  await panel.getByText('Site lead').waitFor()
  await stage.colleague('Acme', {
    kind: 'contact.update',
    contactId: uuid('Acme', 'contact'),
    base: { phone: null },
    patch: { phone: '+49 30 222' },
  })
  await stage.comeBack(page)
  await expect
    .poll(() => page.getByTestId('sync-state').innerText(), { timeout: 2 * SOON })
    .toContain('1 edit could not be saved')
  expect(await contact()).toMatchObject({ phone: '+49 30 222', title: 'Site lead' })

  await page.keyboard.type('gi')
  const item = page.getByRole('article', { name: 'Changed by two people: Contact Contact of Acme' })
  await item.getByRole('radio', { name: 'Yours: +49 30 111' }).waitFor({ timeout: SOON })
  await item.getByRole('radio', { name: /^Theirs: \+49 30 222 \(.*Lena of Alpha/ }).waitFor()
  await page.keyboard.press('1')
  await page.keyboard.press('Enter')
  await page.getByText('Nothing to decide').waitFor({ timeout: SOON })
  await expect.poll(async () => (await contact())['phone'], { timeout: SOON }).toBe('+49 30 111')
  await close()
})

test('a list is kept as a view, renamed, chosen after the window was loaded anew, removed, and brought back by z', async () => {
  const host = await stage.begin()
  const { page, close } = await stage.open(host, 'Acme')
  const views = async (): Promise<unknown[]> =>
    (
      await stage.owner`select data ->> 'name' as name, data -> 'filter' as filter from saved_view where not deleted`
    ).map((row) => ({ ...row }))
  await page.keyboard.press('Control+K')
  await page.keyboard.type('Show unassigned')
  await page.keyboard.press('Enter')
  await page.keyboard.press('V')
  await page.getByRole('textbox', { name: 'Name of the view' }).waitFor()
  await page.keyboard.type('Nobody has it')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'View: Nobody has it' }).waitFor({ timeout: SOON })
  await waitForSynced(page)
  await expect
    .poll(views, { timeout: SOON })
    .toEqual([{ name: 'Nobody has it', filter: { open: true, assignees: [null] } }])

  await page.keyboard.press('v')
  await page.getByRole('button', { name: 'Nobody has it', exact: true }).waitFor()
  await page.keyboard.press('r')
  await page.getByRole('textbox', { name: 'Name of the view' }).waitFor()
  await page.keyboard.type('Free to take')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'View: Free to take' }).waitFor({ timeout: SOON })

  await page.reload()
  await page.getByTestId('ticket-row').first().waitFor({ timeout: SOON })
  await page.keyboard.press('v')
  await page.getByRole('button', { name: 'Free to take', exact: true }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Assignee: Unassigned' }).waitFor()
  await page.keyboard.press('v')
  await page.getByRole('button', { name: 'Free to take', exact: true }).waitFor()
  await page.keyboard.press('Delete')
  await page.getByText('View Free to take removed').waitFor({ timeout: SOON })
  await expect.poll(views, { timeout: SOON }).toEqual([])
  await page.keyboard.press('Escape')
  await page.getByRole('dialog', { name: 'Views' }).waitFor({ state: 'hidden' })
  await page.keyboard.press('z')
  await expect
    .poll(views, { timeout: SOON })
    .toEqual([{ name: 'Free to take', filter: { open: true, assignees: [null] } }])
  await close()
})

test('an edit that the cloud refuses says why, is mended and sent again', async () => {
  const host = await stage.begin()
  const { page, close } = await stage.open(host, 'Acme')
  await openTicket(page, 'Acme ticket 29')
  await stage.goAway(page)
  await setStatus(page, 'Awaiting Vendor', 29)
  // Meanwhile an administrator does away with the status.
  await stage.owner.begin(async (tx) => {
    await tx`select bulkhead.use_tenant(${uuid('tenant', 'Acme')})`
    await tx`update configuration set version = null, data = jsonb_set(data::jsonb, '{statuses}', (
      select jsonb_agg(status) from jsonb_array_elements(data::jsonb -> 'statuses') status
      where status ->> 'key' <> 'vendor'))::json`
    await tx`select bulkhead.publish()`
  })
  await stage.comeBack(page)
  await expect
    .poll(() => page.getByTestId('sync-state').innerText(), { timeout: 2 * SOON })
    .toContain('1 edit could not be saved')
  await page.keyboard.type('gi')
  const item = page.getByRole('article', { name: 'Refused by the cloud: Ticket 29' })
  await item.getByText('vendor').first().waitFor({ timeout: SOON })
  await page.keyboard.press('e')
  await item.getByRole('combobox', { name: 'Mended value of Status' }).waitFor()
  // The native list of choices: a letter chooses.
  await page.keyboard.type('Done')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Enter')
  await page.getByText('Nothing to decide').waitFor({ timeout: SOON })
  await expect
    .poll(async () => (await stage.owner`select data ->> 'status' as status from ticket where number = 29`)[0], {
      timeout: SOON,
    })
    .toEqual({ status: 'done' })
  await close()
})

test('a cloud that would remove nearly everything is stopped until a person allows it', async () => {
  const host = await stage.begin()
  const { page, close } = await stage.open(host, 'Acme')
  await stage.goAway(page)
  const tickets = await stage.owner<{ id: string }[]>`select id from ticket where not deleted and number > 1`
  for (const { id } of tickets) await stage.owner`select bulkhead.delete_ticket(${uuid('tenant', 'Acme')}, ${id})`
  await stage.comeBack(page)
  await page.keyboard.type('gq')
  const allow = page.getByRole('button', { name: 'Allow the removal' })
  await allow.waitFor({ timeout: 2 * SOON })
  await page.keyboard.type('gt')
  expect(await page.getByTestId('ticket-row').count()).toBeGreaterThan(10)
  await page.keyboard.type('gq')
  await allow.press('Enter')
  await page.getByText('Everything is in step with the cloud').waitFor({ timeout: SOON })
  await page.keyboard.type('gt')
  await page.getByRole('button', { name: /^Status:/ }).waitFor()
  await expect.poll(() => page.getByTestId('ticket-row').count(), { timeout: SOON }).toBe(1)
  await close()
})
