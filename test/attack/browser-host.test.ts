import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Session } from 'electron'
import { serveBrowser, type BrowserHost } from '../../src-main/browser-host/server.ts'
import { registerScheme, serveWindow } from '../../src-main/electron/protocol.ts'
import { readWindowFiles } from '../../src-main/window-files/window-files.ts'
import { recordingHost, type RecordingHost } from '../electron/host-double.ts'
import { becomeReady } from '../fakes/electron/app.ts'
import { fakeSession, type FakeSession } from '../fakes/electron/session.ts'
import { resetElectron } from '../fakes/electron/world.ts'

const OUTSIDE = 'outside-of-the-window'
let folder: string
let host: RecordingHost
let served: BrowserHost
let port: number
let cookie: string
let electron: FakeSession

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bulkhead-attack-'))
  const pages = join(folder, 'renderer')
  // Neighbours that a path could lead to: above, beside, and under a name that begins the same.
  for (const path of ['secret.js', 'renderer-secret.js', 'renderer2/app.js', 'assets/app.js']) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), OUTSIDE)
  }
  mkdirSync(join(pages, 'assets'), { recursive: true })
  writeFileSync(join(pages, 'index.html'), 'page')
  writeFileSync(join(pages, 'assets', 'app.js'), 'export {}')
  writeFileSync(join(pages, 'assets', '.env'), OUTSIDE)
  symlinkSync(join(folder, 'secret.js'), join(pages, 'assets', 'linked.js'))
  const files = readWindowFiles(pages)
  host = recordingHost()
  served = await serveBrowser(host, files, 0)
  port = Number(new URL(served.address).port)
  resetElectron()
  registerScheme()
  becomeReady()
  electron = fakeSession.fromPartition('attack')
  serveWindow(electron as unknown as Session, files)
  const admitted = await send({ method: 'POST', path: '/token', headers: own(), body: tokenBody() })
  cookie = String(admitted.headers['set-cookie']).split(';')[0] ?? ''
})
afterAll(async () => {
  await served.close()
  rmSync(folder, { recursive: true, force: true })
})

const own = (): Record<string, string> => ({ origin: `http://127.0.0.1:${port}` })
const tokenBody = (): string => JSON.stringify({ token: new URL(served.address).hash.slice(1) })

interface Sent {
  method?: string
  path: string
  headers?: Record<string, string>
  body?: string
}
function send({ method = 'GET', path, headers = {}, body }: Sent) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = ''
      response.on('data', (chunk) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
    })
    sent.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: '' })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
const upgrade = (headers: Record<string, string>, path = '/channel') =>
  send({
    path,
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...headers,
    },
  })

const hosts = (): string[] => [
  ...['evil.example', `evil.example:${port}`, '127.0.0.1', `127.0.0.1:${port + 1}`, `127.0.0.1.evil.example:${port}`],
  ...[`localhost.evil.example:${port}`, `127.0.0.1:${port}.evil.example`, `user@127.0.0.1:${port}`, `[::1]:${port}`],
  ...[`0.0.0.0:${port}`, `127.0.0.2:${port}`, `2130706433:${port}`, `127.1:${port}`, `localhost.:${port}`],
]
const origins = (): (string | null)[] => [
  ...[null, 'null', 'https://evil.example', `http://evil.example:${port}`, 'http://127.0.0.1', 'file://', ''],
  ...[`https://127.0.0.1:${port}`, `http://127.0.0.1:${port + 1}`, `http://127.0.0.1:${port}.evil.example`],
  ...[
    `http://127.0.0.1:${port}/`,
    `http://user@127.0.0.1:${port}`,
    `HTTP://127.0.0.1:${port}`,
    `http://localhost:${port}`,
  ],
]
const cookies = (): string[] => {
  const [name = '', value = ''] = cookie.split('=')
  return [
    '',
    `${name}=`,
    `${name}=${value.slice(0, -1)}`,
    `${name}=${value}x`,
    `${name}=${value.toLowerCase()}`,
    `${name}2=${value}`,
    `bulkhead-1=${value}`,
    `x${name}=${value}`,
    value,
    tokenBody(),
  ]
}

test('under another name of the host nothing is served and nothing opened: DNS rebinding', async () => {
  for (const name of hosts()) {
    const headers = { host: name, cookie, origin: `http://${name}` }
    for (const path of ['/', '/index.html', '/assets/app.js', '/token'])
      expect([name, (await send({ path, headers })).status]).toEqual([
        name,
        expect.toSatisfy((s) => s === 421 || s === 400),
      ])
    expect([name, (await send({ method: 'POST', path: '/token', headers, body: tokenBody() })).status]).not.toEqual([
      name,
      204,
    ])
    expect([name, (await upgrade(headers)).status]).not.toEqual([name, 101])
  }
  expect(host.channels).toEqual([])
})

