import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { configured, sandboxLike, setStage, SOON, waitForSynced } from './story.ts'

// Noise is suggested by the client's own rules, and marked by one key.

const noise = {
  rules: [{ key: 'second', label: 'Second ones', subject: ['ticket 2', 'ticket 4'] }],
  mark: { status: 'done', type: 'incident', tags: ['junk'] },
}
const stage = setStage('noise', () => configured(sandboxLike(['Acme', 5], ['Birch', 3]), { Acme: { noise } }))

const rows = (page: Page) => page.getByTestId('ticket-row')

async function stored(subject: string): Promise<unknown> {
  const [row] = await stage.owner<{ data: { status: string; type: string | null; tags: string[] } }[]>`
    select data from ticket where data ->> 'subject' = ${subject}`
  return row && [row.data.status, row.data.type, row.data.tags]
}

test('# resolves a ticket as the client marks noise, in the list, in the open ticket and for many; each is taken back by one z', async () => {
  const host = await stage.begin()
  const { page, close, complaints } = await stage.open(host, 'Acme')
  await expect.poll(() => rows(page).getByText('Second ones').count(), { timeout: SOON }).toBe(2)
  // Nothing is done by itself.
  await waitForSynced(page)
  expect(await stored('Acme ticket 4')).toEqual(['open', null, []])
  await page.keyboard.press('Home')
  await page.keyboard.press('j')
  const chosen = page.locator('[data-testid=ticket-row][aria-selected=true]')
  const place = await chosen.boundingBox()
  await page.keyboard.press('#')
  await page.getByText('Ticket 4: marked as noise').waitFor({ timeout: SOON })
  await expect.poll(() => rows(page).count(), { timeout: SOON }).toBe(4)
  // The next one is chosen, and stands where it stood.
  await expect.poll(() => chosen.innerText(), { timeout: SOON }).toContain('Acme ticket 3')
  expect(await chosen.boundingBox()).toEqual(place)
  await waitForSynced(page)
  expect(await stored('Acme ticket 4')).toEqual(['done', 'incident', ['junk']])
  await page.keyboard.press('z')
  await expect.poll(() => rows(page).count(), { timeout: SOON }).toBe(5)
  await waitForSynced(page)
  expect(await stored('Acme ticket 4')).toEqual(['open', null, []])

  await rows(page).filter({ hasText: 'Acme ticket 2' }).click()
  const hint = page.getByRole('note')
  await expect.poll(() => hint.innerText(), { timeout: SOON }).toContain('Looks like noise: Second ones')
  await stage.goAway(page)
  // In a text it is a sign like others.
  await page.keyboard.press('n')
  await page.keyboard.type('Ours is #2')
  await page.keyboard.press('Escape')
  expect(await hint.count()).toBe(1)
  await page.keyboard.press('#')
  await page.getByText('Ticket 2: marked as noise').waitFor({ timeout: SOON })
  await stage.comeBack(page)
  await waitForSynced(page)
  expect(await stored('Acme ticket 2')).toEqual(['done', 'incident', ['junk']])
  await page.keyboard.press('z')
  await waitForSynced(page)
  await page.keyboard.press('Escape')
  await expect.poll(() => rows(page).count(), { timeout: SOON }).toBe(5)

  await page.keyboard.press('Home')
  await page.keyboard.type('J#')
  await page.getByRole('button', { name: /Change 2/ }).waitFor({ timeout: SOON })
  await page.keyboard.press('Enter')
  await expect.poll(() => rows(page).count(), { timeout: SOON }).toBe(3)
  await page.keyboard.press('z')
  await expect.poll(() => rows(page).count(), { timeout: SOON }).toBe(5)
  expect(complaints).toEqual([])
  await close()
})

test('a client that does not say what noise is has no such key', async () => {
  const host = await stage.begin('other')
  const { page, close } = await stage.open(host, 'Birch')
  await page.keyboard.press('Home')
  await page.keyboard.press('#')
  await page.keyboard.press('?')
  await page.getByText('Snooze', { exact: true }).waitFor({ timeout: SOON })
  expect(await page.getByText('Mark as noise').count()).toBe(0)
  await waitForSynced(page)
  expect(await stored('Birch ticket 3')).toEqual(['open', null, []])
  await close()
})
