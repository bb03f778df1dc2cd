import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { uuid } from '../support/sample.ts'
import { openWindow } from './browser.ts'
import { startConsole } from './processes.ts'
import { LENA, openTicket, sandboxLike, setStage, SOON, switchTo, waitForSynced } from './story.ts'

const stage = setStage('files', () => {
  const data = sandboxLike(['Acme', 4])
  const [client] = data.clients
  if (client) {
    const attachments = { maxBytes: 6_000_000, refusedExtensions: ['exe'] }
    client.configuration = { ...client.configuration, attachments }
  }
  return data
})

/** More than one piece on the way from the window, and more than one part on the way to the cloud. */
const CONTENT = randomBytes(5_000_000)

/** The smallest PNG: one pixel. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

async function attach(page: Page, name: string, buffer: Buffer, mimeType = 'application/octet-stream'): Promise<void> {
  const choosing = page.waitForEvent('filechooser')
  await page.keyboard.press('f')
  await (await choosing).setFiles({ name, mimeType, buffer })
}

/** As if the window were minimised, or shown again. */
async function setVisibility(page: Page, state: 'hidden' | 'visible'): Promise<void> {
  await page.evaluate((value) => {
    Object.defineProperty(document, 'visibilityState', { value, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  }, state)
}

const file = (page: Page, name: string) => page.getByTestId('file').filter({ hasText: name })

test('a file goes from one technician to another, and every byte is the same', async () => {
  const host = await stage.begin()
  const { page, complaints, close } = await stage.open(host, 'Acme')
  await openTicket(page, 'Acme ticket 4')
  await attach(page, 'firmware.bin', CONTENT)
  // Typing goes on meanwhile.
  await page.keyboard.press('n')
  await page.keyboard.type('The firmware is attached.')
  await page.keyboard.press('Control+Enter')
  await page.getByTestId('entry-note').filter({ hasText: 'The firmware is attached.' }).waitFor()
  await expect.poll(() => file(page, 'firmware.bin').innerText(), { timeout: SOON }).toBe('firmware.bin\n4.8 MB')
  await waitForSynced(page)

  const other = await startConsole([`--profile=${stage.profile('lena')}`])
  const second = await openWindow(stage.browser, other.address)
  await second.page.getByRole('button', { name: /Connect to your cloud/ }).click({ timeout: SOON })
  const account = { Address: stage.url, Email: LENA.email, Password: LENA.password, 'New passphrase': 'of this test' }
  for (const [label, value] of Object.entries(account)) await second.page.getByLabel(label).first().fill(value)
  await second.page.getByRole('button', { name: 'Connect' }).click()
  await second.page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
  await switchTo(second.page, 'Acme', 'Acme')
  await waitForSynced(second.page)
  await openTicket(second.page, 'Acme ticket 4')
  const downloading = second.page.waitForEvent('download', { timeout: SOON })
  await file(second.page, 'firmware.bin').getByRole('button', { name: 'firmware.bin' }).press('Enter')
  const download = await downloading
  expect(download.suggestedFilename()).toBe('firmware.bin')
  expect(readFileSync(await download.path()).equals(CONTENT)).toBe(true)

  // Both have the ticket open: each sees the other, and nobody answers twice without knowing.
  const [here, there] = [page, second.page].map((one) => one.getByRole('status', { name: 'Others in this ticket' }))
  await there!.getByText('Robin of Alpha is looking at this').waitFor({ timeout: SOON })
  await second.page.keyboard.press('r')
  await second.page.keyboard.type('On its way.')
  await here!.getByText('Lena of Alpha is replying').waitFor({ timeout: SOON })
  await page.keyboard.press('r')
  await page.keyboard.type('Please install it.')
  await here!.getByText('Lena of Alpha is replying too').waitFor({ timeout: SOON })
  await second.page.keyboard.press('Control+Enter')
  await expect.poll(() => here!.innerText(), { timeout: SOON }).toContain('replied just now, after you began')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  const mark = page.getByTestId('ticket-row').getByRole('img', { name: 'Lena of Alpha is looking at this' })
  await mark.waitFor({ timeout: SOON })
  // Minimised, the ticket is open and nobody looks at it.
  await setVisibility(second.page, 'hidden')
  await mark.waitFor({ state: 'detached', timeout: SOON })
  await setVisibility(second.page, 'visible')
  await mark.waitFor({ timeout: SOON })
  expect([...complaints, ...second.complaints]).toEqual([])
  await second.close()
  await mark.waitFor({ state: 'detached', timeout: SOON })
  await close()
})

test('what the client does not allow is refused in a sentence, and goes nowhere', async () => {
  const host = await stage.begin()
  const { page, close } = await stage.open(host, 'Acme')
  await openTicket(page, 'Acme ticket 3')
  await attach(page, 'setup.exe', Buffer.from('MZ'))
  await file(page, 'setup.exe').getByRole('alert').waitFor({ timeout: SOON })
  await attach(page, 'much.iso', Buffer.alloc(6_000_001))
  await expect.poll(() => file(page, 'much.iso').getByRole('alert').innerText(), { timeout: SOON }).toMatch(/larger/)
  await file(page, 'setup.exe')
    .getByRole('button', { name: /^Dismiss/ })
    .press('Enter')
  await expect.poll(() => file(page, 'setup.exe').count()).toBe(0)
  const [held] =
    await stage.owner`select count(*)::int as count from attachment where data ->> 'name' in ('setup.exe', 'much.iso')`
  expect(held).toEqual({ count: 0 })
  await close()
})

test('a picture is shown by its own bytes; a page that calls itself a picture is only saved', async () => {
  const host = await stage.begin()
  const { page, complaints, close } = await stage.open(host, 'Acme')
  await openTicket(page, 'Acme ticket 2')
  await attach(page, 'rack.png', PIXEL, 'image/png')
  const shown = file(page, 'rack.png').getByRole('img', { name: 'rack.png' })
  await shown.waitFor({ timeout: SOON })
  expect(await shown.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1)
  await attach(page, 'page.png', Buffer.from('<script>document.title = "taken"</script>'), 'image/png')
  await file(page, 'page.png').waitFor({ timeout: SOON })
  await waitForSynced(page)
  expect(await file(page, 'page.png').locator('img').count()).toBe(0)
  expect(await page.title()).toBe('Bulkhead')
  expect(complaints).toEqual([])
  await close()
})

test('files of a note are dropped on it, stay with its draft, and come with it', async () => {
  const host = await stage.begin()
  const { page, close } = await stage.open(host, 'Acme')
  await openTicket(page, 'Acme ticket 1')
  await page.keyboard.press('n')
  await page.keyboard.type('See the log.')
  const transfer = await page.evaluateHandle(() => {
    const made = new DataTransfer()
    made.items.add(new File(['line one'], 'service.log', { type: 'text/plain' }))
    return made
  })
  await page.getByRole('form', { name: 'Internal note' }).dispatchEvent('drop', { dataTransfer: transfer })
  await page.getByRole('list', { name: 'Files for this entry' }).getByText('service.log').waitFor()
  // Elsewhere and back.
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.getByRole('form', { name: 'Internal note' }).waitFor({ state: 'detached' })
  await page.keyboard.press('Enter')
  await page.getByRole('list', { name: 'Files for this entry' }).getByText('service.log').waitFor({ timeout: SOON })
  await page.keyboard.press('n')
  await page.keyboard.press('Control+Enter')
  const note = page.getByTestId('entry-note').filter({ hasText: 'See the log.' })
  await note.getByText('service.log').waitFor({ timeout: SOON })
  await waitForSynced(page)
  const [row] = await stage.owner`
    select e.data ->> 'body' as body from attachment a
    join entry e on e.tenant_id = a.tenant_id and e.id = (a.data ->> 'entryId')::uuid
    where a.data ->> 'name' = 'service.log' and a.tenant_id = ${uuid('tenant', 'Acme')}`
  expect(row).toEqual({ body: 'See the log.' })
  await close()
})
