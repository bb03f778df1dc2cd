import { expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { sandboxLike, setStage, SOON } from '../e2e/story.ts'
import { foundIn, foundInFiles, heapOf } from './leak-search.ts'

// A technician shows, copies and enters secrets on the vault page of a real window. Once the seconds of the client's
// rules are over, the window is as if it had never seen one.

const stage = setStage('vault-window', () => {
  const data = sandboxLike(['Acme', 5])
  for (const client of data.clients)
    client.configuration = { ...client.configuration, vault: { reasonNeeded: true, forgetAfter: 5 } }
  return data
})
const SECRET = 'Planted-vault-window-4e81'
const SECOND = 'Planted-vault-window-9b02'
const SEED = 'JBSWY3DPEHPK3PXPVAULT234'
const SECRETS = [SECRET, SECOND, SEED]

/** Everything that a page can be looked at, and what it keeps beyond itself. */
async function holdings(page: Page): Promise<Record<string, string>> {
  return page.evaluate(async () => {
    const kept: string[] = []
    for (const { name = '' } of await indexedDB.databases()) {
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name)
        request.addEventListener('success', () => resolve(request.result))
        request.addEventListener('error', () => reject(request.error ?? new Error('no database')))
      })
      for (const store of db.objectStoreNames)
        kept.push(
          await new Promise<string>((resolve) => {
            const request = db.transaction(store).objectStore(store).getAll()
            request.addEventListener('success', () => resolve(JSON.stringify(request.result)))
          }),
        )
      db.close()
    }
    const cached: string[] = []
    for (const name of await caches.keys())
      for (const request of await (await caches.open(name)).keys()) cached.push(request.url)
    const fields = [...document.querySelectorAll('input, textarea')] as HTMLInputElement[]
    return {
      dom: document.documentElement.outerHTML,
      fields: fields.map((field) => field.value).join('\n'),
      selection: String(getSelection()),
      address: `${location.href} ${JSON.stringify(history.state)} ${document.title} ${window.name}`,
      cookies: document.cookie,
      localStorage: JSON.stringify({ ...localStorage }),
      sessionStorage: JSON.stringify({ ...sessionStorage }),
      indexedDB: kept.join('\n'),
      caches: cached.join('\n'),
    }
  })
}

/** Where in the window one of the secrets is. */
async function whereIn(page: Page): Promise<string[]> {
  const held = await holdings(page)
  return Object.entries(held).flatMap(([place, text]) =>
    foundIn(Buffer.from(text), SECRETS).length > 0 ? [place] : [],
  )
}

const detail = (page: Page) => page.getByTestId('credential')
const clipboard = (page: Page): Promise<string> => page.evaluate(() => navigator.clipboard.readText())

async function giveReason(page: Page): Promise<void> {
  await page.getByLabel(/^Why do you need it\?/).waitFor({ timeout: SOON })
  await page.keyboard.type('Ticket 3')
  await page.keyboard.press('Enter')
}

test('a secret that was entered, shown and copied on the vault page is nowhere in the window once its seconds are over', async () => {
  const host = await stage.begin()
  const { page, close } = await stage.open(host, 'Acme')
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const cdp = await page.context().newCDPSession(page)
  const logged: string[] = []
  page.on('console', (message) => void logged.push(message.text()))
  page.on('request', (request) => void logged.push(`${request.url()} ${request.postData() ?? ''}`))

  await page.keyboard.press('g')
  await page.keyboard.press('v')
  await page.getByText('No credentials yet').waitFor({ timeout: SOON })
  await page.keyboard.press('n')
  await page.getByLabel('Name', { exact: true }).fill('Firewall')
  await page.getByLabel('Password', { exact: true }).fill(SECRET)
  await page.getByLabel('Seed of one-time codes').fill(SEED)
  // While it is typed it is there: the search is able to find it.
  expect(await whereIn(page)).toContain('fields')
  await page.keyboard.press('Enter')
  await detail(page).waitFor({ timeout: SOON })
  await expect.poll(() => whereIn(page), { timeout: SOON }).toEqual([])

  await page.keyboard.press('v')
  await giveReason(page)
  await detail(page).getByText(SECRET).waitFor({ timeout: SOON })
  expect(await whereIn(page)).toEqual(['dom'])
  await expect.poll(() => whereIn(page), { timeout: SOON }).toEqual([])
  await page.keyboard.press('c')
  await giveReason(page)
  await expect.poll(() => clipboard(page), { timeout: SOON }).toBe(SECRET)
  expect(await whereIn(page)).toEqual([])
  await expect.poll(() => clipboard(page), { timeout: SOON }).toBe('')

  // The same field changed: the value of before and the new one are as little there.
  await page.keyboard.press('e')
  await page.getByLabel('Password', { exact: true }).fill(SECOND)
  await page.getByRole('button', { name: 'Save' }).click()
  await detail(page).waitFor({ timeout: SOON })
  await expect.poll(() => whereIn(page), { timeout: SOON }).toEqual([])

  // Back at the tickets: neither a query nor anything else of the page's code keeps one.
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.getByTestId('ticket-row').first().waitFor({ timeout: SOON })
  await expect.poll(async () => foundIn(await heapOf(cdp), SECRETS), { timeout: SOON }).toEqual([])
  expect(await whereIn(page)).toEqual([])
  expect(foundIn(Buffer.from(logged.join('\n')), SECRETS)).toEqual([])
  await close()
  await host.stop()
  expect(foundIn(Buffer.from(host.output()), SECRETS)).toEqual([])
  expect(foundInFiles(stage.profile(), SECRETS)).toEqual([])
})
