import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Browser } from 'playwright-core'
import { withCloud, type TestCloud } from '../support/cloud.ts'
import { releasePostgres } from '../support/postgres.ts'
import { launchBrowser, openWindow } from './browser.ts'
import { killAll, startConsole, type Running } from './processes.ts'
import { SOON, sandboxLike, temporaryFolder, waitForClient, waitForSynced } from './story.ts'

let cloud: TestCloud
let browser: Browser
const folder = temporaryFolder('on-disk')
const data = sandboxLike(['Kingfisher', 40], ['Marigold', 8])

beforeAll(async () => {
  cloud = await withCloud([data])
  browser = await launchBrowser()
})
afterEach(killAll)
afterAll(async () => {
  await browser?.close()
  await cloud?.close()
  await releasePostgres()
  folder.remove()
})

/** Words that only data holds: names, subjects, addresses, what a person wrote, who they are. */
function telltales(): string[] {
  return [
    'Kingfisher ticket',
    'Marigold ticket',
    'Contact of Kingfisher',
    'kingfisher.example',
    'Marigold',
    'First word on',
    'The safe is behind the painting',
    'dana@sandbox.example',
    data.technicians[0]!.name,
    'Awaiting Vendor',
  ]
}

/** Every file below the profile, write-ahead logs included, as bytes. */
function files(): { name: string; bytes: Buffer }[] {
  return readdirSync(folder.path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((name) => ({ name, bytes: readFileSync(name) }))
}

function findings(): string[] {
  return files().flatMap(({ name, bytes }) =>
    telltales().flatMap((word) =>
      (['utf8', 'utf16le'] as const)
        .filter((encoding) => bytes.includes(Buffer.from(word, encoding)))
        .map(() => `${word} in ${name}`),
    ),
  )
}

async function work(host: Running): Promise<void> {
  const { page, close } = await openWindow(browser, host.address)
  await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
  await page.keyboard.press('Control+1')
  await waitForClient(page, 'Kingfisher')
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: /Internal note on ticket/ }).fill('The safe is behind the painting')
  await page.keyboard.press('Control+Enter')
  await page.getByTestId('entry-note').waitFor()
  await waitForSynced(page)
  await close()
}

test('no file of the profile shows a name, a text or an address: not while it runs, not after kill -9, not after an orderly end', async () => {
  const begin = () => startConsole([`--profile=${folder.path}`, '--sandbox', `--cloud=${cloud.url}`])
  let host = await begin()
  await work(host)
  expect(files().filter(({ name }) => name.endsWith('.db')).length).toBeGreaterThanOrEqual(5)
  expect(findings()).toEqual([])
  await host.kill()
  expect(findings()).toEqual([])
  host = await begin()
  await host.stop()
  expect(findings()).toEqual([])
  // What the search looks for is there to be found: the cloud has it.
  expect((await cloud.owner`select data::text as text from entry`).map((row) => String(row['text'])).join()).toContain(
    'The safe is behind the painting',
  )
})

test('the output of the console holds no data, no token and no password', async () => {
  const host = await startConsole([`--profile=${folder.path}`, '--sandbox', `--cloud=${cloud.url}`])
  await work(host)
  await host.stop()
  const output = host.output()
  for (const word of [...telltales(), 'eyJ', 'bulkhead-sandbox']) expect(output).not.toContain(word)
})

test('files belong to their owner alone', async () => {
  const host = await startConsole([`--profile=${folder.path}`, '--sandbox', `--cloud=${cloud.url}`])
  await host.stop()
  const { statSync } = await import('node:fs')
  expect(statSync(folder.path).mode & 0o077).toBe(0)
  expect(statSync(join(folder.path, 'keyring.json')).mode & 0o077).toBe(0)
  expect(statSync(join(folder.path, 'tenants')).mode & 0o077).toBe(0)
})
