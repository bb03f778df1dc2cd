import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import type { DeletionProof } from '../../src-shared/protocol/offboarding.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { ask, signIn } from '../support/cloud.ts'
import { uuid } from '../support/sample.ts'
import { DANA, sandboxLike, setStage, SOON, switchTo } from './story.ts'

// An administrator takes a client out by keyboard alone.

const stage = setStage('offboarding', () => sandboxLike(['Acme', 3], ['Brook', 2]))

/** Begins to take the client on screen out, from its palette. */
async function takeOut(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+K')
  await page.keyboard.type('take this client out')
  await page.keyboard.press('Enter')
  await page.getByRole('form', { name: `Take ${name} out` }).waitFor({ timeout: SOON })
  await page.keyboard.type('They went elsewhere')
  await page.keyboard.press('Tab')
  await page.keyboard.type(name.slice(0, -1))
  expect(await page.getByRole('button', { name: 'Close and export' }).isDisabled()).toBe(true)
  await page.keyboard.type(name.slice(-1))
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Save the export' }).waitFor({ timeout: SOON })
}

test('a client is taken out by its name, kept once, exported and deleted with proof; what is left here is removed', async () => {
  const { page, complaints, close } = await stage.open(await stage.begin(), 'Brook')
  const inRail = page.getByRole('navigation').getByRole('button', { name: /^Brook/ })
  // A colleague begins, and who looks at the list sees how it goes on.
  await page.keyboard.type('gy')
  await page.getByText('No client is on its way out').waitFor({ timeout: SOON })
  const { accessToken } = await signIn(stage.url, DANA)
  const body = { id: crypto.randomUUID(), client: 'Brook', reason: 'They went elsewhere' }
  await ask(stage.url, paths.offboardings, { token: accessToken, body })
  await page.getByRole('region', { name: 'Under way' }).getByText('Brook').waitFor({ timeout: SOON })
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Save the export' }).waitFor({ timeout: SOON })
  await expect.poll(() => inRail.count(), { timeout: SOON }).toBe(0)
  // The cloud is away: it says so, and nothing is begun.
  await stage.goAway(page)
  await page.getByTestId('offboarding-offline').waitFor({ timeout: SOON })
  expect(await page.getByRole('button', { name: 'Save the export' }).isDisabled()).toBe(true)
  await stage.comeBack(page)
  await expect.poll(() => page.getByTestId('offboarding-offline').count(), { timeout: SOON }).toBe(0)
  await page.keyboard.press('c')
  await page.getByRole('dialog', { name: 'Keep Brook' }).waitFor({ timeout: SOON })
  await page.keyboard.press('Enter')
  await page.getByText('It was on its way out before, and stayed').waitFor({ timeout: SOON })

  await switchTo(page, 'brook', 'Brook')
  await takeOut(page, 'Brook')
  const saving = page.waitForEvent('download')
  await page.keyboard.press('s')
  const archive = await saving
  expect(archive.suggestedFilename()).toBe('brook-export.tar')
  const place = await archive.path()
  expect(execFileSync('tar', ['-xOf', place, 'brook-export/tickets.csv'], { encoding: 'utf8' })).toContain(
    'Brook ticket 1',
  )
  const saved = page.getByTestId('offboarding-saved')
  await saved.waitFor({ timeout: SOON })
  expect(await saved.innerText()).toContain(createHash('sha256').update(readFileSync(place)).digest('hex'))
  await page.getByLabel('Type “Brook” to delete it').waitFor({ timeout: SOON })
  await page.keyboard.type('Brook')
  await page.keyboard.press('Enter')
  await page
    .getByTestId('offboarding-proof')
    .getByText(/^0 rows in \d+ tables$/)
    .waitFor({ timeout: SOON })
  const keeping = page.waitForEvent('download')
  await page.keyboard.press('s')
  const proof = JSON.parse(readFileSync(await (await keeping).path(), 'utf8')) as DeletionProof
  expect(proof).toMatchObject({ client: 'Brook', reason: 'They went elsewhere', signature: expect.any(String) })
  expect(await stage.owner`select from tenant where name = 'Brook'`).toHaveLength(0)

  // Its files are still on this machine, until somebody decides.
  const files = join(stage.profile(), 'tenants', uuid('tenant', 'Brook'))
  expect(existsSync(files)).toBe(true)
  await page.keyboard.press('Escape')
  await page.getByRole('region', { name: 'Ended' }).getByText('Deleted, with proof').waitFor({ timeout: SOON })
  await page.keyboard.press('Escape')
  const left = page.getByRole('region', { name: 'Clients that left' })
  await left.getByText('The files of 1 client that left your list').waitFor({ timeout: SOON })
  await page.keyboard.type('gb')
  await left.getByRole('button', { name: /^Keep the files of Brook/ }).waitFor({ timeout: SOON })
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'Remove the files of Brook' }).waitFor({ timeout: SOON })
  // Enter alone removes nothing.
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await left.getByText('The files of Brook and their key are removed from this machine.').waitFor({ timeout: SOON })
  expect(existsSync(files)).toBe(false)

  // Who is no administrator has no such command.
  expect(await page.getByRole('button', { name: 'Offboarding' }).count()).toBe(1)
  await stage.owner`update technician set role = 'technician' where email = ${DANA.email}`
  await stage.owner`update tenant set industry = 'Testing' where name = 'Acme'`
  await expect.poll(() => page.getByRole('button', { name: 'Offboarding' }).count(), { timeout: SOON }).toBe(0)
  await switchTo(page, 'acme', 'Acme')
  await page.keyboard.press('Control+K')
  await page.keyboard.type('take this client')
  expect(await page.getByRole('option', { name: 'Take this client out' }).count()).toBe(0)
  expect(complaints).toEqual([])
  await close()
})
