import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Browser } from 'playwright-core'
import { encodeFrame } from '../../src-shared/channel/frame.ts'
import type { SandboxData } from '../../src-cloud/load.ts'
import { launchBrowser } from '../e2e/browser.ts'
import { killAll, startConsole } from '../e2e/processes.ts'
import { SOON, switchTo, temporaryFolder, waitForClient } from '../e2e/story.ts'
import { withCloud, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'
import { foundIn, foundInFiles, heapOf } from './leak-search.ts'

const PHRASE = 'Passphrase-8f2-Avocet'
const PASSWORD = 'Sign-in-8f2-Bittern'
/** How every access token and every client's token of the cloud begins. */
const ANY_TOKEN = Buffer.from('{"alg":"HS256"}').toString('base64url')
const CLIENTS = ['Acme', 'Zephyr'] as const
/** A seed in base32. */
const seedOf = (client: string): string => (client === 'Acme' ? 'JBSWY3DPEHPK3PXPACME2345' : 'JBSWY3DPEHPK3PXPZEPH2345')
const planted = (client: string, what: string): string => `Planted-${client}-${what}-5c1d`

/** Credentials of every kind, with each secret field that there is. */
function credentialsOf(client: string): Record<string, unknown>[] {
  const p = (what: string): string => planted(client, what)
  return [
    { kind: 'login', name: 'Domain admin', username: 'x', secrets: { password: p('password'), text: p('remark') } },
    { kind: 'login', name: 'Backup', username: 'x', secrets: { password: p('password-2'), seed: seedOf(client) } },
    { kind: 'api-token', name: 'API', secrets: { token: p('token'), text: p('token-remark') } },
    {
      kind: 'oauth',
      name: 'Mail',
      secrets: { refreshToken: p('refresh'), accessToken: p('access'), clientSecret: p('client-secret') },
    },
    { kind: 'ssh-key', name: 'Router', secrets: { privateKey: p('private-key'), passphrase: p('key-passphrase') } },
    { kind: 'note', name: 'Safe', secrets: { text: p('note') } },
  ]
}
const secretsOf = (client: string): string[] =>
  credentialsOf(client).flatMap((one) => Object.values(one['secrets'] as Record<string, string>))

let cloud: TestCloud
let browser: Browser
const folder = temporaryFolder('leaks')
const profile = join(folder.path, 'profile')
const temporary = join(folder.path, 'tmp')

beforeAll(async () => {
  mkdirSync(temporary)
  const data: SandboxData = sampleOrganisation('Alpha', [sampleClient('Acme', 6), sampleClient('Zephyr', 6)])
  Object.assign(data.technicians[0] as object, { email: 'robin@alpha.example', password: PASSWORD })
  for (const client of data.clients) {
    const tickets = [...client.tickets].map(({ ticket, entries }) => ({
      ticket: { ...ticket, description: planted(client.tenant.name, `description-${ticket.number}`) },
      entries: entries.map((entry) => ({ ...entry, body: planted(client.tenant.name, `entry-${ticket.number}`) })),
    }))
    client.tickets = tickets
  }
  cloud = await withCloud([data])
  browser = await launchBrowser()
})
afterEach(killAll)
afterAll(async () => {
  await browser?.close()
  await cloud?.close()
  folder.remove()
})

/** Asks over a channel of the page's own, as the page's code would. @returns what it answered to each */
async function inPage(page: Page, frames: { frame: string; id: number }[]): Promise<string[]> {
  return page.evaluate(async (asked) => {
    const socket = new WebSocket(`ws://${location.host}/channel`)
    await new Promise((resolve) => socket.addEventListener('open', resolve))
    const answers: string[] = []
    for (const { frame, id } of asked) {
      answers.push(
        await new Promise<string>((resolve) => {
          const hear = ({ data }: MessageEvent): void => {
            const [head = '', payload = ''] = String(data).split('\n')
            if ((JSON.parse(head) as { id: number }).id !== id) return
            socket.removeEventListener('message', hear)
            resolve(payload)
          }
          socket.addEventListener('message', hear)
          socket.send(frame)
        }),
      )
    }
    socket.close()
    return answers
  }, frames)
}
let next = 1000
const scopeFor = (client: string): string => `${client}-${next}-`.padEnd(43, 'x')
const opening = (scope: string, client: string) => {
  const id = next++
  return { id, frame: encodeFrame({ op: 'open', id, scope, tenant: uuid('tenant', client) }) }
}
const asking = (to: string, path: string, input: unknown) => {
  const id = next++
  return { id, frame: encodeFrame({ op: 'call', id, to, type: 'mutation', path }, JSON.stringify(input)) }
}

test('forty planted secrets are found only where and when they were shown: not in output, files, heap or traffic', async () => {
  const host = await startConsole([`--profile=${profile}`, `--cloud=${cloud.url}`], { TMPDIR: temporary })
  const context = await browser.newContext()
  const page = await context.newPage()
  const traffic: string[] = []
  const cdp = await context.newCDPSession(page)
  await cdp.send('Network.enable')
  for (const event of ['Network.webSocketFrameReceived', 'Network.webSocketFrameSent'] as const)
    cdp.on(event, ({ response }) => void traffic.push(response.payloadData))
  page.on('request', (request) => void traffic.push(`${request.url()} ${request.postData() ?? ''}`))
  page.on('console', (message) => void traffic.push(message.text()))
  const token = new URL(host.address).hash.slice(1)

  // Setting up: what is typed goes in once, and comes back never.
  await page.goto(host.address)
  await page.getByRole('button', { name: /Connect to your cloud/ }).click({ timeout: SOON })
  const typed = { Address: cloud.url, Email: 'robin@alpha.example', Password: PASSWORD, 'New passphrase': PHRASE }
  for (const [label, value] of Object.entries(typed)) await page.getByLabel(label).first().fill(value)
  await page.getByRole('button', { name: 'Connect' }).click()
  await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
  for (const client of CLIENTS) {
    await switchTo(page, client, client)
    await waitForClient(page, client)
  }
  const scopes = { Acme: scopeFor('Acme'), Zephyr: scopeFor('Zephyr') }
  const ids: string[] = []
  for (const client of CLIENTS) {
    const to = scopes[client]
    const answers = await inPage(page, [
      opening(to, client),
      ...credentialsOf(client).map((credential) => asking(to, 'vault.create', credential)),
    ])
    for (const answer of answers.slice(1)) {
      const { id = '' } = JSON.parse(answer) as { id?: string }
      expect(id).not.toBe('')
      ids.push(id)
      expect(foundIn(Buffer.from(answer), secretsOf(client))).toEqual([])
    }
  }
  const [keyring, refreshTokens] = [
    JSON.parse(readFileSync(join(profile, 'keyring.json'), 'utf8')) as { secrets: Record<string, string> },
    await cloud.owner`select * from refresh_token`,
  ]
  expect(Object.keys(keyring.secrets).length).toBeGreaterThanOrEqual(3)
  expect(refreshTokens.length).toBeGreaterThan(0)

  // A new page, which has typed nothing: it may hold what it shows, and no more.
  traffic.length = 0
  await page.goto('about:blank')
  await page.goto(new URL(host.address).origin)
  await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
  await switchTo(page, 'Acme', 'Acme')
  await waitForClient(page, 'Acme')
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page
    .getByText(/Planted-Acme-description/)
    .first()
    .waitFor({ timeout: SOON })

  const credentials = CLIENTS.flatMap(secretsOf)
  const access = [PHRASE, PASSWORD, ANY_TOKEN]
  const tickets = (client: string): string[] =>
    [1, 2, 3, 4, 5, 6].flatMap((n) => [planted(client, `description-${n}`), planted(client, `entry-${n}`)])
  const all = [...credentials, ...access, token, ...tickets('Acme'), ...tickets('Zephyr')]
  expect(new Set(all).size).toBeGreaterThanOrEqual(40)
  // The one-time token is in the address that was opened.
  const lasting = all.filter((one) => one !== token)
  // What is shown is found: the search is able to.
  const heap = await heapOf(cdp)
  expect(foundIn(heap, tickets('Acme')).length).toBeGreaterThan(0)
  expect(foundIn(Buffer.from(traffic.join()), tickets('Acme')).length).toBeGreaterThan(0)
  const hidden = [...credentials, ...access, ...tickets('Zephyr')]
  expect(foundIn(heap, hidden)).toEqual([])
  expect(foundIn(Buffer.from(traffic.join()), hidden)).toEqual([])

  // A signal that would open the process to a debugger does nothing.
  process.kill(host.pid, 'SIGUSR1')

  // One secret is shown. It comes over the channel in that moment, alone, and is nowhere afterwards.
  const shown = planted('Acme', 'password')
  const again = `${scopes.Acme.slice(0, -1)}y`
  const input = { id: ids[0], field: 'password', purpose: 'show', reason: 'leak test' }
  const answers = await inPage(page, [opening(again, 'Acme'), asking(again, 'vault.reveal', input)])
  expect(foundIn(Buffer.from(answers.join()), all)).toEqual([shown])
  const hiddenStill = hidden.filter((one) => one !== shown)
  await expect.poll(() => traffic.filter((piece) => piece.includes(shown)).length, { timeout: SOON }).toBe(1)
  expect(foundIn(Buffer.from(traffic.join()), hiddenStill)).toEqual([])

  // Locked: the window holds nothing of a client.
  await page.keyboard.press('Control+l')
  await page.getByLabel('Passphrase').first().waitFor({ timeout: SOON })
  await expect.poll(async () => foundIn(await heapOf(cdp), lasting), { timeout: SOON }).toEqual([])
  expect(foundInFiles(folder.path, all)).toEqual([])
  await context.close()
  await host.stop()
  expect(foundInFiles(folder.path, all)).toEqual([])
  const printed = host.output()
  expect(
    foundIn(
      Buffer.from(printed),
      all.filter((one) => one !== token),
    ),
  ).toEqual([])
  expect(printed).not.toContain('Debugger')
  // The one-time token is printed for the person who opens the window, once, and was used up by it.
  expect(printed.split(token)).toHaveLength(2)
})
