import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'
import { openWindow } from '../e2e/browser.ts'
import { playOn } from '../e2e/hosts.ts'
import { killAll, startConsole, type Running } from '../e2e/processes.ts'
import { SOON, temporaryFolder } from '../e2e/story.ts'

// The built app as a process of its own: what main, preload and page do together, over a real Chromium.

const folder = temporaryFolder('harness')
const profile = join(folder.path, 'profile')

beforeAll(() => playOn('electron-harness'))
afterEach(killAll)
afterAll(() => folder.remove())

const begin = (): Promise<Running> => startConsole([`--profile=${profile}`])
const look = (host: Running) => openWindow(null as unknown as Browser, host.address)
const welcomed = (page: Page) =>
  page.getByRole('button', { name: /Try it with sample clients/ }).waitFor({ timeout: SOON })

test('the page asks the console through the preload, also after a reload and after a crash', async () => {
  const host = await begin()
  const { page, complaints } = await look(host)
  await welcomed(page)
  await page.reload()
  await welcomed(page)
  expect(complaints).toEqual([])
  const session = await page.context().newCDPSession(page)
  await session.send('Page.crash').catch(() => undefined)
  const again = await look(host)
  await welcomed(again.page)
  await host.stop()
})

test('what cannot be cloned is refused', async () => {
  const host = await begin()
  const { page } = await look(host)
  const refused = await page.evaluate(() => {
    const { send } = window.bulkhead as unknown as { send(value: unknown): void }
    return [Symbol('x'), () => undefined].map((value) => {
      try {
        return String(send(value))
      } catch (error) {
        return (error as Error).message
      }
    })
  })
  expect(refused[0]).toContain('could not be cloned')
  expect(refused[1]).toContain('could not be cloned')
  await host.stop()
})

test('the page of a sub frame has no bridge', async () => {
  const host = await begin()
  const { page } = await look(host)
  const inside = await page.evaluate(() => {
    const frame = document.createElement('iframe')
    document.body.append(frame)
    return frame.contentWindow !== null && 'bulkhead' in frame.contentWindow
  })
  expect(inside).toBe(false)
  await host.stop()
})

test('a signal quits in order: the profile is free again, and no page left anything on disk', async () => {
  const host = await begin()
  await welcomed((await look(host)).page)
  await host.stop()
  expect(readdirSync(join(profile, 'electron'))).toEqual([])
  expect(readFileSync(join(profile, 'settings.json'), 'utf8')).toContain('"version"')
  const next = await begin()
  await next.stop()
})
