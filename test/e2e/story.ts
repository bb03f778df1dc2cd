import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import type { Page } from 'playwright-core'
import type { SandboxData } from '../../src-cloud/load.ts'
import { sampleClient, sampleOrganisation } from '../support/sample.ts'

/** Milliseconds to wait for something that comes by itself: a sync, a restart. Generous, since two cores run everything. */
export const SOON = 30_000

/** A folder of its own below the system's for temporary files. */
export function temporaryFolder(name: string): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `bulkhead-${name}-`))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** The client whose data is on screen. */
export async function shownClient(page: Page): Promise<string> {
  return (await page.getByTestId('client-name').innerText({ timeout: SOON })).trim()
}

/** Waits until this client's first rows are painted. */
export async function waitForClient(page: Page, name: string): Promise<void> {
  await expect.poll(() => shownClient(page), { timeout: SOON }).toBe(name)
  await page.getByTestId('ticket-row').first().waitFor({ timeout: SOON })
}

/** Goes to a client as a technician does: switcher, a few letters, Enter. */
export async function switchTo(page: Page, letters: string, name: string): Promise<void> {
  await page.keyboard.press('Control+Shift+K')
  await page.keyboard.type(letters)
  await page.getByRole('option', { name: new RegExp(name) }).waitFor({ timeout: SOON })
  await page.keyboard.press('Enter')
  await expect.poll(() => shownClient(page), { timeout: SOON }).toBe(name)
}

/** Waits until nothing of the client on screen waits for the cloud. */
export async function waitForSynced(page: Page): Promise<void> {
  await vi.waitFor(
    async () => {
      expect(await page.getByTestId('sync-state').innerText()).toBe('')
      expect(await page.getByLabel('Waiting for the cloud').count()).toBe(0)
      expect(await page.getByText('Waiting for the cloud').count()).toBe(0)
    },
    { timeout: SOON, interval: 100 },
  )
}

/** An organisation that the console's sandbox signs in to, with these clients of so many tickets. */
export function sandboxLike(...clients: [name: string, tickets: number][]): SandboxData {
  const data = sampleOrganisation(
    'Alpha',
    clients.map(([name, tickets]) => sampleClient(name, tickets)),
  )
  const [first] = data.technicians
  if (first) Object.assign(first, { email: 'dana@sandbox.example', password: 'sandbox' })
  return data
}
