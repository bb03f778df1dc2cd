import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { encodeFrame } from '../../src-shared/channel/frame.ts'
import { serveBrowser, type BrowserHost } from '../../src-main/browser-host/server.ts'
import type { Host } from '../../src-main/console/host.ts'
import { openHost } from '../../src-main/console/open.ts'
import { readWindowFiles } from '../../src-main/window-files/window-files.ts'

let folder: string
let host: Host
let served: BrowserHost
let port: number
let cookie: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bulkhead-browser-host-'))
  const pages = join(folder, 'renderer')
  mkdirSync(join(pages, 'assets'), { recursive: true })
  writeFileSync(join(pages, 'index.html'), '<meta name="style-nonce" content="__NONCE__"><p>console')
  writeFileSync(join(pages, 'assets', 'app.js'), 'export {}')
  writeFileSync(join(folder, 'renderer-secret.js'), 'outside')
  host = await openHost({
    profile: join(folder, 'profile'),
    sealing: { given: null, keychain: async () => null },
    settings: {
      read: () => ({
        theme: 'auto',
        density: 'compact',
        afterResolve: 'stay',
        openTickets: {},
        lockAfterMinutes: null,
        restAfterMinutes: 30,
        keys: {},
      }),
      change: () => ({
        theme: 'auto',
        density: 'compact',
        afterResolve: 'stay',
        openTickets: {},
        lockAfterMinutes: null,
        restAfterMinutes: 30,
        keys: {},
      }),
    },
    worker: 'unused until a workspace is open',
    sandbox: false,
    cloudUrl: null,
  })
  served = await serveBrowser(host, readWindowFiles(pages), 0)
  port = Number(new URL(served.address).port)
  const admitted = await send('/token', { method: 'POST', headers: own(), body: JSON.stringify({ token: token() }) })
  cookie = String(admitted.headers['set-cookie']).split(';')[0]!
})
afterAll(async () => {
  await served.close()
  await host.close()
  rmSync(folder, { recursive: true, force: true })
})

const token = () => new URL(served.address).hash.slice(1)
const own = () => ({ origin: `http://127.0.0.1:${port}` })

interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}
function send(
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, path, method: options.method ?? 'GET', headers: options.headers },
      (response) => {
        let body = ''
        response.on('data', (chunk) => (body += chunk))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
      },
    )
    sent.on('error', reject)
    sent.end(options.body)
  })
}

/** What a WebSocket handshake with these headers leads to: `open` or the HTTP status. */
function handshake(headers: Record<string, string>): Promise<string | number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/channel`, { headers })
    socket.on('open', () => {
      socket.close()
      resolve('open')
    })
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0))
    socket.on('error', () => undefined)
  })
}

test('the page comes with a strict policy and a style nonce of its own each time', async () => {
  const [one, two] = await Promise.all([send('/'), send('/')])
  const policy = String(one.headers['content-security-policy'])
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toContain('unsafe')
  const nonce = /content="([^"]+)"/.exec(one.body)?.[1]
  expect(policy).toContain(`'nonce-${nonce}'`)
  expect(two.body).not.toBe(one.body)
})

test.each([
  '/../renderer-secret.js',
  '/..%2frenderer-secret.js',
  '/%2e%2e/renderer-secret.js',
  '/assets/../../renderer-secret.js',
  '/assets\\..\\..\\renderer-secret.js',
  '/assets/app.js%00',
  '//etc/passwd',
  '/assets',
  '/nothing',
])('the path %s leads nowhere', async (path) => {
  expect((await send(path)).status).toBe(404)
})

test('known files are served with their type', async () => {
  expect(await send('/assets/app.js')).toMatchObject({
    status: 200,
    body: 'export {}',
    headers: { 'content-type': 'text/javascript; charset=utf-8', 'x-content-type-options': 'nosniff' },
  })
})

test('a request under another host name is refused: DNS rebinding', async () => {
  for (const name of ['evil.example', `evil.example:${port}`, '127.0.0.1', `127.0.0.1:${port + 1}`])
    expect((await send('/', { headers: { host: name } })).status).toBe(421)
})

test('the one-time token admits once', async () => {
  const again = await send('/token', { method: 'POST', headers: own(), body: JSON.stringify({ token: token() }) })
  expect(again.status).toBe(403)
})

test('the cookie is for this page only', async () => {
  expect(cookie).toContain(`bulkhead-${port}=`)
  const renewed = await send('/token', { method: 'POST', headers: { ...own(), cookie }, body: '{}' })
  expect(renewed.status).toBe(204)
})

test.each([
  ['without an origin', {}],
  ['from another site', { origin: 'https://evil.example' }],
  ['from the null origin', { origin: 'null' }],
  ['from another port', { origin: 'http://127.0.0.1:1' }],
])('a token request %s is refused', async (_, headers) => {
  expect((await send('/token', { method: 'POST', headers, body: JSON.stringify({ token: token() }) })).status).toBe(403)
})

test('a token request that does not end is refused all the same', async () => {
  const status = await new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, path: '/token', method: 'POST', headers: own() }
    const sent = request(options, (response) => {
      resolve(response.statusCode)
      sent.destroy()
    })
    sent.on('error', () => undefined)
    sent.write('x'.repeat(100_000))
  })
  expect(status).toBe(403)
})

test('the channel opens with cookie and origin, and with nothing less', async () => {
  expect(await handshake({ ...own(), cookie })).toBe('open')
  expect(await handshake({ ...own() })).toBe(403)
  expect(await handshake({ cookie })).toBe(403)
  expect(await handshake({ origin: 'https://evil.example', cookie })).toBe(403)
  expect(await handshake({ ...own(), cookie: `bulkhead-${port}=guess` })).toBe(403)
  expect(await handshake({ ...own(), cookie, host: 'evil.example' })).toBe(403)
})

test('a call over the channel is answered', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/channel`, { headers: { ...own(), cookie } })
  await new Promise((resolve) => socket.on('open', resolve))
  const answered = new Promise<string>((resolve) => socket.on('message', (data) => resolve(String(data))))
  socket.send('not a frame')
  socket.send(encodeFrame({ op: 'call', id: 7, to: 'console', type: 'query', path: 'session.status' }))
  const [header, payload] = (await answered).split('\n')
  expect(JSON.parse(header!)).toEqual({ op: 'data', id: 7 })
  expect(JSON.parse(payload!)).toMatchObject({ state: 'welcome', sealing: 'passphrase' })
  socket.close()
})

test('a call with a made-up scope is answered with a problem', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/channel`, { headers: { ...own(), cookie } })
  await new Promise((resolve) => socket.on('open', resolve))
  const answered = new Promise<string>((resolve) => socket.on('message', (data) => resolve(String(data))))
  socket.send(encodeFrame({ op: 'call', id: 1, to: 'made-up', type: 'query', path: 'desk' }))
  expect(JSON.parse((await answered).split('\n')[1]!)).toMatchObject({ code: 'scope-closed' })
  socket.close()
})

test('a port in use is a sentence', async () => {
  await expect(serveBrowser(host, new Map(), port)).rejects.toThrow(
    `Port ${port} is in use. Choose another with --port`,
  )
})

test('it listens on the loopback address only', async () => {
  const other = new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.2', port })
    socket.on('connect', () => resolve('connected'))
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code))
  })
  expect(await other).toBe('ECONNREFUSED')
})