test('from a page of another site no channel opens, with the cookie and all: cross-site WebSocket', async () => {
  for (const origin of origins())
    expect([origin, (await upgrade({ cookie, ...(origin === null ? {} : { origin }) })).status]).toEqual([origin, 403])
  for (const path of ['/channel/', '/channel?x', '//channel', '/Channel', '/', '/token'])
    expect([path, (await upgrade({ ...own(), cookie }, path)).status]).not.toEqual([path, 101])
  expect(host.channels).toEqual([])
})

test('without the cookie, letter for letter, no channel opens', async () => {
  for (const one of cookies()) expect([one, (await upgrade({ ...own(), cookie: one })).status]).toEqual([one, 403])
  expect(host.channels).toEqual([])
  // What all of these lack is enough.
  expect((await upgrade({ ...own(), cookie })).status).toBe(101)
})

test('the one-time token is worth nothing once it was used, nor is any other', async () => {
  const bodies = [tokenBody(), '{}', '', 'null', '[]', '{"token":null}', '{"token":""}', '{"token":{"length":32}}', '{']
  for (const body of bodies) {
    const answer = await send({ method: 'POST', path: '/token', headers: own(), body })
    expect([body, answer.status, answer.headers['set-cookie']]).toEqual([body, 403, undefined])
  }
  for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS'])
    expect((await send({ method, path: '/token', headers: own() })).headers['set-cookie']).toBeUndefined()
})

test('the cookie is kept from scripts, from other sites, and opens no other method', async () => {
  const fresh = await serveBrowser(recordingHost(), new Map(), 0)
  const { origin, hash, host: name } = new URL(fresh.address)
  const body = JSON.stringify({ token: hash.slice(1) })
  const { headers } = await fetch(`${origin}/token`, { method: 'POST', headers: { origin }, body })
  expect(headers.get('set-cookie')).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/)
  expect(headers.get('access-control-allow-origin')).toBeNull()
  expect(name).toContain('127.0.0.1')
  await fresh.close()
})

// Pieces that lead elsewhere where a path is decoded, joined or cut carelessly.
const piece = fc.constantFrom(
  ...['..', '%2e%2e', '%2E%2e', '.%2e', '%252e%252e', '..%2f', '..%5c', '..\\', '....//', '..;', '.', '', '%00', '\\'],
  ...['assets', 'secret.js', 'renderer', 'renderer-secret.js', 'renderer2', 'app.js', 'app.js%00', 'app.js%00.png'],
  ...['linked.js', '.env', 'index.html', 'C:', '%c0%ae%c0%ae', '%uff0e%uff0e', 'etc', 'passwd', '~', 'app.js::$DATA'],
)
const paths = fc.array(piece, { minLength: 1, maxLength: 7 }).map((pieces) => `/${pieces.join('/')}`)
/** What is served, letter for letter. */
const KNOWN = new Map([
  ['/', 'page'],
  ['/index.html', 'page'],
  ['/assets/app.js', 'export {}'],
])

test('no path leads out of the window, in the browser host nor in Electron: dots, escapes, NUL, backslash, neighbours', async () => {
  const fixed = [
    '/../secret.js',
    '/%2e%2e/secret.js',
    '/assets/..%2f..%2fsecret.js',
    '/..\\secret.js',
    '/assets/linked.js',
  ]
  const answered = async (path: string): Promise<void> => {
    const expected = KNOWN.get(path)
    const sent = await send({ path, headers: { cookie } })
    expect([path, sent.status, sent.status === 200 ? sent.body : null]).toEqual([
      path,
      expected === undefined ? 404 : 200,
      expected ?? null,
    ])
    const page = await electron.load(`bulkhead://app${path}`)
    expect([path, page.status]).toEqual([path, expected === undefined ? 404 : 200])
    expect(`${sent.body}${await page.text()}`).not.toContain(OUTSIDE)
  }
  for (const path of [...KNOWN.keys(), ...fixed]) await answered(path)
  await fc.assert(fc.asyncProperty(paths, answered), { numRuns: 1000, seed: 7 })
  for (const url of [
    'bulkhead://evil/',
    'bulkhead://app.evil/',
    'bulkhead:///etc/passwd',
    'bulkhead://app:80/',
    'bulkhead://x@app/',
  ])
    expect([url, (await electron.load(url)).status]).toEqual([url, 404])
})
