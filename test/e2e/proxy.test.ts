import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Browser } from 'playwright-core'
import { withCloud, type TestCloud } from '../support/cloud.ts'
import { launchBrowser, openWindow } from './browser.ts'
import { killAll, startConsole } from './processes.ts'
import { SOON, sandboxLike, temporaryFolder, waitForClient } from './story.ts'

let cloud: TestCloud
let browser: Browser
let proxy: Server
const asked: string[] = []
const folder = temporaryFolder('proxy')

beforeAll(async () => {
  cloud = await withCloud([sandboxLike(['Acme', 12])])
  browser = await launchBrowser()
  // A company's proxy: the only one that knows where cloud.example is.
  proxy = createServer().on('connect', (request, near) => {
    asked.push(request.url ?? '')
    const far = connect(Number(new URL(cloud.url).port), '127.0.0.1', () => {
      near.write('HTTP/1.1 200 Connection established\r\n\r\n')
      near.pipe(far).pipe(near)
    })
    far.on('error', () => near.destroy())
    near.on('error', () => far.destroy())
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
})
afterEach(killAll)
afterAll(async () => {
  await browser?.close()
  proxy?.closeAllConnections()
  proxy?.close()
  await cloud?.close()
  folder.remove()
})

test("the console and its compartments reach the cloud through the company's proxy", async () => {
  const host = await startConsole([`--profile=${folder.path}`, '--sandbox', '--cloud=http://cloud.example:8080'], {
    HTTP_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
  })
  const { page, close } = await openWindow(browser, host.address)
  await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
  const byConsole = asked.length
  expect(byConsole).toBeGreaterThan(0)
  await page.keyboard.press('Control+1')
  await waitForClient(page, 'Acme')
  expect(new Set(asked)).toEqual(new Set(['cloud.example:8080']))
  await close()
})
